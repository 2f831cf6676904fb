"""Issues into feeds: RSS 2.0, Atom and JSON Feed, for the publication, each series and each tag.

The newest parts stand in ``feed.xml``, ``atom.xml`` and ``feed.json``, all others in an archive behind them
(RFC 5005), so that a reader who comes late can have a series from Part 1. Paced feeds give it slowly instead.
"""

from collections.abc import Iterable, Iterator, MutableMapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from pipeline import urls
from pipeline.edition import Artifact
from pipeline.issue import Issue, Issues, SeriesIssues
from pipeline.model import Channel, Publication
from pipeline.pace import Cohort, cohorts
from pipeline.quire import Printed, Quire
from pipeline.render.context import publication_view
from pipeline.render.feed.entries import feed_entries, updated_moment
from pipeline.render.feed.formats import FORMATS, Feed, FeedFile
from pipeline.render.feed.paced import PACED_FORMATS, cohort_files, paced_feed, shown_releases
from pipeline.render.feed.pieces import Mould, Piece, Press, packed, unpacked
from pipeline.render.feed.runs import Page, Run, held, pages, runs_of
from pipeline.render.fingerprints import Fingerprints
from pipeline.render.palette import palette_of
from pipeline.render.templates import Templates

if TYPE_CHECKING:
    from pipeline.errors import Diagnostic

STYLE_TEMPLATE = "feed/style.css.j2"


def feed_quires(
    issues: Issues, templates: Templates, prints: Fingerprints, kept: MutableMapping[str, bytes]
) -> Iterator[Quire]:
    """The feeds in quires: each page of each feed in its three formats, and each cohort's.

    Entries that several of them need are put into ``kept``; nothing is lost where it forgets them.
    """
    runs = runs_of(issues)
    makers = _Makers(issues, templates, runs[0].feed, kept)
    yield Quire("feed style", Channel.FEED, prints.of(prints.common, "feed style"), makers.style)
    paced = dict(_paced_quires(issues, prints, makers))
    of_series = [run for run in runs if run.series]
    for run in (*of_series, *(run for run in runs if not run.series)):
        head = prints.of(prints.common, run.feed, run.address, run.folder, run.is_finished)
        for page in pages(len(run.issues), issues.publication.feed_items):
            shown = held(run, page)
            moments = [updated_moment(issue, issues.as_of) for issue in shown]
            yield Quire(
                name=f"feed {run.address} {page.number}",
                channel=Channel.FEED,
                fingerprint=prints.of(head, page, list(shown), moments),
                make=partial(makers.page, run, page),
                series=run.series,
                gathers=not run.series,
            )
        yield from paced.get(run.series, ())  # right after the series' own, while its entries are at hand


def _paced_quires(issues: Issues, prints: Fingerprints, makers: "_Makers") -> Iterator[tuple[str, list[Quire]]]:
    for placed, found in makers.readers:
        yield placed.series.slug, list(_quires_of_cohorts(placed, found, issues, prints, makers))


def _quires_of_cohorts(
    placed: SeriesIssues, found: tuple[Cohort, ...], issues: Issues, prints: Fingerprints, makers: "_Makers"
) -> Iterator[Quire]:
    feed = paced_feed(placed, issues)
    head = prints.of(prints.common, feed, placed.series, placed.series.schedule.every)
    moments = {issue.address: updated_moment(issue, issues.as_of) for issue in placed.out}
    for cohort in found:
        window = shown_releases(placed, cohort)
        read = [(release, moments[release.issue.address]) for release in window]
        end = (cohort.end, cohort.is_whole, placed.out[-1]) if cohort.end else None
        yield Quire(
            name=f"paced {placed.series.slug} {cohort.name}",
            channel=Channel.FEED,
            fingerprint=prints.of(head, cohort.name, read, end),
            make=partial(makers.paced, placed, cohort, feed),
            series=placed.series.slug,
        )


def paced_readers(issues: Issues) -> tuple[tuple[SeriesIssues, tuple[Cohort, ...]], ...]:
    """Each series that can be started at Part 1 by a paced feed, with its cohorts; none when they are off."""
    if not issues.publication.has_paced_feeds:
        return ()
    found = ((placed, cohorts(placed, issues.as_of)) for placed in issues.series)
    return tuple((placed, some) for placed, some in found if some)


# --- makers -----------------------------------------------------------------------------------------------


class _Makers:
    """Makes the files of feeds around entries, and each entry when it is first asked for."""

    def __init__(
        self, issues: Issues, templates: Templates, blank: Feed, kept: MutableMapping[str, bytes]
    ) -> None:
        self._issues = issues
        self._templates = templates
        self._kept = kept
        self._press = Press(blank)
        self.readers = paced_readers(issues)
        self._slow = {placed.series.slug for placed, _ in self.readers}
        self._publication = publication_view(issues.library, issues.publication.url)
        # Moulds are large, and are asked for by the feeds of one series, one after another.
        self._series = ""
        self._moulds: dict[str, tuple[Mould, Mould]] = {}
        self._lacking: list[Diagnostic] = []

    def style(self) -> Printed:
        """The style sheet."""
        data = _style(self._issues.publication, self._templates)
        return Printed((Artifact(urls.FEED_STYLE, data),))

    def page(self, run: Run, page: Page) -> Printed:
        """A page of a feed."""
        issues = held(run, page)
        shown = [self._piece(issue) for issue in issues]
        return self._printed(_files(run, page, self._issues.publication, shown, self._press))

    def paced(self, placed: SeriesIssues, cohort: Cohort, feed: Feed) -> Printed:
        """The feed of one cohort."""
        moulds = {
            release.issue.address: self._moulds_of(release.issue)[1] for release in shown_releases(placed, cohort)
        }
        files = cohort_files(placed, cohort, feed, self._issues, moulds, self._press, self._templates)
        return self._printed(files)

    def _piece(self, issue: Issue) -> Piece:
        kept = self._kept.get(issue.address)
        if kept is not None:
            return unpacked(kept)
        piece = self._moulds_of(issue)[0].piece()
        self._kept[issue.address] = packed(piece)
        return piece

    def _moulds_of(self, issue: Issue) -> tuple[Mould, Mould]:
        """An issue's entry as it stands in feeds, and as it does in paced ones."""
        if issue.series.slug != self._series:
            self._series, self._moulds = issue.series.slug, {}
        if issue.address not in self._moulds:
            self._moulds[issue.address] = self._made(issue)
        return self._moulds[issue.address]

    def _made(self, issue: Issue) -> tuple[Mould, Mould]:
        has_paced = issue.series.slug in self._slow
        entry, *others = feed_entries(issue, self._issues, self._publication, self._templates, paced=has_paced)
        mould = paced = self._press.mould(entry)
        self._lacking += self._press.missing(issue, mould)
        for other in others:
            if other is not entry:
                paced = self._press.mould(other, PACED_FORMATS)
                self._lacking += self._press.missing(issue, paced)
        return mould, paced

    def _printed(self, files: Iterable[Artifact]) -> Printed:
        artifacts = tuple(files)
        lacking, self._lacking = tuple(self._lacking), []
        return Printed(artifacts, lacking)


# --- files ------------------------------------------------------------------------------------------------


def _files(run: Run, page: Page, publication: Publication, shown: list[Piece], press: Press) -> Iterator[Artifact]:
    """A page of a feed, in each format."""
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
