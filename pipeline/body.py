"""The tree that a body of Markdown is parsed into, once; every channel renders this tree.

Pure values. Nodes that a diagnostic can point at carry their ``line`` in the author's file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Any

# --- inline nodes -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Words, with smart punctuation already applied; never markup."""

    text: str


@dataclass(frozen=True, slots=True)
class SoftBreak:
    """A line end in the source: a space to the reader."""


@dataclass(frozen=True, slots=True)
class HardBreak:
    """A line break that the author asked for."""


@dataclass(frozen=True, slots=True)
class Code:
    """Inline code."""

    text: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    """``*words*``."""

    children: "Inlines"


@dataclass(frozen=True, slots=True)
class Strong:
    """``**words**``."""

    children: "Inlines"


@dataclass(frozen=True, slots=True)
class Strikethrough:
    """``~~words~~``."""

    children: "Inlines"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written: ``target`` may be an address, a file beside this one, ``#anchor``, or ``[[03]]``.

    One of that last kind may have no ``children``: the part's own title stands there.
    """

    target: str
    title: str
    children: "Inlines"
    line: int = 1


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as written: ``source`` is an address or a path from the author's file."""

    source: str
    alt: str
    title: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class FootnoteRef:
    """A mark that points at a footnote; ``number`` counts from 1 in order of first mention."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Cite:
    """One work inside a citation, with the author's locator ("p. 73")."""

    key: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """``[@fasano2012; @turner2009, p. 800]``: one or more works cited in one place."""

    cites: tuple[Cite, ...]
    line: int = 1


@dataclass(frozen=True, slots=True)
class MergePlace:
    """``{{ first_name | there }}``: what differs by reader; the fallback is for everybody else."""

    name: str
    fallback: str


@dataclass(frozen=True, slots=True)
class Html:
    """One of the few HTML elements an author may write; inline or block by its place."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple["Node", ...]
    line: int = 1


# --- block nodes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    children: "Inlines"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``anchor`` is unique within its body."""

    level: int
    anchor: str
    children: "Inlines"
    line: int = 1


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item; in a tight list its children are inlines (and nested lists), in a loose one blocks."""

    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class List:
    """A list: ``start`` is the first number of an ordered one, ``None`` for bullets."""

    start: int | None
    items: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation."""

    children: "Blocks"


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Code as written, with the language named after the fence."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one alignment ("", "left", "center", "right") a column, a head, and rows of cells."""

    alignments: tuple[str, ...]
    head: tuple["Inlines", ...]
    rows: tuple[tuple["Inlines", ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


@dataclass(frozen=True, slots=True)
class Term:
    """The term of a definition list."""

    children: "Inlines"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a term means."""

    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class DefinitionList:
    """Terms and definitions in the order written."""

    items: tuple[Term | Definition, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture alone in its paragraph: its title becomes a caption."""

    image: Image


@dataclass(frozen=True, slots=True)
class CtaMark:
    """``::: cta slug :::``: a CTA placed by hand. Only at the top level, or directly inside ``only``."""

    slug: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Only:
    """``::: only email`` … ``:::``: what one channel (or several) shows. Only at the top level."""

    channels: tuple[str, ...]
    children: "Blocks"
    line: int = 1


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote's text, numbered by first mention."""

    label: str
    number: int
    children: "Blocks"


Inline = (
    Text
    | SoftBreak
    | HardBreak
    | Code
    | Emphasis
    | Strong
    | Strikethrough
    | Link
    | Image
    | FootnoteRef
    | Citation
    | MergePlace
    | Html
)
BlockNode = (
    Paragraph | Heading | List | Quote | CodeBlock | Table | Rule | DefinitionList | Figure | CtaMark | Only | Html
)
Node = Inline | BlockNode | ListItem | Term | Definition
Inlines = tuple[Inline, ...]
Blocks = tuple[BlockNode, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A parsed body: its top-level blocks, and its footnotes in order of first mention."""

    blocks: Blocks = ()
    footnotes: tuple[Footnote, ...] = field(default=())


def _cells(table: Table) -> tuple[object, ...]:
    return tuple(inline for row in (table.head, *table.rows) for cell in row for inline in cell)


# By type, not by `match`: a tree is walked a dozen times in a build, and most of its nodes are leaves.
_INSIDE: dict[type, Callable[[Any], tuple[object, ...]]] = {
    List: attrgetter("items"),
    DefinitionList: attrgetter("items"),
    Table: _cells,
    Figure: lambda node: (node.image,),
    **dict.fromkeys(
        (
            *(Emphasis, Strong, Strikethrough, Link, Html, Paragraph, Heading),
            *(ListItem, Quote, Term, Definition, Only, Footnote),
        ),
        attrgetter("children"),
    ),
}
_WORDS: dict[type, Callable[[Any], str]] = {
    Text: attrgetter("text"),
    Code: attrgetter("text"),
    CodeBlock: attrgetter("text"),
    Image: attrgetter("alt"),
    MergePlace: attrgetter("fallback"),
}
_NOTHING: Mapping[str, str] = MappingProxyType({})
_APART = frozenset({Paragraph, Heading, ListItem, Quote, Table, Term, Definition, SoftBreak, HardBreak})


def children_of(node: object) -> tuple[object, ...]:
    """What lies directly inside a node, in reading order; empty for a leaf."""
    inside = _INSIDE.get(type(node))
    return inside(node) if inside else ()


def walk(nodes: tuple[object, ...]) -> Iterator[object]:
    """Every node of a tree, parents before children, in reading order."""
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        yield node
        inside = _INSIDE.get(type(node))
        if inside:
            waiting.extend(reversed(inside(node)))


def walk_body(body: Body) -> Iterator[object]:
    """Every node of a body, its footnotes' last."""
    yield from walk(body.blocks)
    for footnote in body.footnotes:
        yield from walk(footnote.children)


def plain(nodes: tuple[object, ...], unsaid: Mapping[str, str] = _NOTHING) -> str:
    """The words of some nodes as one line of text: for titles, anchors, similarity and word counts.

    ``unsaid`` has what stands in a link without words of its own, by its target.
    """
    pieces: list[str] = []
    _gather(nodes, pieces, unsaid)
    return " ".join("".join(pieces).split())


def _gather(nodes: tuple[object, ...], pieces: list[str], unsaid: Mapping[str, str]) -> None:
    for node in nodes:
        kind = type(node)
        words = _WORDS.get(kind)
        if words:
            pieces.append(words(node))
            continue
        if kind in _APART:
            pieces.append(" ")
        inside = _INSIDE.get(kind)
        if inside:
            _gather(inside(node), pieces, unsaid)
        if unsaid and isinstance(node, Link) and not node.children:
            pieces.append(unsaid.get(node.target, ""))
