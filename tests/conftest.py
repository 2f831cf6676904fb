"""What holds for every test, and the databases that any of them may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.database import postgresql

if TYPE_CHECKING:
    from pipeline.database import Database

# A busy machine is slow, and a slow example is no fault: nothing here is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A PostgreSQL of the tests' own."""
    if why := postgresql.missing():
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)
    with postgresql.running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.program)])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, of either kind, as it would stand in PARTWORK_DATABASE."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'people.db'}"
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    address = server.new()
    yield address
    server.empty(address)


@pytest.fixture
def database(database_address: str, tmp_path: Path) -> "Iterator[Database]":
    """An open database, of either kind, with its tables."""
    from pipeline.database import open_database

    opened = open_database(database_address, tmp_path)
    yield opened
    opened.close()
