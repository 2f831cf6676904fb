"""A letter: one email edition as a reader gets it, taken apart once for every check."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from pipeline.check.letters.css import StyleRule, declarations, sheet
from pipeline.issue import Issue

_BLOCKS = (
    "address article blockquote body br caption dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre "
    "section table tbody td th thead tr ul"
)
_IS_BLOCK = frozenset(_BLOCKS.split())
_WORD = re.compile(r"[^\W_]+")
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True)
class Letter:
    """An issue's edition, its merge places filled in for a sample reader: HTML, text, and the whole message."""

    issue: Issue
    html: str
    text: str
    message: bytes
    publication_url: str

    @cached_property
    def root(self) -> "etree._Element":
        """The document. What stands in comments, Outlook's conditional ones too, is not part of it."""
        return etree.fromstring(self.html, etree.HTMLParser(remove_comments=True))

    @cached_property
    def rules(self) -> tuple[StyleRule, ...]:
        """The rules of all style sheets in the head."""
        return tuple(
            rule
            for style in self.root.iter("style")
            for rule in sheet(style.text or "", str(style.get("media", "")))
        )

    def all(self, *tags: str) -> Iterator["etree._Element"]:
        """The elements of the body that are shown, in order; with ``tags`` only those."""
        body = self.root.find("body")
        if body is not None:
            yield from (found for found in _shown(body) if not tags or found.tag in tags)


def is_hidden(element: "etree._Element") -> bool:
    """Whether an element is not shown: the preheader, above all."""
    style = {each.name: each.value for each in declarations(str(element.get("style", "")))}
    return (
        style.get("display") == "none"
        or style.get("visibility") == "hidden"
        or style.get("max-height") in ("0", "0px")
    )


def _shown(element: "etree._Element") -> Iterator["etree._Element"]:
    if is_hidden(element) or element.tag in ("style", "script"):
        return
    yield element
    for child in element.iterchildren(etree.Element):
        yield from _shown(child)


def shown_text(element: "etree._Element", *without: str) -> str:
    """The words that an element shows, blanks evened out; elements in ``without`` are left aside."""
    return " ".join("".join(_pieces(element, without)).split())


def _pieces(element: "etree._Element", without: tuple[str, ...]) -> Iterator[str]:
    if is_hidden(element) or element.tag in ("style", "script", *without):
        return
    edge = " " if element.tag in _IS_BLOCK else ""
    yield edge + (element.text or "")
    for child in element.iterchildren(etree.Element):
        yield from _pieces(child, without)
        yield child.tail or ""
    yield edge


def words_of(text: str) -> list[str]:
    """The words of a text, without case and punctuation."""
    return _WORD.findall(text.casefold())
