"""What sending a letter would come to, before anything is planned."""

import math
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sql

from pipeline.database import Database


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many would get a letter, and how many would not, by the reason."""

    wanted: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Everybody, each once."""
        return self.wanted + sum(self.left_out.values())


def forecast(database: Database, audience: sql.Select[tuple[int, str, str, str, str]]) -> Forecast:
    """Count an audience as it is now, the commonest reason first.

    Raises:
        DatabaseError: the database refused.
    """
    them = audience.subquery("them")
    reason, many = them.c.reason, sql.func.count().label("many")
    with database.reading() as connection:
        rows = connection.execute(sql.select(reason, many).group_by(reason).order_by(many.desc(), reason)).all()
    found = {row[0]: int(row[1]) for row in rows}
    return Forecast(found.pop("", 0), found)


def takes(copies: int, rate: float | None) -> timedelta | None:
    """How long so many copies take at a rate in messages a second; none where only the server knows."""
    return None if rate is None else timedelta(seconds=math.ceil(copies / rate))
