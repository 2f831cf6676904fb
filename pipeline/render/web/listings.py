"""Parts in lists: a series' calendar, cards, the archive by year, and tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from slugify import slugify

from pipeline import urls, wording
from pipeline.issue import Issue, Planned, SeriesIssues, Teaser
from pipeline.model import Author
from pipeline.render.context import neighbour_link
from pipeline.render.views import PictureView
from pipeline.render.web.book import is_bound, is_whole
from pipeline.render.web.page_views import CardView, FeedLink, LineView, PagerView, SeriesView, YearView
from pipeline.render.web.serial_views import AuthorView

# File, media type, and its name among people: what the feeds are called and where they live.
FEEDS = (
    ("feed.xml", "application/rss+xml", "RSS"),
    ("atom.xml", "application/atom+xml", "Atom"),
    ("feed.json", "application/feed+json", "JSON Feed"),
)


def feed_links(title: str, root: str, folder: str = "") -> tuple[FeedLink, ...]:
    """The three feeds of the publication, or of the series in ``folder``."""
    return tuple(
        FeedLink(title, urls.join(root, folder + file), media_type, name) for file, media_type, name in FEEDS
    )


def series_view(placed: SeriesIssues, as_of: datetime, root: str) -> SeriesView:
    """A series with its calendar as of a moment."""
    series = placed.series
    path = urls.series_path(series.slug)
    titles = teased(placed)
    lines = tuple(line_view(planned, as_of, root, titles) for planned in placed.calendar)
    out = [line for line in lines if line.state == "out"]
    return SeriesView(
        title=series.title,
        summary=series.summary,
        url=urls.join(root, path),
        authors=tuple(author_view(author, root) for author in series.authors),
        lines=lines,
        out=len(out),
        progress=_progress(placed, lines, len(out)),
        is_finished=placed.is_finished,
        first=out[0] if out else None,
        latest=out[-1] if out else None,
        next=next((line for line in lines if line.state != "out"), None),
        feeds=feed_links(series.title, root, path),
        book_url=urls.join(root, urls.book_path(series.slug)) if is_bound(placed) else "",
        epub_url=urls.join(root, urls.epub_path(series.slug)) if is_whole(placed) else "",
    )


def teased(placed: SeriesIssues) -> dict[int, str]:
    """The titles that teasers of published parts give away, by number."""
    return {
        section.number: section.title
        for issue in placed.out
        for section in issue.sections
        if isinstance(section, Teaser) and section.number is not None and section.title
    }


def line_view(planned: Planned, as_of: datetime, root: str, titles: Mapping[int, str]) -> LineView:
    """A line of a calendar; of what is not published it says the date, and the title that a teaser has said."""
    anchor = f"part-{planned.number}"
    if planned.issue is not None and planned.issue.is_out:
        issue = planned.issue
        local = issue.slot.local
        return LineView(
            number=planned.number,
            anchor=anchor,
            state="out",
            title=issue.part.title,
            url=urls.join(root, urls.part_path(issue.address)),
            summary=issue.part.summary,
            date=wording.full_date(local.date()),
            date_iso=wording.iso(local),
            reading_minutes=wording.reading_minutes(issue.words),
        )
    if planned.slot is None:
        return LineView(planned.number, anchor, "coming")
    local = planned.slot.local
    date = wording.weekday_date(local.date())
    if local.year != as_of.astimezone(local.tzinfo).year:
        date = f"{date} {local.year}"
    title = titles.get(planned.number, "")
    return LineView(planned.number, anchor, "scheduled", title, date=date, date_iso=wording.iso(local))


def pager_view(issue: Issue, lines: tuple[LineView, ...], root: str) -> PagerView:
    """The way on from a published part; ``lines`` are its series'."""
    following = next((line for line in lines if line.number == issue.number + 1), None)
    is_out = issue.next is not None and issue.next.is_out
    return PagerView(
        previous=neighbour_link(issue.previous, root) if issue.previous else None,
        next=neighbour_link(issue.next, root) if issue.next and is_out else None,
        coming=following if following and not is_out and following.state != "out" else None,
    )


def card_view(issue: Issue, root: str, picture: PictureView | None = None) -> CardView:
    """A published part among others."""
    local = issue.slot.local
    return CardView(
        title=issue.part.title,
        url=urls.join(root, urls.part_path(issue.address)),
        label=issue.label,
        summary=issue.part.summary,
        series_title=issue.series.title,
        series_url=urls.join(root, urls.series_path(issue.series.slug)),
        date=wording.full_date(local.date()),
        day=wording.weekday_date(local.date()),
        date_iso=wording.iso(local),
        reading_minutes=wording.reading_minutes(issue.words),
        picture=picture,
    )


def year_views(issues: Iterable[Issue], root: str) -> tuple[YearView, ...]:
    """The archive: ``issues`` newest first, by the year of their slots."""
    by_year = groupby(issues, key=lambda issue: issue.slot.local.year)
    return tuple(YearView(year, tuple(card_view(issue, root) for issue in group)) for year, group in by_year)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag with the published issues that carry it, newest first."""

    slug: str
    name: str
    issues: tuple[Issue, ...]


@lru_cache(4096)  # each of a part's tags is asked for four times
def tag_slug(name: str) -> str:
    """A tag's part of an address; letters of every script stay when none can be put in ASCII."""
    return slugify(name) or slugify(name, allow_unicode=True) or "tag"


def author_slug(author: Author) -> str:
    """An author's part of an address."""
    return tag_slug(author.name)


def author_view(author: Author, root: str, issues: tuple[Issue, ...] = ()) -> AuthorView:
    """An author; ``issues`` are their published ones, newest first."""
    return AuthorView(
        name=author.name,
        url=author.url,
        credentials=author.credentials,
        page_url=urls.join(root, urls.author_path(author_slug(author))),
        count=len(issues),
        series=tuple(dict.fromkeys(issue.series.title for issue in issues)),
    )


def tags_of(issues: Iterable[Issue]) -> tuple[Tag, ...]:
    """The tags of published issues by name; spellings with one address are one tag, the first one's name."""
    names: dict[str, str] = {}
    carriers: dict[str, list[Issue]] = {}
    for issue in issues:
        for slug, name in {tag_slug(name): name for name in reversed(issue.part.tags)}.items():
            names.setdefault(slug, name)
            carriers.setdefault(slug, []).append(issue)
    return tuple(
        Tag(slug, names[slug], tuple(carriers[slug]))
        for slug in sorted(names, key=lambda slug: (names[slug].casefold(), slug))
    )


def is_announced(placed: SeriesIssues) -> bool:
    """Whether a series has anything to show: a part that is out, or one with a slot."""
    return any(planned.issue or planned.slot for planned in placed.calendar)


def _progress(placed: SeriesIssues, lines: tuple[LineView, ...], out: int) -> str:
    if not out:
        coming = next((line for line in lines if line.state == "scheduled"), None)
        return f"Begins on {coming.date}" if coming else "On its way"
    planned = placed.series.parts_planned
    if placed.is_finished:
        return f"Complete in {out} parts" if out > 1 else "Complete in one part"
    if planned:
        return f"{out} of {planned} parts are out"
    return f"{out} parts are out" if out > 1 else "One part is out"
