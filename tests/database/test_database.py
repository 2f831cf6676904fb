"""Opening a database, reading it, writing it, and what is said when it refuses."""

from datetime import UTC, datetime

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import LEASES

NOON = datetime(2026, 11, 18, 12, 0, 0, 250_000, tzinfo=UTC)


def test_a_moment_comes_back_to_the_millisecond(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(LEASES.insert().values(name="run", until=NOON))
    with database.reading() as connection:
        assert connection.execute(sql.select(LEASES.c.until)).scalar_one() == NOON
