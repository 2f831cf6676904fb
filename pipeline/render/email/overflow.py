"""An email that is too long for an inbox: its text is cut at a section's end, and goes on on the web.

Only the author's text gives way, and, when that is not enough, the lists after it; what stands around it stays,
and every disclaimer. The plain text of the email is never cut.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline import body as tree
from pipeline import urls
from pipeline.fences import sections_for
from pipeline.issue import Cta, Issue, Notes, Prose, References, Related, Section
from pipeline.model import Channel, Publication

CLIP_BYTES = 102 * 1024  # of HTML: Gmail shows so many (hteumeuleu/email-bugs, 41)
BUDGET_BYTES = 90 * 1024  # leaves room for what encoding adds: nobody but Google knows whether it counts
_LEAST_PROSE = 0.5  # of the budget: below this, lists at the end give way first
_SECTION_WORTH = 0.6  # a section's end is taken if so much of the text that would fit stands before it
_WORDS = "Continue reading on the web"


@dataclass(frozen=True, slots=True)
class _Kept:
    """How much is kept: so many of the text's blocks, and which kinds of list at the end are not."""

    blocks: int
    dropped: tuple[type[Section], ...] = ()


_LISTS: tuple[type[Section], ...] = (References, Notes, Related)  # the first to give way first


def shortened(issue: Issue, publication: Publication, size_of: Callable[[Issue], int]) -> Issue:
    """The issue with as much of its text as fits an email, and a link to the rest of it on the web.

    ``size_of`` gives the bytes of an issue's HTML; it is asked some ten times.
    """
    blocks = [block for section in _sections(issue) if isinstance(section, Prose) for block in section.blocks]

    def fits(kept: _Kept, budget: int = BUDGET_BYTES) -> bool:
        return size_of(_cut(issue, publication, kept)) <= budget

    kept = _Kept(0)
    for count in range(len(_LISTS) + 1):
        kept = _Kept(0, _LISTS[:count])
        if fits(kept, int(BUDGET_BYTES * (1 - _LEAST_PROSE))):
            break
    if kept.dropped and fits(replace(kept, blocks=len(blocks))):
        return _cut(issue, publication, replace(kept, blocks=len(blocks)))
    low, high = 0, len(blocks)  # fits with `low` blocks, or nothing does; does not with all
    while high - low > 1:
        middle = (low + high) // 2
        if fits(replace(kept, blocks=middle)):
            low = middle
        else:
            high = middle
    return _cut(issue, publication, replace(kept, blocks=_good_end(blocks, low)))


def _good_end(blocks: list[tree.BlockNode], most: int) -> int:
    """The last section's end among the first ``most`` blocks; a block's end where that would lose too much."""
    ends = [
        k for k in range(1, most + 1) if isinstance(blocks[k], tree.Heading) and not _is_heading(blocks[k - 1])
    ]
    if ends and ends[-1] >= most * _SECTION_WORTH:
        return ends[-1]
    while most > 0 and _is_heading(blocks[most - 1]):
        most -= 1
    return most


def _is_heading(block: tree.BlockNode) -> bool:
    return isinstance(block, tree.Heading)


def _sections(issue: Issue) -> tuple[Section, ...]:
    return tuple(sections_for(issue, Channel.EMAIL))


def _cut(issue: Issue, publication: Publication, kept: _Kept) -> Issue:
    """The issue for email with its first blocks alone, and a link where they end."""
    left: int | None = kept.blocks
    sections: list[Section] = []
    for section in _sections(issue):
        if isinstance(section, kept.dropped):
            continue
        if not isinstance(section, Prose):
            sections.append(section)
        elif left is not None and len(section.blocks) <= left:
            sections.append(section)
            left -= len(section.blocks)
        elif left is not None:
            sections.append(Prose((*section.blocks[:left], _onward(issue, publication, section.blocks[left]))))
            left = None
    if left is not None:  # all of the text fits, and something after it does not
        end = max((k for k, section in enumerate(sections, 1) if isinstance(section, Prose)), default=0)
        sections.insert(end, Prose((_onward(issue, publication),)))
    return replace(issue, sections=tuple(_without_repeated_calls(sections)))


def _onward(issue: Issue, publication: Publication, block: tree.BlockNode | None = None) -> tree.Paragraph:
    """The link to the rest: to the very heading, where one comes next."""
    anchor = block.anchor if isinstance(block, tree.Heading) else ""
    url = urls.join(publication.url, urls.part_path(issue.address), anchor)
    return tree.Paragraph((tree.Strong((tree.Link(url, "", (tree.Text(_WORDS),)),)),))


def _without_repeated_calls(sections: list[Section]) -> list[Section]:
    """Calls to action that meet where text has been taken out: the last of a kind stands for all of it."""
    kept: list[Section] = []
    later: set[str] = set()
    for section in reversed(sections):
        if isinstance(section, Prose) and len(section.blocks) > 1:
            later.clear()
        elif isinstance(section, Cta):
            if section.block.slug in later:
                continue
            later.add(section.block.slug)
        kept.append(section)
    return kept[::-1]
