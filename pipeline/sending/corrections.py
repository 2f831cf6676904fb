"""A correction: a short letter to those who got a part, in the part's own clothes.

It has the part's number, theme, disclaimers and way out; of what rules add nothing else: no teaser, no recap, no
call to action. It changes no page and no feed; the part itself is mended in its file.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from pipeline import rules
from pipeline.check import check
from pipeline.compose import compose_issues
from pipeline.errors import Diagnostic, Location
from pipeline.issue import Disclaimer, Issue, Notes, Prose, References
from pipeline.model import Library, Part
from pipeline.parse.part import parse_part
from pipeline.sending.letters import MadeLetter, Prepared, make_letter, without_errors

_HEADER = """\
---
title: {title}
summary: {summary}
---
"""


def make_correction(
    prepared: Prepared, issue: Issue, text: str, file: str, revision: int, now: datetime
) -> MadeLetter:
    """The letter of a correction.

    ``text`` is Markdown, with front matter as a part has it (``title`` and ``summary``; ``subject`` and
    ``preheader`` as one likes) or without any. ``file`` is what trouble in it is told under.

    Raises:
        ContentError: something is wrong with it.
        RenderError: as for every letter.
    """
    part, told, added = _written(issue.part, text, file)
    library = _with(prepared.issues.library, part)
    composed = compose_issues(library, now)
    found = (
        each
        for each in check(library, composed.issues)
        if each.location.path == part.path and each.code != rules.UNUSED_REFERENCE.code  # the part cites them
    )
    without_errors((*told, *_under(file, found, added)))
    placed = next(other for other in composed.issues.all if other.address == issue.address)
    kept = tuple(each for each in placed.sections if isinstance(each, Prose | Notes | References | Disclaimer))
    letter = make_letter(replace(prepared, issues=composed.issues), replace(placed, sections=kept))
    return replace(letter, revision=revision)


def _written(part: Part, text: str, file: str) -> tuple[Part, tuple[Diagnostic, ...], int]:
    """The part with another text, what is wrong with that, and how many lines of it are ours."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    added = ""
    if not text.startswith("---\n"):
        title = json.dumps(f"Correction: {part.title}", ensure_ascii=False)
        summary = json.dumps(f"A correction to \u201c{part.title}\u201d.", ensure_ascii=False)
        added = _HEADER.format(title=title, summary=summary)
    diagnostics: list[Diagnostic] = []
    # Under the part's own path, so that links and pictures lead where they lead from there.
    other = parse_part(added + text, part.path, part.series, part.number, part.slug, diagnostics)
    kept = replace(
        other,
        draft=False,
        pin=part.pin,
        topics=part.topics,
        disclaimers=part.disclaimers,
        references=(*other.references, *part.references),
        aliases=part.aliases,
    )
    lines = added.count("\n")
    return kept, _under(file, diagnostics, lines), lines


def _under(file: str, found: Iterable[Diagnostic], added: int) -> tuple[Diagnostic, ...]:
    """The same, told where they are written: in the correction's file, so many lines further up."""
    return tuple(
        replace(
            each,
            location=Location(file, max(1, each.location.line - added), each.location.column),
        )
        for each in found
    )


def _with(library: Library, part: Part) -> Library:
    series = tuple(
        replace(each, parts=tuple(part if other.address == part.address else other for other in each.parts))
        for each in library.series
    )
    return replace(library, series=series)
