"""Statements that are handed to the driver as they are: SQLAlchemy's own way costs more than SQLite's work."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sql

from pipeline.database.refusals import plainly
from pipeline.errors import DatabaseError


def written_for(connection: sql.Connection, statement: str) -> str:
    """A statement with ``?`` for its values, as the driver wants it; no ``?`` or ``%`` may stand for itself."""
    return statement if is_sqlite(connection) else statement.replace("?", "%s")


def moment_of(kept: int) -> datetime:
    """The moment, in UTC, of milliseconds that such a statement gives."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=kept)


def is_sqlite(connection: sql.Connection) -> bool:
    """Whether it is SQLite that listens."""
    return connection.dialect.name == "sqlite"


def run(connection: sql.Connection, statement: str, values: Sequence[Any], *, is_many: bool = False) -> Any:
    """Execute a statement with ``?`` for its values, or one for each of many; the driver's own cursor.

    Raises:
        DatabaseError: the database refused.
    """
    cursor = connection.connection.cursor()
    written = written_for(connection, statement)
    try:
        if is_many:
            cursor.executemany(written, values)
        else:
            cursor.execute(written, values)
    except Exception as error:
        raise DatabaseError(plainly(error)) from None
    return cursor
