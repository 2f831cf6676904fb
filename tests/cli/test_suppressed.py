"""Who is never written to again: seen, and taken along."""

import hashlib
import json
from pathlib import Path

from pipeline.database import Database, open_database
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import parse_address
from pipeline.subscribers.suppressions import as_csv, suppressions
from tests.cli.conftest import Command
from tests.subscribers.people import DAY, NOW, put

ADA, BO = "Ada@example.org", "bo@example.org"


def two(database: Database) -> None:
    """Ada has complained and is still known; Bo was forgotten."""
    with database.writing() as connection:
        put(connection, ADA, "complained")
        put(connection, BO)
        keeping.suppress(connection, parse_address(ADA), reason="complained", source="ses", at=NOW)
        keeping.forget(connection, parse_address(BO), source="page of data", at=NOW + DAY)


def test_every_suppression_is_seen_with_its_reason_and_who_was_forgotten_has_no_name(database: Database) -> None:
    two(database)
    found = [(one.address, one.reason, one.source) for one in suppressions(database)]

    assert found == [(ADA, "complained", "ses"), ("", "asked", "page of data")]
    assert [one.digest for one in suppressions(database)][1] == hashlib.sha256(BO.encode()).hexdigest()
    assert BO not in "".join(as_csv(suppressions(database)))


def test_the_command_prints_them_or_writes_a_private_file(
    partwork: Command, publication: Path, tmp_path: Path
) -> None:
    database = open_database("", publication)
    two(database)
    database.close()
    run = partwork("subscribers", "suppressed", "--json")
    assert [json.loads(line)["reason"] for line in run.out.splitlines()] == ["complained", "asked"]

    out = tmp_path / "never.csv"
    assert "2 addresses in " in partwork("subscribers", "suppressed", "--out", out).out
    assert out.read_text().splitlines()[0] == "address,reason,source,since,digest"
    assert out.stat().st_mode & 0o077 == 0
