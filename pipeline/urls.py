"""Addresses: where everything lives on the site, entry ids that never change, and tracked links.

Site paths have no leading slash (``gut/zonulin/``); a *root* put before one makes an address: ``../../`` on a
page two folders down, ``https://…/`` in email and feeds.
"""

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from pipeline.model import Channel, Publication

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
PART_FILE = re.compile(r"(\d{2,4})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md\Z")
# Folders that the site itself makes, beside those of the series.
RESERVED = frozenset(
    {
        *("archive", "assets", "authors", "calendar", "follow", "pagefind", "search", "series", "tags", "topics"),
        *("u", "unsubscribe"),
    }
)
# What the site makes in each series' folder, beside its parts.
RESERVED_IN_SERIES = frozenset({"all", "archive", "follow", "start"})
ROUNDUP = re.compile(r"roundup-\d{4}-\d\d\Z", re.ASCII)  # the name of a round-up beside the parts
# The pages that list parts, or lead to them.
ARCHIVE, AUTHORS, SEARCH, TAGS, TOPICS = "archive/", "authors/", "search/", "tags/", "topics/"
FEED_STYLE = "feed.css"  # its name never changes: it is named in archives, which never change

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_IGNORED = re.compile(r"[\x00-\x20]")
SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def scheme_of(address: str) -> str:
    r"""The scheme of an address in lower case, or nothing for a relative one.

    Browsers ignore control characters and blanks inside a scheme (WHATWG URL, "basic URL parser"), so
    ``java\nscript:`` counts as ``javascript``.
    """
    if ":" not in address:
        return ""
    match = _SCHEME.match(address if address.isprintable() else _IGNORED.sub("", address))
    return match.group(1).lower() if match else ""


def is_safe_address(address: str) -> bool:
    """Whether an address is relative, or has a scheme that every channel may carry."""
    return scheme_of(address) in SAFE_SCHEMES | {""}


@dataclass(frozen=True, slots=True)
class SitePath:
    """A target inside the site: its path, and the anchor in it (without ``#``)."""

    path: str
    anchor: str = ""


def part_path(address: str) -> str:
    """``series/slug`` as a site path. The number is not in it: renumbering never moves a page."""
    return f"{address}/"


def series_path(slug: str) -> str:
    """A series' page."""
    return f"{slug}/"


def tag_path(tag_slug: str) -> str:
    """A tag's page."""
    return f"{TAGS}{tag_slug}/"


def topic_path(topic_slug: str) -> str:
    """A topic's page."""
    return f"{TOPICS}{topic_slug}/"


def author_path(author_slug: str) -> str:
    """An author's page."""
    return f"{AUTHORS}{author_slug}/"


def year_path(year: int) -> str:
    """A year of the archive, where it has a page of its own."""
    return f"{ARCHIVE}{year}/"


def book_path(series_slug: str) -> str:
    """A whole series on one page."""
    return f"{series_slug}/all/"


def epub_path(series_slug: str) -> str:
    """A whole series as a file to take along."""
    return f"{series_slug}/{series_slug}.epub"


def calendar_path(series_slug: str = "") -> str:
    """The calendar of a series, or of the whole publication."""
    return f"{series_slug}/calendar.ics" if series_slug else "calendar.ics"


def follow_path(slug: str = "") -> str:
    """The page that says how to follow the publication, or a series."""
    return f"{slug}/follow/" if slug else "follow/"


def start_path(slug: str) -> str:
    """The page on which one starts a series at Part 1; its paced feeds stand beside it."""
    return f"{slug}/start/"


def paced_path(slug: str, cohort: str, ending: str) -> str:
    """The feed of those who started a series in one week: ``gut/start/2026-W48.xml``."""
    return f"{start_path(slug)}{cohort}.{ending}"


def is_external(target: str) -> bool:
    """Whether a target has a scheme or a host of its own."""
    return bool(scheme_of(target)) or target.startswith("//")


def file_of(target: str, from_path: str) -> str:
    """The publication's file that a relative target names, as a path from the root, without its anchor.

    A target that starts with ``/`` is counted from the root. ``""`` when it leads out of the root.
    """
    bare = target.partition("#")[0].partition("?")[0]
    joined = bare.lstrip("/") if bare.startswith("/") else posixpath.join(posixpath.dirname(from_path), bare)
    path = posixpath.normpath(joined) if joined else ""
    return "" if path.startswith("..") or path == "." else path


def site_path(target: str, from_path: str) -> SitePath | None:
    """Where an author's relative target lives on the site; none for what is external, or leads out of it.

    ``02-some-slug.md#why`` becomes ``<series>/some-slug/`` and ``why``; ``images/x.png`` its path under the
    series; ``../other/index.md`` the other series' page.
    """
    if is_external(target):
        return None
    anchor = target.partition("#")[2]
    path = file_of(target, from_path)
    if not path.startswith("series/"):
        return None
    inside = path.removeprefix("series/")
    folder, name = posixpath.split(inside)
    part = PART_FILE.match(name)
    if part:
        return SitePath(part_path(f"{folder}/{part.group(2)}"), anchor)
    if name == "index.md":
        return SitePath(series_path(folder), anchor)
    return SitePath(inside, anchor)


def asset_path(path: str) -> str:
    """Where a picture of the publication lives on the site. Its name keeps: sent emails point at it."""
    return path.removeprefix("series/").removeprefix("templates/")


def join(root: str, path: str, anchor: str = "") -> str:
    """An address from a root and a site path, percent-encoded where a file's name needs it (RFC 3986)."""
    return root + _quoted(path) + (f"#{_quoted(anchor)}" if anchor else "")


_quoted = lru_cache(4096)(quote)  # a part's path stands on its own page, on its neighbours' and in many lists


def entry_id(publication: Publication, address: str = "") -> str:
    """The tag URI (RFC 4151) of a part (``series/slug``), a series (its slug) or the publication (nothing).

    It holds no title, number, date or domain in use: none of these may show readers an old entry as new.
    """
    return f"tag:{publication.id}:{address}"


def tracked(url: str, publication: Publication, channel: Channel, campaign: str, content: str) -> str:
    """A CTA's link with ``utm_*`` parameters; what the author wrote in the query stays, and wins."""
    if scheme_of(url) not in ("http", "https"):
        return url
    target = _taken_apart(url)
    wanted = {
        "utm_source": _taken_apart(publication.url).host or "partwork",
        "utm_medium": channel.value,
        "utm_campaign": campaign,
        "utm_content": content,
    }
    added = urlencode({name: value for name, value in wanted.items() if name not in target.names})
    return f"{target.before}{'&'.join(filter(None, (target.query, added)))}{target.after}"


@dataclass(frozen=True, slots=True)
class _Target:
    """An address up to its query, the query and the names in it, and what comes after."""

    before: str
    query: str
    names: frozenset[str]
    after: str
    host: str


@lru_cache(256)
def _taken_apart(url: str) -> _Target:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    return _Target(
        before=urlunsplit(parts._replace(query="", fragment="")) + "?",
        query=urlencode(query),
        names=frozenset(name for name, _ in query),
        after=f"#{parts.fragment}" if parts.fragment else "",
        host=parts.hostname or "",
    )
