"""``partwork build``."""

import filecmp
import json
import shutil
from pathlib import Path

from tests.cli.conftest import PART, spoil

WHEN = ("--as-of", "2026-11-18T12:00")


def differences(one, other):
    found = []
    pairs = [filecmp.dircmp(one, other)]
    while pairs:
        pair = pairs.pop()
        found += [*pair.left_only, *pair.right_only, *pair.funny_files]
        found += filecmp.cmpfiles(pair.left, pair.right, pair.common_files, shallow=False)[1]
        pairs += pair.subdirs.values()
    return found


def test_a_build_says_what_it_did(partwork, publication):
    run = partwork("build", *WHEN)
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0] == "The Kitchen Table, as of Wednesday 18 November 2026, 12:00 (UTC)"
    assert lines[1] == "  1 of 3 finished parts are out"
    assert lines[2].endswith(" written, 0 unchanged, 0 removed")
    assert lines[3:] == ["  build/site   to deploy", "  build/email  to look at"]
    assert run.err == ""


def test_a_second_build_changes_nothing(partwork, publication):
    partwork("build", *WHEN)
    before = {path: path.stat().st_mtime_ns for path in (publication / "build").rglob("*") if path.is_file()}
    assert ": 0 written, " in partwork("build", *WHEN).out
    after = {path: path.stat().st_mtime_ns for path in (publication / "build").rglob("*") if path.is_file()}
    assert before == after


def test_the_same_sources_in_two_places_are_the_same_bytes(partwork, publication, tmp_path):
    shutil.copytree(publication, tmp_path / "copy of it")
    partwork("build", *WHEN)
    partwork("build", "--root", tmp_path / "copy of it", *WHEN)
    assert differences(publication / "build", tmp_path / "copy of it" / "build") == []


def test_a_later_moment_brings_the_next_part_out(partwork, publication):
    partwork("build", *WHEN)
    page = publication / "build" / "site" / "three-evenings" / "a-place-for-it" / "index.html"
    assert not page.exists()
    partwork("build", "--as-of", "2026-11-25")
    assert page.exists()
    partwork("build", *WHEN)
    assert not page.parent.exists()


def test_drafts_are_built_only_when_asked_for(partwork, publication):
    spoil(publication, "tags: [saving, habits]", "draft: true", "series/three-evenings/03-deciding-once.md")
    page = publication / "build" / "site" / "three-evenings" / "deciding-once" / "index.html"
    assert partwork("build", "--as-of", "2026-12-25").code == 0
    assert not page.exists()
    assert partwork("build", "--as-of", "2026-12-25", "--drafts").code == 0
    assert page.exists()


def test_an_error_writes_nothing_and_leaves_the_last_build(partwork, publication):
    partwork("build", *WHEN)
    page = publication / "build" / "site" / "three-evenings" / "where-it-goes" / "index.html"
    before = page.read_bytes()
    spoil(publication, "title: Where it goes", "titel: Where it went")
    run = partwork("build", *WHEN)
    assert run.code == 1
    assert run.out == ""
    assert f"{PART}:2:1: error PW203: " in run.err
    assert run.err.splitlines()[-1].startswith("nothing written: 2 errors")
    assert page.read_bytes() == before


def test_a_warning_is_shown_and_stops_nothing(partwork, publication):
    spoil(publication, "Tonight we do not slide.", "Dear {{ first_name }}, we do not slide.")
    run = partwork("build", *WHEN)
    assert run.code == 0
    assert "warning PW312" in run.err
    assert run.out.splitlines()[-1] == "  1 warning, above"


def test_json_says_the_same_to_programs(partwork, publication):
    report = json.loads(partwork("build", "--json", *WHEN).out)
    assert report["as_of"] == "2026-11-18T12:00:00+00:00"
    assert report["parts"] == {"out": 1, "finished": 3}
    assert "site/index.html" in report["changed"]
    assert (report["unchanged"], report["removed"], report["diagnostics"]) == (0, [], [])
    again = json.loads(partwork("build", "--json", *WHEN).out)
    assert (again["changed"], again["unchanged"]) == ([], len(report["changed"]))


def test_json_of_a_failed_build(partwork, publication):
    spoil(publication, "title: Where it goes", "titel: Where it went")
    run = partwork("build", "--json", *WHEN)
    report = json.loads(run.out)
    assert run.code == 1
    assert report["changed"] == []
    assert {diagnostic["code"] for diagnostic in report["diagnostics"]} == {"PW203", "PW204"}


def test_out_is_counted_from_the_current_folder(partwork, publication, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = partwork("build", "--root", "letters", "--out", "public files", *WHEN)
    assert (tmp_path / "public files" / "site" / "index.html").exists()
    assert "  'public files/site'   to deploy" in run.out.splitlines()


def test_a_precious_folder_is_refused_before_any_work(partwork, publication):
    for out in ("/", ".", "..", "series", "partwork.toml", Path.home()):
        run = partwork("build", "--out", out, *WHEN)
        assert run.code == 1
        assert run.err.startswith("error: Will not write to ")
    assert not (publication / ".partwork-manifest.json").exists()


def test_other_peoples_files_stay(partwork, publication):
    partwork("build", *WHEN)
    (publication / "build" / "site" / "CNAME").write_text("letters.example.org")
    partwork("build", "--as-of", "2026-12-25")
    partwork("build", *WHEN)
    assert (publication / "build" / "site" / "CNAME").read_text() == "letters.example.org"


def test_a_file_in_the_way_is_an_error_in_words(partwork, publication):
    (publication / "build").mkdir()
    (publication / "build" / "site").write_text("mine")
    run = partwork("build", *WHEN)
    assert run.code == 1
    assert "build/site is in the way, and no earlier build wrote it." in run.err
    assert (publication / "build" / "site").read_text() == "mine"
