"""The story: sources in, artifacts out. Pure: no disk, no clock, no network.

Read it from top to bottom: parse what the author wrote, place every part, check both, render each channel. An
error anywhere stops the build before anything is rendered, and every error is told, not only the first.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.edition import Artifact, Drawing
from pipeline.errors import Diagnostic
from pipeline.examine import examine, unwatched
from pipeline.issue import Issues
from pipeline.memo import Memo
from pipeline.model import Sources
from pipeline.render.email.editions import render_emails
from pipeline.render.feed.feeds import render_feeds
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.render.web.finding import SearchDocument
from pipeline.render.web.site import render_web


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


def build(
    sources: Sources,
    as_of: date | datetime,
    *,
    drafts: bool = False,
    has_search: bool = False,
    begin: Callable[[str], None] = unwatched,
    memo: Memo | None = None,
) -> Build:
    """Build the publication as of a moment.

    A bare date means the end of that day, and a naive moment is wall-clock time, both in the publication's
    time zone. ``drafts`` treats drafts as finished, to look at them. ``has_search`` puts in a search page, whose
    index is then made from the build's ``search``. ``begin`` is told the name of each stage as it begins.
    ``memo`` has what earlier builds found out, and takes in what this one does.
    """
    examined = examine(sources, as_of, drafts=drafts, begin=begin, memo=memo)
    if examined.issues is None or examined.has_errors:
        return _finished(examined.diagnostics, issues=examined.issues)
    rendered = _render(examined.issues, begin, has_search=has_search)
    diagnostics = (*examined.diagnostics, *rendered.diagnostics)
    finished = _finished(diagnostics, rendered.artifacts, examined.issues, rendered.drawings)
    return finished if finished.has_errors else replace(finished, search=rendered.search)


def tried(issues: Issues) -> tuple[Diagnostic, ...]:
    """What is wrong with the templates and with what comes out of them, when some issues are rendered."""
    return _render(issues, unwatched, has_search=True).diagnostics


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
