"""Deliveries on their way: claimed, offered, settled. Every function here works within a runner's transaction.

The state machine, whole::

    planned ─claim─▶ claimed ─offer─▶ offered ─settle─▶ accepted | rejected | uncertain | planned (deferred)
       ▲               │ settle without an offer: planned (deferred), rejected
       └────recover────┘               └─recover─▶ uncertain

Nothing leads from offered, accepted or uncertain back to planned but a server's plain no, or a person.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sql

from pipeline.database.tables import DELIVERIES, milliseconds
from pipeline.errors import LedgerError
from pipeline.ledger.lease import Lease
from pipeline.ledger.statements import is_sqlite, moment_of, run, written_for

# Who of these must not be written to any more, and why. Whoever is not named may be.
LeftSince = Callable[[sql.Connection, Sequence[int]], Mapping[int, str]]

CRASHED = (
    "the program or the machine stopped after the message had been offered, before an answer was written down"
)


class State(StrEnum):
    """Where a delivery stands: always in one of these."""

    PLANNED = "planned"
    CLAIMED = "claimed"  # a runner has it in its hands; no server can have accepted it
    OFFERED = "offered"  # its dot may have left
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"  # its dot has left, and nobody knows what became of it
    EXCLUDED = "excluded"  # from the start, or when it was claimed; never offered


@dataclass(frozen=True, slots=True)
class Delivery:
    """One recipient's copy, as whoever makes it needs it."""

    campaign_id: int
    subscriber_id: int
    address: str
    first_name: str
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a claimed or offered delivery: ACCEPTED, REJECTED, UNCERTAIN, or PLANNED (again).

    ``is_attempt`` says whether it counts as one; ``not_before`` is for PLANNED alone.
    """

    subscriber_id: int
    state: State
    code: int = 0
    reason: str = ""
    remote_id: str = ""
    not_before: datetime | None = None
    is_attempt: bool = True


_CLAIM = (
    "UPDATE deliveries SET state = 'claimed', epoch = ? WHERE campaign_id = ? AND subscriber_id IN ("
    "SELECT subscriber_id FROM deliveries WHERE campaign_id = ? AND state = 'planned' AND not_before <= ?"
    " ORDER BY not_before LIMIT ?) RETURNING subscriber_id, address, first_name, attempts"
)
_NEXT_AT = "SELECT min(not_before) FROM deliveries WHERE campaign_id = ? AND state = 'planned'"
_OFFER_THESE = (
    "UPDATE deliveries SET state = 'offered' WHERE campaign_id = ? AND epoch = ? AND state = 'claimed'"
    " AND subscriber_id IN (SELECT value FROM json_each(?))"
)
_OFFER_ANY = (
    "UPDATE deliveries SET state = 'offered' WHERE campaign_id = ? AND epoch = ? AND state = 'claimed'"
    " AND subscriber_id = ANY(CAST(? AS int[]))"
)
_SETTLE = (
    "UPDATE deliveries SET state = ?, code = ?, reason = ?, remote_id = ?, not_before = coalesce(?, not_before),"
    " attempts = attempts + ?, settled_at = ?"
    " WHERE campaign_id = ? AND epoch = ? AND subscriber_id = ? AND state IN ('claimed', 'offered')"
)
_SETTLE_ALL = (
    "UPDATE deliveries AS d SET state = v.state, code = v.code, reason = v.reason, remote_id = v.remote_id,"
    " not_before = coalesce(v.not_before, d.not_before), attempts = d.attempts + v.attempt, settled_at = v.at"
    " FROM json_to_recordset(CAST(? AS json)) AS v(state text, code int, reason text, remote_id text,"
    " not_before bigint, attempt int, at bigint, id int)"
    " WHERE d.campaign_id = ? AND d.epoch = ? AND d.subscriber_id = v.id AND d.state IN ('claimed', 'offered')"
)
_FIELDS = ("state", "code", "reason", "remote_id", "not_before", "attempt", "at")


def claim(
    connection: sql.Connection,
    campaign: int,
    lease: Lease,
    now: datetime,
    limit: int,
    left_since: LeftSince,
) -> list[Delivery]:
    """Take up to ``limit`` deliveries that may leave now, without those whose subscribers have left since.

    An empty list says that there is none to take now; there may be at another moment (``next_at``).
    """
    while True:
        values = (lease.epoch, campaign, campaign, milliseconds(now), limit)
        rows = connection.exec_driver_sql(written_for(connection, _CLAIM), values).all()
        gone = left_since(connection, [row[0] for row in rows]) if rows else {}
        for key, reason in gone.items():
            connection.execute(
                DELIVERIES.update()
                .where((DELIVERIES.c.campaign_id == campaign) & (DELIVERIES.c.subscriber_id == key))
                .values(state=State.EXCLUDED, reason=reason, settled_at=now)
            )
        kept = [Delivery(campaign, *row) for row in rows if row[0] not in gone]
        if kept or not rows:
            return kept


def offer(connection: sql.Connection, campaign: int, lease: Lease, ids: Sequence[int]) -> None:
    """Write down that these are about to be offered: once this is on the disk, their dots may leave.

    Raises:
        LedgerError: one of them is not in our hands.
    """
    if is_sqlite(connection):
        found = run(connection, _OFFER_THESE, (campaign, lease.epoch, json.dumps(ids)))
    else:
        found = run(connection, _OFFER_ANY, (campaign, lease.epoch, list(ids)))
    _check(found.rowcount, len(ids))


def settle(
    connection: sql.Connection, campaign: int, lease: Lease, settled: Sequence[Settled], now: datetime
) -> None:
    """Write down what became of them.

    Raises:
        LedgerError: one of them is not in our hands.
    """
    rows = [_row(one, milliseconds(now)) for one in settled]
    if is_sqlite(connection):
        values = [(*row[:-1], campaign, lease.epoch, row[-1]) for row in rows]
        found = run(connection, _SETTLE, values, is_many=True)
    else:
        told = json.dumps([dict(zip((*_FIELDS, "id"), row, strict=True)) for row in rows])
        found = run(connection, _SETTLE_ALL, (told, campaign, lease.epoch))
    _check(found.rowcount, len(rows))


def _row(one: Settled, now: int | None) -> tuple[str | int | None, ...]:
    # NUL is no letter to PostgreSQL, and a server's words may hold anything.
    words, remote = one.reason.replace("\0", ""), one.remote_id.replace("\0", "")
    later = None if one.not_before is None else milliseconds(one.not_before)
    settled_at = None if one.state is State.PLANNED else now
    code = one.code or None
    return (one.state, code, words, remote, later, int(one.is_attempt), settled_at, one.subscriber_id)


def _check(found: int, wanted: int) -> None:
    if found != wanted:
        raise LedgerError(f"{wanted} deliveries should have been ours, and {found} were: nothing more is sent")


def recover(connection: sql.Connection, lease: Lease) -> None:
    """What an earlier runner left behind: what it held is planned again, what it had offered is uncertain."""
    d = DELIVERIES.c
    for before, values in (
        (State.CLAIMED, {"state": State.PLANNED}),
        (State.OFFERED, {"state": State.UNCERTAIN, "reason": CRASHED}),
    ):
        under_way = sql.text("state IN ('claimed', 'offered', 'uncertain', 'rejected')")
        here = under_way & (d.state == before) & (d.epoch != lease.epoch)
        connection.execute(DELIVERIES.update().where(here).values(values))


def give_up(connection: sql.Connection, lease: Lease) -> None:
    """Plan again what has been claimed under this lease and not offered."""
    d = DELIVERIES.c
    under_way = sql.text("state IN ('claimed', 'offered', 'uncertain', 'rejected')")
    mine = under_way & (d.state == State.CLAIMED) & (d.epoch == lease.epoch)
    connection.execute(DELIVERIES.update().where(mine).values(state=State.PLANNED))


def next_at(connection: sql.Connection, campaign: int) -> datetime | None:
    """The first moment at which a planned delivery may leave; none where none is planned."""
    (found,) = run(connection, _NEXT_AT, (campaign,)).fetchone()
    return None if found is None else moment_of(found)
