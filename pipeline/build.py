"""The story: sources in, artifacts out. Pure: no disk, no clock, no network.

Read it from top to bottom: parse what the author wrote, place every part, check both, render each channel. An
error anywhere stops the build before anything is rendered, and every error is told, not only the first.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline import rules
from pipeline.check import check
from pipeline.compose import compose_issues
from pipeline.edition import Artifact, Drawing
from pipeline.errors import Diagnostic, Severity
from pipeline.issue import Issues
from pipeline.model import Library, Sources
from pipeline.parse import parse_library
from pipeline.render.email.editions import render_emails
from pipeline.render.email.lint import lint_templates
from pipeline.render.feed.feeds import render_feeds
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.render.web.finding import SearchDocument
from pipeline.render.web.site import render_web

_OF_THE_SERIES = {
    rule.code
    for rule in (
        *(rules.DUPLICATE_NUMBER, rules.MISSING_NUMBER, rules.DUPLICATE_ADDRESS),
        *(rules.SLOT_CLASH, rules.PIN_BACKWARDS),
    )
}


@dataclass(frozen=True, slots=True)
class Build:
    """What a build gives: everything there is to tell, and, when nothing is an error, what to write.

    ``artifacts`` are sorted by path, under ``site/`` and ``email/``; none when there are errors. ``drawings`` are
    the pictures that are still to be made (``pipeline.drawing``), and to be written along. ``search`` is what an
    index is to be made of, when one was asked for.
    """

    diagnostics: tuple[Diagnostic, ...]
    artifacts: tuple[Artifact, ...]
    issues: Issues | None
    search: tuple[SearchDocument, ...] = ()
    drawings: tuple[Drawing, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether anything stops the publication."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def _unwatched(_stage: str) -> None:
    """Nobody wants to know which stage begins."""


def build(
    sources: Sources,
    as_of: date | datetime,
    *,
    drafts: bool = False,
    has_search: bool = False,
    begin: Callable[[str], None] = _unwatched,
) -> Build:
    """Build the publication as of a moment.

    A bare date means the end of that day, and a naive moment is wall-clock time, both in the publication's
    time zone. ``drafts`` treats drafts as finished, to look at them. ``has_search`` puts in a search page, whose
    index is then made from the build's ``search``. ``begin`` is told the name of each stage as it begins.
    """
    begin("parse")
    parsed = parse_library(sources)
    if parsed.library is None:
        return _finished(parsed.diagnostics)
    begin("compose")
    composed = compose_issues(parsed.library, as_of, drafts=drafts)
    begin("check")
    found = (
        *parsed.diagnostics,
        *composed.diagnostics,
        *check(parsed.library, composed.issues),
        *lint_templates(parsed.library.templates),
    )
    told = found if drafts else _lenient_with_drafts(found, parsed.library)
    if any(diagnostic.is_error for diagnostic in told):
        return _finished(told, issues=composed.issues)
    rendered = _render(composed.issues, begin, has_search=has_search)
    diagnostics = (*told, *rendered.diagnostics)
    finished = _finished(diagnostics, rendered.artifacts, composed.issues, rendered.drawings)
    return finished if finished.has_errors else replace(finished, search=rendered.search)


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


@dataclass(frozen=True, slots=True)
class _Rendered:
    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...]
    search: tuple[SearchDocument, ...] = ()
    drawings: tuple[Drawing, ...] = ()


def _render(issues: Issues, begin: Callable[[str], None], *, has_search: bool) -> _Rendered:
    """Every channel, over the same issues: email first, for the site shows each letter beside its page."""
    templates = Templates(issues.library.templates)
    try:
        begin("email")
        emails = render_emails(issues, templates)
        begin("web")
        site = render_web(issues, templates, emails.web_copies, has_search=has_search)
        begin("feed")
        feeds = render_feeds(issues, templates)
    except TemplateFailedError as failed:
        return _Rendered((), (failed.diagnostic,))
    artifacts = (
        *(Artifact(f"email/{artifact.path}", artifact.data) for artifact in emails.artifacts),
        *(Artifact(f"site/{artifact.path}", artifact.data) for artifact in (*site.artifacts, *feeds.artifacts)),
    )
    drawings = tuple(replace(drawing, path=f"site/{drawing.path}") for drawing in site.drawings)
    diagnostics = (*emails.diagnostics, *site.diagnostics, *feeds.diagnostics)
    return _Rendered(artifacts, diagnostics, site.search, drawings)


def _finished(
    diagnostics: tuple[Diagnostic, ...],
    artifacts: tuple[Artifact, ...] = (),
    issues: Issues | None = None,
    drawings: tuple[Drawing, ...] = (),
) -> Build:
    """Diagnostics in order and each once; artifacts by path, and none beside an error."""
    told = tuple(sorted(set(diagnostics)))
    stopped = any(diagnostic.is_error for diagnostic in told)
    kept = () if stopped else tuple(sorted(artifacts, key=lambda artifact: artifact.path))
    return Build(told, kept, issues, drawings=() if stopped else drawings)
