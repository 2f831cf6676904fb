"""The story: sources in, artifacts out. Pure: no disk, no clock, no network.

Read it from top to bottom: parse what the author wrote, place every part, check both, plan what is to be rendered
in each channel, and print it. An error anywhere stops the build before anything is rendered, and every error is
told, not only the first.

What is planned are *quires*. ``build`` prints them all, one after another; the command prints those alone that do
not stand from the last build, and on every core (``pipeline.gathering``).
"""

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline import rules
from pipeline.check import check
from pipeline.compose import compose_issues
from pipeline.edition import Artifact, Drawing, SearchDocument
from pipeline.errors import Diagnostic, Severity
from pipeline.issue import Issues
from pipeline.model import Library, Sources
from pipeline.parse import parse_library
from pipeline.quire import Printed, Quire
from pipeline.render.email.editions import email_quires
from pipeline.render.email.lint import lint_templates
from pipeline.render.feed.feeds import feed_quires
from pipeline.render.fingerprints import Fingerprints
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.render.web.site import web_quires

_OF_THE_SERIES = {
    rule.code
    for rule in (
        *(rules.DUPLICATE_NUMBER, rules.MISSING_NUMBER, rules.DUPLICATE_ADDRESS),
        *(rules.SLOT_CLASH, rules.PIN_BACKWARDS),
    )
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build is to be: everything there is to tell so far, and, when nothing is an error, its quires."""

    diagnostics: tuple[Diagnostic, ...]
    issues: Issues | None
    quires: tuple[Quire, ...] = ()


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
    compiled: MutableMapping[str, bytes] | None = None,
) -> Build:
    """Build the publication as of a moment.

    A bare date means the end of that day, and a naive moment is wall-clock time, both in the publication's
    time zone. ``drafts`` treats drafts as finished, to look at them. ``has_search`` puts in a search page, whose
    index is then made from the build's ``search``. ``compiled`` is as for ``plan``.
    """
    planned = plan(sources, as_of, drafts=drafts, has_search=has_search, compiled=compiled)
    printed = printed_in_order(planned.quires)
    diagnostics = told(planned, [each for _, each in printed])
    if any(diagnostic.is_error for diagnostic in diagnostics):
        return Build(diagnostics, (), planned.issues)
    artifacts = sorted((each for _, made in printed for each in made.artifacts), key=lambda each: each.path)
    drawings = {drawing.path: drawing for _, made in printed for drawing in made.drawings}
    search = tuple(document for _, made in printed for document in made.search)
    return Build(diagnostics, tuple(artifacts), planned.issues, search, tuple(drawings.values()))


def plan(
    sources: Sources,
    as_of: date | datetime,
    *,
    drafts: bool = False,
    has_search: bool = False,
    begin: Callable[[str], None] = _unwatched,
    ground: str = "",
    kept: MutableMapping[str, bytes] | None = None,
    compiled: MutableMapping[str, bytes] | None = None,
) -> Plan:
    """Read and place the publication, and say in which quires it is to be rendered.

    ``begin`` is told the name of each stage as it begins. ``ground`` is a digest of whatever is read beside the
    sources, the program above all; where the same quires are not asked for again, it does not matter. Quires put
    into ``kept`` what others need of them. ``compiled`` has what the theme was once made into, by what it was made
    from.
    """
    begin("parse")
    parsed = parse_library(sources)
    if parsed.library is None:
        return Plan(_in_order(parsed.diagnostics), None)
    begin("compose")
    composed = compose_issues(parsed.library, as_of, drafts=drafts)
    begin("check")
    found = (
        *parsed.diagnostics,
        *composed.diagnostics,
        *check(parsed.library, composed.issues),
        *lint_templates(parsed.library.templates),
    )
    diagnostics = _in_order(found if drafts else _lenient_with_drafts(found, parsed.library))
    if any(diagnostic.is_error for diagnostic in diagnostics):
        return Plan(diagnostics, composed.issues)
    begin("plan")
    issues = composed.issues
    templates = Templates(issues.library.templates, compiled)
    prints = Fingerprints(issues, sources, f"{ground} {drafts} {has_search}")
    try:
        quires = (
            *map(_on_site, web_quires(issues, templates, prints, has_search=has_search)),
            *email_quires(issues, templates, prints),
            *map(_on_site, feed_quires(issues, templates, prints, {} if kept is None else kept)),
        )
    except TemplateFailedError as failed:
        return Plan(_in_order((*diagnostics, failed.diagnostic)), issues)
    return Plan(diagnostics, issues, quires)


def printed_in_order(quires: Iterable[Quire]) -> list[tuple[Quire, Printed]]:
    """Quires made one after another, as far as a template lets them be."""
    made = []
    for quire in quires:
        made.append((quire, printed(quire)))
        if made[-1][1].is_stopped:
            break
    return made


def printed(quire: Quire) -> Printed:
    """What a quire gives, or which template stops it."""
    try:
        return quire.make()
    except TemplateFailedError as failed:
        return Printed(diagnostics=(failed.diagnostic,), is_stopped=True)


def told(planned: Plan, made: Sequence[Printed]) -> tuple[Diagnostic, ...]:
    """Everything there is to tell, in order and each once.

    A template that fails is told of by itself: what came before it depends on how far the build had come.
    """
    stopped = next((each.diagnostics for each in made if each.is_stopped), None)
    found = stopped or [diagnostic for each in made for diagnostic in each.diagnostics]
    return _in_order((*planned.diagnostics, *found))


def _on_site(quire: Quire) -> Quire:
    """A quire whose files are counted from the site's root, counted from the output folder."""
    return replace(quire, make=lambda: _moved(quire.make(), "site/"))


def _moved(made: Printed, folder: str) -> Printed:
    return replace(
        made,
        artifacts=tuple(Artifact(f"{folder}{each.path}", each.data) for each in made.artifacts),
        drawings=tuple(replace(each, path=f"{folder}{each.path}") for each in made.drawings),
    )


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


def _in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics by place, and each once."""
    return tuple(sorted(set(diagnostics)))
