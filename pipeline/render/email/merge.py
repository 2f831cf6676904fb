"""Merge places: what differs from reader to reader, kept open in an edition until a copy is made for one.

A place is a token of letters and digits, so MJML, lxml, percent-encoding and quoted-printable all let it pass.
It is drawn from the publication's id, so that no text contains it by chance; an author's text that contains
one of a reader's addresses all the same is refused by ``check_free`` (a copied source, or somebody fishing for
them). A place for a name carries the author's word for readers without one inside its token.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from html import escape
from urllib.parse import quote

from pipeline.body import MergePlace, Text
from pipeline.errors import RenderError
from pipeline.model import Publication
from pipeline.parse.places import split_places
from pipeline.render.email.columns import PLACE_CLOSE, PLACE_OPEN
from pipeline.render.email.header import one_line

_MARKED = re.compile(f"{PLACE_OPEN}([^{PLACE_CLOSE}]*){PLACE_CLOSE}")
SAMPLE_ADDRESS = "reader@example.org"


class Place(StrEnum):
    """What is filled in for each reader."""

    UNSUBSCRIBE = "unsubscribe"  # the address that takes them off the list
    RECIPIENT = "recipient"  # the address they signed up with
    FIRST_NAME = "first_name"  # what to call them, with a word for when nobody knows


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader's values. ``address`` is as shown in the footer, ``unsubscribe_url`` https or mailto."""

    address: str
    unsubscribe_url: str
    first_name: str = ""

    def value(self, place: Place, fallback: str = "") -> str:
        """What goes into a place: always one line."""
        match place:
            case Place.UNSUBSCRIBE:
                return self.unsubscribe_url
            case Place.RECIPIENT:
                return self.address
            case Place.FIRST_NAME:
                return one_line(self.first_name) or fallback


@dataclass(frozen=True, slots=True)
class Values:
    """One reader's values for the places of one publication, escaped for HTML or as they are."""

    publication_id: str
    reader: Reader
    is_html: bool = False

    def of(self, piece: str) -> str:
        """What stands for a token of ``split``."""
        place, fallback = place_of(self.publication_id, piece)
        value = self.reader.value(place, fallback)
        return escape(value) if self.is_html else value


@cache
def token(publication_id: str, place: Place, fallback: str = "") -> str:
    """The token that stands for a place in every edition of a publication: ``pw`` and letters or digits."""
    drawn = hashlib.sha256(f"partwork merge place\0{publication_id}\0{place}".encode()).hexdigest()
    return f"pw{drawn[:30]}" + (f"{fallback.encode().hex()}z" if place is Place.FIRST_NAME else "")


def place_of(publication_id: str, piece: str) -> tuple[Place, str]:
    """The place that a token stands for, and the word for readers who have nothing to put there."""
    if piece == token(publication_id, Place.UNSUBSCRIBE):
        return Place.UNSUBSCRIBE, ""
    if piece == token(publication_id, Place.RECIPIENT):
        return Place.RECIPIENT, ""
    return Place.FIRST_NAME, bytes.fromhex(piece[32:-1]).decode(errors="replace")


def author_place(publication_id: str, node: MergePlace) -> str:
    """The token for a place in an author's words."""
    return token(publication_id, Place(node.name), node.fallback)


def opened(publication_id: str, words: str) -> str:
    """A line of front matter with tokens for its ``{{ first_name | there }}``."""
    nodes = split_places(words)
    return "".join(node.text if isinstance(node, Text) else author_place(publication_id, node) for node in nodes)


def unmarked(publication_id: str, text: str) -> str:
    """Plain text with tokens where the tree's places are marked, each as wide as its fallback until then."""
    if PLACE_OPEN not in text:
        return text

    def opened_place(match: re.Match[str]) -> str:
        return token(publication_id, Place.FIRST_NAME, match[1].replace("\u00a0", " "))

    return _MARKED.sub(opened_place, text)


def values(publication: Publication, reader: Reader) -> Values:
    """A reader's values, for plain text and for headers."""
    return Values(publication.id, reader)


def html_values(publication: Publication, reader: Reader) -> Values:
    """A reader's values, escaped for HTML text and attributes."""
    return Values(publication.id, reader, is_html=True)


def fill(text: str, filled: Values) -> str:
    """The text with its places filled. What is filled in is not looked at again."""
    pieces = split(text, filled.publication_id)
    pieces[1::2] = [filled.of(piece) for piece in pieces[1::2]]
    return "".join(pieces)


def nameless(text: str, publication_id: str, *, is_html: bool = False) -> str:
    """The text as a reader without a name gets it; the other places stay open."""
    pieces = split(text, publication_id)
    for k in range(1, len(pieces), 2):
        place, fallback = place_of(publication_id, pieces[k])
        if place is Place.FIRST_NAME:
            pieces[k] = escape(fallback) if is_html else fallback
    return "".join(pieces)


def split(text: str, publication_id: str) -> list[str]:
    """The text cut at its places: stretches and tokens in turn; joined, they give the text again."""
    return _pattern(publication_id).split(text)


@cache
def _pattern(publication_id: str) -> re.Pattern[str]:
    named = token(publication_id, Place.FIRST_NAME).removesuffix("z")
    fixed = (token(publication_id, place) for place in (Place.UNSUBSCRIBE, Place.RECIPIENT))
    # What all begin with stands outside the choice: then it is searched for first, and fast.
    ends = "|".join(each.removeprefix("pw") for each in (*fixed, f"{named}(?:[0-9a-f]{{2}})+z"))
    return re.compile(f"(pw(?:{ends}))")


def check_free(publication: Publication, texts: Iterable[str], where: str) -> None:
    """Make sure that no text of an author's holds a token for one of a reader's addresses.

    Raises:
        RenderError: one does; with ``where``, the part's address.
    """
    tokens = (token(publication.id, Place.UNSUBSCRIBE), token(publication.id, Place.RECIPIENT))
    for text in texts:
        if any(found in text for found in tokens):
            raise RenderError(f"{where} has partwork's own mark for a reader's address in its text: remove it")


def unsubscribe_url(publication: Publication, reader_token: str) -> str:
    """The address behind a reader's unsubscribe link: a page when there is one, otherwise an email."""
    if publication.public_url:
        return f"{publication.public_url}u/{quote(reader_token, safe='')}"
    return unsubscribe_mailto(publication)


def unsubscribe_mailto(publication: Publication) -> str:
    """Leaving by email: RFC 6068, with the subject that mail programs fill in."""
    sender = publication.sender
    return f"mailto:{quote(sender.reply_to or sender.email, safe='@')}?subject=unsubscribe"


def sample_reader(publication: Publication) -> Reader:
    """A reader who does not exist (RFC 2606), for the copies under ``build/email`` that one looks at."""
    return Reader(SAMPLE_ADDRESS, unsubscribe_url(publication, "sample"))


def web_reader(publication: Publication) -> Reader:
    """Whoever opens the public copy in a browser: nobody's address, and leaving works by email."""
    return Reader("your email address", unsubscribe_mailto(publication))
