"""What ``partwork subscribers`` prints, writes and asks."""

import csv
import io
import json
import stat
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

MANY = "email,first name\nada@example.org,Ada\n" + "no address,\n" * 30


@pytest.fixture
def people(publication: Path, partwork: Command) -> Path:
    """A publication with two subscribers."""
    (publication / "people.csv").write_text("email,first name\nada@example.org,Ada\nbo@example.org,Bo\n")
    assert partwork("subscribers", "import", "people.csv").code == 0
    return publication


def addresses(partwork: Command) -> list[str]:
    return [one["address"] for one in json.loads(partwork("subscribers", "list", "--json").out)]


def test_the_first_lines_refused_are_shown_and_all_are_in_a_private_file(publication, partwork):
    (publication / "people.csv").write_text(MANY)
    run = partwork("subscribers", "import", "people.csv")
    report = publication / "people-not-imported.csv"

    assert run.code == 0
    assert run.out.count("rejected: no address") == 20
    assert "… and 10 more: all of them are in people-not-imported.csv" in run.out
    with report.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["line", "outcome", "address", "why"]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(3, 33)]
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_no_file_is_written_for_a_few_lines_unless_it_is_asked_for(publication, partwork):
    (publication / "people.csv").write_text("email\nada@example.org\nnobody\n")
    before = {path.name for path in publication.iterdir()}
    partwork("subscribers", "import", "people.csv")
    assert {path.name for path in publication.iterdir()} - before == {"partwork.db"}

    partwork("subscribers", "import", "people.csv", "--report", "told.csv")
    assert len((publication / "told.csv").read_text().splitlines()) == 2


def test_a_program_gets_every_line_and_the_counts_as_json(publication, partwork):
    (publication / "people.csv").write_text(MANY)
    run = partwork("subscribers", "import", "people.csv", "--json")
    lines = [json.loads(line) for line in run.out.splitlines()]

    assert [line["line"] for line in lines[:-1]] == list(range(3, 33))
    assert lines[-1] == {
        "read": 31,
        "added": 1,
        "changed": 0,
        "unchanged": 0,
        "held": 0,
        "rejected": 30,
        "encoding": "utf-8",
        "unused": [],
        "is_dry_run": False,
    }
    assert not (publication / "people-not-imported.csv").exists()


def test_an_import_that_takes_nobody_fails(publication, partwork):
    (publication / "people.csv").write_text("email\nnobody\n")
    run = partwork("subscribers", "import", "people.csv")

    assert (run.code, run.err) == (1, "error: no row could be taken\n")


def test_what_is_piped_in_is_imported(publication, partwork, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("email\nzoë@example.org\n".encode("cp1252"))))
    run = partwork("subscribers", "import", "-")

    assert "standard input: 1 row, read as Windows-1252" in run.out
    assert "It does not say how it is encoded." in run.out
    assert addresses(partwork) == ["zoë@example.org"]


def test_a_file_that_is_not_there_is_told(publication, partwork):
    run = partwork("subscribers", "import", "people.csv")

    assert (run.code, run.err) == (1, "error: people.csv cannot be read: No such file or directory\n")


@pytest.mark.parametrize("mapping", ["address", "=address", "Mail="])
def test_a_mapping_without_two_sides_is_a_mistake(publication, partwork, mapping):
    run = partwork("subscribers", "import", "people.csv", "--map", mapping)

    assert run.code == 2
    assert "write --map 'COLUMN=field'" in run.err


def test_the_list_is_only_what_it_prints_and_says_when_there_is_more(people, partwork):
    assert partwork("subscribers", "list", "--limit", 1).out.splitlines() == [
        "ada@example.org  active        Ada",
        "… and more: --limit, or partwork subscribers export",
    ]
    assert partwork("subscribers", "list", "--state", "bounced").out == "There is nobody.\n"


def test_an_export_is_printed_or_put_into_a_private_file(people, partwork):
    printed = partwork("subscribers", "export").out
    run = partwork("subscribers", "export", "--out", "all.csv")

    assert run.out == "2 subscribers in all.csv\n"
    assert (people / "all.csv").read_bytes().decode() == printed
    assert stat.S_IMODE((people / "all.csv").stat().st_mode) == 0o600
    lines = partwork("subscribers", "export", "--json").out.splitlines()
    assert [json.loads(line)["first_name"] for line in lines] == ["Ada", "Bo"]


def test_forgetting_asks_first(people, partwork, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert partwork("subscribers", "forget", "ada@example.org").code == 130
    assert addresses(partwork) == ["ada@example.org", "bo@example.org"]

    assert partwork("subscribers", "forget", "ada@example.org", "--yes").out == "Forgotten.\n"
    assert addresses(partwork) == ["bo@example.org"]
    assert "rejected: ada@example.org: the address is suppressed (asked)" in partwork(
        "subscribers", "import", "people.csv"
    ).out  # fmt: skip


def test_a_suppressed_address_is_refused_until_it_is_lifted(publication, partwork):
    partwork("subscribers", "suppress", "ada@example.org")
    run = partwork("subscribers", "add", "Ada@example.org")
    assert (run.code, run.err) == (1, "error: Ada@example.org: the address is suppressed (by hand)\n")

    partwork("subscribers", "suppress", "--lift", "ada@example.org")
    assert partwork("subscribers", "add", "ada@example.org").out == "ada@example.org: added.\n"


def test_who_has_left_is_added_again_only_when_they_asked(publication, partwork):
    partwork("subscribers", "add", "ada@example.org", "--state", "unsubscribed")
    run = partwork("subscribers", "add", "ada@example.org", "--name", "Ada")
    assert run.code == 1
    assert "Have they asked? Then --again" in run.err

    assert partwork("subscribers", "add", "ada@example.org", "--again").out == "ada@example.org is back.\n"
    assert partwork("subscribers", "list").out == "ada@example.org  active\n"


def test_a_name_is_corrected_by_hand(people, partwork):
    assert (
        partwork("subscribers", "add", "ada@example.org", "--name", "Augusta").out == "ada@example.org: changed.\n"
    )
    assert partwork("subscribers", "list", "--search", "ada").out == "ada@example.org  active        Augusta\n"


def test_the_database_is_where_the_environment_says(publication, partwork, monkeypatch, tmp_path):
    monkeypatch.setenv("PARTWORK_DATABASE", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    partwork("subscribers", "add", "ada@example.org")

    assert (tmp_path / "elsewhere.db").is_file()
    assert not (publication / "partwork.db").exists()


@pytest.mark.program
def test_postgresql_is_used_in_the_same_way(publication, partwork, monkeypatch, postgresql_server):
    monkeypatch.setenv("PARTWORK_DATABASE", postgresql_server.new())
    (publication / "people.csv").write_text(MANY)
    partwork("subscribers", "import", "people.csv", "--tag", "vip")

    assert json.loads(partwork("subscribers", "stats", "--json").out)["tags"] == {"vip": 1}


def test_no_password_is_shown_whatever_goes_wrong(publication, partwork, monkeypatch):
    monkeypatch.setenv("PARTWORK_DATABASE", "postgresql://ada:geheim@127.0.0.1:1/letters")
    run = partwork("subscribers", "list")

    assert (run.code, run.err) == (1, "error: no PostgreSQL answers there\n")
