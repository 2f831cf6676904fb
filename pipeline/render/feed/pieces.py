"""Each entry as finished bytes in every format: made once, read back once, put into every feed that holds it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from pipeline.edition import FeedEntry
from pipeline.errors import Diagnostic
from pipeline.issue import Issue
from pipeline.render import promises
from pipeline.render.feed.entries import TEMPLATE
from pipeline.render.feed.formats import (
    FORMATS,
    JSON,
    Feed,
    FeedFile,
    filled,
    json_feed,
    json_item,
    json_values,
    opened,
)
from pipeline.render.feed.read_back import missing_from_feeds
from pipeline.render.feed.xml_formats import XmlFeeds, xml_values


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry in some formats, with its id and its moments: ``data`` by file name, ready for a feed."""

    id: str
    published: datetime
    updated: datetime
    data: dict[str, bytes]


def packed(piece: Piece) -> bytes:
    """A piece as bytes, to be put aside."""
    sizes = {name: len(data) for name, data in piece.data.items()}
    head = json.dumps([piece.id, _moment(piece.published), _moment(piece.updated), sizes])
    return b"".join((head.encode(), b"\n", *piece.data.values()))


def unpacked(data: bytes) -> Piece:
    """The piece again."""
    head, _, rest = data.partition(b"\n")
    id_, published, updated, sizes = json.loads(head)
    made, start = {}, 0
    for name, size in sizes.items():
        made[name] = rest[start : start + size]
        start += size
    return Piece(id_, datetime.fromisoformat(published), datetime.fromisoformat(updated), made)


def _moment(moment: datetime) -> str:
    return moment.isoformat()


@dataclass(frozen=True, slots=True)
class Mould:
    """An entry in some formats, in which its id and its moments are still open."""

    entry: FeedEntry
    data: dict[str, tuple[bytes, ...]]

    def piece(self, id_: str = "", published: datetime | None = None) -> Piece:
        """The entry with its own id and moments, or with others."""
        entry = self.entry
        id_, published = id_ or entry.id, published or entry.published
        updated = max(published, entry.updated, key=datetime.timestamp)
        made = {}
        for name, data in self.data.items():
            values = json_values if name == JSON else partial(xml_values, name)
            made[name] = filled(data, values(id_, published, updated))
        return Piece(id_, published, updated, made)


class Press:
    """Makes entries and feeds into bytes."""

    def __init__(self, blank: Feed) -> None:
        self._blank = blank

    @cached_property
    def _xml(self) -> XmlFeeds:
        return XmlFeeds(self._blank)

    def mould(self, entry: FeedEntry, formats: Iterable[str] = FORMATS) -> Mould:
        """An entry, ready to be put into feeds."""
        made = {
            name: json_item(entry, self._blank.language) if name == JSON else self._xml.piece(name, entry)
            for name in formats
        }
        return Mould(entry, {name: opened(data) for name, data in made.items()})

    def file(self, feed: Feed, name: str, file: FeedFile, pieces: Iterable[Piece]) -> bytes:
        """A file of a feed, in one format."""
        data = [piece.data[name] for piece in pieces]
        return json_feed(feed, file, data) if name == JSON else self._xml.file(feed, name, file, data)

    def missing(self, issue: Issue, mould: Mould) -> list[Diagnostic]:
        """What an entry lacks: in its HTML, and, read back from their bytes, in a feed of each format."""
        entry, piece = mould.entry, mould.piece()
        file = FeedFile(entry.id, entry.url, "", entry.updated)
        written = {name: self.file(self._blank, name, file, [piece]) for name in mould.data}
        found = promises.missing_from_html(issue, entry.html, TEMPLATE)
        return found + missing_from_feeds([issue], {issue.address: entry}, written)
