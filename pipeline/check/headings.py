"""Headings: they start at level two, since the title is level one, and skip none on the way down."""

from collections.abc import Iterator

from pipeline import rules
from pipeline.check.catalogue import Catalogue
from pipeline.check.findings import Findings
from pipeline.errors import Diagnostic
from pipeline.gist import EVERYWHERE, SeenHeading
from pipeline.model import Block, Channel


def heading_levels(catalogue: Catalogue, found: Findings) -> Iterator[Diagnostic]:
    """Levels go down one at a time, as each channel shows them: an ``only`` fence may hide one."""
    told: dict[int, Diagnostic] = {}
    is_fenced = any(heading.channels != EVERYWHERE for heading in found.headings)
    for channel in Channel if is_fenced else (Channel.WEB,):
        for diagnostic in _skipped(catalogue, found, channel):
            told.setdefault(diagnostic.location.line, diagnostic)
    yield from told.values()


def _skipped(catalogue: Catalogue, found: Findings, channel: Channel) -> Iterator[Diagnostic]:
    # A block's own title may be a heading: its body can go on below that.
    above = 2 if isinstance(found.owner, Block) else 1
    is_first = True
    for heading in found.headings:
        if channel not in heading.channels:
            continue
        level = heading.level
        if level == 1 or level > above + 1:
            place = catalogue.places.start_of(found.path, heading.line)
            yield rules.HEADING_SKIPPED.at(place, *_said(heading, above, is_first=is_first))
        above, is_first = max(level, 1), False


def _said(heading: SeenHeading, above: int, *, is_first: bool) -> tuple[str, str]:
    """What is wrong with a heading, and the cure."""
    level, words = heading.level, heading.words
    if level == 1:
        message = f"the heading “{words}” is of level one, which is the title's"
        return message, f"write `## {words}`: a body's headings start at `##`"
    if is_first:
        message = f"the first heading, “{words}”, is of level {level}, and level two comes first"
    else:
        message = f"the heading “{words}” is of level {level}, and the one before it of level {above}"
    return (
        message,
        f"write `{'#' * (above + 1)} {words}`: a level says what belongs to what, not how large it looks",
    )
