"""``sitemap.xml`` and ``robots.txt``: what search engines may read, and when it last changed.

Only ``loc`` and ``lastmod``: Google ignores ``priority`` and ``changefreq``, and believes ``lastmod`` only
where it is consistently true, so it is the day of the last change to the text and never that of the build
(https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap).
"""

from collections.abc import Container, Iterable
from datetime import date, datetime
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from pipeline import urls
from pipeline.edition import Artifact
from pipeline.issue import Issue, Issues
from pipeline.model import Publication
from pipeline.render.web.finding import finding_paths
from pipeline.render.web.listings import Tag, is_announced


def sitemap(issues: Issues, tags: tuple[Tag, ...], starts: Container[str]) -> Artifact:
    """The sitemap: every page that may be indexed. One file holds 50,000 addresses (sitemaps.org).

    ``starts`` are the series that have a page on which one starts at Part 1. What those and the pages on
    following say changes with the week, and not with any text: they have no day.
    """
    changed = {issue.address: last_change(issue) for issue in issues.out}

    def newest(some: Iterable[Issue]) -> str:
        return max((changed[issue.address] for issue in some), default="")

    pages = [("", newest(issues.out))]
    for placed in issues.series:
        if is_announced(placed):
            pages.append((urls.series_path(placed.series.slug), newest(placed.out)))
            pages.append((urls.follow_path(placed.series.slug), ""))
        if placed.series.slug in starts:
            pages.append((urls.start_path(placed.series.slug), ""))
        pages += [(urls.part_path(issue.address), changed[issue.address]) for issue in placed.out]
    pages += [(urls.ARCHIVE, newest(issues.out)), (urls.follow_path(), "")]
    if tags:
        pages.append((urls.TAGS, newest(issues.out)))
    pages += [(urls.tag_path(tag.slug), newest(tag.issues)) for tag in tags]
    pages += [(path, newest(some)) for path, some in finding_paths(issues)]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *(_line(urls.join(issues.publication.url, path), day) for path, day in pages),
        "</urlset>",
    ]
    return Artifact("sitemap.xml", ("\n".join(lines) + "\n").encode())


def robots(publication: Publication) -> Artifact:
    """Everything may be read but paced feeds, which say again what stands elsewhere, for some weeks.

    Crawlers look for this at the root of a host only (RFC 9309, 2.3); the longest rule that matches wins (2.2.2).
    """
    lines = ["User-agent: *", "Allow: /"]
    if publication.has_paced_feeds:
        path = urlsplit(publication.url).path
        lines += [f"Disallow: {path}*/start/*.{ending}$" for ending in ("xml", "json")]
    text = "\n".join([*lines, "", f"Sitemap: {publication.url}sitemap.xml"])
    return Artifact("robots.txt", f"{text}\n".encode())


def last_change(issue: Issue) -> str:
    """The day on which a part's text last changed: its slot's, or the author's ``updated`` when later."""
    updated = issue.part.updated
    days = [issue.slot.local.date(), *([_day(updated)] if updated else [])]
    return max(days).isoformat()


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _line(url: str, changed: str) -> str:
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(url)}</loc>{lastmod}</url>"
