"""``partwork check``, in its four formats."""

import ast
import json
import re
import subprocess
import sys

import pytest

from pipeline.check.letters import LETTER_RULES
from pipeline.cli.reports import github_report
from pipeline.errors import Diagnostic, Location, Severity
from pipeline.rules import ALL_RULES
from tests.cli.conftest import PART, spoil

WHEN = ("--as-of", "2026-11-18T12:00")


@pytest.fixture
def mistaken(publication):
    """A publication with one error and one warning."""
    spoil(publication, "subtitle: ", "subtitel: ")
    spoil(publication, "Tonight we do not slide.", "Dear {{ first_name }}, we do not slide.")
    return publication


def test_every_mistake_is_a_line_with_its_place_and_a_hint(partwork, mistaken):
    run = partwork("check", *WHEN)
    assert run.code == 1
    lines = run.out.splitlines()
    assert re.match(rf"{PART}:3:1: error PW203: .*subtitel", lines[0])
    assert "did you mean `subtitle`" in "\n".join(lines)
    assert any(re.match(rf"{PART}:\d+:\d+: warning PW312: ", line) for line in lines)
    assert lines[-1] == "1 error, 1 warning in 7 files"


def test_a_warning_fails_only_when_strict(partwork, mistaken):
    spoil(mistaken, "subtitel: ", "subtitle: ")
    assert partwork("check", *WHEN).code == 0
    assert partwork("check", "--strict", *WHEN).code == 1


def test_nothing_is_written_but_what_was_found_out(partwork, publication):
    before = sorted(publication.rglob("*"))
    assert partwork("check", *WHEN).code == 0
    assert [path for path in sorted(publication.rglob("*")) if ".partwork" not in path.parts] == before


def test_a_second_check_says_the_same_and_renders_nothing(partwork, mistaken, environment):
    first = partwork("check", *WHEN)
    assert partwork("check", *WHEN) == first
    spoil(mistaken, "subtitel: ", "subtitle: ")
    first = partwork("check", *WHEN)
    assert "PW312" in first.out
    program = "import sys; from pipeline.cli import main; main(sys.argv[1:]); print(sorted(sys.modules))"
    command = [sys.executable, "-c", program, "check", *WHEN]
    for _ in range(2):  # the first has other libraries in its path than this process
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    said, modules = done.stdout.rstrip("\n").rsplit("\n", 1)
    assert said + "\n" == first.out
    assert not {"pipeline.build", "jinja2", "citeproc"} & set(ast.literal_eval(modules))


def test_json_has_everything(partwork, mistaken):
    run = partwork("check", "--format", "json", *WHEN)
    report = json.loads(run.out)
    assert (run.code, report["errors"], report["warnings"]) == (1, 1, 1)
    first = report["diagnostics"][0]
    assert (first["path"], first["line"], first["column"]) == (PART, 3, 1)
    assert (first["code"], first["severity"]) == ("PW203", "error")
    assert set(first) == {"path", "line", "column", "code", "severity", "message", "hint"}


def test_json_of_nothing_wrong(partwork, publication):
    run = partwork("check", "--format", "json", *WHEN)
    assert json.loads(run.out) == {"errors": 0, "warnings": 0, "diagnostics": []}


def test_github_gets_an_annotation_for_each_with_its_path_in_the_repository(partwork, mistaken, monkeypatch):
    run = partwork("check", "--format", "github", *WHEN)
    assert run.code == 1
    assert run.out.startswith(f"::error file={PART},line=3,col=1,title=PW203::")
    monkeypatch.chdir(mistaken.parent)
    run = partwork("check", "--format", "github", "--root", "letters", *WHEN)
    assert run.out.startswith(f"::error file=letters/{PART},line=3,col=1,title=PW203::")
    assert len(run.out.splitlines()) == 2


def test_github_gets_nothing_when_nothing_is_wrong(partwork, publication):
    assert partwork("check", "--format", "github", *WHEN).out == ""


def test_an_annotation_cannot_be_ended_or_forged_by_what_is_in_it():
    forged = Diagnostic(
        Location("a,b:c\r\n%.md", 2, 3), "PW203", Severity.WARNING, "50 %\n::error::forged", "and: a, hint\r"
    )
    assert github_report([forged], "") == (
        "::warning file=a%2Cb%3Ac%0D%0A%25.md,line=2,col=3,title=PW203::50 %25%0A::error::forged%0Aand: a, hint%0D"
    )


def test_sarif_is_what_code_scanning_reads(partwork, mistaken):
    run = partwork("check", "--format", "sarif", *WHEN)
    assert run.code == 1
    log = json.loads(run.out)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (only,) = log["runs"]
    driver = only["tool"]["driver"]
    assert driver["name"] == "partwork"
    assert [rule["id"] for rule in driver["rules"]] == [rule.code for rule in (*ALL_RULES, *LETTER_RULES)]
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    assert [result["level"] for result in only["results"]] == ["error", "warning"]
    for result in only["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": PART, "uriBaseId": "%SRCROOT%"}
        assert place["region"]["startLine"] >= 1
        assert place["region"]["startColumn"] >= 1


def test_a_sarif_path_is_a_uri(partwork, publication):
    folder = publication / "series" / "zwei wörter"
    folder.mkdir()
    (folder / "index.md").write_text("---\n---\n")
    log = json.loads(partwork("check", "--format", "sarif", *WHEN).out)
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in log["runs"][0]["results"]}
    assert "series/zwei%20w%C3%B6rter/index.md" in uris


def test_a_refused_link_is_an_error_at_its_path(partwork, publication):
    (publication / "series" / "three-evenings" / "notes.md").symlink_to("/etc/passwd")
    run = partwork("check", *WHEN)
    assert run.code == 1
    assert (
        "series/three-evenings/notes.md:1:1: error PW106: a symbolic link that leads out of the publication"
        in run.out
    )


def test_an_unreadable_configuration_is_shown_with_its_line(partwork, publication):
    (publication / "partwork.toml").write_text('[publication]\ntitle = "x\n')
    run = partwork("check", *WHEN)
    assert run.code == 1
    assert run.out.startswith("partwork.toml:2:")
    assert "Traceback" not in run.err
