"""What the sender promises, with a transport that fails as it is told."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import DELIVERIES, SUBSCRIBERS
from pipeline.errors import LedgerError
from pipeline.ledger import campaigns, lease
from pipeline.ledger.campaigns import CampaignState
from pipeline.ledger.counts import Counts, counts, who
from pipeline.ledger.deliveries import State
from pipeline.sending.errand import Ending
from pipeline.sending.sender import recover, send
from pipeline.sending.transport import Outcome, Result
from pipeline.settings import SendingSettings
from tests.ledger.builders import (
    ACCEPTED,
    LATER,
    NO_SUCH_USER,
    NOBODY_KNOWS,
    NOW,
    Clock,
    RoughTransport,
    add_people,
    copy_for,
    errand,
    plan,
    set_state,
    states,
)


def test_everybody_gets_it_once_and_the_campaign_is_finished(database: Database) -> None:
    add_people(database, 200)
    campaign, transport = plan(database), RoughTransport()

    sent = send(errand(database, transport), campaign)

    assert sent.ending is Ending.FINISHED
    assert Counter(transport.taken) == Counter(f"r{k}@example.org" for k in range(1, 201))
    assert counts(database, campaign.id) == Counts(accepted=200)
    assert campaigns.campaign_by_id(database, campaign.id).state is CampaignState.FINISHED


def test_a_second_run_sends_nothing(database: Database) -> None:
    add_people(database, 10)
    campaign, transport = plan(database), RoughTransport()
    given = errand(database, transport)
    send(given, campaign)

    assert send(given, campaign).ending is Ending.PAUSED

    assert len(transport.taken) == 10


def test_what_was_refused_for_now_is_offered_again_later(database: Database) -> None:
    add_people(database, 30)
    clock = Clock()
    campaign, transport = plan(database), RoughTransport(lambda _, number: LATER if number < 30 else ACCEPTED)

    assert send(errand(database, transport, clock), campaign).ending is Ending.FINISHED

    assert len(transport.taken) == len(set(transport.taken)) == 30
    assert clock() >= NOW + timedelta(minutes=1)


def test_who_is_refused_for_now_for_ever_is_rejected_in_the_end(database: Database) -> None:
    add_people(database, 1)
    campaign, transport = plan(database), RoughTransport(lambda *_: LATER)

    assert send(errand(database, transport), campaign).ending is Ending.FINISHED

    (fate,) = who(database, campaign.id)
    assert (fate.state, fate.attempts, fate.code) == (State.REJECTED, 4, 451)
    assert fate.reason == "refused 4 times, at last: 4.3.0 later"


def test_a_doubt_is_never_offered_again(database: Database) -> None:
    add_people(database, 40)
    campaign = plan(database)
    transport = RoughTransport(lambda copy, _: NOBODY_KNOWS if copy.address == "r7@example.org" else ACCEPTED)
    given = errand(database, transport)

    send(given, campaign)
    recover(database, given.lease, NOW)
    send(given, campaign)

    assert transport.offered.count("r7@example.org") == 1
    assert states(database, campaign)[7] == "uncertain"
    assert campaigns.campaign_by_id(database, campaign.id).state is CampaignState.FINISHED


def test_an_address_that_does_not_exist_comes_off_the_list(database: Database) -> None:
    add_people(database, 3)
    blocked = Outcome(Result.REJECTED, 550, "5.7.1 blocked")
    answers = {"r1@example.org": NO_SUCH_USER, "r2@example.org": blocked}
    campaign = plan(database)

    send(errand(database, RoughTransport(lambda copy, _: answers.get(copy.address, ACCEPTED))), campaign)

    assert states(database, campaign) == {1: "rejected", 2: "rejected", 3: "accepted"}
    with database.reading() as connection:
        assert list(connection.execute(sql.select(SUBSCRIBERS.c.state).order_by(SUBSCRIBERS.c.id)).scalars()) == [
            *("bounced", "active", "active")
        ]


def test_who_has_left_since_the_campaign_was_planned_gets_nothing(database: Database) -> None:
    add_people(database, 5)
    campaign, transport = plan(database), RoughTransport()
    set_state(database, [2], "unsubscribed")

    send(errand(database, transport), campaign)

    assert "r2@example.org" not in transport.taken
    fate = next(fate for fate in who(database, campaign.id) if fate.subscriber_id == 2)
    assert (fate.state, fate.reason) == (State.EXCLUDED, "unsubscribed")


def test_no_dot_leaves_once_somebody_has_paused_the_campaign(database: Database) -> None:
    add_people(database, 400)
    campaign, transport = plan(database), RoughTransport()
    is_paused, at_pause = threading.Event(), []

    def pause_after_fifty(_copy: object) -> None:
        if len(transport.offered) >= 50 and not is_paused.is_set():
            is_paused.set()
            campaigns.pause(database, campaign.id, "a mistake in the text")
            at_pause.append(len(transport.offered))

    transport.after_hold = pause_after_fifty
    sent = send(errand(database, transport), campaign)

    assert sent.ending is Ending.PAUSED
    assert len(transport.offered) <= at_pause[0] + 2  # those whose intent was on the disk already
    found = counts(database, campaign.id)
    assert (found.accepted, found.planned) == (len(transport.taken), 400 - len(transport.taken))


def test_a_paused_campaign_goes_on_where_it_was(database: Database) -> None:
    add_people(database, 60)
    campaign, transport = plan(database), RoughTransport()
    given = errand(database, transport)
    campaigns.pause(database, campaign.id, "let me look")
    assert send(given, campaign).ending is Ending.PAUSED
    assert transport.taken == []

    campaigns.resume(database, campaign.id)

    assert send(given, campaign).ending is Ending.FINISHED
    assert len(set(transport.taken)) == len(transport.taken) == 60


@pytest.mark.parametrize("outcome", [NO_SUCH_USER, NOBODY_KNOWS])
def test_too_much_refused_or_in_doubt_pauses_the_campaign(database: Database, outcome: Outcome) -> None:
    add_people(database, 300)
    campaign, transport = plan(database), RoughTransport(lambda *_: outcome)
    settings = SendingSettings(connections=2, max_rejected=10)

    sent = send(errand(database, transport, settings=settings), campaign)

    assert sent.ending is Ending.PAUSED
    assert "more than 10 percent" in campaigns.campaign_by_id(database, campaign.id).why
    assert 20 <= len(transport.offered) < 80


def test_a_refusal_of_ourselves_pauses_at_once_and_tells_the_servers_words(database: Database) -> None:
    add_people(database, 100)
    refused = Outcome(Result.REJECTED, 550, "5.7.26 unauthenticated sender", is_ours=True)
    campaign, transport = plan(database), RoughTransport(lambda *_: refused)

    sent = send(errand(database, transport), campaign)

    assert (sent.ending, sent.words) == (Ending.PAUSED, "550 5.7.26 unauthenticated sender")
    assert len(transport.offered) <= 3


def test_nobody_is_lost_by_a_refusal_of_ourselves(database: Database) -> None:
    add_people(database, 100)
    refused = Outcome(Result.REJECTED, 550, "5.7.26 unauthenticated sender", is_ours=True)
    campaign = plan(database)
    given = errand(database, RoughTransport(lambda *_: refused))
    send(given, campaign)

    assert set(states(database, campaign).values()) == {"planned"}

    campaigns.resume(database, campaign.id)
    send(replace(given, transport=RoughTransport()), campaign)

    assert set(states(database, campaign).values()) == {"accepted"}


def test_a_mailbox_that_blames_us_stops_a_campaign_twice_at_most(database: Database) -> None:
    add_people(database, 30)
    refused = Outcome(Result.REJECTED, 550, "5.7.1 not from you", is_ours=True)
    transport = RoughTransport(lambda copy, _: refused if copy.address == "r7@example.org" else ACCEPTED)
    campaign = plan(database)
    given = errand(database, transport)
    endings = []
    for _ in range(3):
        endings.append(send(given, campaign).ending)
        if endings[-1] is Ending.PAUSED:
            campaigns.resume(database, campaign.id)

    assert endings == [Ending.PAUSED, Ending.PAUSED, Ending.FINISHED]
    assert Counter(states(database, campaign).values()) == {"accepted": 29, "rejected": 1}


def test_what_no_copy_can_be_made_for_is_rejected(database: Database) -> None:
    add_people(database, 3)
    campaign = plan(database)

    def make(delivery):
        if delivery.subscriber_id == 2:
            return Outcome(Result.REJECTED, words="no header can carry this address")
        return copy_for(delivery)

    send(errand(database, RoughTransport(), make_copy=make), campaign)

    assert states(database, campaign) == {1: "accepted", 2: "rejected", 3: "accepted"}


def test_asked_to_stop_it_finishes_what_is_in_flight_and_gives_the_rest_back(database: Database) -> None:
    add_people(database, 500)
    campaign, transport, stop = plan(database), RoughTransport(), threading.Event()
    transport.after_hold = lambda _copy: stop.set() if len(transport.offered) == 40 else None

    sent = send(errand(database, transport, stop=stop), campaign)

    found = counts(database, campaign.id)
    assert sent.ending is Ending.STOPPED
    assert found == Counts(accepted=len(transport.taken), planned=500 - len(transport.taken))
    assert found.accepted <= 43


def test_it_waits_for_a_server_that_does_not_answer(database: Database) -> None:
    add_people(database, 5)
    campaign, transport = plan(database), RoughTransport(refuses=4)

    assert send(errand(database, transport), campaign).ending is Ending.FINISHED


def test_a_server_that_is_gone_ends_the_run_and_nothing_is_lost(database: Database) -> None:
    add_people(database, 5)
    campaign, transport = plan(database), RoughTransport(refuses=10_000)

    sent = send(errand(database, transport), campaign)

    assert (sent.ending, sent.words) == (Ending.UNREACHABLE, "nobody answers")
    assert counts(database, campaign.id) == Counts(planned=5)


def test_a_login_that_is_refused_ends_the_run_at_once(database: Database) -> None:
    add_people(database, 5)
    clock = Clock()
    campaign, transport = plan(database), RoughTransport(refuses=10_000, is_temporary=False)

    assert send(errand(database, transport, clock), campaign).ending is Ending.UNREACHABLE
    assert clock() - NOW < timedelta(seconds=5)


def test_whoever_was_taken_over_from_commits_nothing_and_lets_no_dot_go(database: Database) -> None:
    add_people(database, 300)
    campaign, transport, at_loss = plan(database), RoughTransport(), []
    clock = Clock()

    def take_over(_copy: object) -> None:
        if len(transport.offered) == 30:
            later = clock() + timedelta(minutes=5)
            recover(database, lease.take(database, "other", later), later)
            at_loss.append(len(transport.offered))

    transport.after_hold = take_over
    with pytest.raises(LedgerError, match="taken over"):
        send(errand(database, transport, clock), campaign)

    found = counts(database, campaign.id)
    assert len(transport.offered) <= at_loss[0] + 2
    assert found.accepted + found.uncertain == len(transport.taken)
    assert found.uncertain >= 1
    assert found.planned == 300 - len(transport.taken)


def test_a_ledger_that_cannot_be_written_lets_no_dot_go(database: Database) -> None:
    add_people(database, 300)
    campaign, transport, at_end = plan(database), RoughTransport(), []

    def break_it(_copy: object) -> None:
        if len(transport.offered) == 10:
            with database.writing() as connection:
                connection.exec_driver_sql("ALTER TABLE leases RENAME TO gone")
            at_end.append(len(transport.offered))

    transport.after_hold = break_it
    with pytest.raises(LedgerError, match="cannot be written"):
        send(errand(database, transport), campaign)

    assert len(transport.offered) <= at_end[0] + 2


def test_a_transport_that_lets_go_without_a_word_in_the_ledger_ends_everything(database: Database) -> None:
    add_people(database, 50)
    campaign = plan(database)

    class Hasty(RoughTransport):
        def open(self):
            session = super().open()
            real = session.offer
            session.offer = lambda copy, hold: real(copy, lambda: None)
            return session

    with pytest.raises(LedgerError, match="not written down"):
        send(errand(database, Hasty()), campaign)


def test_nothing_leaves_before_its_own_moment(database: Database) -> None:
    add_people(database, 4)
    clock = Clock()
    campaign, transport = plan(database), RoughTransport()
    later = NOW + timedelta(minutes=2)
    with database.writing() as connection:
        connection.execute(DELIVERIES.update().where(DELIVERIES.c.subscriber_id == 3).values(not_before=later))
    given = errand(database, transport, clock)

    waiting = send(replace(given, at_most=timedelta(minutes=1)), campaign)
    assert (waiting.ending, waiting.next_at, len(transport.taken)) == (Ending.WAITING, later, 3)

    assert send(given, campaign).ending is Ending.FINISHED
    assert clock() >= later


def test_the_rate_is_asked_before_each_message(database: Database) -> None:
    add_people(database, 20)
    clock = Clock()

    class OneASecond:
        last = NOW

        def take(self) -> float:
            if clock() < self.last + timedelta(seconds=1):
                self.last += timedelta(seconds=1)
                return (self.last - clock()).total_seconds()
            self.last = clock()
            return 0.0

    campaign = plan(database)
    settings = SendingSettings(connections=1)
    send(errand(database, RoughTransport(), clock, limit=OneASecond(), settings=settings), campaign)

    assert clock() >= NOW + timedelta(seconds=19)


def test_a_connection_is_made_anew_after_so_many_messages(database: Database) -> None:
    add_people(database, 50)
    campaign, transport = plan(database), RoughTransport()

    send(
        errand(database, transport, settings=SendingSettings(connections=1, messages_per_connection=10)), campaign
    )

    assert transport.sessions == 5
