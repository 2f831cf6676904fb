"""One runner at a time: a lease that runs out, and an epoch that goes up with everyone who takes it.

The epoch is looked at in every transaction of a runner (``fence``). So whoever takes over need not know whether
the one before is dead or only asleep: asleep, it can commit nothing any more when it wakes, and where nothing is
committed no dot leaves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import LEASES, milliseconds
from pipeline.errors import LedgerError
from pipeline.ledger.statements import run, written_for

RUNNER = "runner"
LASTS = timedelta(seconds=30)
_FENCE = "UPDATE leases SET until = ? WHERE name = ? AND epoch = ?"


class LeaseTakenError(LedgerError):
    """Another runner has the lease; ``until`` is when it runs out, unless it is renewed."""

    def __init__(self, holder: str, until: datetime) -> None:
        super().__init__(f"another runner is sending: {holder}, until {until:%H:%M:%S} UTC at least")
        self.holder = holder
        self.until = until


class LeaseLostError(LedgerError):
    """Another runner has taken over. Nothing of the transaction stays."""

    def __init__(self) -> None:
        super().__init__("another runner has taken over, because this one was not heard of for too long")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send, as long as nobody has taken it over."""

    holder: str
    epoch: int
    lasts: timedelta = LASTS

    def fence(self, connection: sql.Connection, now: datetime) -> None:
        """Prolong the lease within a transaction, and hold it until that ends.

        Raises:
            LeaseLostError: it is somebody else's by now.
        """
        until = milliseconds(now + self.lasts)
        if run(connection, _FENCE, (until, RUNNER, self.epoch)).rowcount != 1:
            raise LeaseLostError


def take(database: Database, holder: str, now: datetime, *, lasts: timedelta = LASTS, at_least: int = 0) -> Lease:
    """Take the lease, if nobody has it, or if it has run out.

    ``holder`` tells people who it is: machine and process. ``at_least`` is what the epoch must go beyond.

    Raises:
        LeaseTakenError: somebody has it.
    """
    with database.writing() as connection:
        found = (milliseconds(now), RUNNER)
        connection.exec_driver_sql(
            written_for(
                connection, "INSERT INTO leases (name, until) VALUES (?, 0) ON CONFLICT (name) DO NOTHING"
            ),
            (RUNNER,),
        )
        epoch = connection.exec_driver_sql(
            written_for(
                connection,
                "UPDATE leases SET holder = ?, until = ?, epoch = 1 + CASE WHEN epoch < ? THEN ? ELSE epoch END"
                " WHERE until <= ? AND name = ? RETURNING epoch",
            ),
            (holder, milliseconds(now + lasts), at_least, at_least, *found),
        ).scalar()
        if epoch is None:
            other = connection.execute(sql.select(LEASES.c.holder, LEASES.c.until).where(LEASES.c.name == RUNNER))
            raise LeaseTakenError(*other.one())
    return Lease(holder, int(epoch), lasts)


def give_back(database: Database, lease: Lease) -> int:
    """Let the next one in at once; the epoch after that. Where somebody has taken it already, it stays theirs."""
    with database.writing() as connection:
        statement = "UPDATE leases SET until = 0, epoch = epoch + 1 WHERE name = ? AND epoch = ? RETURNING epoch"
        found = connection.exec_driver_sql(written_for(connection, statement), (RUNNER, lease.epoch)).scalar()
    return lease.epoch if found is None else int(found)


def epoch_of(database: Database) -> int:
    """How often the lease has been taken and given back; 0 where nobody has sent yet."""
    with database.reading() as connection:
        return connection.execute(sql.select(LEASES.c.epoch).where(LEASES.c.name == RUNNER)).scalar() or 0
