"""A feed before it has a format, what every format needs of it, and JSON Feed 1.1.

A feed's file is put together from bytes that are made once: a *shell* for each feed, a *piece* for each entry.
What differs from file to file (ids, moments, addresses) is a mark in them, and is filled in.

JSON Feed: https://www.jsonfeed.org/version/1.1/. Its ``_partwork`` extension tells a reader which part of which
series an item is: ``{"part": 3, "of": 8, "series": "gut"}``; ``of`` only where the plan is known.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline import wording
from pipeline.edition import FeedEntry

RSS, ATOM, JSON = "feed.xml", "atom.xml", "feed.json"
FORMATS = (RSS, ATOM, JSON)
TYPES = {RSS: "application/rss+xml", ATOM: "application/atom+xml", JSON: "application/feed+json"}

# XML 1.0, section 2.2, production Char. Markdown can still make one (`&#1;`), after the text was checked.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Set aside, as no text may hold them (Unicode, "noncharacters"): marks of our own.
AMPERSAND, LESS_THAN, ID, PUBLISHED, UPDATED, SELF = (chr(0xFDD0 + k) for k in range(6))
_MARKS = re.compile("[\ufdd0-\ufdef]")
_OPEN = re.compile(b"(" + b"|".join(mark.encode() for mark in (ID, PUBLISHED, UPDATED, SELF)) + b")")


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
    """What all files of a feed have in common. ``page`` is what it is a feed of."""

    title: str
    description: str
    page: str
    language: str
    authors: tuple[tuple[str, str], ...]
    categories: tuple[str, ...]
    logo: FeedLogo | None


@dataclass(frozen=True, slots=True)
class FeedFile:
    """One file of a feed: its addresses, and what RFC 5005 has to say of it.

    ``updated`` is the moment of the newest change, or a fixed one in the past while ``is_empty``. ``previous`` is
    the page of the archive before this one, ``current`` the newest page, said in the archive alone; ``style`` is
    the style sheet as it is reached from here.
    """

    id: str
    address: str
    style: str
    updated: datetime
    is_empty: bool = False
    is_complete: bool = False
    is_expired: bool = False
    current: str = ""
    previous: str = ""


def clean(text: str) -> str:
    """A text without the characters that XML 1.0 forbids, and with LF for line ends."""
    return _MARKS.sub("", _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def opened(data: bytes) -> tuple[bytes, ...]:
    """Bytes, cut at their marks: texts and marks in turn."""
    return tuple(_OPEN.split(data))


def filled(pieces: tuple[bytes, ...], values: Mapping[bytes, str]) -> bytes:
    """Bytes with their marks filled in; the values are written for the format already."""
    return b"".join(values[piece].encode() if piece in values else piece for piece in pieces)


def json_feed(feed: Feed, file: FeedFile, items: list[bytes]) -> bytes:
    """A file of the feed as JSON Feed 1.1, in UTF-8, keys in a fixed order."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": file.address,
        "description": feed.description,
    }
    if file.previous:
        document["next_url"] = file.previous
    if feed.logo and feed.logo.is_square:
        document["icon"] = feed.logo.url
    document["language"] = feed.language
    document["authors"] = _people(feed.authors)
    if file.is_expired:
        document["expired"] = True
    head = _dumped(document).removesuffix("}")
    return f'{head},"items":['.encode() + b",".join(items) + b"]}\n"


def json_item(entry: FeedEntry, language: str) -> bytes:
    """An entry as an item of a JSON Feed, with marks for its id and its moments."""
    item: dict[str, Any] = {
        "id": ID,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "date_published": PUBLISHED,
        "date_modified": UPDATED,
    }
    if entry.image_url:
        item["image"] = entry.image_url
    item["authors"] = _people(entry.authors)
    if entry.categories:
        item["tags"] = list(entry.categories)
    item["language"] = language
    if entry.number:
        of = {"of": entry.of} if entry.of else {}
        item["_partwork"] = {"part": entry.number, **of, "series": entry.series}
    return _dumped(item).encode()


def marked(*, id_: str = "", published: str = "", updated: str = "", self_: str = "") -> dict[bytes, str]:
    """What marks stand for."""
    values = {ID: id_, PUBLISHED: published, UPDATED: updated, SELF: self_}
    return {mark.encode(): value for mark, value in values.items()}


def json_values(id_: str, published: datetime, updated: datetime) -> dict[bytes, str]:
    """What an item's marks stand for."""
    return marked(id_=_dumped(id_)[1:-1], published=wording.iso(published), updated=wording.iso(updated))


def json_contents(data: bytes) -> dict[str, str]:
    """What a finished JSON Feed holds: content by entry id."""
    return {item["id"]: item["content_html"] for item in json.loads(data)["items"]}


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _people(authors: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "url": url} if url else {"name": name} for name, url in authors]
