"""Opening the database, and the two ways of using it: reading, and writing.

Both give a connection in a transaction that is committed at the end, and rolled back by an exception. With SQLite
a writer takes the lock at its beginning (``BEGIN IMMEDIATE``), or two that first read and then write would stop
each other; and every commit is on the disk when it returns (WAL with ``synchronous = FULL``: with NORMAL, a power
cut takes back commits that were told to be done).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from pipeline.database.migrations import migrate
from pipeline.errors import DatabaseError

FILE = "partwork.db"
_BUSY_MS = 30_000
_DRIVERS = {"postgresql": "postgresql+pg8000", "postgres": "postgresql+pg8000", "sqlite": "sqlite"}


@dataclass(frozen=True, slots=True)
class Database:
    """An open database, with its tables in place. ``close`` it at the end."""

    engine: sql.Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of ours."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A transaction that only looks: one consistent view.

        Raises:
            DatabaseError: the database refused or is gone.
        """
        with _told(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """A transaction that changes something, on the disk once this ends.

        Raises:
            DatabaseError: the database refused or is gone. Nothing of the transaction stays then, except where
                the commit itself was cut off: then it may.
        """
        with _told(), self.engine.connect().execution_options(is_writing=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_database(address: str, root: Path) -> Database:
    """Open the database at a URL (``PARTWORK_DATABASE``), or without one ``partwork.db`` in the root.

    It is made when it is not there, and brought to this version's tables.

    Raises:
        DatabaseError: it cannot be reached, or a newer partwork has had it.
    """
    engine = _engine(address or f"sqlite:///{root / FILE}")
    database = Database(engine)
    with database.writing() as connection:
        migrate(connection)
    return database


def _engine(address: str) -> sql.Engine:
    scheme, separator, rest = address.partition("://")
    driver = _DRIVERS.get(scheme.partition("+")[0])
    if not separator or driver is None:
        raise DatabaseError(
            "PARTWORK_DATABASE is no database's address: write sqlite:///path/to/file or "
            "postgresql://user@host/name"
        )
    try:
        # A message of SQLAlchemy's would hold the password; no such message is ever shown (see _told).
        engine = sql.create_engine(f"{driver}://{rest}", hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatabaseError(f"the database cannot be opened: {_plainly(error)}") from None
    if engine.dialect.name == "sqlite":
        sql.event.listen(engine, "connect", _set_up_sqlite)
        sql.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are ours to begin, in _begin_sqlite
    for setting in (
        *("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {_BUSY_MS}"),
        *("temp_store = MEMORY", "cache_size = -65536"),
    ):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: sql.Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise DatabaseError(f"the database refused: {_plainly(error)}") from error


def _plainly(error: Exception) -> str:
    """The database's own words, first line, without the statement."""
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
