"""The runner: started late, twice, after a crash, a restored backup, or with another clock."""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.database import Database, open_database
from pipeline.ledger import campaigns, lease
from pipeline.ledger.campaigns import CampaignState
from pipeline.ledger.counts import counts
from pipeline.ledger.witness import OlderDatabaseError, Witness
from pipeline.schedule import at
from pipeline.sending.due import Departure
from pipeline.sending.errand import Ending
from pipeline.sending.runner import RESTORED, Office, Turn, accept_restored, take_turn
from tests.ledger.builders import LATER, NOW, Clock, RoughTransport, add_people, errand, everybody, letter

SLOT = at(NOW.replace(tzinfo=None), "Europe/London")


@dataclass
class Desk:
    """A runner's surroundings."""

    database: Database
    folder: Path
    clock: Clock = field(default_factory=Clock)
    transport: RoughTransport = field(default_factory=RoughTransport)
    parts: list[Departure] = field(default_factory=lambda: [Departure("series", "part-1", 1, SLOT)])
    held: str = ""
    is_local: bool = False
    turns: list[Turn] = field(default_factory=list)

    @property
    def office(self) -> Office:
        return Office(
            database=self.database,
            witness=Witness(self.folder),
            departures=lambda: self.parts,
            letter=lambda departure: self.held or letter(departure.part, slot=departure.slot.utc),
            audience=lambda _letter: everybody(self.clock()),
            errand=lambda _campaign, held: errand(self.database, self.transport, self.clock, lease=held),
            max_late=timedelta(hours=6),
            clock=self.clock,
            holder="test",
            is_local=self.is_local,
        )

    def turn(self) -> Turn:
        self.turns.append(take_turn(self.office))
        return self.turns[-1]

    def run(self) -> None:
        """Until nothing is left to be done now."""
        while (turn := self.turn()).wake_at is not None and turn.wake_at <= self.clock() and not turn.waits_for:
            pass

    def run_until(self, end: datetime) -> None:
        """A turn whenever the last one has asked for the next."""
        while self.clock() < end:
            asked = self.turn().wake_at or end
            self.clock.now = max(min(asked, end), self.clock() + timedelta(milliseconds=1))


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    add_people(database, 12)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE subscribers SET added_at = 0")
    return Desk(database, tmp_path / ".partwork")


def test_what_is_due_is_sent_and_no_second_time(desk: Desk) -> None:
    desk.run()
    desk.run()

    assert len(desk.transport.taken) == 12
    assert campaigns.campaigns(desk.database)[0].state is CampaignState.FINISHED


def test_it_sleeps_to_the_slot(desk: Desk) -> None:
    desk.clock.now = NOW - timedelta(minutes=5)

    desk.run_until(NOW - timedelta(minutes=1))
    assert desk.transport.taken == []
    desk.run_until(NOW + timedelta(seconds=1))
    assert len(desk.transport.taken) == 12


def test_a_missed_slot_has_slipped_and_says_so(desk: Desk) -> None:
    desk.clock.now = NOW + timedelta(hours=7)

    desk.run()

    (slipped,) = desk.turns[0].slipped
    assert (slipped.state, slipped.why) == (
        CampaignState.SLIPPED,
        "it was looked at 7 h 00 min after its slot, and 6 h 00 min are allowed",
    )
    assert desk.transport.taken == []


def test_a_clock_that_is_moved_back_sends_nothing_again(desk: Desk) -> None:
    desk.run()
    for hours in (-48, -1, 0, 1, 48):
        desk.clock.now = NOW + timedelta(hours=hours)
        desk.run()

    assert len(desk.transport.taken) == 12


def test_what_is_held_back_leaves_when_it_is_let_go(desk: Desk) -> None:
    desk.held = "nobody has approved it"
    desk.run()
    assert desk.turns[-1].held == ((desk.parts[0], "nobody has approved it"),)
    assert desk.transport.taken == []

    desk.held = ""
    desk.run()
    assert len(desk.transport.taken) == 12


def test_what_was_deferred_is_tried_when_its_time_comes(desk: Desk) -> None:
    desk.transport.answer = lambda _, number: LATER if number < 12 else RoughTransport().answer(_, number)

    desk.run()
    assert desk.turns[-1].ended[0][1].ending is Ending.WAITING
    assert counts(desk.database, desk.turns[-1].ended[0][0].id).deferred > 0
    desk.run_until(NOW + timedelta(minutes=5))

    assert sorted(set(desk.transport.taken)) == sorted(desk.transport.taken)
    assert len(desk.transport.taken) == 12


def test_two_series_take_turns(desk: Desk) -> None:
    desk.parts.append(
        Departure("series", "part-2", 2, at((NOW + timedelta(minutes=1)).replace(tzinfo=None), "UTC"))
    )
    desk.run_until(NOW + timedelta(minutes=3))

    assert len(desk.transport.taken) == 24
    assert {c.state for c in campaigns.campaigns(desk.database)} == {CampaignState.FINISHED}


def test_beside_another_runner_it_waits(desk: Desk) -> None:
    other = lease.take(desk.database, "another machine", NOW)
    desk.run()
    assert desk.turns[-1].waits_for == "another machine"
    assert desk.transport.taken == []

    lease.give_back(desk.database, other)
    desk.run()
    assert len(desk.transport.taken) == 12


def test_each_gets_it_at_the_slots_hour_on_their_own_clocks(desk: Desk) -> None:
    add_people(desk.database, 3, zone="Asia/Tokyo", start=13)
    add_people(desk.database, 2, zone="America/New_York", start=16)
    desk.is_local = True

    sizes = []
    for hours in (-15, -13.9, -9.1, -8.9, -0.1, 0.1, 4.9, 5.1):
        desk.clock.now = NOW + timedelta(hours=hours)
        desk.run()
        sizes.append(len(desk.transport.taken))

    assert sizes == [0, 0, 0, 3, 3, 15, 15, 17]
    assert len(campaigns.campaigns(desk.database)) == 1


def test_a_restored_backup_sends_nothing_until_a_person_has_said_so(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    add_people(database, 12)
    desk = Desk(database, tmp_path / ".partwork")
    database.close()
    shutil.copy(tmp_path / "partwork.db", tmp_path / "backup.db")
    desk.run()
    assert len(desk.transport.taken) == 12
    database.close()
    for path in tmp_path.glob("partwork.db*"):
        path.unlink()
    shutil.copy(tmp_path / "backup.db", tmp_path / "partwork.db")

    with pytest.raises(OlderDatabaseError, match="was a backup restored"):
        desk.run()
    (slipped,) = accept_restored(desk.office)
    assert (slipped.state, slipped.why) == (CampaignState.SLIPPED, RESTORED)
    desk.run()

    assert len(desk.transport.taken) == 12
    database.close()


def test_after_a_restore_what_was_under_way_is_paused(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    add_people(database, 12)
    desk = Desk(database, tmp_path / ".partwork")
    desk.transport.refuses = 10_000
    take_turn(desk.office)
    database.close()
    shutil.copy(tmp_path / "partwork.db", tmp_path / "backup.db")
    desk.transport.refuses = 0
    desk.run()
    database.close()
    for path in tmp_path.glob("partwork.db*"):
        path.unlink()
    shutil.copy(tmp_path / "backup.db", tmp_path / "partwork.db")

    (paused,) = accept_restored(desk.office)
    desk.run()

    assert campaigns.campaign_by_id(database, paused.id).state is CampaignState.PAUSED
    assert len(desk.transport.taken) == 12
    database.close()


def test_without_anybody_on_the_list_nothing_is_planned(database: Database, tmp_path: Path) -> None:
    Desk(database, tmp_path).run()

    assert campaigns.campaigns(database) == []
