"""What earlier builds found out: the same is said with it and without, whatever became of its files."""

import threading
from datetime import date
from pathlib import Path

import pytest

from pipeline.examine import Examined, examine
from pipeline.making import recollection
from pipeline.making.recollection import Recollection
from pipeline.memo import Memo
from pipeline.read import read_sources
from tests.projects import CONFIG, files, index, part

WHEN = date(2027, 1, 1)
TEXT = (
    CONFIG + index() + "".join(part(number, body=f"Word number {number}.\n\n[Here](#x)") for number in range(1, 6))
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, data in files(TEXT).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path


def examined(root: Path) -> tuple[Examined, Memo]:
    sources = read_sources(root)
    known = Recollection(root)
    found = examine(sources, WHEN, memo=known.memo)
    known.keep()
    assert found == examine(sources, WHEN)
    return found, known.memo


def edit(root: Path, number: int, words: str) -> None:
    path = root / f"series/small/{number:02d}-part-{number}.md"
    path.write_text(path.read_text() + words)


def test_what_is_known_is_not_found_out_again(root: Path) -> None:
    first, memo = examined(root)
    assert memo.has_news
    second, memo = examined(root)
    assert second == first
    assert not memo.has_news
    assert {diagnostic.code for diagnostic in first.diagnostics} >= {"PW302"}


def test_after_an_edit_little_is_written(root: Path) -> None:
    examined(root)
    known = (root / ".partwork/memo/known").read_bytes()
    edit(root, 3, "\nMore.\n")
    examined(root)
    assert (root / ".partwork/memo/known").read_bytes() == known
    assert len((root / ".partwork/memo/since").read_bytes()) < len(known) / 2


def test_so_many_edits_later_all_is_written_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recollection, "_FEW", 0)
    monkeypatch.setattr(recollection, "_SHARE", 0.5)
    examined(root)
    known = (root / ".partwork/memo/known").read_bytes()
    for number in range(1, 6):
        edit(root, number, "\nMore.\n")
    examined(root)
    assert (root / ".partwork/memo/known").read_bytes() != known
    assert not examined(root)[1].has_news


@pytest.mark.parametrize("name", ["known", "since", "related"])
@pytest.mark.parametrize("fault", ["cut", "foreign", "deleted", "a folder", "another program"])
def test_a_file_that_cannot_be_believed_is_none(
    root: Path, name: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    examined(root)
    edit(root, 2, "\nMore.\n")
    examined(root)
    file = root / ".partwork/memo" / name
    data = file.read_bytes()
    match fault:
        case "cut":
            file.write_bytes(data[: len(data) // 2])
        case "foreign":
            file.write_bytes(data[:-1] + b"?")
        case "another program":
            monkeypatch.setattr(recollection, "ground", lambda: "another")
        case _:
            file.unlink()
    if fault == "a folder":
        file.mkdir()
    examined(root)


def test_two_at_once_leave_what_either_can_use(root: Path) -> None:
    for words in ("\nOne.\n", "\nTwo.\n"):
        edit(root, 1, words)
        both = [threading.Thread(target=examined, args=(root,)) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert not examined(root)[1].has_news


def test_what_was_not_asked_for_is_kept(root: Path) -> None:
    examined(root)
    edit(root, 1, "\nMore.\n")
    sources, known = read_sources(root), Recollection(root, has_related=False)
    examine(sources, WHEN, compared=(), memo=known.memo)
    known.keep()
    assert Recollection(root).memo.known["related"]
