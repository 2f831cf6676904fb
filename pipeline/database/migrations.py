"""Numbered steps from an empty database to this version's tables.

A step that has been released is never changed; the next one is added. All that are missing run in one transaction,
on opening, so that nobody has to think of them.
"""

from collections.abc import Callable

import sqlalchemy as sql

from pipeline.database import public, tables
from pipeline.errors import DatabaseError


def _first_tables(connection: sql.Connection) -> None:
    tables.METADATA.create_all(connection)


def _public_tables(connection: sql.Connection) -> None:
    public.PUBLIC.create_all(connection)


def _returns(connection: sql.Connection) -> None:
    tables.RETURNS.create(connection)


def _roundups(connection: sql.Connection) -> None:
    people = tables.SUBSCRIBERS
    if "rhythm" not in {column["name"] for column in sql.inspect(connection).get_columns(people.name)}:
        connection.execute(sql.text(f"ALTER TABLE {people.name} ADD COLUMN rhythm TEXT NOT NULL DEFAULT 'parts'"))
    tables.ROUNDUP_PARTS.create(connection)


STEPS: tuple[Callable[[sql.Connection], None], ...] = (_first_tables, _public_tables, _returns, _roundups)
_LOCK = 7_268_417  # PostgreSQL's advisory lock: any number that is always the same


def is_current(connection: sql.Connection) -> bool:
    """Whether a database has this version's tables, so that nothing has to be written.

    Raises:
        DatabaseError: it has seen more steps than this version knows.
    """
    if not sql.inspect(connection).has_table(tables.VERSION.name):
        return False
    return _seen(connection) == len(STEPS)


def migrate(connection: sql.Connection) -> None:
    """Run the steps that a database has not seen yet, in order; two that open it at once do not meet.

    Raises:
        DatabaseError: it has seen more steps than this version knows.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sql.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    tables.VERSION.create(connection, checkfirst=True)
    seen = _seen(connection)
    for number, step in enumerate(STEPS[seen:], seen + 1):
        step(connection)
        connection.execute(tables.VERSION.insert().values(step=number))


def _seen(connection: sql.Connection) -> int:
    seen = connection.execute(sql.select(sql.func.max(tables.VERSION.c.step))).scalar() or 0
    if seen > len(STEPS):
        raise DatabaseError(
            f"a newer partwork has had this database (step {seen}, this one knows {len(STEPS)}): update partwork"
        )
    return seen
