"""What comes before anything is rendered: parse what the author wrote, place every part, check both. Pure."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline import rules
from pipeline.check import check
from pipeline.compose import compose_issues
from pipeline.errors import Diagnostic, Severity
from pipeline.issue import Issues
from pipeline.memo import Memo, key_of
from pipeline.model import Library, Sources
from pipeline.parse import parse_library
from pipeline.parse.plain import pack, unpack

_OF_THE_SERIES = {
    rule.code
    for rule in (
        *(rules.DUPLICATE_NUMBER, rules.MISSING_NUMBER, rules.DUPLICATE_ADDRESS),
        *(rules.SLOT_CLASH, rules.PIN_BACKWARDS),
    )
}
_KIND = "linted"  # in the memo


@dataclass(frozen=True, slots=True)
class Examined:
    """The publication, placed, and everything there is to tell of it so far; no issues without a configuration."""

    issues: Issues | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        """Whether anything stops the publication."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def unwatched(_stage: str) -> None:
    """Nobody wants to know which stage begins."""


def examine(
    sources: Sources,
    as_of: date | datetime,
    *,
    drafts: bool = False,
    compared: Collection[str] | None = None,
    begin: Callable[[str], None] = unwatched,
    memo: Memo | None = None,
) -> Examined:
    """Read and place a publication, and say what is wrong with it.

    The memo spares what is known, and learns. ``compared`` as in ``compose_issues``: nothing is told of related
    articles that were found, so who only wants to know what is wrong need not look for them.
    """
    memo = memo or Memo()
    begin("parse")
    parsed = parse_library(sources, memo)
    if parsed.library is None:
        return Examined(None, parsed.diagnostics)
    begin("compose")
    composed = compose_issues(parsed.library, as_of, drafts=drafts, compared=compared, memo=memo)
    begin("check")
    found = (
        *parsed.diagnostics,
        *composed.diagnostics,
        *check(parsed.library, composed.issues, memo),
        *_linted(parsed.library, memo),
    )
    return Examined(composed.issues, found if drafts else _lenient_with_drafts(found, parsed.library))


def _linted(library: Library, memo: Memo) -> tuple[Diagnostic, ...]:
    """What is wrong with the templates of emails."""
    key = key_of(*(piece for pair in sorted(library.templates.items()) for piece in pair))
    known = memo.get(_KIND, key)
    if known is not None:
        told: tuple[Diagnostic, ...] = unpack(known)
        return told
    from pipeline.render.email.lint import lint_templates  # 35 ms, for templates that have changed

    told = tuple(lint_templates(library.templates))
    memo.put(_KIND, key, pack(told))
    return told


def _lenient_with_drafts(found: tuple[Diagnostic, ...], library: Library) -> tuple[Diagnostic, ...]:
    """What is wrong inside a draft is a warning: next month's part must not stop this week's.

    Its number, address and slot belong to the whole series, and stay errors.
    """
    drafts = {part.path for series in library.series for part in series.parts if part.draft}
    return tuple(
        replace(problem, severity=Severity.WARNING)
        if problem.location.path in drafts and problem.code not in _OF_THE_SERIES
        else problem
        for problem in found
    )
