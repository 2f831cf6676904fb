"""Who follows a page gets what it shows. ``UPDATE_DOCS=1`` writes into the pages what is printed now."""

import os
import shutil
from pathlib import Path

import pytest

from tests.docs import console
from tests.docs.pages import DOCS, blocks, name_of, read, written_pages

# A how-to is followed in the publication that `partwork init letters` gives.
START = dict.fromkeys(sorted((DOCS / "how-to").glob("*.md")), ("partwork init letters", "cd letters"))
FOLLOWED = [page for page in written_pages() if any(block.language == "console" for block in blocks(read(page)))]


@pytest.mark.program
@pytest.mark.parametrize("page", FOLLOWED, ids=name_of)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)("needs bash")
    reader = console.Reader(tmp_path)
    for line in START.get(page, ()):
        reader.run(line)
        assert reader.code == 0
    different = console.follow(read(page), reader)
    if different and os.environ.get("UPDATE_DOCS"):
        page.write_text(console.corrected(read(page), different), "utf-8")
        return
    assert not different, "\n\n".join(str(each) for each in different)


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a … c\n", "a b c\n", True),
        ("a … c\n", "a b\nc\n", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\n", "a\n", True),
        ("", "a\n", False),
    ],
)
def test_dots_stand_for_anything_and_nothing_else_does(shown: str, printed: str, expected: bool) -> None:
    assert console.is_as_shown(shown, printed) is expected


def test_a_page_that_is_wrong_is_found_out_and_put_right(tmp_path: Path) -> None:
    text = "```text file=a.txt\none\n```\n\n```console\n$ cat a.txt\ntwo\n$ false\n$ false\n$ echo $?\n1\n```\n"
    different = console.follow(text, console.Reader(tmp_path))
    assert [(each.line, each.printed, each.code) for each in different] == [(6, "one\n", 0), (8, "", 1)]
    assert "$ cat a.txt\none\n$ false\n" in console.corrected(text, different)


def test_putting_a_page_right_keeps_the_dots_that_still_fit(tmp_path: Path) -> None:
    text = "```console\n$ printf 'a 1 b\\nc\\n'\na … b\nd\n```\n"
    different = console.follow(text, console.Reader(tmp_path))
    assert console.corrected(text, different).endswith("\na … b\nc\n```\n")
