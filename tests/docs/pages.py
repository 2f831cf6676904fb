"""Markdown pages as the tests see them: fenced blocks, links, headings and what is written as code."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FRONT = tuple(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md"))
GENERATED = DOCS / "reference"

_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"\bfile=(\S+)")
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)[^)]*\)")
_DEFINITION = re.compile(r"^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file that it gives (after ``file=``), its text, and where it stands."""

    language: str
    file: str
    text: str
    line: int
    start: int
    end: int


@cache
def read(page: Path) -> str:
    return page.read_text("utf-8")


def pages() -> list[Path]:
    """Every page: the three at the top, and all under docs/."""
    return [*FRONT, *sorted(DOCS.rglob("*.md"))]


def written_pages() -> list[Path]:
    """The pages that people write, without those that are made from the program."""
    return [page for page in pages() if GENERATED not in page.parents]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(text: str) -> Iterator[Block]:
    for match in _FENCE.finditer(text):
        language, _, rest = match["info"].strip().partition(" ")
        file = _FILE.search(rest)
        line = text.count("\n", 0, match.start()) + 1
        yield Block(language, file[1] if file else "", match["text"], line, match.start("text"), match.end("text"))


def prose(text: str) -> str:
    """A page without its fenced blocks and comments."""
    return _COMMENT.sub("", _FENCE.sub("", text))


def links(text: str) -> list[str]:
    plain = _CODE.sub("", prose(text))
    return [match[1] for match in (*_LINK.finditer(plain), *_DEFINITION.finditer(plain))]


def code_spans(text: str) -> list[str]:
    """What stands between backticks in the prose."""
    return [match[2].strip() for match in _CODE.finditer(prose(text))]


def code(text: str) -> str:
    """All that a page shows as code: in fenced blocks, and between backticks."""
    return "\n".join((*(block.text for block in blocks(text)), *code_spans(text)))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    seen: Counter[str] = Counter()
    found = set()
    for title in _HEADING.findall(prose(text)):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title.replace("`", ""))
        anchor = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found
