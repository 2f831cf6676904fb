"""A shop for each test, on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.database import Database
from tests.serve.counter import Shop, open_shop


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path, database) as opened:
        yield opened
