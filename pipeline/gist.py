"""The gist of a text: what placing and checking need to know of a body, found in one walk over its tree.

A gist is small and plain, so it can be kept between builds, and the tree made again only where it is rendered.
"""

from collections import Counter
from typing import NamedTuple

from pipeline import body as tree
from pipeline.body import Body, children_of, plain
from pipeline.model import Channel
from pipeline.placement import Cut, cuts_in, middle_break
from pipeline.related import Terms, terms_of

Channels = frozenset[str]  # names of Channel
EVERYWHERE: Channels = frozenset(str(channel) for channel in Channel)
_LEAVES = frozenset(
    {tree.Text, tree.SoftBreak, tree.FootnoteRef, tree.HardBreak, tree.Code, tree.CodeBlock, tree.Rule}
)
_NOTED = frozenset({tree.Link, tree.Image, tree.Citation, tree.Heading, tree.Html, tree.CtaMark, tree.Only})


class SeenLink(NamedTuple):
    """A link: its target, its words, its line, and the channels that show it.

    ``nth`` tells apart what is written alike on one line, from 0: it is how a column is found.
    """

    target: str
    words: str
    line: int
    nth: int
    channels: Channels


class SeenImage(NamedTuple):
    """A picture as written; ``nth`` as for links."""

    source: str
    alt: str
    line: int
    nth: int
    channels: Channels


class SeenCite(NamedTuple):
    """A work that is cited; ``nth`` as for links."""

    key: str
    line: int
    nth: int


class SeenHeading(NamedTuple):
    """A heading: its level, its words, its line, and the channels that show it."""

    level: int
    words: str
    line: int
    channels: Channels


class SeenMark(NamedTuple):
    """A call to action that is placed by hand."""

    slug: str
    line: int


class SeenFence(NamedTuple):
    """Text for some channels alone; ``names`` as the author wrote them."""

    names: tuple[str, ...]
    line: int


class Gist(NamedTuple):
    """What is known of a body, in reading order, its footnotes' last.

    ``words`` are counted with code and notes, and ``terms`` are its words for similarity. Of its ``size`` blocks,
    those in ``cuts`` are no prose, and ``middle`` is the one before which a CTA may go. ``anchors`` has each id of
    the author's with the channels that show it, ``notes`` counts footnotes.
    """

    words: int
    terms: Terms
    size: int
    middle: int | None
    cuts: tuple[Cut, ...]
    links: tuple[SeenLink, ...]
    images: tuple[SeenImage, ...]
    cites: tuple[SeenCite, ...]
    headings: tuple[SeenHeading, ...]
    marks: tuple[SeenMark, ...]
    fences: tuple[SeenFence, ...]
    anchors: tuple[tuple[str, Channels], ...]
    notes: int


class KnownBody(Body):
    """A body whose gist is known already. ``key`` is a digest of its file's path and whole text."""

    __slots__ = ("gist", "key")
    gist: Gist
    key: bytes


def gist_of(body: Body) -> Gist:
    """The gist of a body: as it is known, or found out now."""
    return body.gist if isinstance(body, KnownBody) else measure(body)


def measure(body: Body, title: str = "") -> Gist:
    """Walk a body once. The words of its title tell what it is about, too."""
    walk = _Walk()
    walk.run(body)
    texts = [plain((block,)) for block in body.blocks]
    notes = [plain(note.children) for note in body.footnotes]
    return Gist(
        words=sum(len(text.split()) for text in (*texts, *notes)),
        terms=terms_of(title, " ".join(texts)),
        size=len(texts),
        middle=middle_break(body.blocks, texts),
        cuts=cuts_in(body.blocks),
        links=tuple(walk.links),
        images=tuple(walk.images),
        cites=tuple(walk.cites),
        headings=tuple(walk.headings),
        marks=tuple(walk.marks),
        fences=tuple(walk.fences),
        anchors=tuple(walk.anchors.items()),
        notes=len(body.footnotes),
    )


class _Walk:
    def __init__(self) -> None:
        self._seen: Counter[tuple[type, int, str]] = Counter()
        self.links: list[SeenLink] = []
        self.images: list[SeenImage] = []
        self.cites: list[SeenCite] = []
        self.headings: list[SeenHeading] = []
        self.marks: list[SeenMark] = []
        self.fences: list[SeenFence] = []
        self.anchors: dict[str, Channels] = {}

    def run(self, body: Body) -> None:
        # A stack, not recursion: an author's nesting must not be the interpreter's.
        notes = (child for note in reversed(body.footnotes) for child in reversed(note.children))
        stack: list[tuple[object, Channels]] = [(child, EVERYWHERE) for child in notes]
        stack += [(block, EVERYWHERE) for block in reversed(body.blocks)]
        while stack:
            node, channels = stack.pop()
            kind = type(node)
            if kind in _LEAVES:
                continue
            if kind in _NOTED:
                self._note(node, channels)
            if isinstance(node, tree.Only):
                channels = channels & frozenset(node.channels)
            stack.extend([(child, channels) for child in reversed(children_of(node))])

    def _note(self, node: object, channels: Channels) -> None:
        match node:
            case tree.Link():
                nth = self._nth(node, node.line, node.target)
                self.links.append(SeenLink(node.target, plain(node.children), node.line, nth, channels))
            case tree.Image():
                nth = self._nth(node, node.line, node.source)
                self.images.append(SeenImage(node.source, node.alt, node.line, nth, channels))
            case tree.Citation():
                for cite in node.cites:
                    self.cites.append(SeenCite(cite.key, node.line, self._nth(cite, node.line, cite.key)))
            case tree.Heading():
                self.headings.append(SeenHeading(node.level, plain(node.children), node.line, channels))
                self._anchor(node.anchor, channels)
            case tree.Html():
                self._anchor(dict(node.attributes).get("id", ""), channels)
            case tree.CtaMark():
                self.marks.append(SeenMark(node.slug, node.line))
            case tree.Only():
                self.fences.append(SeenFence(node.channels, node.line))

    def _anchor(self, name: str, channels: Channels) -> None:
        if name:
            self.anchors[name] = self.anchors.get(name, frozenset()) | channels

    def _nth(self, node: object, line: int, written: str) -> int:
        key = (type(node), line, written)
        self._seen[key] += 1
        return self._seen[key] - 1
