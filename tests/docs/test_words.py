"""The program is written in the words of the glossary, and not in those that it says we do not use."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, name_of, read

PIPELINE = ROOT / "pipeline"
# A word that we do not say of our nouns, and the other thing that it rightly names. The paths are where it does.
ALLOWED = {
    "category": ("an element of RSS and Atom", ("render/feed/",)),
    "context": ("what click and Jinja call what they hand over", ("cli/", "render/")),
    "format": ("a picture's file format", ("check/pictures.py", "rules.py")),
    "lint": ("the trade's word for reading a template for mistakes", ("render/email/", "rules.py")),
    "log": (
        "the standard library's logging; what a relay writes",
        ("parse/references.py", "ledger/", "cli/resolve.py"),
    ),
    "message": ("the words of a diagnostic, and an email as RFC 5322 has it", ("",)),
    "node": ("a node of the body tree, of YAML's and of JSON-LD's", ("",)),
    "now": (
        "the clock, in the one place that reads it; the moment at which something is sent or written down",
        ("cli/", "doctor/", "ledger/", "returns/", "sending/", "serve/", "subscribers/"),
    ),
    "output": (
        "the folder that is written to; what Jinja prints",
        ("errors.py", "out_folder.py", "render/flattening.py"),
    ),
    "page": ("a web page, which shows a part and is none", ("render/", "issue.py", "serve/")),
    "site": (
        "what is deployed: the pages and feeds of a publication",
        ("build.py", "render/", "serve/", "urls.py"),
    ),
    "target": ("where a link leads", ("",)),
}


def table() -> Iterator[tuple[set[str], set[str]]]:
    """Each row of the glossary: the words that we say, and those that we do not."""
    for line in read(DOCS / "glossary.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0] != "word" and not cells[0].startswith("--"):
            said, _, unsaid = ({word.strip() for word in cell.split(",") if word.strip()} for cell in cells)
            yield said, unsaid


SAID = set().union(*(said for said, _ in table()))
UNSAID = set().union(*(unsaid for _, unsaid in table())) - SAID


def identifiers(path: Path) -> Iterator[tuple[str, int]]:
    """A module's name and its folders', and the names that it makes: classes, functions, arguments, variables."""
    for part in path.relative_to(PIPELINE).with_suffix("").parts:
        yield part, 1
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.arg(arg=name):
                yield name, node.lineno
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno


def words(name: str) -> str:
    """`EmailEdition` and `email_edition` as ` email edition `."""
    return f" {re.sub(r'(?<=[a-z0-9])(?=[A-Z])', ' ', name).replace('_', ' ').lower().strip()} "


def is_allowed(word: str, path: Path) -> bool:
    reason, places = ALLOWED.get(word, ("", ()))
    return bool(reason) and path.relative_to(PIPELINE).as_posix().startswith(places)


def test_the_glossary_says_what_we_do_not_say() -> None:
    assert {"blog", "episode", "deadline", "snippet", "pubdate"} <= UNSAID
    assert {"part", "slot", "issue", "edition"} <= SAID


@pytest.mark.parametrize("path", sorted(PIPELINE.rglob("*.py")), ids=name_of)
def test_names_are_made_of_our_words(path: Path) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name} ({word})"
        for name, line in identifiers(path)
        for word in sorted(UNSAID)
        if f" {word} " in words(name) and not is_allowed(word, path)
    ]
    assert wrong == []


def test_no_allowance_is_left_over() -> None:
    used = {
        word
        for path in PIPELINE.rglob("*.py")
        for name, _ in identifiers(path)
        for word in ALLOWED
        if f" {word} " in words(name)
    }
    assert used == set(ALLOWED)
