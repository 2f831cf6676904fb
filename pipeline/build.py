"""The story: sources in, artifacts out. Pure: no disk, no clock, no network.

Read it from top to bottom: parse what the author wrote, place every part, check both, plan what is to be rendered
in each channel, and print it. An error anywhere stops the build before anything is rendered, and every error is
told, not only the first.

What is planned are *quires*. ``build`` prints them all, one after another; the command prints those alone that do
not stand from the last build, and on every core (``pipeline.making.gathering``).
"""

from collections.abc import Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.edition import Artifact, Drawing, SearchDocument
from pipeline.errors import Diagnostic
from pipeline.examine import examine, unwatched
from pipeline.issue import Issues
from pipeline.memo import Memo
from pipeline.model import Sources
from pipeline.quire import Printed, Quire
from pipeline.render.email.editions import email_quires
from pipeline.render.feed.feeds import feed_quires
from pipeline.render.fingerprints import Fingerprints
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.render.web.site import web_quires


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
    the pictures that are still to be made (``pipeline.making.drawing``), and to be written along. ``search`` is
    what an index is to be made of, when one was asked for.
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
    memo: Memo | None = None,
    compiled: MutableMapping[str, bytes] | None = None,
) -> Build:
    """Build the publication as of a moment.

    A bare date means the end of that day, and a naive moment is wall-clock time, both in the publication's
    time zone. ``drafts`` treats drafts as finished, to look at them. ``has_search`` puts in a search page, whose
    index is then made from the build's ``search``. ``memo`` has what earlier builds found out, and takes in what
    this one does. ``compiled`` is as for ``plan``.
    """
    planned = plan(sources, as_of, drafts=drafts, has_search=has_search, memo=memo, compiled=compiled)
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
    begin: Callable[[str], None] = unwatched,
    memo: Memo | None = None,
    ground: str = "",
    kept: MutableMapping[str, bytes] | None = None,
    compiled: MutableMapping[str, bytes] | None = None,
) -> Plan:
    """Read and place the publication, and say in which quires it is to be rendered.

    ``begin`` is told the name of each stage as it begins, and ``memo`` is as in ``build``. ``ground`` is a digest
    of whatever is read beside the sources, the program above all; where the same quires are not asked for again,
    it does not matter. Quires put into ``kept`` what others need of them. ``compiled`` has what the theme was once
    made into, by what it was made from.
    """
    examined = examine(sources, as_of, drafts=drafts, begin=begin, memo=memo)
    if examined.issues is None or examined.has_errors:
        return Plan(_in_order(examined.diagnostics), examined.issues)
    begin("plan")
    issues = examined.issues
    prints = Fingerprints(issues, sources, f"{ground} {drafts} {has_search}")
    planned = _planned(issues, prints, has_search=has_search, kept=kept, compiled=compiled)
    return replace(planned, diagnostics=_in_order((*examined.diagnostics, *planned.diagnostics)))


def tried(issues: Issues) -> tuple[Diagnostic, ...]:
    """What is wrong with the templates and with what comes out of them, when some issues are rendered."""
    planned = _planned(issues, Fingerprints(issues), has_search=True)
    return told(planned, [each for _, each in printed_in_order(planned.quires)])


def _planned(
    issues: Issues,
    prints: Fingerprints,
    *,
    has_search: bool,
    kept: MutableMapping[str, bytes] | None = None,
    compiled: MutableMapping[str, bytes] | None = None,
) -> Plan:
    """Every channel, over the same issues."""
    templates = Templates(issues.library.templates, compiled)
    try:
        quires = (
            *map(_on_site, web_quires(issues, templates, prints, has_search=has_search)),
            *email_quires(issues, templates, prints),
            *map(_on_site, feed_quires(issues, templates, prints, {} if kept is None else kept)),
        )
    except TemplateFailedError as failed:
        return Plan((failed.diagnostic,), issues)
    return Plan((), issues, quires)


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


def _in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics by place, and each once."""
    return tuple(sorted(set(diagnostics)))
