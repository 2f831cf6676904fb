"""The database that a command works on: ``PARTWORK_DATABASE``, or a file in the publication's folder."""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.database import Database

VARIABLE = "PARTWORK_DATABASE"


@contextmanager
def opened(root: Path) -> "Iterator[Database]":
    """The database, open.

    Raises:
        DatabaseError: it cannot be reached.
    """
    from pipeline.database import open_database  # SQLAlchemy takes 0.2 s to import

    database = open_database(os.environ.get(VARIABLE, ""), root)
    try:
        yield database
    finally:
        database.close()


def _is_there(root: Path) -> bool:
    """Whether there is a database: looking makes none."""
    from pipeline.database.address import parse_database_address
    from pipeline.database.engine import FILE

    address = os.environ.get(VARIABLE, "")
    if not address:
        return (root / FILE).exists()
    url = parse_database_address(address, root)
    return url.drivername != "sqlite" or Path(str(url.database)).exists()


@contextmanager
def looked_at(root: Path) -> "Iterator[Database | None]":
    """The database where there is one; none where looking would make it."""
    if not _is_there(root):
        yield None
        return
    with opened(root) as database:
        yield database
