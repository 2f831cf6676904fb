"""Notices: letters to one person about their own subscription. They wait in the database until one is taken.

Like a delivery, a notice is offered at most once: what was offered when the program stopped is not sent again. Who
misses one asks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sql

from pipeline.database.public import CHANGES, NOTICES
from pipeline.subscribers import keeping, limits
from pipeline.subscribers.addresses import parse_address

LEASE = timedelta(minutes=2)
ATTEMPTS = 8
_FIRST = timedelta(seconds=30)
_AT_ONCE = 20


class Kind(StrEnum):
    """What a notice is about."""

    SIGN_UP = "sign-up"  # somebody gave this address: to be looked up
    CONFIRM = "confirm"
    KNOWN = "known"  # they are on the list already
    WELCOME = "welcome"
    CHANGE_OLD = "change-old"
    CHANGE_NEW = "change-new"
    DATA = "data"  # the way to their data, and to have it erased


@dataclass(frozen=True, slots=True)
class Notice:
    """One that has been taken. ``subscriber`` is 0 for a sign-up."""

    id: int
    kind: Kind
    subscriber: int
    address: str
    said: str
    source: str
    at: datetime
    attempts: int


def add(
    connection: sql.Connection, kind: Kind, address: str, now: datetime, *,
    subscriber: int = 0, said: str = "", source: str = "",
) -> None:  # fmt: skip
    """Let a notice wait for its turn."""
    connection.execute(
        NOTICES.insert().values(
            kind=kind,
            subscriber_id=subscriber or None,
            address=address,
            said=said,
            source=source,
            state="waiting",
            at=now,
            not_before=now,
        )
    )


def take(connection: sql.Connection, now: datetime) -> list[Notice]:
    """The next ones whose time has come; nobody else gets them while the lease lasts."""
    kept = NOTICES.c
    waiting = (kept.state.in_(("waiting", "taken"))) & (kept.not_before <= now)
    turn = sql.select(kept.id).where(waiting).order_by(kept.not_before, kept.id).limit(_AT_ONCE)
    # The condition twice: PostgreSQL looks again at the outer one when another server was quicker.
    chosen = NOTICES.update().where(kept.id.in_(turn.scalar_subquery()), waiting)
    taken = chosen.values(state="taken", not_before=now + LEASE)
    columns = (
        kept.id,
        kept.kind,
        kept.subscriber_id,
        kept.address,
        kept.said,
        kept.source,
        kept.at,
        kept.attempts,
    )
    rows = connection.execute(taken.returning(*columns)).all()
    return sorted((_notice(row) for row in rows), key=lambda notice: notice.id)


def _notice(row: Sequence[object]) -> Notice:
    key, kind, subscriber, *rest = row
    return Notice(key, Kind(str(kind)), subscriber or 0, *rest)  # type: ignore[arg-type]


def offered(connection: sql.Connection, notice: Notice) -> bool:
    """Write down that it is about to be offered; whether it may. Nothing goes to who is suppressed by now."""
    if keeping.suppression(connection, parse_address(notice.address)):
        done(connection, notice)
        return False
    chosen = NOTICES.update().where(NOTICES.c.id == notice.id, NOTICES.c.state == "taken")
    return connection.execute(chosen.values(state="offered")).rowcount == 1


def done(connection: sql.Connection, notice: Notice) -> bool:
    """It has gone out, or never will. Whether it was still there."""
    return connection.execute(NOTICES.delete().where(NOTICES.c.id == notice.id)).rowcount == 1


def later(connection: sql.Connection, notice: Notice, now: datetime, *, was_refused: bool) -> None:
    """Try again after a while, and in the end no more.

    One that was offered is only tried again where the server has plainly refused it.
    """
    attempts = notice.attempts + 1
    if attempts >= ATTEMPTS:
        done(connection, notice)
        return
    here = NOTICES.c.id == notice.id
    values = {"state": "waiting", "attempts": attempts, "not_before": now + _FIRST * (1 << attempts)}
    chosen = NOTICES.update().where(here if was_refused else here & (NOTICES.c.state == "taken"))
    connection.execute(chosen.values(values))


def tidy(connection: sql.Connection, now: datetime) -> None:
    """Delete what was offered when a program stopped, what is of no use any more, and changes nobody confirmed."""
    kept = NOTICES.c
    doubtful = (kept.state == "offered") & (kept.at < now - timedelta(hours=1))
    connection.execute(NOTICES.delete().where(doubtful | (kept.at < now - timedelta(days=2))))
    connection.execute(CHANGES.delete().where(CHANGES.c.until < now))
    limits.tidy(connection, now)
