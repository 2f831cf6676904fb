"""A compiled message: everything of an email that is the same for all readers, encoded once, and slots between.

A reader's copy is made by joining bytes: 0.05 ms instead of the 7 that building one with ``email.message`` takes.
In a body a slot has lines of its own, a soft line break (RFC 2045, 6.7) before and after it, so that no value,
however long, makes a line of somebody else's too long, and decoding gives back what ``merge.fill`` would give.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Protocol

from pipeline.render.email import merge
from pipeline.render.email.header import mailbox_field, plain_field, text_field, uri_field
from pipeline.render.email.merge import Place, Reader
from pipeline.render.email.quoted import broken_off, quoted


class Slot(Protocol):
    """What is filled in for each reader."""

    def encoded(self, reader: Reader) -> bytes:
        """A reader's bytes for it: whole header fields, or a value in quoted-printable.

        Raises:
            RenderError: an address that no header can carry.
        """


@dataclass(frozen=True, slots=True)
class CompiledMessage:
    """One edition as a message: ``pieces`` in order, with the numbers of ``slots`` between them."""

    pieces: tuple[bytes | int, ...]
    slots: tuple[Slot, ...]

    def message_for(self, reader: Reader) -> bytes:
        """A reader's copy: ASCII, CRLF line ends, no line over 998 bytes, none that begins with a dot.

        Raises:
            RenderError: an address of theirs that no header can carry.
        """
        filled = [slot.encoded(reader) for slot in self.slots]
        return b"".join([filled[piece] if isinstance(piece, int) else piece for piece in self.pieces])


@dataclass(frozen=True, slots=True)
class Recipient:
    """The field To."""

    def encoded(self, reader: Reader) -> bytes:
        """Their address; no name, for what we know of it is what they like to be called."""
        return mailbox_field("To", "", reader.address)


@dataclass(frozen=True, slots=True)
class Subject:
    """The field Subject, with a place in it or without."""

    publication_id: str
    text: str

    def encoded(self, reader: Reader) -> bytes:
        """The field with their name."""
        return text_field("Subject", merge.fill(self.text, merge.Values(self.publication_id, reader)))


@dataclass(frozen=True, slots=True)
class Date:
    """The field Date: the edition's, until a campaign has one of its own."""

    text: str  # as RFC 5322 (3.3) writes it

    def encoded(self, reader: Reader) -> bytes:  # noqa: ARG002
        """The field, the same for all."""
        return plain_field("Date", self.text)


@dataclass(frozen=True, slots=True)
class MessageId:
    """The field Message-ID (RFC 5322, 3.6.4): each reader's own, and the same at every attempt to deliver it."""

    edition: str  # the edition's, in angle brackets

    def encoded(self, reader: Reader) -> bytes:
        """Drawn from the edition's and the address."""
        drawn = hashlib.sha256(f"{self.edition}\0{reader.address}".encode()).hexdigest()
        return plain_field("Message-ID", f"<{drawn[:32]}@{self.edition.rpartition('@')[2]}")


@dataclass(frozen=True, slots=True)
class WaysOut:
    """List-Unsubscribe (RFC 2369): their own way out, and by email; with one click where it is a page."""

    mailto: str

    def encoded(self, reader: Reader) -> bytes:
        """One field or two."""
        field = uri_field("List-Unsubscribe", dict.fromkeys((reader.unsubscribe_url, self.mailto)))
        if not reader.unsubscribe_url.startswith("https:"):
            return field
        # RFC 8058, 3.1: only beside an https address; a signature must cover both fields.
        return field + b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


@dataclass(frozen=True, slots=True)
class BodyPlace:
    """A merge place in the text or in the HTML; ``goes_on`` says that more follows on its line."""

    place: Place
    fallback: str
    is_html: bool
    goes_on: bool

    def encoded(self, reader: Reader) -> bytes:
        """The value in quoted-printable."""
        value = reader.value(self.place, self.fallback)
        encoded = quoted(escape(value) if self.is_html else value)
        return broken_off(encoded) if self.goes_on else encoded


class Compiler:
    """Puts a message together, piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes | int] = []
        self._numbers: dict[Slot, int] = {}

    def add(self, *parts: bytes | Slot) -> None:
        """Bytes that are the same for all, or a slot."""
        for part in parts:
            if not isinstance(part, bytes):
                self._pieces.append(self._numbers.setdefault(part, len(self._numbers)))
            elif self._pieces and isinstance(self._pieces[-1], bytes):
                self._pieces[-1] += part
            else:
                self._pieces.append(part)

    def add_body(self, text: str, publication_id: str, *, is_html: bool) -> None:
        """A text with its places, in quoted-printable."""
        self.add(*_body(merge.split(text, publication_id), publication_id, is_html=is_html))

    def message(self) -> CompiledMessage:
        """What has been put together."""
        return CompiledMessage(tuple(self._pieces), tuple(self._numbers))


def _body(cut: list[str], publication_id: str, *, is_html: bool) -> Iterator[bytes | Slot]:
    for k in range(1, len(cut), 2):
        before, after = quoted(cut[k - 1]), cut[k + 1]
        yield before if not before or before.endswith(b"\n") else broken_off(before)
        # Where a line, or the text, ends after the place no break is wanted.
        is_end = after.startswith("\n") or (not after and k + 2 == len(cut))
        yield BodyPlace(*merge.place_of(publication_id, cut[k]), is_html, goes_on=not is_end)
    yield quoted(cut[-1])
