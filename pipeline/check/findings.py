"""What the rules look for in a body, found in one walk: links, pictures, citations, headings, marks, anchors."""

from collections import Counter
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline import body as tree
from pipeline.body import Body, children_of
from pipeline.model import Block, Channel, Part, Series

Owner = Part | Series | Block

EVERYWHERE = frozenset(Channel)
_LEAVES = frozenset(
    {tree.Text, tree.SoftBreak, tree.FootnoteRef, tree.HardBreak, tree.Code, tree.CodeBlock, tree.Rule}
)
_NOTED = frozenset({tree.Link, tree.Image, tree.Citation, tree.Heading, tree.Html, tree.CtaMark, tree.Only})

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Found(Generic[_T]):
    """A node, the line of the file it starts on, and the channels that show it.

    ``nth`` tells apart nodes that are written alike on one line, from 0: it is how a column is found.
    """

    node: _T
    line: int
    nth: int
    channels: frozenset[Channel] = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of one body, in reading order. ``anchors`` says where each id of the author's is shown."""

    owner: Owner
    links: tuple[Found[tree.Link], ...]
    images: tuple[Found[tree.Image], ...]
    cites: tuple[Found[tree.Cite], ...]
    headings: tuple[Found[tree.Heading], ...]
    marks: tuple[Found[tree.CtaMark], ...]
    fences: tuple[Found[tree.Only], ...]
    anchors: dict[str, frozenset[Channel]]
    notes: int

    @property
    def path(self) -> str:
        """The file that the body is written in."""
        return self.owner.path


def body_of(owner: Owner) -> Body:
    """The text of a part, of a block, or of a series' introduction."""
    return owner.introduction if isinstance(owner, Series) else owner.body


def find(owner: Owner) -> Findings:
    """Walk a body once."""
    return _Walk().run(owner)


class _Walk:
    def __init__(self) -> None:
        self._seen: Counter[tuple[type, int, str]] = Counter()
        self._links: list[Found[tree.Link]] = []
        self._images: list[Found[tree.Image]] = []
        self._cites: list[Found[tree.Cite]] = []
        self._headings: list[Found[tree.Heading]] = []
        self._marks: list[Found[tree.CtaMark]] = []
        self._fences: list[Found[tree.Only]] = []
        self._anchors: dict[str, frozenset[Channel]] = {}

    def run(self, owner: Owner) -> Findings:
        body = body_of(owner)
        # A stack, not recursion: an author's nesting must not be the interpreter's.
        notes = (child for note in reversed(body.footnotes) for child in reversed(note.children))
        stack: list[tuple[object, frozenset[Channel]]] = [(child, EVERYWHERE) for child in notes]
        stack += [(block, EVERYWHERE) for block in reversed(body.blocks)]
        while stack:
            node, channels = stack.pop()
            kind = type(node)
            if kind in _LEAVES:
                continue
            if kind in _NOTED:
                self._note(node, channels)
            if isinstance(node, tree.Only):
                channels = channels & frozenset(Channel(name) for name in node.channels)
            stack.extend([(child, channels) for child in reversed(children_of(node))])
        return Findings(
            owner,
            tuple(self._links),
            tuple(self._images),
            tuple(self._cites),
            tuple(self._headings),
            tuple(self._marks),
            tuple(self._fences),
            self._anchors,
            len(body.footnotes),
        )

    def _note(self, node: object, channels: frozenset[Channel]) -> None:
        match node:
            case tree.Link():
                self._links.append(Found(node, node.line, self._nth(node, node.line, node.target), channels))
            case tree.Image():
                self._images.append(Found(node, node.line, self._nth(node, node.line, node.source), channels))
            case tree.Citation():
                for cite in node.cites:
                    nth = self._nth(cite, node.line, cite.key)
                    self._cites.append(Found(cite, node.line, nth, channels))
            case tree.Heading():
                self._headings.append(Found(node, node.line, 0, channels))
                self._anchor(node.anchor, channels)
            case tree.Html():
                self._anchor(dict(node.attributes).get("id", ""), channels)
            case tree.CtaMark():
                self._marks.append(Found(node, node.line, 0, channels))
            case tree.Only():
                self._fences.append(Found(node, node.line, 0, channels))

    def _anchor(self, name: str, channels: frozenset[Channel]) -> None:
        if name:
            self._anchors[name] = self._anchors.get(name, frozenset()) | channels

    def _nth(self, node: object, line: int, written: str) -> int:
        key = (type(node), line, written)
        self._seen[key] += 1
        return self._seen[key] - 1
