"""RSS 2.0 and Atom by feedgen, which is known nowhere else, and what its trees need put right.

feedgen 1.0.0 is the last one released, and has faults that readers feel (its issues 123, 135 and 143, and tests
here that show each). So it makes the elements, and here they get what it leaves out or gets wrong:

* Atom's entry links lose ``rel``, ``type`` and ``title``: given back.
* ``type="CDATA"`` leaks into Atom: there the content is ``html``; RSS gets its CDATA here.
* Dates go through ``setlocale``, which is for the whole process, and default to now: dates are written here.
* A channel's ``<link>`` is the last link of any kind that was added: the page is added last.
* It has no ``xml:base``, which in-page links (footnotes) need, and no alternative text for ``media:content``.
* Plain text in RSS wants ``&#x26;`` and ``&#x3C;`` for ``&`` and ``<`` (RSS Advisory Board, Best Practices
  Profile, "Character Data"): readers that decode twice then still show what the author wrote.
* It knows nothing of archives (RFC 5005).

Each entry becomes a *piece* once, and each feed a *shell*: feedgen's tree, put right, as bytes with marks in them.
A feed's file is a shell around pieces. What goes in must be ``clean``.
"""

from collections.abc import Sequence, Set
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from xml.sax.saxutils import quoteattr

from pipeline import wording
from pipeline.edition import FeedEntry
from pipeline.render.feed.formats import (
    AMPERSAND,
    ATOM,
    ID,
    LESS_THAN,
    PUBLISHED,
    RSS,
    SELF,
    TYPES,
    UPDATED,
    Feed,
    FeedFile,
    filled,
    marked,
    opened,
)

TTL = 60  # minutes: Miniflux waits so long between two looks (and longer if it is told to): an hour late at most
GENERATOR = "partwork"  # without its version, which would change every feed with every release
HISTORY = "http://purl.org/syndication/history/1.0"  # RFC 5005
_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_DC_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_PLAIN = frozenset({"title", "category", _DC_CREATOR})
_IMAGE_WIDTH, _IMAGE_HEIGHT = 144, 400  # pixels: the most that RSS 2.0 allows in <image>
_ENDS = {RSS: (b"<item", b"</item>"), ATOM: (b"<entry", b"</entry>")}
_PLACE = {RSS: b"    <item/>\n", ATOM: b"  <entry/>\n"}
_INDENT = {RSS: "    ", ATOM: "  "}
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class XmlFeeds:
    """Writes RSS and Atom, remembering the shell of each feed for the next of its files.

    ``blank`` is any feed: pieces are made inside its shell, where their namespaces are known.
    """

    def __init__(self, blank: Feed) -> None:
        self._trees = {name: _tree(blank, name, is_empty=True) for name in (RSS, ATOM)}
        self._shells: dict[tuple[Feed, str, bool], tuple[bytes, bytes]] = {}

    def file(self, feed: Feed, name: str, file: FeedFile, pieces: Sequence[bytes]) -> bytes:
        """A file of the feed as RSS 2.0 or Atom (RFC 4287), in UTF-8, around finished pieces."""
        key = (feed, name, file.is_empty)
        if key not in self._shells:
            self._shells[key] = _shell(feed, name, is_empty=file.is_empty)
        before, after = self._shells[key]
        moment = format_datetime(file.updated) if name == RSS else wording.iso(file.updated)
        values = marked(id_=escape(file.id), updated=moment, self_=escape(file.address))
        style = f'<?xml-stylesheet type="text/css" href={quoteattr(file.style)}?>\n'
        indent = _INDENT[name]
        history = "".join(f"{indent}{line}\n" for line in _history(name, file))
        start = (_DECLARATION, style.encode(), filled(opened(before), values), history.encode())
        lines = [part for piece in pieces for part in (indent.encode(), piece, b"\n")]
        return b"".join((*start, *lines, after))

    def piece(self, name: str, entry: FeedEntry) -> bytes:
        """An entry as an element, with marks for its id and its moments."""
        from lxml import etree

        # An element by itself would declare each namespace again: it is cut out of a whole feed.
        root = self._trees[name]
        parent = root[0] if name == RSS else root
        made = _rss_item(entry) if name == RSS else _atom_entry(entry)
        parent.append(made)
        data = _plain_marks(name, etree.tostring(root, encoding="UTF-8", pretty_print=True))
        parent.remove(made)
        begin, end = _ENDS[name]
        return data[data.index(begin) : data.rindex(end) + len(end)]


def xml_values(name: str, id_: str, published: datetime, updated: datetime) -> dict[bytes, str]:
    """What a piece's marks stand for."""
    if name == RSS:
        return marked(id_=escape(id_), published=format_datetime(published))
    return marked(id_=escape(id_), published=wording.iso(published), updated=wording.iso(updated))


# --- the feed itself --------------------------------------------------------------------------------------


def _shell(feed: Feed, name: str, *, is_empty: bool) -> tuple[bytes, bytes]:
    """What stands before a feed's entries, and after them."""
    from lxml import etree

    root = _tree(feed, name, is_empty=is_empty)
    etree.SubElement(root[0] if name == RSS else root, "item" if name == RSS else f"{_ATOM}entry")
    data = _plain_marks(name, etree.tostring(root, encoding="UTF-8", pretty_print=True))
    before, _, after = data.partition(_PLACE[name])
    return before, after


def _tree(feed: Feed, name: str, *, is_empty: bool) -> Any:
    """Feedgen's tree of a feed without entries, put right."""
    from lxml import etree

    generator = _generator(feed, TYPES[name])
    if name == RSS:
        root = etree.fromstring(generator.rss_str())
        _finish_channel(root[0], feed, is_empty=is_empty)
        return root
    root = etree.fromstring(generator.atom_str())
    for updated in root.iter(f"{_ATOM}updated"):
        updated.text = UPDATED
    return root


def _history(name: str, file: FeedFile) -> list[str]:
    """What RFC 5005 adds: a whole feed says so; an archived one leads back to its beginning.

    No ``next-archive``: the newest page of the archive would get one when the next page is closed, and change.
    Readers go backwards from the newest page (section 4), and need none.
    """
    prefix = "atom:" if name == RSS else ""
    lines = []
    if file.is_complete:
        lines.append(f'<fh:complete xmlns:fh="{HISTORY}"/>')
    if file.current:
        lines.append(f'<fh:archive xmlns:fh="{HISTORY}"/>')
    for rel, url in (("current", file.current), ("prev-archive", file.previous)):
        if url:
            lines.append(f'<{prefix}link rel="{rel}" href={quoteattr(url)} type="{TYPES[name]}"/>')
    return lines


def _plain_marks(name: str, data: bytes) -> bytes:
    if name == ATOM:
        return data
    return data.replace(AMPERSAND.encode(), b"&#x26;").replace(LESS_THAN.encode(), b"&#x3C;")


def _generator(feed: Feed, media_type: str) -> Any:
    """A feedgen feed without entries."""
    from feedgen.ext.dc import DcExtension
    from feedgen.ext.media import MediaExtension
    from feedgen.feed import FeedGenerator

    generator = FeedGenerator()
    # Their names in the root element. Not load_extension: it looks on the disk for a module that is not there.
    generator.register_extension("dc", DcExtension, atom=False)
    generator.register_extension("media", MediaExtension, atom=False)
    generator.id(ID)
    generator.title(feed.title)
    generator.description(feed.description)
    generator.language(feed.language)
    generator.generator(GENERATOR)
    generator.author([_person(name, url) for name, url in feed.authors])
    generator.category([{"term": category} for category in feed.categories])
    generator.ttl(TTL)
    generator.link(href=SELF, rel="self", type=media_type)
    generator.link(href=feed.page, rel="alternate", type="text/html")
    if feed.logo:
        generator.logo(feed.logo.url)
        if feed.logo.is_square:
            generator.icon(feed.logo.url)
    generator.updated(datetime(1970, 1, 1, tzinfo=UTC))  # a mark takes its place
    # RSS's lastBuildDate goes through setlocale; there is no public way to say "none".
    vars(generator)["_FeedGenerator__rss_lastBuildDate"] = None
    return generator


def _finish_channel(channel: Any, feed: Feed, *, is_empty: bool) -> None:
    """What feedgen cannot say of a channel."""
    from lxml import etree

    if not is_empty:
        etree.SubElement(channel, "lastBuildDate").text = UPDATED
    image, logo = channel.find("image"), feed.logo
    if image is not None and logo and 0 < logo.width <= _IMAGE_WIDTH and 0 < logo.height <= _IMAGE_HEIGHT:
        etree.SubElement(image, "width").text = str(logo.width)
        etree.SubElement(image, "height").text = str(logo.height)
    _mark_plain_text(channel, {*_PLAIN, "description"})  # an item's description is HTML, a channel's is not
    if image is not None:
        _mark_plain_text(image, _PLAIN)


def _mark_plain_text(parent: Any, names: Set[str]) -> None:
    for child in parent:
        if child.tag in names and child.text:
            child.text = child.text.replace("&", AMPERSAND).replace("<", LESS_THAN)


# --- one entry --------------------------------------------------------------------------------------------


def _feedgen_entry(entry: FeedEntry) -> Any:
    """What RSS and Atom have in common, as a feedgen entry."""
    from feedgen.entry import FeedEntry as FeedgenEntry

    made = FeedgenEntry()
    made.id(ID)
    made.title(entry.title)
    made.updated(entry.updated)
    made.link(href=entry.url, rel="alternate", type="text/html")
    made.category([{"term": category} for category in entry.categories])
    return made


def _rss_item(entry: FeedEntry) -> Any:
    """The item, with its picture as ``media:content``: an enclosure has no room for pixels or a description.

    Never both: Miniflux lists each of them as an attachment (its RSS adapter).
    """
    from lxml import etree

    made = _feedgen_entry(entry)
    made.description(escape(entry.summary, quote=False))
    made.content(entry.html, type="CDATA")
    item = made.rss_entry()
    item.set(_XML_BASE, entry.url)
    for name, _ in entry.authors:
        etree.SubElement(item, _DC_CREATOR).text = name
    etree.SubElement(item, "pubDate").text = PUBLISHED
    if entry.image_url:
        picture = etree.SubElement(item, f"{_MEDIA}content", _media(entry))
        if entry.image_alt:
            etree.SubElement(picture, f"{_MEDIA}description").text = entry.image_alt
    _mark_plain_text(item, _PLAIN)
    return item


def _media(entry: FeedEntry) -> dict[str, str]:
    known = {
        "url": entry.image_url,
        "type": entry.image_type,
        "medium": "image",
        "fileSize": str(entry.image_length or ""),
        "width": str(entry.image_width or ""),
        "height": str(entry.image_height or ""),
    }
    return {name: value for name, value in known.items() if value}


def _atom_entry(entry: FeedEntry) -> Any:
    """The entry, with its picture as an enclosure, which is Atom's own word for it."""
    from lxml import etree

    made = _feedgen_entry(entry)
    made.summary(entry.summary)
    made.content(entry.html, type="html")
    made.author([_person(name, url) for name, url in entry.authors])
    links = [{"rel": "alternate", "type": "text/html", "title": entry.title}]
    if entry.image_url:
        links.append(_enclosure(entry))
        made.link(href=entry.image_url, rel="enclosure")
    element = made.atom_entry()
    for link, attributes in zip(element.findall("link"), links, strict=True):
        link.attrib.update(attributes)
    etree.SubElement(element, "published").text = PUBLISHED
    element.find("updated").text = UPDATED
    element.find("content").set(_XML_BASE, entry.url)
    # feedgen names its elements without a namespace, and leaves it to the feed around them.
    for child in element.iter():
        child.tag = _ATOM + child.tag
    return element


def _enclosure(entry: FeedEntry) -> dict[str, str]:
    known = {
        "rel": "enclosure",
        "type": entry.image_type,
        "length": str(entry.image_length or ""),
        "title": entry.image_alt,
    }
    return {name: value for name, value in known.items() if value}


def _person(name: str, url: str) -> dict[str, str]:
    return {"name": name, "uri": url} if url else {"name": name}
