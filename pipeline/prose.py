"""An author's text in an issue: excerpts of its body, between the calls to action that stand in it.

An issue holds its text by reference, so that it can be placed before its tree is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.body import Blocks, Body, Footnote, Only
from pipeline.gist import Gist, gist_of
from pipeline.issue import Cta, Notes, Prose, Section
from pipeline.model import Block, BlockKind, Channel, Placement
from pipeline.placement import Cut, names_in

_EVERYWHERE = frozenset(Channel)


class Excerpt(Prose):
    """Prose that is looked up in its body when it is wanted: ``body.blocks[start:stop]``.

    ``inside`` leads into fences: the place of each in what is around it.
    """

    __slots__ = ("body", "inside", "start", "stop")
    body: Body
    start: int
    stop: int
    inside: tuple[int, ...]

    def __init__(
        self,
        body: Body,
        start: int,
        stop: int,
        channels: frozenset[Channel] = _EVERYWHERE,
        inside: tuple[int, ...] = (),
    ) -> None:
        for name, value in (("body", body), ("start", start), ("stop", stop), ("inside", inside)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "channels", channels)

    @property
    def blocks(self) -> Blocks:
        """The author's blocks."""
        blocks = self.body.blocks
        for place in self.inside:
            fence = blocks[place]
            blocks = fence.children if isinstance(fence, Only) else ()
        return blocks[self.start : self.stop]

    def _where(self) -> tuple[object, ...]:
        return (self.body, self.start, self.stop, self.channels, self.inside)

    def __eq__(self, other: object) -> bool:
        return self._where() == other._where() if isinstance(other, Excerpt) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._where())


class NotesOf(Notes):
    """A body's footnotes, looked up in it when they are wanted."""

    __slots__ = ("body",)
    body: Body

    def __init__(self, body: Body) -> None:
        object.__setattr__(self, "body", body)

    @property
    def footnotes(self) -> tuple[Footnote, ...]:
        """The footnotes, numbered."""
        return self.body.footnotes

    def __eq__(self, other: object) -> bool:
        return self.body == other.body if isinstance(other, NotesOf) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.body)


def text_sections(body: Body, blocks: Mapping[str, Block], asked: str | None) -> list[Section]:
    """The prose, cut where calls to action stand in it: those set by hand, and by rule the one ``asked`` for."""
    gist = gist_of(body)
    whole = _Level(body, gist.size, gist.cuts)
    cta = _cta_by_rule(blocks, asked, gist)
    middle = gist.middle if cta and Placement.MIDDLE in cta.placement else None
    sections: list[Section] = []
    if cta is not None and middle is not None:
        sections += _prose(whole, blocks, stop=middle)
        sections.append(Cta(cta, Placement.MIDDLE))
        sections += _prose(whole, blocks, start=middle)
    else:
        sections += _prose(whole, blocks)
    # One that wants the middle of a text too short to have one goes to its end.
    if cta is not None and (Placement.END in cta.placement or middle is None):
        sections.append(Cta(cta, Placement.END))
    return sections


def _cta_by_rule(blocks: Mapping[str, Block], asked: str | None, gist: Gist) -> Block | None:
    block = blocks.get(asked or "none")
    return block if block and block.kind is BlockKind.CTA and block.slug not in names_in(gist.cuts) else None


@dataclass(frozen=True, slots=True)
class _Level:
    """A body's own blocks, or those in the fence that ``inside`` leads to: how many, and which are no prose."""

    body: Body
    size: int
    cuts: tuple[Cut, ...]
    channels: frozenset[Channel] = _EVERYWHERE
    inside: tuple[int, ...] = ()


def _prose(
    level: _Level, blocks: Mapping[str, Block], start: int = 0, stop: int | None = None
) -> Iterator[Section]:
    """What stands between calls to action set by hand, and between fences."""
    stop = level.size if stop is None else stop
    for cut in level.cuts:
        if not start <= cut.place < stop:
            continue
        if start < cut.place:
            yield Excerpt(level.body, start, cut.place, level.channels, level.inside)
        start = cut.place + 1
        if cut.is_fence:
            channels = frozenset(Channel(name) for name in cut.channels)
            inside = (*level.inside, cut.place)
            yield from _prose(_Level(level.body, cut.size, cut.inside, channels, inside), blocks)
        elif (found := blocks.get(cut.name)) and found.kind is BlockKind.CTA:
            yield Cta(found, "hand", level.channels)
    if start < stop:
        yield Excerpt(level.body, start, stop, level.channels, level.inside)
