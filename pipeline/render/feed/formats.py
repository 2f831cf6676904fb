"""A feed before it has a format, what every format needs of it, and JSON Feed 1.1.

JSON Feed: https://www.jsonfeed.org/version/1.1/. Its ``_partwork`` extension tells a reader which part of which
series an item is: ``{"part": 3, "of": 8, "series": "gut"}``; ``of`` only where the plan is known.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline import wording
from pipeline.edition import FeedEntry

RSS, ATOM, JSON = "feed.xml", "atom.xml", "feed.json"

# XML 1.0, section 2.2, production Char. Markdown can still make one (`&#1;`), after the text was checked.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Set aside, as no text may hold them (Unicode, "noncharacters"): an RSS writer needs two marks of its own.
AMPERSAND, LESS_THAN = "\ufdd0", "\ufdd1"
_MARKS = re.compile(f"[{AMPERSAND}{LESS_THAN}]")


@dataclass(frozen=True, slots=True)
class FeedLogo:
    """The picture that stands for a feed: its address, and pixels (0: unknown)."""

    url: str
    width: int = 0
    height: int = 0

    @property
    def is_square(self) -> bool:
        """Whether it can be an icon, too."""
        return self.width > 0 and self.width == self.height


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: of the publication or of one series, newest entry first.

    ``page`` is what it is a feed of; ``base`` is what the three file names are put after. ``updated`` is the
    moment of the newest change, or a fixed one in the past while nothing is out.
    """

    id: str
    title: str
    description: str
    page: str
    base: str
    language: str
    authors: tuple[tuple[str, str], ...]
    categories: tuple[str, ...]
    logo: FeedLogo | None
    updated: datetime
    entries: tuple[FeedEntry, ...]


def clean(text: str) -> str:
    """A text without the characters that XML 1.0 forbids, and with LF for line ends."""
    return _MARKS.sub("", _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1, in UTF-8, keys in a fixed order."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.base + JSON,
        "description": feed.description,
    }
    if feed.logo and feed.logo.is_square:
        document["icon"] = feed.logo.url
    document["language"] = feed.language
    document["authors"] = _people(feed.authors)
    document["items"] = [_item(entry, feed.language) for entry in feed.entries]
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def json_contents(data: bytes) -> dict[str, str]:
    """What a finished JSON Feed holds: content by entry id."""
    return {item["id"]: item["content_html"] for item in json.loads(data)["items"]}


def _item(entry: FeedEntry, language: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "date_published": wording.iso(entry.published),
        "date_modified": wording.iso(entry.updated),
    }
    if entry.image_url:
        item["image"] = entry.image_url
    item["authors"] = _people(entry.authors)
    if entry.categories:
        item["tags"] = list(entry.categories)
    item["language"] = language
    of = {"of": entry.of} if entry.of else {}
    item["_partwork"] = {"part": entry.number, **of, "series": entry.series}
    return item


def _people(authors: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "url": url} if url else {"name": name} for name, url in authors]
