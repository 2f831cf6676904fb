"""HTML elements where they may stand: browsers and mail programs move, split or drop those that are elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import body as tree
from pipeline import rules
from pipeline.body import children_of
from pipeline.check.catalogue import Catalogue
from pipeline.check.findings import Findings, body_of
from pipeline.errors import Diagnostic
from pipeline.parse.markup import BLOCK, INLINE

# The elements that only mean something inside others (HTML Living Standard, "contexts in which this can be used").
_PARENTS = {
    "caption": ("table",),
    "dd": ("dl",),
    "dt": ("dl",),
    "figcaption": ("figure",),
    "li": ("ul", "ol"),
    "rp": ("ruby",),
    "rt": ("ruby",),
    "summary": ("details",),
    "tbody": ("table",),
    "td": ("tr",),
    "tfoot": ("table",),
    "th": ("tr",),
    "thead": ("table",),
    "tr": ("table", "thead", "tbody", "tfoot"),
}
_WORDS_ONLY = INLINE | {"p", "pre"}
_BLOCKS = (
    *(tree.Paragraph, tree.Heading, tree.List, tree.Quote, tree.CodeBlock),
    *(tree.Table, tree.Rule, tree.DefinitionList, tree.Figure),
)
_LINES = {
    tree.Paragraph: "a paragraph",
    tree.Heading: "a heading",
    tree.Term: "a term",
    tree.Table: "a table",
    tree.Link: "a link",
    tree.Emphasis: "emphasis",
    tree.Strong: "emphasis",
    tree.Strikethrough: "struck-out words",
}
_RULE = re.compile(r"<hr\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a node stands in: the nearest element's tag, what holds only words, and its line."""

    tag: str = ""
    line_of_words: str = ""
    line: int = 0
    in_link: bool = False


def misplaced_elements(catalogue: Catalogue, found: Findings) -> Iterator[Diagnostic]:
    """Paragraphs in a line of words, a row outside a table, a link in a link: readers would not see it so."""
    if "<" not in catalogue.library.texts.get(found.path, ""):
        return
    body = body_of(found.owner)
    told: dict[tuple[int, str], Diagnostic] = {}
    for nodes in (body.blocks, *(note.children for note in body.footnotes)):
        for line, message, hint in _misplaced(nodes, _Around()):
            place = catalogue.places.start_of(found.path, line or _line_of_rule(catalogue, found))
            told.setdefault((line, message), rules.UNSAFE_HTML.at(place, message, hint))
    yield from told.values()


def _misplaced(nodes: tuple[object, ...], around: _Around) -> Iterator[tuple[int, str, str]]:
    for node in nodes:
        if isinstance(node, _BLOCKS) and around.line_of_words:
            yield _block_in_words(node, around)
        elif isinstance(node, tree.Html):
            yield from _element(node, around)
        elif isinstance(node, tree.Link) and around.in_link:
            yield node.line, "a link stands inside a link", "close the first one before the second begins"
        children = children_of(node)
        if children:
            yield from _misplaced(children, _inside(node, around))


def _block_in_words(node: object, around: _Around) -> tuple[int, str, str]:
    if isinstance(node, tree.Rule):
        return (
            around.line,
            f"<hr> stands in {around.line_of_words}",
            "write `---` on a line of its own, between empty lines",
        )
    words = around.line_of_words
    return around.line, f"{words} stands around whole paragraphs", f"put {words} inside of each paragraph"


def _element(node: tree.Html, around: _Around) -> Iterator[tuple[int, str, str]]:
    if node.tag in _PARENTS:
        parents = _PARENTS[node.tag]
        if around.tag not in parents:
            yield node.line, f"<{node.tag}> stands outside of <{parents[0]}>", f"put <{parents[0]}> around it"
    elif node.tag in BLOCK and around.line_of_words:
        yield (
            node.line,
            f"<{node.tag}> stands in {around.line_of_words}",
            "put it on lines of its own, between empty lines",
        )


def _inside(node: object, around: _Around) -> _Around:
    in_link = around.in_link or isinstance(node, tree.Link)
    if isinstance(node, tree.Html):
        words = f"<{node.tag}>" if node.tag in _WORDS_ONLY else "" if node.tag in BLOCK else around.line_of_words
        return _Around(node.tag, words, node.line, in_link)
    words = _LINES.get(type(node), around.line_of_words)
    return _Around("", words, getattr(node, "line", around.line), in_link)


def _line_of_rule(catalogue: Catalogue, found: Findings) -> int:
    """The line of a ``<hr>`` that stands in words: the tree does not keep it."""
    lines = catalogue.places.lines(found.path)
    return next((number for number, line in enumerate(lines, 1) if _RULE.search(line)), 1)
