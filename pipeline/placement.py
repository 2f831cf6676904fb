"""Where a call to action goes by rule: at the natural break nearest the middle of the reading."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.body import Blocks, CtaMark, Heading, Only, Rule, plain

_KEPT_FREE = 2  # paragraphs at either end
_HEADING_BONUS = 0.12  # a break before a heading is worth this share of the reading in distance
TEXT, HEADING, RULE, MARK, ONLY = "text", "heading", "rule", "mark", "only"


class Silhouette(NamedTuple):
    """What placing sees of a block: its kind, how many words it has, and whether more is announced at its end.

    ``name`` is the CTA that a mark places; ``channels`` and ``inside`` are a fence's.
    """

    kind: str
    words: int
    is_introduction: bool = False
    name: str = ""
    channels: tuple[str, ...] = ()
    inside: "tuple[Silhouette, ...]" = ()


Shape = tuple[Silhouette, ...]


def shape_of(blocks: Blocks, texts: Sequence[str] | None = None) -> Shape:
    """What placing sees of some blocks; ``texts`` are their words, where they are known already."""
    texts = [plain((block,)) for block in blocks] if texts is None else texts
    return tuple(_silhouette(block, text) for block, text in zip(blocks, texts, strict=True))


def _silhouette(block: object, text: str) -> Silhouette:
    words, is_introduction = len(text.split()), text.endswith(":")
    match block:
        case CtaMark(slug):
            return Silhouette(MARK, words, name=slug)
        case Only(channels, children):
            return Silhouette(ONLY, words, is_introduction, channels=channels, inside=shape_of(children))
        case Heading():
            return Silhouette(HEADING, words, is_introduction)
        case Rule():
            return Silhouette(RULE, words)
        case _:
            return Silhouette(TEXT, words, is_introduction)


def words_in(shape: Shape) -> int:
    """How many words there are."""
    return sum(block.words for block in shape)


def middle_break(shape: Shape) -> int | None:
    """The index of the block before which a CTA goes, or none where no break is good.

    Only breaks between top-level blocks are considered, so never inside a list, a quotation or a table. Never
    between a heading and its text, between an introduction ending in a colon and what it introduces, or within
    two paragraphs of either end, or of another one set by hand.
    """
    total = words_in(shape)
    best: tuple[float, int] | None = None
    read = 0
    for index in range(1, len(shape)):
        before = shape[index - 1]
        read += before.words
        if before.is_introduction or not _is_break(shape, index):
            continue
        bonus = _HEADING_BONUS * total if shape[index].kind == HEADING else 0.0
        score = abs(read - total / 2) - bonus
        if best is None or score < best[0]:
            best = (score, index)
    return best[1] if best else None


def _is_break(shape: Shape, index: int) -> bool:
    before, after = shape[index - 1].kind, shape[index].kind
    if before in (HEADING, ONLY, RULE) or after in (ONLY, RULE):
        return False
    return _is_clear(reversed(shape[:index])) and _is_clear(iter(shape[index:]))


def marks_in(shape: Shape) -> Iterator[str]:
    """The CTAs set by hand: they stand at the top level, or in an ``only`` fence there."""
    for block in shape:
        if block.kind == MARK:
            yield block.name
        elif block.kind == ONLY:
            yield from marks_in(block.inside)


def _is_clear(onward: Iterator[Silhouette]) -> bool:
    """Whether two blocks of text come before the text's end, or before a call to action set by hand."""
    paragraphs = 0
    for block in onward:
        if any(marks_in((block,))):
            return False
        paragraphs += block.kind not in (HEADING, RULE)
        if paragraphs == _KEPT_FREE:
            return True
    return False
