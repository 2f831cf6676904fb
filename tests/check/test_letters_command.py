"""``partwork check --email``: the table, the JSON, and SpamAssassin where it is installed."""

import json
import os
import shutil
import stat

import pytest

from pipeline.cli import check_spamassassin, main
from tests.projects import ROOT

WHEN = ("--root", str(ROOT), "--as-of", "2026-11-18")


@pytest.fixture
def without_spamassassin(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))


def script(folder, text):
    """A program that stands in the way of the real one, to fail as that one might."""
    path = folder / "spamassassin"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.usefixtures("without_spamassassin")
def test_people_get_a_line_for_each_email(capsys):
    assert main(["check", "--email", *WHEN]) == 0
    out = capsys.readouterr().out

    head = next(line for line in out.splitlines() if line.startswith("email "))
    assert head.split() == [
        *("email", "KB", "text", "links", "pictures", "contrast", "dark", "CSS", "spam", "to", "mend"),
    ]
    assert sum(1 for line in out.splitlines() if line.startswith(("gut-and-", "reading-a-"))) >= 8
    assert "SpamAssassin is not installed" in out
    assert out.rstrip().splitlines()[-1].endswith("files")


@pytest.mark.usefixtures("without_spamassassin")
def test_programs_get_the_same_as_json(capsys):
    assert main(["check", "--email", "--format", "json", *WHEN]) == 0
    report = json.loads(capsys.readouterr().out)

    first = report["emails"][0]
    assert first["address"] == "gut-and-immunity/the-quiet-border"
    assert first["bytes"] > 10_000
    assert first["text"]["disclaimers"] == 2
    assert set(first["contrast"]) == {"light", "dark"}
    assert {"name", "title", "lacking", "plainer"} == set(first["features"][0])
    assert first["spam"] is None
    assert "not installed" in report["spamassassin"]
    assert set(report) == {"errors", "warnings", "diagnostics", "emails", "caniemail", "spamassassin"}


@pytest.mark.usefixtures("without_spamassassin")
@pytest.mark.parametrize("form", ["github", "sarif"])
def test_what_is_wrong_with_emails_is_told_in_every_form(form, capsys, tmp_path):
    root = tmp_path / "letters"
    assert main(["init", str(root), "--as-of", "2026-11-18"]) == 0
    path = root / "series" / "three-evenings" / "01-where-it-goes.md"
    path.write_text(path.read_text("utf-8") + "\nSee [the shop](https://bit.ly/3abc).\n", "utf-8")
    capsys.readouterr()

    assert (
        main(["check", "--email", "--strict", "--format", form, "--root", str(root), "--as-of", "2026-11-18"]) == 1
    )
    assert "PW723" in capsys.readouterr().out
    assert main(["check", "--strict", "--root", str(root), "--as-of", "2026-11-18"]) == 0


@pytest.mark.program
def test_spamassassin_gives_the_samples_editions_no_points(capsys):
    if shutil.which("spamassassin") is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)("needs spamassassin")
    assert main(["check", "--email", "--format", "json", *WHEN]) == 0
    report = json.loads(capsys.readouterr().out)

    assert report["spamassassin"] == "asked"
    assert {each["spam"]["points"] for each in report["emails"]} == {0.0}


def test_a_filter_that_takes_too_long_is_given_up(tmp_path):
    slow = script(tmp_path, "exec sleep 30")

    found, why = check_spamassassin.points(slow, [b"Subject: x\n\nx\n"], seconds=0.2)
    assert found == ()
    assert "took more than" in why


def test_a_filter_that_fails_is_told_with_its_own_words(tmp_path):
    broken = script(tmp_path, "echo 'no rules were found' >&2; exit 1")

    assert check_spamassassin.points(broken, [b"x"]) == (
        (),
        "SpamAssassin answered for 0 of 1 emails: no rules were found",
    )
    assert "does not run" in check_spamassassin.points(str(tmp_path / "none"), [b"x"])[1]
