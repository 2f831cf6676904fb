"""Never more than so many a second, whatever starts, stops, crashes or turns its clock."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.database import Database, open_database
from pipeline.sending.rate import Bucket, RateLimit, restored

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def database(tmp_path: Path):
    opened = open_database("", tmp_path)
    yield opened
    opened.close()


RATES = st.sampled_from([0.1, 0.5, 1, 3, 14, 100, 2500])
# Wait so long, and take one; or crash, stop, and start again.
STEPS = st.lists(st.one_of(st.floats(0, 3), st.sampled_from(["crash", "stop"])), max_size=60)


def assert_kept(leaves: list[datetime], bucket: Bucket) -> None:
    """Over any window: no more than rate * t + burst."""
    moments = sorted(leaves)
    for first in range(len(moments)):
        for last in range(first, len(moments)):
            seconds = (moments[last] - moments[first]).total_seconds()
            assert last - first + 1 <= bucket.rate * seconds + bucket.burst + 1e-3


@given(RATES, STEPS)
def test_never_more_than_the_rate_and_a_burst_across_crashes_and_restarts(
    rate: float, steps: list[float | str]
) -> None:
    now, bucket = START, Bucket(rate, 1.0, START)
    kept = (0.0, START)  # what the database holds, as RateLimit writes it
    left: list[datetime] = []
    promised: list[datetime] = []
    for step in steps:
        if isinstance(step, str):
            left += [moment for moment in promised if moment <= now or step == "stop"]
            if step == "stop":
                now = max([now, *promised])
                kept = (bucket.filled(now).left, now)
            promised = []
            bucket = restored(rate, *kept, now)
        else:
            now += timedelta(seconds=step)
            bucket, wait = bucket.taken(now)
            promised.append(now + timedelta(seconds=wait))
            kept = (0.0, promised[-1] + timedelta(seconds=1))

    assert_kept(left + promised, bucket)


@given(RATES, st.lists(st.floats(0, 0.5), max_size=80))
def test_no_more_is_held_back_than_must_be(rate: float, waits: list[float]) -> None:
    now, bucket, leaves = START, Bucket(rate, 1.0, START), START - timedelta(seconds=1 / rate)
    for wait in waits:
        now += timedelta(seconds=wait)
        bucket, seconds = bucket.taken(now)
        latest = max(now, leaves + timedelta(seconds=1 / rate)) + timedelta(milliseconds=1)
        leaves = now + timedelta(seconds=seconds)
        assert leaves <= latest


def test_what_is_left_is_kept_across_a_restart(database: Database) -> None:
    clock = Clock()
    first = RateLimit(database, "smtp", 2.0, clock)
    assert [first.take() for _ in range(3)] == [0.0, 0.5, 1.0]
    clock.move(1.0)
    first.close()
    assert RateLimit(database, "smtp", 2.0, clock).take() == pytest.approx(0.5, abs=0.01)
    clock.move(60)
    assert RateLimit(database, "smtp", 2.0, clock).take() == 0.0
    assert RateLimit(database, "ses", 2.0, clock).take() == 0.0, "another transport has a bucket of its own"


def test_a_crash_gives_no_second_burst(database: Database) -> None:
    clock = Clock()
    waits = [RateLimit(database, "smtp", 1.0, clock).take() for _ in range(5)]

    assert waits == [0.0, 1.0, 1.0, 1.0, 1.0]


def test_a_clock_that_is_moved_back_neither_stops_nor_frees(database: Database) -> None:
    clock = Clock()
    limit = RateLimit(database, "smtp", 1.0, clock)
    limit.take()
    clock.move(-86_400)
    assert limit.take() == pytest.approx(1.0)
    limit.close()
    clock.move(-86_400)
    assert RateLimit(database, "smtp", 1.0, clock).take() == pytest.approx(1.0)


def test_threads_share_one_bucket(database: Database) -> None:
    limit, waits = RateLimit(database, "smtp", 10.0, Clock()), []
    running = [threading.Thread(target=lambda: waits.extend(limit.take() for _ in range(10))) for _ in range(8)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

    assert sorted(waits) == pytest.approx([number / 10 for number in range(80)])


def test_a_fast_rate_writes_once_a_second(database: Database) -> None:
    clock, written = Clock(), []
    limit = RateLimit(database, "smtp", 1000.0, clock)
    keep = limit._write
    limit._write = lambda left, at: (written.append(at), keep(left, at))  # type: ignore[method-assign,assignment]
    for _ in range(5000):
        clock.move(0.001)
        limit.take()

    assert len(written) <= 6
