"""What there are feeds of: the publication, each series, each tag; and how a feed is cut into pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import urls
from pipeline.issue import Issue, Issues
from pipeline.model import Author, Series
from pipeline.render.context import publication_view
from pipeline.render.feed.entries import categories, people
from pipeline.render.feed.formats import ATOM, JSON, RSS, Feed, FeedLogo, clean
from pipeline.render.web.listings import tags_of

_ARCHIVE = {RSS: "archive/feed-{}.xml", ATOM: "archive/atom-{}.xml", JSON: "archive/feed-{}.json"}


@dataclass(frozen=True, slots=True)
class Run:
    """A feed's published issues, oldest first: where its files stand, and whether nothing more will come.

    ``series`` is the slug of a series' own feed.
    """

    feed: Feed
    address: str  # the entry id's part after the publication
    folder: str
    issues: tuple[Issue, ...]
    is_finished: bool = False
    series: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a feed: the newest one has number 0, those of the archive count from the oldest, which is 1.

    ``begin`` and ``end`` are places in the run; ``previous`` is the number of the page before, or 0.
    """

    number: int
    begin: int
    end: int
    previous: int

    def path(self, name: str) -> str:
        """The file's path in its feed's folder; ``name`` is the newest page's."""
        return _ARCHIVE[name].format(self.number) if self.number else name

    def previous_path(self, name: str) -> str:
        """The path of the page before, or nothing."""
        return _ARCHIVE[name].format(self.previous) if self.previous else ""


def pages(count: int, size: int) -> tuple[Page, ...]:
    """The newest ``size`` of ``count`` entries, and an archive of closed pages for those before.

    A page of the archive is whole from its first day, and never changes when parts come out: page ``k`` holds
    the entries from ``(k - 1) * size`` on. So the newest page may begin with entries that the archive has, too:
    a reader knows an entry by its id (RFC 5005, section 4, on duplicate entries).
    """
    closed = -(-max(0, count - size) // size)
    archive = (Page(k, (k - 1) * size, k * size, k - 1) for k in range(1, closed + 1))
    return (Page(0, max(0, count - size), count, closed), *archive)


def runs_of(issues: Issues) -> tuple[Run, ...]:
    """Every feed with its issues: the publication's first.

    A tag's holds the newest ones alone: what it is about is in the publication's archive, and most parts would
    stand in several of theirs.
    """
    publication = issues.publication
    sender: tuple[Author, ...] = (Author(publication.sender.name, publication.url),)
    found = [Run(_feed(issues, publication.title, publication.description, "", sender), "", "", issues.out[::-1])]
    for placed in issues.series:
        series, path = placed.series, urls.series_path(placed.series.slug)
        feed = series_feed(issues, series, f"{series.title} · {publication.title}", series.summary)
        out = tuple(sorted(placed.out, key=lambda issue: (issue.slot.utc, issue.number)))
        found.append(Run(feed, series.slug, path, out, placed.is_finished, series.slug))
    for tag in tags_of(issues.out):
        title, path = f"{tag.name} · {publication.title}", urls.tag_path(tag.slug)
        about = f"Parts of {publication.title} on {tag.name}."
        feed = _feed(issues, title, about, path, sender, (tag.name,))
        newest = tag.issues[: publication.feed_items][::-1]
        found.append(Run(feed, path.rstrip("/"), path, newest))
    return tuple(found)


def series_feed(issues: Issues, series: Series, title: str, description: str, path: str = "") -> Feed:
    """A feed of a series, under a title of its own; ``path`` is its page, when it is not the series'."""
    publication = issues.publication
    authors = series.authors or (Author(publication.sender.name, publication.url),)
    return _feed(issues, title, description, path or urls.series_path(series.slug), authors, series.topics)


def held(run: Run, page: Page) -> Sequence[Issue]:
    """The issues of a page, newest first."""
    return run.issues[page.begin : page.end][::-1]


def _feed(
    issues: Issues,
    title: str,
    description: str,
    path: str,
    authors: tuple[Author, ...],
    topics: tuple[str, ...] = (),
) -> Feed:
    publication = issues.publication
    logo = publication_view(issues.library, publication.url).logo
    return Feed(
        title=clean(title),
        description=clean(description),
        page=urls.join(publication.url, path),
        language=publication.language,
        authors=people(authors),
        categories=categories(topics),
        logo=FeedLogo(logo.url, logo.width, logo.height) if logo else None,
    )
