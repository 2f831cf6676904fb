"""Merge places: what differs from reader to reader, kept open in an edition until a copy is made for one.

A place is a token of letters and digits, so MJML, lxml, percent-encoding and quoted-printable all let it pass.
It is drawn from the publication's id, so that no text contains it by chance; an author's text that contains
it all the same is refused by ``check_free`` (a copied source, or somebody fishing for readers' addresses).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from html import escape
from urllib.parse import quote

from pipeline.errors import RenderError
from pipeline.model import Publication

SAMPLE_ADDRESS = "reader@example.org"


class Place(StrEnum):
    """What is filled in for each reader."""

    UNSUBSCRIBE = "unsubscribe"  # the address that takes them off the list
    RECIPIENT = "recipient"  # the address they signed up with


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader's values. ``address`` is as shown in the footer, ``unsubscribe_url`` https or mailto."""

    address: str
    unsubscribe_url: str

    def value(self, place: Place) -> str:
        """What goes into a place."""
        return self.unsubscribe_url if place is Place.UNSUBSCRIBE else self.address


@cache
def token(publication_id: str, place: Place) -> str:
    """The token that stands for a place in every edition of a publication: ``pw`` and 30 letters or digits."""
    drawn = hashlib.sha256(f"partwork merge place\0{publication_id}\0{place}".encode()).hexdigest()
    return f"pw{drawn[:30]}"


def values(publication: Publication, reader: Reader) -> dict[str, str]:
    """A reader's values by token, for plain text and for headers."""
    return {token(publication.id, place): reader.value(place) for place in Place}


def html_values(publication: Publication, reader: Reader) -> dict[str, str]:
    """A reader's values by token, escaped for HTML text and attributes."""
    return {name: escape(value) for name, value in values(publication, reader).items()}


def fill(text: str, by_token: Mapping[str, str]) -> str:
    """The text with its places filled. What is filled in is not looked at again."""
    return "".join(by_token.get(piece, piece) for piece in split(text, by_token))


def split(text: str, by_token: Iterable[str]) -> list[str]:
    """The text cut at its places: stretches and tokens in turn; joined, they give the text again."""
    return re.split("(" + "|".join(sorted(by_token)) + ")", text)


def check_free(publication: Publication, texts: Iterable[str], where: str) -> None:
    """Make sure that no text of an author's holds a token.

    Raises:
        RenderError: one does; with ``where``, the part's address.
    """
    tokens = tuple(token(publication.id, place) for place in Place)
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
