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
