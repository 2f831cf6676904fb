"""A worker waits for the rate as long as it has to, and no longer than anybody wants it to."""

from datetime import timedelta
from itertools import pairwise

import pytest

from pipeline.database import Database
from pipeline.sending.journal import Journal
from pipeline.sending.line import Line, Run
from pipeline.sending.pace import Pace
from pipeline.sending.rate import RateLimit
from tests.ledger.builders import NOW, Clock, RoughTransport, add_people, errand, plan


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(database: Database, clock: Clock) -> Run:
    add_people(database, 1)
    campaign = plan(database)
    limit = RateLimit(database, "rough", 0.25, clock)
    given = errand(database, RoughTransport(), clock, limit=limit)
    return Run(given, campaign.id, Journal(database, campaign.id, given.lease, clock), Pace(clock))


def test_a_message_waits_for_the_rate_however_long_that_is(run: Run, clock: Clock) -> None:
    lines = [Line(run), Line(run), Line(run)]
    left = []
    for turn in range(9):
        assert lines[turn % 3].may_leave()
        left.append(clock())
    assert all(later - sooner >= timedelta(seconds=3.99) for sooner, later in pairwise(left))
    assert left[-1] >= NOW + timedelta(seconds=8 * 4)


def test_nobody_is_silent_for_long_on_an_open_connection(run: Run) -> None:
    line = Line(run)
    assert line.connected() is not None
    assert line.may_leave()
    assert line.may_leave()  # in four seconds
    assert line.session is not None
    for _ in range(5):
        run.errand.limit.take()  # type: ignore[union-attr]
    assert line.may_leave()
    assert line.session is None
    assert line.connected() is not None


def test_who_waits_for_the_rate_hears_within_a_second_that_all_is_to_end(run: Run, clock: Clock) -> None:
    line = Line(run)
    assert line.may_leave()
    run.errand.stop.set()
    assert not line.may_leave()
    assert clock() <= NOW + timedelta(seconds=1)


def test_a_server_that_has_had_enough_while_one_waits_is_waited_for(run: Run, clock: Clock) -> None:
    line = Line(run)
    for _ in range(8):
        run.pace.slower()
        clock.now += timedelta(seconds=run.pace.left())
    longer = run.pace.slower()
    assert line.waited(0.5)
    assert clock() >= NOW + longer
    assert run.pace.left() <= 0
