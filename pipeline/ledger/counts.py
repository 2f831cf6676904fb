"""What became of everybody: counted when asked, never stored, so that it cannot be wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import DELIVERIES
from pipeline.ledger.deliveries import State

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How many deliveries of a campaign are in each state.

    ``deferred`` are those of ``planned`` that a server has refused for now.
    """

    planned: int = 0
    claimed: int = 0
    offered: int = 0
    accepted: int = 0
    rejected: int = 0
    uncertain: int = 0
    excluded: int = 0
    deferred: int = 0

    @property
    def total(self) -> int:
        """Everybody, each once."""
        return self.audience + self.excluded

    @property
    def audience(self) -> int:
        """Everybody who was to get it."""
        return self.left + self.accepted + self.rejected + self.uncertain

    @property
    def left(self) -> int:
        """Those of whom nothing is known yet."""
        return self.planned + self.claimed + self.offered


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one subscriber's copy. ``reason`` is the server's words, or why there is none."""

    subscriber_id: int
    address: str
    state: State
    attempts: int
    code: int
    reason: str
    remote_id: str
    not_before: datetime
    settled_at: datetime | None


def counts(database: Database, campaign: int) -> Counts:
    """Count a campaign's deliveries: a million in some tenths of a second."""
    d = DELIVERIES.c
    deferred = sql.func.sum(sql.case((d.attempts > 0, 1), else_=0))
    each = sql.select(d.state, sql.func.count(), deferred).where(d.campaign_id == campaign).group_by(d.state)
    with database.reading() as connection:
        rows = connection.execute(each).all()
    found = {state: number for state, number, _ in rows}
    return Counts(**found, deferred=next((number for state, _, number in rows if state == State.PLANNED), 0))


def reasons(database: Database, campaign: int, state: State, limit: int = 20) -> list[tuple[str, int]]:
    """Why deliveries are in a state, the commonest reason first, and how many each."""
    d, many = DELIVERIES.c, sql.func.count().label("many")
    here = (d.campaign_id == campaign) & (d.state == state)
    each = sql.select(d.reason, many).where(here).group_by(d.reason).order_by(many.desc(), d.reason).limit(limit)
    with database.reading() as connection:
        return [(reason, number) for reason, number in connection.execute(each)]


def who(database: Database, campaign: int, *states: State) -> Iterator[Fate]:
    """Everybody in these states (none: in any), by id, page by page; nothing is held open in between."""
    d, after = DELIVERIES.c, 0
    columns = (d.subscriber_id, d.address, d.state, d.attempts, sql.func.coalesce(d.code, 0), d.reason)
    chosen = sql.select(*columns, d.remote_id, d.not_before, d.settled_at).where(d.campaign_id == campaign)
    if states:
        chosen = chosen.where(d.state.in_(states))
    while True:
        some = chosen.where(d.subscriber_id > after).order_by(d.subscriber_id).limit(_AT_ONCE)
        with database.reading() as connection:
            rows = connection.execute(some).all()
        for key, address, state, *rest in rows:
            yield Fate(key, address, State(state), *rest)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0]
