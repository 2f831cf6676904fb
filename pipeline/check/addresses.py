"""Addresses that become links: whole, and of a kind that every channel may carry."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline import rules, urls
from pipeline.check.catalogue import Catalogue
from pipeline.check.findings import Findings
from pipeline.check.pointers import related_place
from pipeline.errors import Diagnostic, Location
from pipeline.model import Block, Part, Reference, Series

_WEB = ("http", "https")


def broken_addresses(catalogue: Catalogue, found: Findings) -> Iterator[Diagnostic]:
    """An address on the web names a host, and can be read as an address at all."""
    owner = found.owner
    for link in found.links:
        if _is_broken(link.target):
            yield _broken(catalogue.places.find(found.path, link.line, link.target, link.nth), link.target)
    for image in found.images:
        if _is_broken(image.source):
            yield _broken(catalogue.places.find(found.path, image.line, image.source, image.nth), image.source)
    if isinstance(owner, Part):
        if owner.image and _is_broken(owner.image.source):
            yield _broken(owner.keys.get("image.src") or owner.at("image"), owner.image.source)
        for index, related in enumerate(owner.related):
            if _is_broken(related.url):
                yield _broken(related_place(owner, index), related.url)
    elif isinstance(owner, Block) and _is_broken(owner.url):
        yield _broken(owner.at("url"), owner.url)


def _is_broken(address: str) -> bool:
    if urls.scheme_of(address) not in _WEB:
        return False
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port  # each of them is read, and may refuse, only now
    except ValueError:
        return True
    return not host or port == 0


def _broken(place: Location, address: str) -> Diagnostic:
    return rules.UNSAFE_LINK.at(
        place, f"`{address[:60]}` is no complete address", "copy the whole of it from the browser: https://…"
    )


def unsafe_addresses(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """An author's page and a cited work are on the web: no script, no file, nothing without ``https://``."""
    for series in catalogue.library.series:
        for index, author in enumerate(series.authors):
            if author.url and (urls.scheme_of(author.url) not in (*_WEB, "mailto") or _is_broken(author.url)):
                yield rules.UNSAFE_LINK.at(
                    _author_place(series, index),
                    f"`{author.url[:60]}` cannot be the address of {author.name}",
                    "write it as https://…",
                )
        for reference in (*series.references, *(work for part in series.parts for work in part.references)):
            yield from _work(reference)


def _author_place(series: Series, index: int) -> Location:
    keys = series.keys
    return keys.get(f"author[{index}].url") or keys.get("author.url") or series.at("author")


def _work(reference: Reference) -> Iterator[Diagnostic]:
    if '"URL"' not in reference.item:
        return
    url = str(json.loads(reference.item).get("URL", ""))
    if urls.scheme_of(url) not in ("", *_WEB) or _is_broken(url):
        yield rules.UNSAFE_LINK.at(
            reference.location,
            f"`{url[:60]}` cannot be the address of the reference `{reference.key}`",
            "write its `URL:` as https://…, or give its `DOI:`",
        )
