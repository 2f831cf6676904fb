"""Pages for people on how to follow: what feeds are, where they are, and how to start a series at Part 1."""

from dataclasses import replace

from pipeline import urls, wording
from pipeline.edition import Artifact
from pipeline.issue import Issues, SeriesIssues
from pipeline.pace import Cohort
from pipeline.render.context import root_from
from pipeline.render.views import LinkView
from pipeline.render.web import listings
from pipeline.render.web.calendars import calendar_view
from pipeline.render.web.framing import Framing
from pipeline.render.web.page_views import FeedLink, FollowView, StartView, StepView

SHOWN_STEPS = 6  # as many parts are listed with their dates; then the last one's date says enough
_PACED = (("xml", "application/rss+xml", "RSS"), ("json", "application/feed+json", "JSON Feed"))


def follow_page(issues: Issues, pages: Framing) -> Artifact:
    """``/follow/``."""
    return _publication_page(issues, pages, [one for one in issues.series if listings.is_announced(one)])


def series_follow_pages(issues: Issues, pages: Framing, placed: SeriesIssues) -> list[Artifact]:
    """``/<series>/follow/``, and ``/<series>/start/`` where the series can be started."""
    if not listings.is_announced(placed):
        return []
    made = [_series_page(issues, pages, placed)]
    if placed.series.slug in pages.starts:
        made.append(_start_page(issues, pages, placed, pages.starts[placed.series.slug]))
    return made


def _publication_page(issues: Issues, pages: Framing, announced: list[SeriesIssues]) -> Artifact:
    publication, path = issues.publication, urls.follow_path()
    root = root_from(path)
    whole = FollowView(
        title=publication.title,
        summary=publication.description,
        url=root,
        feeds=_feeds(issues, publication.title, root),
        calendar_url=calendar_view(publication, root).url if announced else "",
    )
    about = f"How to follow {publication.title}: what feeds are, and the addresses of all of them."
    page = pages.listed("Follow", path, about)
    series = [_follow_view(issues, pages, placed, root) for placed in announced]
    return pages.put(path, "web/follow.html.j2", page, follow=whole, series=series)


def _series_page(issues: Issues, pages: Framing, placed: SeriesIssues) -> Artifact:
    path = urls.follow_path(placed.series.slug)
    root = root_from(path)
    view = _follow_view(issues, pages, placed, root)
    about = f"How to follow {placed.series.title}: what feeds are, and the addresses of this series'."
    page = pages.listed(f"Follow {placed.series.title}", path, about, view.feeds)
    return pages.put(path, "web/follow.html.j2", page, follow=view, series=[])


def _start_page(issues: Issues, pages: Framing, placed: SeriesIssues, cohort: Cohort) -> Artifact:
    path = urls.start_path(placed.series.slug)
    view = start_view(issues, placed, cohort, root_from(path))
    about = f"Start {placed.series.title} at Part {view.first.number}, with {view.pace}."
    page = pages.listed(f"Start {placed.series.title}", path, about)
    return pages.put(path, "web/start.html.j2", page, start=view)


def _follow_view(issues: Issues, pages: Framing, placed: SeriesIssues, root: str) -> FollowView:
    series = placed.series
    path = urls.series_path(series.slug)
    return FollowView(
        title=series.title,
        summary=series.summary,
        url=urls.join(root, path),
        feeds=_feeds(issues, series.title, root, path),
        start_url=urls.join(root, urls.start_path(series.slug)) if series.slug in pages.starts else "",
        calendar_url=calendar_view(issues.publication, root, series.slug).url,
    )


def _feeds(issues: Issues, title: str, root: str, folder: str = "") -> tuple[FeedLink, ...]:
    """Feeds with the addresses to be copied."""
    whole = listings.feed_links(title, issues.publication.url, folder)
    links = listings.feed_links(title, root, folder)
    return tuple(replace(link, address=other.url) for link, other in zip(links, whole, strict=True))


def start_view(issues: Issues, placed: SeriesIssues, cohort: Cohort, root: str) -> StartView:
    """A series from Part 1, for a cohort that starts now."""
    series, publication = placed.series, issues.publication
    out = [release for release in cohort.releases if release.issue.is_out]
    first = out[0].issue
    return StartView(
        title=series.title,
        summary=series.summary,
        url=urls.join(root, urls.series_path(series.slug)),
        pace=wording.pace(series.schedule.every),
        since=wording.weekday_date(cohort.start.local.date()),
        parts=f"{len(placed.out)} parts",
        steps=tuple(
            StepView(
                number=release.issue.number,
                title=release.issue.part.title,
                url=urls.join(root, urls.part_path(release.issue.address)),
                date=wording.weekday_date(release.slot.local.date()),
                date_iso=wording.iso(release.slot.local),
                is_here=release.slot.utc <= issues.as_of,
            )
            for release in out[:SHOWN_STEPS]
        ),
        more=len(out[SHOWN_STEPS:]),
        last=wording.full_date(out[-1].slot.local.date()),
        feeds=tuple(
            FeedLink(
                f"{series.title}, from Part {first.number}",
                urls.join(root, urls.paced_path(series.slug, cohort.name, ending)),
                media_type,
                name,
                urls.join(publication.url, urls.paced_path(series.slug, cohort.name, ending)),
            )
            for ending, media_type, name in _PACED
        ),
        first=LinkView(first.part.title, urls.join(root, urls.part_path(first.address)), first.number),
        is_finished=placed.is_finished,
    )
