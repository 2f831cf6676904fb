"""Where a call to action goes by rule: at the natural break nearest the middle of the reading."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.body import BlockNode, Blocks, CtaMark, Heading, Only, Rule

_KEPT_FREE = 2  # paragraphs at either end
_HEADING_BONUS = 0.12  # a break before a heading is worth this share of the reading in distance


class Cut(NamedTuple):
    """A place in some blocks where prose is cut: a CTA set by hand (``name``), or a fence for ``channels`` alone.

    A fence has so many blocks inside, with cuts of its own.
    """

    place: int
    name: str
    channels: tuple[str, ...] = ()
    size: int = 0
    inside: "tuple[Cut, ...]" = ()

    @property
    def is_fence(self) -> bool:
        """Whether this is no mark."""
        return not self.name


def cuts_in(blocks: Blocks) -> tuple[Cut, ...]:
    """Where prose is cut: at the top level, and in fences there."""
    return tuple(
        Cut(place, block.slug)
        if isinstance(block, CtaMark)
        else Cut(place, "", block.channels, len(block.children), cuts_in(block.children))
        for place, block in enumerate(blocks)
        if isinstance(block, CtaMark | Only)
    )


def names_in(cuts: tuple[Cut, ...]) -> Iterator[str]:
    """The CTAs that are set by hand."""
    for cut in cuts:
        if cut.is_fence:
            yield from names_in(cut.inside)
        else:
            yield cut.name


def middle_break(blocks: Blocks, texts: Sequence[str]) -> int | None:
    """The index of the block before which a CTA goes, or none where no break is good; ``texts`` are their words.

    Only breaks between top-level blocks are considered, so never inside a list, a quotation or a table. Never
    between a heading and its text, between an introduction ending in a colon and what it introduces, or within
    two paragraphs of either end, or of another one set by hand.
    """
    weights = [len(text.split()) for text in texts]
    total = sum(weights)
    best: tuple[float, int] | None = None
    read = 0
    for index in range(1, len(blocks)):
        read += weights[index - 1]
        if texts[index - 1].endswith(":") or not _is_break(blocks, index):
            continue
        bonus = _HEADING_BONUS * total if isinstance(blocks[index], Heading) else 0.0
        score = abs(read - total / 2) - bonus
        if best is None or score < best[0]:
            best = (score, index)
    return best[1] if best else None


def _is_break(blocks: Blocks, index: int) -> bool:
    before, after = blocks[index - 1], blocks[index]
    if isinstance(before, Heading | Only | Rule) or isinstance(after, Only | Rule):
        return False
    return _is_clear(reversed(blocks[:index])) and _is_clear(iter(blocks[index:]))


def _is_clear(onward: Iterator[BlockNode]) -> bool:
    """Whether two blocks of text come before the text's end, or before a call to action set by hand."""
    paragraphs = 0
    for block in onward:
        if isinstance(block, CtaMark | Only) and any(names_in(cuts_in((block,)))):
            return False
        paragraphs += not isinstance(block, Heading | Rule)
        if paragraphs == _KEPT_FREE:
            return True
    return False
