"""Issues into feeds: RSS 2.0, Atom and JSON Feed, for the publication, each series and each tag.

The newest parts stand in ``feed.xml``, ``atom.xml`` and ``feed.json``, all others in an archive behind them
(RFC 5005), so that a reader who comes late can have a series from Part 1. Paced feeds give it slowly instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from pipeline import urls
from pipeline.edition import Artifact
from pipeline.errors import Diagnostic
from pipeline.issue import Issues, SeriesIssues
from pipeline.model import Publication
from pipeline.pace import Cohort, cohorts
from pipeline.render.context import publication_view
from pipeline.render.feed.entries import feed_entries
from pipeline.render.feed.formats import FORMATS, FeedFile
from pipeline.render.feed.paced import PACED_FORMATS, paced_files
from pipeline.render.feed.pieces import Mould, Piece, Press
from pipeline.render.feed.runs import Page, Run, held, pages, runs_of
from pipeline.render.palette import palette_of
from pipeline.render.templates import TemplateFailedError, Templates

STYLE_TEMPLATE = "feed/style.css.j2"


@dataclass(frozen=True, slots=True)
class RenderedFeeds:
    """The feeds (paths from the site's root), and what stopped them: artifacts only when nothing did."""

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...]


def render_feeds(issues: Issues, templates: Templates) -> RenderedFeeds:
    """Every feed and its archive, the paced feeds, and the style sheet that browsers show them with.

    A disclaimer that is not in a finished feed is a diagnostic, and so is a template that fails.
    """
    runs = runs_of(issues)
    press = Press(runs[0].feed)
    readers = paced_readers(issues)
    try:
        made = _entries(issues, templates, press, readers)
        if made.diagnostics:
            return RenderedFeeds((), tuple(dict.fromkeys(made.diagnostics)))
        paced = [
            file
            for placed, found in readers
            for file in paced_files(placed, found, issues, made.paced, press, templates)
        ]
        style = Artifact(urls.FEED_STYLE, _style(issues.publication, templates))
    except TemplateFailedError as error:
        return RenderedFeeds((), (error.diagnostic,))
    files = (file for run in runs for file in _files(run, issues.publication, made.pieces, press))
    return RenderedFeeds((style, *files, *paced), ())


def paced_readers(issues: Issues) -> tuple[tuple[SeriesIssues, tuple[Cohort, ...]], ...]:
    """Each series that can be started at Part 1 by a paced feed, with its cohorts; none when they are off."""
    if not issues.publication.has_paced_feeds:
        return ()
    found = ((placed, cohorts(placed, issues.as_of)) for placed in issues.series)
    return tuple((placed, some) for placed, some in found if some)


# --- entries ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Made:
    """Every entry by its issue's address, as it stands in feeds and in paced ones, and what is missing."""

    pieces: dict[str, Piece]
    paced: dict[str, Mould]
    diagnostics: list[Diagnostic]


def _entries(
    issues: Issues,
    templates: Templates,
    press: Press,
    readers: tuple[tuple[SeriesIssues, tuple[Cohort, ...]], ...],
) -> _Made:
    publication = publication_view(issues.library, issues.publication.url)
    slow = {placed.series.slug for placed, _ in readers}
    made = _Made({}, {}, [])
    for issue in issues.out:
        has_paced = issue.series.slug in slow
        entry, *others = feed_entries(issue, issues, publication, templates, paced=has_paced)
        mould = press.mould(entry)
        made.pieces[issue.address] = mould.piece()
        made.diagnostics.extend(press.missing(issue, mould))
        for other in others:
            paced = mould if other is entry else press.mould(other, PACED_FORMATS)
            made.paced[issue.address] = paced
            if paced is not mould:
                made.diagnostics.extend(press.missing(issue, paced))
    return made


# --- files ------------------------------------------------------------------------------------------------


def _files(run: Run, publication: Publication, pieces: dict[str, Piece], press: Press) -> Iterator[Artifact]:
    """Every page of a feed, in each format."""
    for page in pages(len(run.issues), publication.feed_items):
        shown = [pieces[issue.address] for issue in held(run, page)]
        for name in FORMATS:
            path = run.folder + page.path(name)
            yield Artifact(path, press.file(run.feed, name, _file(run, page, name, publication, shown), shown))


def _file(run: Run, page: Page, name: str, publication: Publication, shown: list[Piece]) -> FeedFile:
    root = urls.join(publication.url, run.folder)
    path, previous = page.path(name), page.previous_path(name)
    return FeedFile(
        id=urls.entry_id(publication, run.address),
        address=root + path,
        style="../" * (run.folder + path).count("/") + urls.FEED_STYLE,
        updated=max((piece.updated for piece in shown), default=_beginning(publication), key=datetime.timestamp),
        is_empty=not shown,
        is_complete=run.is_finished and not previous and not page.number,
        current=root + name if page.number else "",
        previous=root + previous if previous else "",
    )


def _beginning(publication: Publication) -> datetime:
    """A moment for a feed in which nothing is out yet: the beginning of the year in the publication's id.

    Atom wants one. A tag's date is never in the future and is never changed (RFC 4151, 2.1), so that the feed
    stays as it is from build to build until its first part comes out.
    """
    year = int(publication.id.rpartition(",")[2][:4])
    return datetime(max(year, 1), 1, 1, tzinfo=UTC)


def _style(publication: Publication, templates: Templates) -> bytes:
    """What a browser shows a feed with: browsers no longer know feeds, and will no longer know XSLT."""
    follow = urls.join(publication.url, urls.follow_path())
    text = templates.render(
        STYLE_TEMPLATE,
        palette=palette_of(publication.theme.accent),
        # Configuration lets nothing into a font list that could end a declaration; its quotation marks stay.
        font=Markup(publication.theme.font),  # noqa: S704
        follow_url=Markup(_css_text(follow)),  # noqa: S704
    )
    return text.encode()


def _css_text(text: str) -> str:
    r"""A text as a CSS string: whatever could end it becomes a code point (``\22``)."""
    escaped = "".join(c if c.isalnum() or c in "-._~:/?=%@+, " else f"\\{ord(c):x} " for c in text)
    return f'"{escaped}"'
