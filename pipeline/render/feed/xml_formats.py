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

Each entry's elements are made once, and move from each feed that holds it to the next. What goes in must be
``clean``.
"""

from collections.abc import Callable, Iterable, Set
from email.utils import format_datetime
from html import escape
from typing import Any

from pipeline import wording
from pipeline.edition import FeedEntry
from pipeline.render.feed.formats import AMPERSAND, ATOM, LESS_THAN, RSS, Feed

TTL = 60  # minutes: Miniflux waits so long between two looks (and longer if it is told to): an hour late at most
GENERATOR = "partwork"  # without its version, which would change every feed with every release
_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_DC_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_PLAIN = frozenset({"title", "category", _DC_CREATOR})
_IMAGE_WIDTH, _IMAGE_HEIGHT = 144, 400  # pixels: the most that RSS 2.0 allows in <image>


class XmlFeeds:
    """Writes RSS and Atom, remembering each entry's elements for the next feed that holds it.

    An lxml element is in one tree at a time: a feed is written out before the next one takes its elements.
    """

    def __init__(self) -> None:
        self._items: dict[str, Any] = {}
        self._entries: dict[str, Any] = {}

    def rss(self, feed: Feed) -> bytes:
        """The feed as RSS 2.0, in UTF-8."""
        from lxml import etree

        root = etree.fromstring(_generator(feed, RSS, "application/rss+xml").rss_str())
        channel = root[0]
        _finish_channel(channel, feed)
        for entry in feed.entries:
            channel.append(self._made(self._items, entry, _rss_item))
        data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        return data.replace(AMPERSAND.encode(), b"&#x26;").replace(LESS_THAN.encode(), b"&#x3C;")

    def atom(self, feed: Feed) -> bytes:
        """The feed as Atom (RFC 4287), in UTF-8."""
        from lxml import etree

        root = etree.fromstring(_generator(feed, ATOM, "application/atom+xml").atom_str())
        for entry in feed.entries:
            root.append(self._made(self._entries, entry, _atom_entry))
        data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        return data

    @staticmethod
    def _made(made: dict[str, Any], entry: FeedEntry, make: Callable[[FeedEntry], Any]) -> Any:
        if entry.id not in made:
            made[entry.id] = make(entry)
        return made[entry.id]


def rss_contents(data: bytes) -> dict[str, str]:
    """What a finished RSS feed holds: content by entry id."""
    return _contents(_parsed(data).iter("item"), "guid", _CONTENT)


def atom_contents(data: bytes) -> dict[str, str]:
    """What a finished Atom feed holds: content by entry id."""
    return _contents(_parsed(data).iter(f"{_ATOM}entry"), f"{_ATOM}id", f"{_ATOM}content")


def _parsed(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _contents(entries: Iterable[Any], key: str, content: str) -> dict[str, str]:
    return {entry.findtext(key): entry.findtext(content) or "" for entry in entries}


# --- the feed itself --------------------------------------------------------------------------------------


def _generator(feed: Feed, name: str, media_type: str) -> Any:
    """A feedgen feed without entries."""
    from feedgen.ext.dc import DcExtension
    from feedgen.ext.media import MediaExtension
    from feedgen.feed import FeedGenerator

    generator = FeedGenerator()
    # Their names in the root element. Not load_extension: it looks on the disk for a module that is not there.
    generator.register_extension("dc", DcExtension, atom=False)
    generator.register_extension("media", MediaExtension, atom=False)
    generator.id(feed.id)
    generator.title(feed.title)
    generator.description(feed.description)
    generator.language(feed.language)
    generator.generator(GENERATOR)
    generator.author([_person(name, url) for name, url in feed.authors])
    generator.category([{"term": category} for category in feed.categories])
    generator.ttl(TTL)
    generator.link(href=feed.base + name, rel="self", type=media_type)
    generator.link(href=feed.page, rel="alternate", type="text/html")
    if feed.logo:
        generator.logo(feed.logo.url)
        if feed.logo.is_square:
            generator.icon(feed.logo.url)
    generator.updated(feed.updated)
    # RSS's lastBuildDate goes through setlocale; there is no public way to say "none".
    vars(generator)["_FeedGenerator__rss_lastBuildDate"] = None
    return generator


def _finish_channel(channel: Any, feed: Feed) -> None:
    """What feedgen cannot say of a channel."""
    from lxml import etree

    if feed.entries:
        etree.SubElement(channel, "lastBuildDate").text = format_datetime(feed.updated)
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
    made.id(entry.id)
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
    etree.SubElement(item, "pubDate").text = format_datetime(entry.published)
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
    etree.SubElement(element, "published").text = wording.iso(entry.published)
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
