"""What finished feeds hold, read again from their bytes, and what they should hold and do not."""

from collections.abc import Iterable
from typing import Any

from pipeline.edition import FeedEntry
from pipeline.errors import Diagnostic
from pipeline.issue import Issue
from pipeline.render import promises
from pipeline.render.feed.entries import TEMPLATE
from pipeline.render.feed.formats import ATOM, JSON, RSS, json_contents

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def missing_from_feeds(
    run: list[Issue], entries: dict[str, FeedEntry], written: dict[str, bytes]
) -> list[Diagnostic]:
    """What finished feeds lack, read back from their bytes."""
    readers = {RSS: rss_contents, ATOM: atom_contents, JSON: json_contents}
    found = [readers[name](data) for name, data in written.items()]
    diagnostics = []
    for issue in run:
        entry = entries[issue.address]
        for contents in found:
            content = contents.get(entry.id, "")
            if content != entry.html:  # the same words need no second look
                diagnostics += promises.missing_from_html(issue, content, TEMPLATE)
    return diagnostics


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
