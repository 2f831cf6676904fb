"""An email edition as a message: headers in 7 bits, text and HTML in quoted-printable, the same bytes each time.

The parts stand as RFC 2046 (5.1.4) wants them, from the least to the most faithful form: text, then HTML. With
embedded pictures that pair stands inside a ``multipart/related`` (RFC 2387), before the pictures that it shows.
"""

import hashlib
from binascii import b2a_base64
from email.utils import format_datetime

from pipeline.edition import EmailEdition, EmbeddedPicture
from pipeline.model import Publication
from pipeline.render.email import merge
from pipeline.render.email.embedding import SOURCE
from pipeline.render.email.header import list_id_field, mailbox_field, plain_field
from pipeline.render.email.message import CompiledMessage, Compiler, Date, MessageId, Recipient, Subject, WaysOut

_BASE64_LINE = 57  # bytes that make 76 characters (RFC 2045, 6.8)


def to_eml(edition: EmailEdition, publication: Publication, reader: merge.Reader) -> bytes:
    """One reader's copy, ready for a mail server: ASCII, CRLF line ends, no line over 998 bytes.

    Raises:
        RenderError: an address that no header can carry.
    """
    return compile_message(edition, publication).message_for(reader)


def compile_message(edition: EmailEdition, publication: Publication) -> CompiledMessage:
    """An edition encoded once, its merge places open.

    Raises:
        RenderError: the sender's address is one that no header can carry.
    """
    made = Compiler()
    _add_headers(made, edition, publication)
    made.add(b"MIME-Version: 1.0\r\n")
    if edition.pictures:
        around = _boundary("related", edition)
        made.add(_multipart(b"related", around, b'; type="multipart/alternative"'), b"\r\n--%s\r\n" % around)
    boundary = _boundary("partwork", edition)
    made.add(_multipart(b"alternative", boundary))
    for kind, body in ((b"plain", edition.text), (b"html", _embedding(edition))):
        made.add(
            b'\r\n--%s\r\nContent-Type: text/%s; charset="utf-8"\r\n'
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" % (boundary, kind)
        )
        made.add_body(body, publication.id, is_html=kind == b"html")
    made.add(b"\r\n--%s--\r\n" % boundary)
    if edition.pictures:
        for picture in edition.pictures:
            made.add(b"\r\n--%s\r\n" % around, _picture(picture))
        made.add(b"\r\n--%s--\r\n" % around)
    return made.message()


def _add_headers(made: Compiler, edition: EmailEdition, publication: Publication) -> None:
    sender = publication.sender
    made.add(mailbox_field("From", sender.name, sender.email), Recipient())
    if sender.reply_to and sender.reply_to != sender.email:
        made.add(mailbox_field("Reply-To", sender.name, sender.reply_to))
    made.add(Subject(publication.id, edition.subject))
    made.add(Date(format_datetime(edition.date)), MessageId(edition.message_id))
    made.add(list_id_field(publication.title, edition.list_id), WaysOut(merge.unsubscribe_mailto(publication)))
    if edition.wording:
        records = ", ".join(f"{record.slug} sha256:{record.digest}" for record in edition.wording)
        made.add(plain_field("X-Partwork-Disclaimers", records))


def _multipart(kind: bytes, boundary: bytes, more: bytes = b"") -> bytes:
    return b'Content-Type: multipart/%s%s;\r\n boundary="%s"\r\n' % (kind, more, boundary)


def _embedding(edition: EmailEdition) -> str:
    """The HTML with the addresses of the pictures that the message carries itself (RFC 2392)."""
    if not edition.pictures:
        return edition.html
    ids = {picture.url: f"cid:{picture.content_id}" for picture in edition.pictures}
    return SOURCE.sub(lambda match: match[1] + ids.get(match[2], match[2]), edition.html)


def _picture(picture: EmbeddedPicture) -> bytes:
    data = picture.data
    lines = [b2a_base64(data[k : k + _BASE64_LINE], newline=False) for k in range(0, len(data), _BASE64_LINE)]
    return (
        f'Content-Type: {picture.media_type}; name="{picture.name}"\r\n'
        f"Content-Transfer-Encoding: base64\r\nContent-ID: <{picture.content_id}>\r\n"
        f'Content-Disposition: inline; filename="{picture.name}"\r\n\r\n'
    ).encode() + b"\r\n".join(lines)


def _boundary(kind: str, edition: EmailEdition) -> bytes:
    """The same for the same part. ``=_`` never occurs in quoted-printable or base64, so it is in no body."""
    drawn = hashlib.sha256(edition.message_id.encode()).hexdigest()
    return f"=_{kind}_{drawn[:32]}".encode()
