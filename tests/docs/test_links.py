"""Every link in the pages leads somewhere, and every page can be reached."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import (
    DOCS,
    ROOT,
    anchors,
    blocks,
    code_spans,
    links,
    name_of,
    pages,
    prose,
    read,
    written_pages,
)

ELSEWHERE = {"https", "http", "mailto"}
# Paths of a publication, which the pages speak of and this repository does not have at its top.
OF_A_PUBLICATION = ("series/", "templates/blocks/", "build/", "public/", "templates/web/sections/recap", "docs/…")


def internal(page: Path) -> list[str]:
    return [link for link in links(read(page)) if urlsplit(link).scheme not in ELSEWHERE]


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_to_a_file_and_to_a_heading_in_it(page: Path) -> None:
    lost = []
    for link in internal(page):
        path, _, anchor = unquote(link).partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or ROOT not in (there, *there.parents):
            lost.append(f"{link}: no such file")
        elif anchor and anchor not in anchors(read(there)):
            lost.append(f"{link}: it has {', '.join(sorted(anchors(read(there))))}")
    assert not lost


def test_every_page_is_linked_from_the_index() -> None:
    index = DOCS / "index.md"
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in internal(index)}
    assert [name_of(page) for page in DOCS.rglob("*.md") if page != index and page not in linked] == []


def test_the_readme_leads_to_everything_else() -> None:
    linked = {link.partition("#")[0] for link in internal(ROOT / "README.md")}
    assert {"docs/tutorial.md", "docs/index.md", "docs/architecture.md", "CHANGELOG.md", "LICENSE"} <= linked


@pytest.mark.parametrize("page", written_pages(), ids=name_of)
def test_files_of_this_repository_that_are_named_are_there(page: Path) -> None:
    ours = ("pipeline/", "templates/", "tests/", "docs/", "benchmarks/", "requirements/")
    named = {span for span in code_spans(read(page)) if span.startswith(ours) and " " not in span}
    named = {span for span in named if not any(mark in span for mark in "<*{…")}
    lost = sorted(name for name in named if not (ROOT / name.partition(":")[0]).exists())
    # Folders and files that the reader of a how-to makes.
    made = {block.file for block in blocks(read(page)) if block.file}
    assert [name for name in lost if name not in made and name not in EXAMPLES] == []


EXAMPLES = {"templates/csl/vancouver.csl"}


@pytest.mark.parametrize("page", written_pages(), ids=name_of)
def test_no_picture_is_without_words(page: Path) -> None:
    assert "![](" not in prose(read(page))


def test_pictures_are_small_enough_to_wait_for() -> None:
    pictures = [path for path in (DOCS / "pictures").iterdir() if path.suffix == ".png"]
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > 250_000] == []
