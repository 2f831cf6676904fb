"""Paced feeds: a series from Part 1, one part at each step, for each week in which somebody may have started.

Each is a window on its cohort's newest parts. Its entries have ids of their own, so that a reader who follows the
series as well gets both. RSS and JSON Feed alone: every reader knows one of them, and there are many files.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pipeline import urls, wording
from pipeline.edition import Artifact, FeedEntry
from pipeline.issue import Issues, SeriesIssues, Teaser
from pipeline.pace import GRACE, Cohort, Release, kept
from pipeline.render.feed.entries import people
from pipeline.render.feed.formats import JSON, RSS, Feed, FeedFile, clean
from pipeline.render.feed.pieces import Mould, Piece, Press
from pipeline.render.feed.runs import series_feed
from pipeline.render.templates import Templates
from pipeline.render.views import LinkView

PACED_FORMATS = (RSS, JSON)
ENDINGS = {RSS: "xml", JSON: "json"}
_END_TEMPLATE = "feed/end.html.j2"


def cohort_files(
    placed: SeriesIssues,
    cohort: Cohort,
    feed: Feed,
    issues: Issues,
    moulds: Mapping[str, Mould],
    press: Press,
    templates: Templates,
) -> Iterator[Artifact]:
    """The feed of a cohort of a series, in each format; ``moulds`` are by address, ``feed`` is ``paced_feed``.

    Raises:
        TemplateFailedError: the template of the last entry could not be read or run.
    """
    slug, publication = placed.series.slug, issues.publication
    pieces = [
        moulds[release.issue.address].piece(
            urls.entry_id(publication, f"{release.issue.address}/{cohort.name}"), release.slot.local
        )
        for release in shown_releases(placed, cohort)
    ]
    if cohort.end is not None:
        pieces.append(press.mould(_last_entry(placed, cohort, issues, templates), PACED_FORMATS).piece())
    for name in PACED_FORMATS:
        file = _file(cohort, name, pieces, slug, issues)
        path = urls.paced_path(slug, cohort.name, ENDINGS[name])
        yield Artifact(path, press.file(feed, name, file, pieces[::-1]))


def shown_releases(placed: SeriesIssues, cohort: Cohort) -> tuple[Release, ...]:
    """The newest parts that a cohort got: those that its feed shows."""
    return cohort.releases[-kept(placed.series.schedule.every) :]


def paced_feed(placed: SeriesIssues, issues: Issues) -> Feed:
    """What the feeds of all cohorts of a series have in common."""
    series = placed.series
    title = f"{series.title}, from Part 1 · {issues.publication.title}"
    about = f"{series.summary} From Part {placed.out[0].number} on, {wording.pace(series.schedule.every)}."
    return series_feed(issues, series, title, about)


def _file(cohort: Cohort, name: str, pieces: list[Piece], slug: str, issues: Issues) -> FeedFile:
    publication = issues.publication
    path = urls.paced_path(slug, cohort.name, ENDINGS[name])
    return FeedFile(
        id=urls.entry_id(publication, f"{urls.start_path(slug)}{cohort.name}"),
        address=urls.join(publication.url, path),
        style="../" * path.count("/") + urls.FEED_STYLE,
        updated=max((piece.updated for piece in pieces), key=datetime.timestamp),
        is_expired=cohort.end is not None,
    )


def _last_entry(placed: SeriesIssues, cohort: Cohort, issues: Issues, templates: Templates) -> FeedEntry:
    """What a cohort is told when there is nothing more to give: that, and where to go from here."""
    series, publication = placed.series, issues.publication
    assert cohort.end is not None  # noqa: S101 - for mypy: asked by the one caller
    page = urls.join(publication.url, urls.series_path(series.slug))
    title = "You have read it all" if cohort.is_whole else "You have caught up"
    html = templates.render(
        _END_TEMPLATE,
        is_whole=cohort.is_whole,
        link=LinkView(series.title, page),
        onward=_onward(placed, publication.url),
        follow_url=urls.join(publication.url, urls.follow_path(series.slug)),
        gone=wording.full_date((cohort.end.local + GRACE).date()),
    )
    return FeedEntry(
        id=urls.entry_id(publication, f"{urls.start_path(series.slug)}{cohort.name}/end"),
        url=page,
        title=title,
        summary=clean(f"{series.title}: this feed ends here."),
        html=clean(html).strip(),
        published=cohort.end.local,
        updated=cohort.end.local,
        authors=people(series.authors),
        categories=(),
    )


def _onward(placed: SeriesIssues, root: str) -> LinkView | None:
    """The series to read next, as the last part's teaser names it."""
    for section in placed.out[-1].sections:
        if isinstance(section, Teaser) and section.onward_series:
            return LinkView(section.onward_title, urls.join(root, urls.series_path(section.onward_series)))
    return None
