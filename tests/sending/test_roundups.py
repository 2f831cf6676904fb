"""Over any slots, rhythms and interruptions, everybody hears once of every part that was sent."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compose import compose_issues
from pipeline.database import Database
from pipeline.database.tables import DELIVERIES
from pipeline.errors import LedgerError
from pipeline.issue import Issues
from pipeline.ledger import campaigns
from pipeline.ledger.roundups import owed, told_by
from pipeline.sending.due import departures, due
from pipeline.sending.roundups import Gathered, parts_of, roundup_departures
from tests import projects
from tests.ledger.builders import NOW, add_people, everybody, letter, plan

LATE = timedelta(hours=6)
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=400)


@cache
def placed(days: tuple[int, ...], clock: str, zone: str) -> Issues:
    parts = "".join(
        projects.part(k, more=f'date: "{(BEGIN + timedelta(days=day)).date()} {(day * 7) % 24:02}:30"')
        for k, day in enumerate(days, 1)
    )
    config = projects.CONFIG.replace("Europe/London", zone) + f'\n[roundup]\nevery = "month"\nat = "{clock}"\n'
    return compose_issues(projects.library(config + projects.index() + parts), date(2028, 1, 1)).issues


days = st.lists(st.integers(1, 200), min_size=1, max_size=7, unique=True).map(sorted).map(tuple)
turns = st.lists(st.integers(0, 24 * 220), max_size=60).map(sorted)


@settings(max_examples=150)
@given(
    days,
    st.sampled_from(["00:00", "09:00", "23:59"]),
    st.sampled_from(["UTC", "Europe/London", "Pacific/Kiritimati"]),
    turns,
    st.sets(st.integers(1, 7)),
    st.booleans(),
)
def test_whoever_does_not_switch_hears_once_of_every_part_that_was_sent(
    slots: tuple[int, ...], clock: str, zone: str, hours: list[int], by_hand: set[int], is_local: bool
) -> None:
    issues = placed(slots, clock, zone)
    waiting: dict[str, dict[str, datetime]] = {"small": {}}
    known: set[tuple[str, str]] = set()
    slipped: list[str] = []
    every, seldom = Counter[str](), Counter[str]()

    def send(part: str, now: datetime) -> None:
        every[part] += 1
        waiting["small"][part] = now

    def turn(now: datetime) -> None:
        there = Gathered(waiting, known)
        them = [*departures(issues), *roundup_departures(issues, there, now)]
        decision = due(them, known, now, LATE, is_local=is_local, since=BEGIN)
        for departure in decision.plan:
            known.add(departure.key)
            if departure.is_roundup:
                told = parts_of(
                    issues.series[0], issues.publication, departure.slot, Gathered(waiting, known), now
                )
                for issue in told:
                    assert issue.slot.utc < departure.slot.utc <= now
                    seldom[issue.part.slug] += 1
                    del waiting["small"][issue.part.slug]
            else:
                send(departure.part, now)
        for departure in decision.slip:
            known.add(departure.key)
            if not departure.is_roundup:
                slipped.append(departure.part)
                if departure.number in by_hand:
                    send(departure.part, now)

    for hour in hours:  # a machine that is off as often as not
        turn(BEGIN + timedelta(hours=hour))
    now = BEGIN + timedelta(days=221)
    while now < END:  # and then is on for good
        turn(now)
        now += timedelta(hours=5)

    left = {issue.part.slug for issue in issues.all if issue.part.slug in slipped and issue.number not in by_hand}
    assert set(every) == {issue.part.slug for issue in issues.all} - left
    assert set(every.values()) <= {1}
    assert seldom == every
    assert waiting == {"small": {}}


def test_a_part_is_told_of_once_and_a_part_that_was_never_sent_by_none(database: Database) -> None:
    campaigns.plan(database, letter("part-1", is_owed=True), everybody(), NOW)
    campaigns.plan(database, letter("part-2", is_owed=True, number=2), everybody(), NOW)
    assert owed(database) == {"series": {"part-1": NOW, "part-2": NOW}}

    first = campaigns.plan(
        database, letter("roundup-2026-11", number=0, tells=("part-1",)), everybody(), NOW
    ).campaign
    assert owed(database) == {"series": {"part-2": NOW}}
    assert told_by(database, first.id) == {"part-1"}
    for tells in (("part-1",), ("part-2", "part-3")):
        with pytest.raises(LedgerError, match="not what it was a moment ago"):
            campaigns.plan(database, letter("roundup-2026-12", number=0, tells=tells), everybody(), NOW)
    assert [each.part for each in campaigns.campaigns(database)] == ["roundup-2026-11", "part-2", "part-1"]
    assert owed(database) == {"series": {"part-2": NOW}}


def test_one_that_has_slipped_tells_nothing(database: Database) -> None:
    campaigns.plan(database, letter("part-1", is_owed=True), everybody(), NOW)
    campaigns.slip(database, letter("roundup-2026-11", number=0, tells=("part-1",)), NOW, "late")

    assert owed(database) == {"series": {"part-1": NOW}}


@pytest.mark.parametrize(
    ("state", "is_owed"),
    [("planned", True), ("rejected", True), ("accepted", False), ("uncertain", False), ("offered", False)],
)
def test_one_that_is_cancelled_loses_nothing_unless_somebody_may_have_it(
    database: Database, state: str, is_owed: bool
) -> None:
    add_people(database, 2)
    plan(database, is_owed=True)
    cancelled = plan(database, "roundup-2026-11", number=0, tells=("part-1",))
    here = (DELIVERIES.c.campaign_id == cancelled.id) & (DELIVERIES.c.subscriber_id == 1)
    with database.writing() as connection:
        connection.execute(DELIVERIES.update().where(here).values(state=state))
    campaigns.cancel(database, cancelled.id, "by hand")

    assert owed(database) == ({"series": {"part-1": NOW}} if is_owed else {})
    assert told_by(database, cancelled.id) == (frozenset() if is_owed else {"part-1"})
