"""No more than so many messages a second, over any stretch of time, across threads, crashes and restarts.

A token bucket. In the database stands a moment ahead of us, and that the bucket is empty until then: so one write
a second is enough, and whoever starts after a crash has never more than was really left.

Notices go first (``precedence``). They are counted beside the bucket; once a second we look how many have gone,
and let as many of our own wait: until then a second's worth may go beyond the rate.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import RATES

_AHEAD = timedelta(seconds=1)
_BURST = 0.1  # seconds' worth that may leave at once: servers count by the second
_ROUNDING = timedelta(milliseconds=1)  # the database keeps whole ones, rounded down
_MOST = timedelta(minutes=1)  # that notices, or a clock that was moved back, may hold us up at once


def burst_of(rate: float) -> float:
    """How many may leave at once: a tenth of a second's worth, and at least one."""
    return max(1.0, rate * _BURST)


@dataclass(frozen=True, slots=True)
class Gone:
    """How many notices have ever gone over a transport, and the moment until which they have taken its rate."""

    count: float = 0.0
    until: datetime | None = None

    def taken(self, rate: float, moment: datetime) -> tuple["Gone", float]:
        """The same with one more promised, and how many seconds that one has to wait for those before it."""
        # The generic cell rate algorithm (ITU-T I.371): a moment that each one moves on by its share.
        step = timedelta(seconds=1 / rate)
        until = max(moment, min(self.until or moment, moment + _MOST + 2 * step))
        wait = (until - moment).total_seconds() - (burst_of(rate) - 1) / rate
        return Gone(self.count + 1, until + step), max(0.0, wait)


@dataclass(frozen=True, slots=True)
class Bucket:
    """``left`` messages may leave at ``at``; less than none are promised already, and have to wait."""

    rate: float
    left: float
    at: datetime

    @property
    def burst(self) -> float:
        """How many may leave at once."""
        return burst_of(self.rate)

    def taken(self, moment: datetime) -> tuple["Bucket", float]:
        """The bucket with one more promised, and how many seconds that one has to wait.

        A clock that is moved back gives nothing, and takes nothing away.
        """
        filled = self.filled(moment)
        after = replace(filled, left=filled.left - 1)
        return after, max(0.0, -after.left / self.rate)

    def filled(self, moment: datetime) -> "Bucket":
        """The bucket as it is at a moment."""
        gained = max(0.0, (moment - self.at).total_seconds()) * self.rate
        return replace(self, left=min(self.burst, self.left + gained), at=moment)

    def without(self, notices: float, gone: Gone, moment: datetime) -> "Bucket":
        """The bucket at a moment, after so many notices since it was last looked at, and those to come."""
        later = replace(self, left=self.left - notices).filled(moment)
        ahead = min(gone.until - moment, _MOST) if gone.until else timedelta(0)
        return replace(later, left=min(later.left, self.burst - ahead.total_seconds() * self.rate))


def restored(rate: float, left: float, at: datetime, moment: datetime) -> Bucket:
    """A bucket from what was kept: it never holds more than the real one did.

    A moment that is still to come was written by a runner that crashed, or by a clock that has been moved back.
    Then it is empty, which is always right: nothing leaves that was not there.
    """
    if at > moment:
        return Bucket(rate, 0.0, moment)
    return Bucket(rate, max(0.0, left), at).filled(moment)


class RateLimit:
    """A transport's bucket, by name, in the database. For all threads of one runner."""

    def __init__(self, database: Database, name: str, rate: float, clock: Callable[[], datetime]) -> None:
        self._database, self._name, self._clock = database, name, clock
        self._lock = threading.Lock()
        moment = clock()
        self._bucket, self._gone = self._read(rate, moment)
        self._kept_until = moment  # nothing is promised before it is written down
        self._looked_at = moment - _AHEAD

    def take(self) -> float:
        """Promise one message: the seconds to wait before it may leave.

        Raises:
            DatabaseError: it could not be written down.
        """
        with self._lock:
            moment = self._clock()
            if not self._looked_at <= moment < self._looked_at + _AHEAD:
                self._bucket = self._behind_notices(moment)
            self._bucket, wait = self._bucket.taken(moment)
            leaves = moment + timedelta(seconds=wait)
            if leaves >= self._kept_until:
                self._kept_until = leaves + _AHEAD
                self._write(0.0, self._kept_until)
            return wait

    def close(self) -> None:
        """Write down what is really left.

        Raises:
            DatabaseError: it could not be written down. Then a second is lost, and nothing else.
        """
        with self._lock:
            self._bucket = self._bucket.filled(self._clock())
            self._write(self._bucket.left, self._bucket.at + _ROUNDING)

    def _behind_notices(self, moment: datetime) -> Bucket:
        """The bucket without what notices have taken since we looked."""
        before, self._looked_at = self._gone, moment
        with self._database.reading() as connection:
            self._gone = gone_before(connection, self._name)
        return self._bucket.without(max(0.0, self._gone.count - before.count), self._gone, moment)

    def _read(self, rate: float, moment: datetime) -> tuple[Bucket, Gone]:
        with self._database.reading() as connection:
            kept = connection.execute(
                sql.select(RATES.c.left, RATES.c.at).where(RATES.c.name == self._name)
            ).first()
            gone = gone_before(connection, self._name)
        if kept is None:
            return Bucket(rate, burst_of(rate), moment), gone
        return restored(rate, kept.left, kept.at, moment), gone

    def _write(self, left: float, at: datetime) -> None:
        with self._database.writing() as connection:
            changed = connection.execute(RATES.update().where(RATES.c.name == self._name).values(left=left, at=at))
            if not changed.rowcount:
                connection.execute(RATES.insert().values(name=self._name, left=left, at=at))


def gone_before(connection: sql.Connection, name: str, *, is_locked: bool = False) -> Gone:
    """The notices of a transport. ``is_locked`` lets nobody else count until the transaction ends."""
    chosen = sql.select(RATES.c.left, RATES.c.at).where(RATES.c.name == notices_row(name))
    kept = connection.execute(chosen.with_for_update() if is_locked else chosen).first()
    return Gone() if kept is None else Gone(kept.left, kept.at)


def notices_row(name: str) -> str:
    """Where notices are counted: ``left`` is how many have gone."""
    return f"{name} notices"
