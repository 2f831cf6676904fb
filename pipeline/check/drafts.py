"""What is wrong inside a draft stops nobody else: next month's part must not stop this week's."""

from collections.abc import Iterable
from dataclasses import replace

from pipeline import rules
from pipeline.errors import Diagnostic, Severity
from pipeline.model import Library

_OF_THE_SERIES = frozenset(
    rule.code
    for rule in (
        *(rules.DUPLICATE_NUMBER, rules.MISSING_NUMBER, rules.DUPLICATE_ADDRESS),
        *(rules.SLOT_CLASH, rules.PIN_BACKWARDS),
    )
)


def lenient_with_drafts(found: Iterable[Diagnostic], library: Library) -> tuple[Diagnostic, ...]:
    """The same, with what is wrong inside a draft as a warning.

    Its number, address and slot belong to the whole series, and stay errors.
    """
    drafts = {part.path for series in library.series for part in series.parts if part.draft}
    return tuple(
        replace(problem, severity=Severity.WARNING)
        if problem.location.path in drafts and problem.code not in _OF_THE_SERIES
        else problem
        for problem in found
    )
