"""What the ledger promises: planned once, claimed once, settled once, and everybody in one state."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import DELIVERIES
from pipeline.errors import LedgerError
from pipeline.ledger import afterwards, campaigns, deliveries, lease, renaming, roundups
from pipeline.ledger.approvals import Approval, approve, changes_since, latest_approval
from pipeline.ledger.campaigns import Campaign, CampaignState
from pipeline.ledger.counts import Counts, counts, reasons, who
from pipeline.ledger.deliveries import Settled, State
from pipeline.ledger.lease import Lease, LeaseLostError, LeaseTakenError
from pipeline.ledger.relay_log import taken_by_relay
from tests.ledger.builders import NOW, add_people, everybody, letter, plan, set_state, states


def nobody(_connection: object, _keys: object) -> dict[int, str]:
    return {}


def settled_as(database: Database, campaign: Campaign, **outcomes: list[int]) -> Lease:
    """Claim and offer everybody, and settle them."""
    held = lease.take(database, "test", NOW)
    with database.writing() as connection:
        keys = [d.subscriber_id for d in deliveries.claim(connection, campaign.id, held, NOW, 1_000, nobody)]
        deliveries.offer(connection, campaign.id, held, keys)
        told = [Settled(key, State(state), 250, f"{state}!") for state, some in outcomes.items() for key in some]
        deliveries.settle(connection, campaign.id, held, told, NOW)
        campaigns.finish(connection, campaign.id, NOW)
    lease.give_back(database, held)
    return held


# --- planning ---------------------------------------------------------------------------------------------


def test_a_plan_freezes_message_digest_and_audience(database: Database) -> None:
    add_people(database, 3)
    add_people(database, 1, state="unsubscribed", start=4)

    made = campaigns.plan(database, letter(message=b"\x00frozen\xff"), everybody(), NOW)
    add_people(database, 1, start=5)

    assert made.is_new
    assert (made.campaign.state, made.campaign.edition_digest) == (CampaignState.SENDING, "digest")
    assert campaigns.message_of(database, made.campaign.id) == b"\x00frozen\xff"
    assert states(database, made.campaign) == {1: "planned", 2: "planned", 3: "planned", 4: "excluded"}
    assert reasons(database, made.campaign.id, State.EXCLUDED) == [("unsubscribed", 1)]


def test_a_second_plan_does_nothing_and_tells_which_campaign_there_is(database: Database) -> None:
    add_people(database, 3)
    first = campaigns.plan(database, letter(), everybody(), NOW)
    second = campaigns.plan(database, letter(message=b"another", subject="Another"), everybody(), NOW)

    assert (second.is_new, second.campaign) == (False, first.campaign)
    assert campaigns.message_of(database, first.campaign.id) == b"frozen"


def test_of_many_plans_at_once_one_is_made(database: Database) -> None:
    add_people(database, 50)
    made: list[campaigns.Plan] = []
    threads = [
        threading.Thread(target=lambda: made.append(campaigns.plan(database, letter(), everybody(), NOW)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.is_new for one in made) == [False] * 5 + [True]
    assert len({one.campaign for one in made}) == 1
    assert counts(database, made[0].campaign.id) == Counts(planned=50)


def test_a_plan_that_is_cut_off_leaves_nothing(database: Database) -> None:
    add_people(database, 3)
    broken = sql.select(*[sql.literal_column("no_such_column").label(f"c{k}") for k in range(5)])

    with pytest.raises(Exception, match="no_such_column"):
        campaigns.plan(database, letter(), broken, NOW)

    assert campaigns.campaigns(database) == []


def test_a_part_that_has_slipped_is_never_planned(database: Database) -> None:
    add_people(database, 3)
    campaigns.slip(database, letter(), NOW, "too late")

    assert not campaigns.plan(database, letter(), everybody(), NOW).is_new
    assert campaigns.campaigns(database)[0].state is CampaignState.SLIPPED


# --- leases -----------------------------------------------------------------------------------------------


def test_one_runner_at_a_time(database: Database) -> None:
    held = lease.take(database, "one", NOW)
    with pytest.raises(LeaseTakenError, match="another runner is sending: one"):
        lease.take(database, "two", NOW + timedelta(seconds=29))

    later = lease.take(database, "two", NOW + timedelta(seconds=31))
    assert later.epoch > held.epoch
    with pytest.raises(LeaseLostError), database.writing() as connection:
        held.fence(connection, NOW)


def test_a_lease_that_is_given_back_is_free_at_once(database: Database) -> None:
    held = lease.take(database, "one", NOW)
    assert lease.give_back(database, held) == lease.epoch_of(database) == held.epoch + 1
    assert lease.take(database, "two", NOW).epoch == held.epoch + 2


def test_whoever_lost_the_lease_gives_nothing_back(database: Database) -> None:
    held = lease.take(database, "one", NOW)
    later = lease.take(database, "two", NOW + timedelta(minutes=1))
    lease.give_back(database, held)
    with database.writing() as connection:
        later.fence(connection, NOW + timedelta(minutes=1))


# --- deliveries -------------------------------------------------------------------------------------------


def test_nobody_is_claimed_twice(database: Database) -> None:
    add_people(database, 30)
    campaign, held = plan(database), lease.take(database, "test", NOW)
    claimed: list[int] = []
    for _ in range(5):
        with database.writing() as connection:
            batch = deliveries.claim(connection, campaign.id, held, NOW, 8, nobody)
        claimed += [delivery.subscriber_id for delivery in batch]

    assert sorted(claimed) == list(range(1, 31))


def test_only_what_is_claimed_by_this_runner_can_be_offered(database: Database) -> None:
    add_people(database, 3)
    campaign, held = plan(database), lease.take(database, "test", NOW)
    with pytest.raises(LedgerError, match="nothing more is sent"), database.writing() as connection:
        deliveries.offer(connection, campaign.id, held, [1])
    with database.writing() as connection:
        deliveries.claim(connection, campaign.id, held, NOW, 1, nobody)
    later = lease.take(database, "other", NOW + timedelta(minutes=1))
    with pytest.raises(LedgerError, match="nothing more is sent"), database.writing() as connection:
        deliveries.offer(connection, campaign.id, later, [1])


def test_recovery_plans_what_was_held_and_doubts_what_was_offered(database: Database) -> None:
    add_people(database, 6)
    campaign, held = plan(database), lease.take(database, "test", NOW)
    with database.writing() as connection:
        deliveries.claim(connection, campaign.id, held, NOW, 5, nobody)
        deliveries.offer(connection, campaign.id, held, [1, 2])
        deliveries.settle(connection, campaign.id, held, [Settled(1, State.ACCEPTED)], NOW)
    later = lease.take(database, "other", NOW + timedelta(minutes=1))
    with database.writing() as connection:
        deliveries.recover(connection, later)

    assert counts(database, campaign.id) == Counts(accepted=1, uncertain=1, planned=4)
    assert reasons(database, campaign.id, State.UNCERTAIN) == [(deliveries.CRASHED, 1)]


def test_words_of_any_kind_are_kept(database: Database) -> None:
    add_people(database, 1)
    campaign, held = plan(database), lease.take(database, "test", NOW)
    with database.writing() as connection:
        deliveries.claim(connection, campaign.id, held, NOW, 5, nobody)
        words = "5.0.0 \0'\"; DROP TABLE deliveries; -- %s ? \ufffd 李"
        deliveries.settle(connection, campaign.id, held, [Settled(1, State.REJECTED, 550, words)], NOW)

    assert reasons(database, campaign.id, State.REJECTED) == [(words.replace("\0", ""), 1)]


def test_a_campaign_with_an_open_delivery_is_not_finished(database: Database) -> None:
    add_people(database, 2)
    campaign, held = plan(database), lease.take(database, "test", NOW)
    with database.writing() as connection:
        deliveries.claim(connection, campaign.id, held, NOW, 5, nobody)
        deliveries.settle(connection, campaign.id, held, [Settled(1, State.ACCEPTED)], NOW)
        assert not campaigns.finish(connection, campaign.id, NOW)
        deliveries.settle(connection, campaign.id, held, [Settled(2, State.UNCERTAIN)], NOW)
        assert campaigns.finish(connection, campaign.id, NOW)


def test_the_counts_add_up_and_nobody_is_left_out_of_who(database: Database) -> None:
    add_people(database, 10)
    add_people(database, 2, state="bounced", start=11)
    campaign = plan(database)
    settled_as(database, campaign, accepted=[1, 2, 3, 4, 5, 6], rejected=[7, 8], uncertain=[9, 10])

    found = counts(database, campaign.id)
    assert found == Counts(accepted=6, rejected=2, uncertain=2, excluded=2)
    assert (found.audience, found.total, found.left) == (10, 12, 0)
    assert [fate.subscriber_id for fate in who(database, campaign.id)] == list(range(1, 13))
    assert [fate.subscriber_id for fate in who(database, campaign.id, State.REJECTED)] == [7, 8]


def test_every_hot_statement_uses_an_index(tmp_path) -> None:
    from pipeline.database import open_database

    database = open_database("", tmp_path)
    shown: dict[str, str] = {}
    for name, statement, values in (
        ("claim", deliveries._CLAIM, (1, 1, 1, 0, 10)),
        ("offer", deliveries._OFFER_THESE, (1, 1, "[1]")),
        ("settle", deliveries._SETTLE, ("accepted", 1, "", "", None, 1, 0, 1, 1, 1)),
        ("next", deliveries._NEXT_AT, (1,)),
    ):
        with database.reading() as connection:
            plan_ = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            shown[name] = " | ".join(row[3] for row in plan_)
    database.close()

    assert "INDEX deliveries_planned (campaign_id=? AND not_before<?)" in shown["claim"]
    assert "deliveries_planned" in shown["next"]
    for name in ("claim", "offer", "settle"):
        assert "PRIMARY KEY (campaign_id=? AND subscriber_id=?)" in shown[name], name
    assert not [words for words in shown.values() if "SCAN deliveries" in words], shown


def test_recovery_looks_at_the_few_that_it_concerns(tmp_path) -> None:
    from pipeline.database import open_database

    database = open_database("", tmp_path)
    statements: list[tuple[str, tuple]] = []

    def remember(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("UPDATE deliveries"):
            statements.append((statement, parameters))

    add_people(database, 1)
    plan(database)
    held = lease.take(database, "test", NOW)
    sql.event.listen(database.engine, "before_cursor_execute", remember)
    with database.writing() as connection:
        deliveries.recover(connection, held)
        deliveries.give_up(connection, held)
    sql.event.remove(database.engine, "before_cursor_execute", remember)
    assert len(statements) == 3
    for statement, parameters in statements:
        with database.reading() as connection:
            shown = list(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
        assert "INDEX deliveries_" in shown[0][3], (statement, shown)
    database.close()


# --- afterwards -------------------------------------------------------------------------------------------


def test_retry_plans_the_rejected_and_never_the_uncertain(database: Database) -> None:
    add_people(database, 4)
    campaign = plan(database)
    settled_as(database, campaign, accepted=[1, 2], rejected=[3], uncertain=[4])
    assert campaigns.campaign_by_id(database, campaign.id).state is CampaignState.FINISHED

    assert afterwards.retry(database, campaign.id, NOW) == 1

    assert states(database, campaign) == {1: "accepted", 2: "accepted", 3: "planned", 4: "uncertain"}
    assert campaigns.campaign_by_id(database, campaign.id).state is CampaignState.SENDING


def test_retry_hurries_the_deferred_and_leaves_local_times_alone(database: Database) -> None:
    add_people(database, 2)
    campaign, later = plan(database), NOW + timedelta(hours=3)
    with database.writing() as connection:
        connection.execute(DELIVERIES.update().values(not_before=later))
        connection.execute(DELIVERIES.update().where(DELIVERIES.c.subscriber_id == 1).values(attempts=2))

    assert afterwards.retry(database, campaign.id, NOW) == 1

    assert [fate.not_before for fate in who(database, campaign.id)] == [NOW, later]


def test_a_person_settles_a_doubt_either_way(database: Database) -> None:
    add_people(database, 3)
    campaign = plan(database)
    settled_as(database, campaign, accepted=[1], uncertain=[2, 3])

    assert afterwards.resolve(database, campaign.id, [1, 2], NOW, "they told me", is_accepted=True) == 1
    assert afterwards.resolve(database, campaign.id, [1, 3], NOW, "they did not", is_accepted=False) == 1

    assert states(database, campaign) == {1: "accepted", 2: "accepted", 3: "planned"}
    assert campaigns.campaign_by_id(database, campaign.id).state is CampaignState.SENDING


LOG = """\
Nov 24 09:00:01 mail postfix/cleanup[11]: 4F3A21: message-id=<2@example.org>
Nov 24 09:00:01 mail postfix/cleanup[11]: 4F3A22: message-id=<3@example.org>
Nov 24 09:00:01 mail postfix/cleanup[11]: 4F3A23: message-id=<9@example.org>
Nov 24 09:00:02 mail postfix/smtp[12]: 4F3A21: to=<r2@example.org>, relay=x, dsn=2.0.0, status=sent (250 2.0.0 Ok)
Nov 24 09:00:02 mail postfix/smtp[12]: 4F3A23: to=<r9@example.org>, relay=x, dsn=2.0.0, status=sent (250 2.0.0 Ok)
Nov 24 09:05:02 mail postfix/cleanup[11]: 4F3A22: message-id=<77@example.org>
Nov 24 09:05:03 mail postfix/smtp[12]: 4F3A22: to=<r77@example.org>, relay=x, dsn=2.0.0, status=sent (250 2.0.0 Ok)
"""


def test_a_relays_log_settles_what_it_names_and_nothing_else(database: Database) -> None:
    add_people(database, 4)
    campaign = plan(database)
    settled_as(database, campaign, accepted=[1], uncertain=[2, 3, 4])

    message_id = "<{0.subscriber_id}@example.org>".format
    number = afterwards.resolve_from_log(database, campaign.id, LOG.splitlines(), message_id, NOW)

    assert number == 1
    assert states(database, campaign) == {1: "accepted", 2: "accepted", 3: "uncertain", 4: "uncertain"}
    assert reasons(database, campaign.id, State.ACCEPTED)[-1][0].startswith(("accepted", "relay's log: sent"))


def test_a_message_that_only_began_is_no_evidence() -> None:
    begun = "Nov 24 09:00:01 mail postfix/cleanup[11]: 4F3A21: message-id=<2@example.org>"
    assert taken_by_relay([begun], {"<2@example.org>"}) == {}


def test_a_correction_goes_to_whoever_got_the_part_or_may_have(database: Database) -> None:
    add_people(database, 5)
    campaign = plan(database)
    settled_as(database, campaign, accepted=[1, 2], rejected=[3], uncertain=[4, 5])
    set_state(database, [2], "unsubscribed")

    assert afterwards.next_revision(database, "series", "part-1") == 1
    them = afterwards.audience_of_correction(database, campaign.id, everybody())
    correction = campaigns.plan(database, letter(revision=1), them, NOW).campaign

    assert states(database, correction) == {1: "planned", 2: "excluded", 4: "planned", 5: "planned"}
    assert afterwards.next_revision(database, "series", "part-1") == 2


def test_what_was_sent_under_an_old_slug_is_known_under_the_new_one(database: Database) -> None:
    add_people(database, 1)
    sent = campaigns.plan(database, letter(), everybody(), NOW).campaign
    approve(database, Approval(sent.series, sent.part, "digest", "Subject", "", "", "Ada", NOW))
    with database.writing() as connection:
        roundups.owe(connection, sent.series, sent.part, NOW)
    renaming.follow(database, {(sent.series, sent.part): "new", ("elsewhere", sent.part): "newer"})

    assert campaigns.campaign_of(database, sent.series, "new") == replace(sent, part="new")
    assert latest_approval(database, sent.series, "new") is not None
    assert roundups.owed(database) == {sent.series: {"new": NOW}}
    assert campaigns.campaign_of(database, sent.series, sent.part) is None


def test_two_that_were_sent_stay_two_whatever_an_alias_says(database: Database) -> None:
    add_people(database, 1)
    both = [campaigns.plan(database, replace(letter(), part=part), everybody(), NOW) for part in ("old", "new")]
    renaming.follow(database, {(letter().series, "old"): "new"})

    assert sorted(each.part for each in campaigns.campaigns(database)) == ["new", "old"]
    assert [plan.is_new for plan in both] == [True, True]


def test_a_cancelled_campaign_sends_nothing_more(database: Database) -> None:
    add_people(database, 3)
    campaign = plan(database)
    campaigns.cancel(database, campaign.id, "wrong text")

    assert states(database, campaign) == dict.fromkeys((1, 2, 3), "excluded")
    with pytest.raises(LedgerError, match="is cancelled: it cannot be sending"):
        campaigns.resume(database, campaign.id)
    assert afterwards.retry(database, campaign.id, NOW) == 0


def test_an_approval_tells_what_has_changed_since(database: Database) -> None:
    first = Approval("s", "p", "old", "Hello", "One\nTwo\n", "<p>One</p>", "Ada", NOW)
    approve(database, first)
    second = Approval("s", "p", "new", "Hello", "One\nThree\n", "<p>One</p>", "Bob", NOW)
    approve(database, second)

    assert latest_approval(database, "s", "p") == second
    assert latest_approval(database, "s", "q") is None
    assert "-Two" in list(changes_since(first, second.subject, second.text, second.html))
    assert "+<p>Two</p>" in list(changes_since(first, first.subject, first.text, "<p>Two</p>"))
    assert list(changes_since(first, first.subject, first.text, first.html)) == []
