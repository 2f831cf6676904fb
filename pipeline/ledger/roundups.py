"""What round-ups have to tell: each part that was sent while they were offered, until one of them has told of it.

A part is owed from the moment at which it was planned, for whoever chose round-ups was left out of it then. That
it has been told is written in the transaction that plans the round-up, and once: so a round-up that slipped, or
was never made, loses nothing, and no part is in two.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.bulk import insert_new
from pipeline.database.tables import CAMPAIGNS, DELIVERIES, ROUNDUP_PARTS
from pipeline.errors import LedgerError
from pipeline.subscribers.audience import IN_ROUNDUP


def owe(connection: sql.Connection, series: str, part: str, at: datetime) -> None:
    """A round-up has to tell of a part, in the transaction that plans it."""
    values = {"series": series, "part": part, "owed_since": at}
    connection.execute(insert_new(connection, ROUNDUP_PARTS).values(values).on_conflict_do_nothing())


def tell(connection: sql.Connection, campaign: int, series: str, parts: Collection[str]) -> None:
    """A round-up tells of these parts, in the transaction that plans it.

    Raises:
        LedgerError: another one has told of one of them, or it was never sent.
    """
    r = ROUNDUP_PARTS.c
    here = (r.series == series) & r.part.in_(sorted(parts)) & r.campaign_id.is_(None)
    if connection.execute(ROUNDUP_PARTS.update().where(here).values(campaign_id=campaign)).rowcount != len(parts):
        raise LedgerError(f"the round-up of {series} is not what it was a moment ago: nothing was planned")


def owe_again(connection: sql.Connection, campaign: int) -> None:
    """What a round-up was to tell is still to be told: it reached nobody, and will not."""
    here = ROUNDUP_PARTS.c.campaign_id == campaign
    connection.execute(ROUNDUP_PARTS.update().where(here).values(campaign_id=None))


def owed(database: Database) -> Mapping[str, Mapping[str, datetime]]:
    """By series, the parts that no round-up has told of yet, and since when they are owed."""
    r = ROUNDUP_PARTS.c
    chosen = sql.select(r.series, r.part, r.owed_since).where(r.campaign_id.is_(None))
    found: dict[str, dict[str, datetime]] = {}
    with database.reading() as connection:
        for series, part, since in connection.execute(chosen):
            found.setdefault(series, {})[part] = since
    return found


def untold(connection: sql.Connection, subscriber: int) -> frozenset[str]:
    """The parts (``series/slug``) that somebody was left out of for a round-up, and that none has told of yet."""
    r, c, d = ROUNDUP_PARTS.c, CAMPAIGNS.c, DELIVERIES.c
    part = (c.series == r.series) & (c.part == r.part) & (c.revision == 0)
    theirs = (d.campaign_id == c.id) & (d.subscriber_id == subscriber) & (d.reason == IN_ROUNDUP)
    chosen = sql.select(r.series, r.part).where(r.campaign_id.is_(None), part, theirs)
    return frozenset(f"{series}/{slug}" for series, slug in connection.execute(chosen))


def told_by(database: Database, campaign: int) -> frozenset[str]:
    """The parts that a round-up has told of."""
    r = ROUNDUP_PARTS.c
    with database.reading() as connection:
        return frozenset(connection.execute(sql.select(r.part).where(r.campaign_id == campaign)).scalars())
