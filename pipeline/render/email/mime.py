"""An email edition as a message: headers in 7 bits, text and HTML in quoted-printable, the same bytes each time.

Bodies are encoded stretch by stretch between merge places, so that no soft line break (RFC 2045, 6.7) falls into
a place, and a reader's copy is the same stretches with other values between them.
"""

import hashlib
from binascii import b2a_qp
from collections.abc import Mapping
from email.utils import format_datetime

from pipeline.edition import EmailEdition
from pipeline.model import Publication
from pipeline.render.email import merge
from pipeline.render.email.header import list_id_field, mailbox_field, plain_field, text_field, uri_field


def to_eml(edition: EmailEdition, publication: Publication, reader: merge.Reader) -> bytes:
    """One reader's copy, ready for a mail server: ASCII, CRLF line ends, no line over 998 bytes.

    Raises:
        RenderError: an address that no header can carry.
    """
    boundary = _boundary(edition)
    kinds = (
        (b"plain", edition.text, merge.values(publication, reader)),
        (b"html", edition.html, merge.html_values(publication, reader)),
    )
    pieces = [*_headers(edition, publication, reader)]
    pieces.append(b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="%s"\r\n' % boundary)
    # From the least to the most faithful form (RFC 2046, 5.1.4): text first.
    for kind, body, by_token in kinds:
        pieces.append(
            b'\r\n--%s\r\nContent-Type: text/%s; charset="utf-8"\r\n'
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%s"
            % (boundary, kind, quoted_printable(body, by_token))
        )
    pieces.append(b"\r\n--%s--\r\n" % boundary)
    return b"".join(pieces)


def quoted_printable(text: str, by_token: Mapping[str, str]) -> bytes:
    """A text with its places filled, in quoted-printable, a soft line break on either side of each place."""
    encoded = bytearray()
    for stretch in merge.split(text.replace("\r\n", "\n"), by_token):
        # A soft break keeps lines short whatever the value; where a line ends or begins anyway none is needed.
        if encoded and not encoded.endswith(b"\n") and stretch and not stretch.startswith("\n"):
            encoded += b"=\n"
        encoded += b2a_qp(by_token.get(stretch, stretch).encode())
    # b2a_qp ends its soft breaks as it finds line ends in what it is given: all of them are LF until here.
    return bytes(encoded.replace(b"\n", b"\r\n"))


def _headers(edition: EmailEdition, publication: Publication, reader: merge.Reader) -> list[bytes]:
    sender = publication.sender
    fields = [mailbox_field("From", sender.name, sender.email), mailbox_field("To", "", reader.address)]
    if sender.reply_to and sender.reply_to != sender.email:
        fields.append(mailbox_field("Reply-To", sender.name, sender.reply_to))
    ways = dict.fromkeys((reader.unsubscribe_url, merge.unsubscribe_mailto(publication)))
    fields += [
        text_field("Subject", edition.subject),
        plain_field("Date", format_datetime(edition.date)),
        plain_field("Message-ID", edition.message_id),
        list_id_field(publication.title, edition.list_id),
        uri_field("List-Unsubscribe", ways),
    ]
    if reader.unsubscribe_url.startswith("https:"):
        # RFC 8058, 3.1: only beside an https address; a signature must cover both fields.
        fields.append(plain_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if edition.wording:
        records = ", ".join(f"{record.slug} sha256:{record.digest}" for record in edition.wording)
        fields.append(plain_field("X-Partwork-Disclaimers", records))
    return fields


def _boundary(edition: EmailEdition) -> bytes:
    """The same for the same edition. ``=_`` never occurs in quoted-printable, so it is in no body."""
    drawn = hashlib.sha256(f"{edition.message_id}\0{edition.text}\0{edition.html}".encode()).hexdigest()
    return f"=_partwork_{drawn[:32]}".encode()
