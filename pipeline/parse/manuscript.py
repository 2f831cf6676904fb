"""A body as its author wrote it: its gist is known, and its tree is made where it is asked for."""

from collections.abc import Iterator
from functools import lru_cache

from pipeline import rules
from pipeline.body import Blocks, Footnote
from pipeline.errors import Diagnostic, Location
from pipeline.gist import Gist, KnownBody, measure
from pipeline.memo import key_of
from pipeline.parse.fields import CONTROL
from pipeline.parse.front_matter import FrontMatter
from pipeline.parse.markdown import ParsedBody, parse_body

_AT_HAND = 1024  # trees of some 25 KB: a build renders part by part, or a thousand parts three times over


class Manuscript(KnownBody):
    """The end of a file's ``text`` from ``start`` on, which is its line ``first_line``.

    The tree may be thrown away between two looks at it, and is the same each time.
    """

    __slots__ = ("first_line", "path", "start", "text")
    text: str
    start: int
    path: str
    first_line: int

    def __init__(self, text: str, start: int, path: str, first_line: int, key: bytes, gist: Gist) -> None:
        put = object.__setattr__
        put(self, "text", text)
        put(self, "start", start)
        put(self, "path", path)
        put(self, "first_line", first_line)
        put(self, "key", key)
        put(self, "gist", gist)

    @property
    def blocks(self) -> Blocks:
        """The top-level blocks."""
        return self._parsed().body.blocks

    @property
    def footnotes(self) -> tuple[Footnote, ...]:
        """The footnotes, in order of first mention."""
        return self._parsed().body.footnotes

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with its Markdown."""
        return self._parsed().diagnostics

    def _parsed(self) -> ParsedBody:
        return parsed(self.text, self.start, self.path, self.first_line)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Manuscript):
            return NotImplemented
        return self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Manuscript({self.path}:{self.first_line})"


def manuscript(
    text: str, header: FrontMatter, path: str, diagnostics: list[Diagnostic], title: str = ""
) -> Manuscript:
    """What stands in a file after its header; the trouble with it is told."""
    start = len(text) - len(header.body)
    diagnostics.extend(_controls(header.body, path, header.body_line))
    found = parsed(text, start, path, header.body_line)
    diagnostics.extend(found.diagnostics)
    gist = measure(found.body, title)
    return Manuscript(text, start, path, header.body_line, key_of(path, text), gist)


def _controls(text: str, path: str, first_line: int) -> Iterator[Diagnostic]:
    """The first of the control characters that XML forbids; bodies are read without them."""
    found = CONTROL.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + first_line
    column = found.start() - (text.rfind("\n", 0, found.start()) + 1) + 1
    message = f"a control character (U+{ord(found.group()):04X})"
    place = Location(path, line, column)
    yield rules.CONTROL_CHARACTER.at(place, message, "remove it; it usually comes from pasting")


@lru_cache(maxsize=_AT_HAND)
def parsed(text: str, start: int, path: str, first_line: int) -> ParsedBody:
    """The tree of a file's end, without the control characters that XML forbids, and what is wrong with it."""
    return parse_body(CONTROL.sub("", text[start:]), path, first_line)
