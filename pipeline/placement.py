"""Where a call to action goes by rule: at the natural break nearest the middle of the reading."""

from collections.abc import Iterator

from pipeline.body import BlockNode, Blocks, CtaMark, Heading, Only, Rule, plain

_KEPT_FREE = 2  # paragraphs at either end
_HEADING_BONUS = 0.12  # a break before a heading is worth this share of the reading in distance


def middle_break(blocks: Blocks) -> int | None:
    """The index of the block before which a CTA goes, or none where no break is good.

    Only breaks between top-level blocks are considered, so never inside a list, a quotation or a table. Never
    between a heading and its text, between an introduction ending in a colon and what it introduces, or within
    two paragraphs of either end, or of another one set by hand.
    """
    texts = [plain((block,)) for block in blocks]
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


def marks_in(blocks: Blocks) -> Iterator[CtaMark]:
    """The CTAs set by hand among blocks: they stand at the top level, or in an ``only`` fence there."""
    for block in blocks:
        if isinstance(block, CtaMark):
            yield block
        elif isinstance(block, Only):
            yield from marks_in(block.children)


def _is_clear(onward: Iterator[BlockNode]) -> bool:
    """Whether two blocks of text come before the text's end, or before a call to action set by hand."""
    paragraphs = 0
    for block in onward:
        if any(marks_in((block,))):
            return False
        paragraphs += not isinstance(block, Heading | Rule)
        if paragraphs == _KEPT_FREE:
            return True
    return False
