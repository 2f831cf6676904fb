"""``partwork run``: at its slot, once, whatever the clock, the files and other runners do."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from benchmarks.rough_server import DROP, Phase, once
from tests.letters.conftest import PART, SECOND, START

WEEK = timedelta(weeks=1)


def test_what_is_due_is_sent_once_and_no_earlier(shop, clock):
    clock.set(START - timedelta(minutes=10))
    early = shop("run", "--once")
    assert early.code == 0
    assert "next: Wednesday 18 November 2026, 06:00" in early.out
    assert shop.outbox() == []
    clock.set(START + timedelta(seconds=5))
    run = shop("run", "--once")
    assert run.code == 0
    assert "three-evenings/1: planned for 3, 0 left out" in run.out
    assert "three-evenings/1: finished; 3 accepted, 0 rejected, 0 uncertain, 0 waiting, 0 left out" in run.out
    assert "next: Wednesday 25 November 2026, 06:00" in run.out
    assert "planned for" not in shop("run", "--once").out
    assert len(shop.outbox()) == 3


def test_every_part_goes_out_in_its_own_week(shop, clock):
    for week in range(3):
        clock.set(START + week * WEEK + timedelta(minutes=1))
        assert shop("run", "--once").code == 0
    subjects = [message_from_bytes(data, policy=policy.default)["Subject"] for data in shop.outbox()]
    assert sorted(set(subjects)) == [
        "A place for it (Part 2 of 3)",
        "Deciding once (Part 3 of 3)",
        "Where it goes (Part 1 of 3)",
    ]
    assert len(subjects) == 9


def test_a_part_that_is_too_late_has_slipped_and_says_so(shop, clock):
    clock.set(START + timedelta(hours=7))
    run = shop("run", "--once")
    assert run.code == 1
    assert "three-evenings/1: slipped, not sent" in run.out
    assert "partwork send three-evenings/1" in run.out
    assert shop.outbox() == []
    assert "slipped" in shop("schedule").out
    again = shop("run", "--once")
    assert again.code == 0
    assert "slipped" not in again.out


def test_a_clock_that_is_moved_back_sends_nothing_again(shop, clock):
    shop("run", "--once")
    for moment in (START - timedelta(days=30), START, START + timedelta(minutes=1)):
        clock.set(moment)
        shop("run", "--once")
    assert len(shop.outbox()) == 3


def test_a_part_that_is_given_another_slug_is_not_sent_again(shop, clock):
    assert shop("run", "--once").code == 0
    shop.rename()
    clock.set(START + timedelta(minutes=5))
    again = shop("run", "--once")
    assert again.code == 0
    assert "planned for" not in again.out
    assert len(shop.outbox()) == 3
    assert [each["part"] for each in shop.campaigns()] == ["by-another-name"]
    assert "sent to 3" in shop("schedule").out


def test_a_part_that_is_given_another_slug_is_not_sent_again_by_hand(shop):
    assert shop("run", "--once").code == 0
    shop.rename()
    assert "three-evenings/1 has been sent" in shop("send", PART, "--yes").out
    assert len(shop.outbox()) == 3


def test_a_broken_publication_sends_nothing_new_and_goes_on_with_what_was_planned(shop, clock, server):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.sending.line._UNREACHED", timedelta(0))
        shop.through(1, "connections = 1\n")
        assert shop("run", "--once").code == 1
    sink = server()
    shop.through(sink.port)
    shop.change("title: A place for it", "titel: A place for it", SECOND)
    clock.set(START + WEEK + timedelta(minutes=1))
    run = shop("run", "--once")
    assert run.code == 1
    assert "the publication has errors" in run.out
    assert f"the first: {SECOND}:" in run.out
    assert len(sink.taken) == 3
    assert {each["part"] for each in shop.campaigns()} == {"where-it-goes"}
    shop.change("titel: A place for it", "title: A place for it", SECOND)
    assert shop("run", "--once").code == 0
    assert len(sink.taken) == 6


def test_nothing_goes_to_people_without_a_way_out(shop, server):
    sink = server()
    shop.through(sink.port)
    shop.change('public_url = "https://letters.example.org/"\n', "", "partwork.toml")
    run = shop("run", "--once")
    assert run.code == 1
    assert "public_url" in run.err
    assert not sink.taken


def test_a_doubt_ends_it_with_exit_code_3(shop, server):
    shop.through(server(once(Phase.RECORDED, DROP)).port, "connections = 1\nmax_rejected = 100\n")
    run = shop("run", "--once")
    assert run.code == 3
    assert "1 uncertain" in run.out
    assert f"partwork campaign {PART}" in run.out


def test_another_runner_is_named_and_left_alone(shop):
    from pipeline.database import open_database
    from pipeline.ledger import lease

    database = open_database("", shop.root)
    lease.take(database, "elsewhere, process 1", shop.clock())
    database.close()
    run = shop("run", "--once")
    assert run.code == 0
    assert "another one is sending: elsewhere, process 1" in run.out
    assert shop.outbox() == []


def test_everybody_gets_it_when_it_is_six_where_they_are(shop, clock):
    shop.settings("local_time = true")
    shop.file("more.csv").write_text(
        "email,timezone\ntokyo@example.org,Asia/Tokyo\nla@example.org,America/Los_Angeles\n", "utf-8"
    )
    clock.set(START - timedelta(days=2))
    assert shop("subscribers", "import", "more.csv").code == 0

    def got_it(moment: datetime) -> set[str]:
        clock.set(moment)
        assert shop("run", "--once").code == 0
        return {fate.address for fate in shop.fates() if fate.state == "accepted"}

    assert got_it(datetime(2026, 11, 17, 20, 59, tzinfo=UTC)) == set()
    assert got_it(datetime(2026, 11, 17, 21, 0, 30, tzinfo=UTC)) == {"tokyo@example.org"}
    assert len(got_it(START + timedelta(seconds=30))) == 4
    assert len(got_it(datetime(2026, 11, 18, 13, 59, tzinfo=UTC))) == 4
    assert len(got_it(datetime(2026, 11, 18, 14, 1, tzinfo=UTC))) == 5
    assert len(shop.campaigns()) == 1


def test_a_restored_database_is_told_from_a_true_one(shop, clock):
    backup = (shop.root / "partwork.db").read_bytes()
    assert shop("run", "--once").code == 0
    for path in shop.root.glob("partwork.db*"):
        path.unlink()
    (shop.root / "partwork.db").write_bytes(backup)
    run = shop("run", "--once")
    assert run.code == 1
    assert "was a backup restored?" in run.err
    assert len(shop.outbox()) == 3
    accepted = shop("run", "--once", "--after-restore")
    assert "it may have been sent since the backup" in accepted.out
    assert len(shop.outbox()) == 3
    clock.set(START + WEEK + timedelta(minutes=1))
    assert shop("run", "--once").code == 0
    assert len(shop.outbox()) == 6
