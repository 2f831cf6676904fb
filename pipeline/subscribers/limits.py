"""How often strangers may ask: counted in the database, so that neither a restart nor a second server forgets.

A name says what is counted, of a digest or a blinded network; nobody can be told from it.
"""

from datetime import datetime, timedelta

import sqlalchemy as sql

from pipeline.database.bulk import insert_new
from pipeline.database.public import LIMITS

_LOCK = 7_268_419  # an advisory lock: any number that is always the same, and nobody else's


def alone(connection: sql.Connection) -> None:
    """Let nobody else count several things until the transaction ends: for all who do, before the first.

    Two servers that count the same in another order would wait for each other, until PostgreSQL ends one of them.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_LOCK)))


def counted(connection: sql.Connection, name: str, span: timedelta, now: datetime) -> int:
    """Count once more, and say how often that makes in the current span of time, this one included."""
    kept = LIMITS.c
    is_over = kept.until <= now
    statement = insert_new(connection, LIMITS).values(name=name, count=1, until=now + span)
    again = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "count": sql.case((is_over, 1), else_=kept.count + 1),
            "until": sql.case((is_over, statement.excluded.until), else_=kept.until),
        },
    )
    return int(connection.execute(again.returning(kept.count)).scalar_one())


def tidy(connection: sql.Connection, now: datetime) -> None:
    """Delete what no longer counts."""
    alone(connection)
    connection.execute(LIMITS.delete().where(LIMITS.c.until <= now))
