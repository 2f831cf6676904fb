"""Opening the database, and the two ways of using it: reading, and writing.

Both give a connection in a transaction that is committed at the end, and rolled back by an exception. With SQLite
a writer takes the lock at its beginning (``BEGIN IMMEDIATE``), or two that first read and then write would stop
each other; and every commit is on the disk when it returns (WAL with ``synchronous = FULL``: with NORMAL, a power
cut takes back commits that were told to be done).
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import SQLAlchemyError

from pipeline.database.address import connect_arguments, parse_database_address
from pipeline.database.migrations import is_current, migrate
from pipeline.database.refusals import plainly
from pipeline.errors import DatabaseError

FILE = "partwork.db"
PATIENCE = 30.0
_AGAIN = 0.01  # seconds


@dataclass(frozen=True, slots=True)
class Database:
    """An open database, with its tables in place. ``close`` it at the end.

    It may be used from several threads: each transaction has a connection of its own.
    """

    engine: sql.Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of ours."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A transaction that only looks: one consistent view, however long it takes.

        Raises:
            DatabaseError: the database refused or is gone.
        """
        # PostgreSQL's own READ COMMITTED sees something newer with each statement.
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with _told(), self.engine.connect() as plain:
            connection = plain.execution_options(**options) if options else plain
            with connection.begin():
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


def open_database(address: str, root: Path, *, patience: float = PATIENCE) -> Database:
    """Open the database at a URL (``PARTWORK_DATABASE``), or without one ``partwork.db`` in the root.

    It is made when it is not there (for its owner's eyes alone: it holds addresses of people), and brought to this
    version's tables. A path that is relative starts at the root. ``patience``: how long to wait for somebody else
    who is writing, in seconds.

    Raises:
        DatabaseError: it cannot be reached, is no database, or a newer partwork has had it.
    """
    engine = _engine(address or f"sqlite:///{FILE}", root, patience)
    database = Database(engine)
    try:
        with database.reading() as connection:
            is_ready = is_current(connection)
        if not is_ready:
            with database.writing() as connection:
                migrate(connection)
    except BaseException:
        database.close()
        raise
    return database


def _engine(address: str, root: Path, patience: float) -> sql.Engine:
    url = parse_database_address(address, root)
    try:
        engine = sql.create_engine(url, hide_parameters=True, connect_args=connect_arguments(address))
    except (SQLAlchemyError, ImportError):
        raise DatabaseError(
            "PostgreSQL needs its driver: pip install 'partwork[postgresql]'"
            if url.get_backend_name() == "postgresql"
            else "the database cannot be opened"
        ) from None
    milliseconds = round(patience * 1000)
    if url.get_backend_name() == "sqlite":
        _make_private(Path(url.database or ""))
        sql.event.listen(engine, "connect", lambda made, _record: _set_up_sqlite(made, milliseconds))
        sql.event.listen(engine, "begin", _begin_sqlite)
    else:
        sql.event.listen(engine, "connect", lambda made, _record: _set_up_postgresql(made, milliseconds))
    return engine


def _make_private(path: Path) -> None:
    """An empty file that only its owner may read: SQLite takes it for a new database."""
    with suppress(OSError):  # SQLite says better what is wrong there, or nothing is: it is there already
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _set_up_sqlite(connection: Any, milliseconds: int) -> None:
    connection.isolation_level = None  # transactions are ours to begin, in _begin_sqlite
    connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
    _set_wal(connection, milliseconds / 1000)
    for setting in ("synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -65536"):
        connection.execute(f"PRAGMA {setting}")


def _set_wal(connection: Any, patience: float) -> None:
    """Where several make a database at once, SQLite refuses without waiting: they could wait for each other."""
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_AGAIN)
        else:
            return


def _begin_sqlite(connection: sql.Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _set_up_postgresql(connection: Any, milliseconds: int) -> None:
    cursor = connection.cursor()
    # Commits that may still be lost are some servers' default; a stronger promise than `on` is left as it is.
    cursor.execute(
        f"SELECT set_config('lock_timeout', '{milliseconds}', false), CASE current_setting('synchronous_commit') "
        "WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END"
    )
    cursor.close()
    connection.commit()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        # Without its cause: that may hold the address, and a traceback would show it.
        raise DatabaseError(plainly(error)) from None
