"""The search index: the same bytes each time, put down like all else, and missed in words when it is missing."""

import sys
from datetime import date
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.cli import main
from pipeline.edition import Artifact
from pipeline.read import read_sources
from tests.projects import ROOT
from tests.publication.indexing import index_documents


def index(day: date) -> tuple[Artifact, ...]:
    return index_documents(build(read_sources(ROOT), day, has_search=True).search)


@pytest.mark.program
def test_the_same_publication_gives_the_same_index() -> None:
    first = index(date(2026, 11, 18))

    assert len(first) > 8
    for _ in range(3):
        assert index(date(2026, 11, 18)) == first


@pytest.mark.program
def test_an_index_has_what_a_search_asks_for_and_no_interface_of_its_own() -> None:
    names = {artifact.path.rpartition("/")[2] for artifact in index(date(2026, 11, 18))}

    assert {"pagefind.js", "pagefind-worker.js", "pagefind-entry.json"} < names
    assert not [name for name in names if "ui" in name or "highlight" in name]


def test_nothing_to_search_makes_no_index() -> None:
    assert index_documents(()) == ()


@pytest.mark.program
def test_files_of_an_index_that_are_no_longer_wanted_go(tmp_path: Path) -> None:
    def built(day: str) -> set[str]:
        assert main(["build", "--root", str(ROOT), "--out", str(tmp_path / "out"), "--as-of", day]) == 0
        folder = tmp_path / "out" / "site" / "pagefind"
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    before, after = built("2026-11-18"), built("2026-10-01")

    assert len([name for name in before if name.startswith("fragment/")]) == 8
    assert len([name for name in after if name.startswith("fragment/")]) == 2


def test_without_pagefind_a_build_says_so_in_one_line_and_has_no_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pagefind_bin", None)
    out = tmp_path / "out"

    assert main(["build", "--root", str(ROOT), "--out", str(out), "--as-of", "2026-11-18"]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "search" in line]
    assert said == ["  no search page, as Pagefind is not installed: pip install 'partwork[search]'"]
    assert not (out / "site" / "pagefind").exists()
    assert "search/" not in (out / "site" / "index.html").read_text()
