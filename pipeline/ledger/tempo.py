"""How fast a campaign went: from its first settled delivery to its last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import DELIVERIES


@dataclass(frozen=True, slots=True)
class Tempo:
    """When the first and the last delivery were settled with a server, and how many lie between."""

    first: datetime
    last: datetime
    settled: int

    @property
    def a_second(self) -> float | None:
        """Messages a second; none where they all came at one moment."""
        seconds = (self.last - self.first).total_seconds()
        return (self.settled - 1) / seconds if seconds > 0 else None

    @property
    def is_telling(self) -> bool:
        """Whether it went on for long enough to say anything: a second."""
        return self.last - self.first >= timedelta(seconds=1)


def tempo(database: Database, campaign: int) -> Tempo | None:
    """How fast it went so far; none where nothing has been settled.

    Raises:
        DatabaseError: the database refused.
    """
    d = DELIVERIES.c
    ended = (d.campaign_id == campaign) & d.state.in_(["accepted", "rejected"]) & d.settled_at.is_not(None)
    asked = sql.select(sql.func.min(d.settled_at), sql.func.max(d.settled_at), sql.func.count()).where(ended)
    with database.reading() as connection:
        first, last, settled = connection.execute(asked).one()
    return Tempo(first, last, int(settled)) if first is not None else None
