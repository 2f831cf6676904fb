"""Notices as messages: drawn in the publication's email theme, with the one link that they are about.

What is asked for once (to confirm, to move, to see one's data) is no letter of the list, and has no way out of
it; it says what happens when nothing is done. Welcome and "you are on the list" have the list's ways out.
"""

import threading
from collections.abc import Sequence
from email.utils import format_datetime

from pipeline.errors import RenderError
from pipeline.model import Publication
from pipeline.render.email.header import list_id_field, mailbox_field, plain_field, text_field, uri_field
from pipeline.render.email.merge import unsubscribe_mailto
from pipeline.render.email.notices import DrawnNotice, NoticeRoom
from pipeline.render.email.occasions import Occasion, welcome
from pipeline.render.email.quoted import quoted
from pipeline.render.email.room import list_id
from pipeline.sending.addresses import envelope_address
from pipeline.sending.dkim import Signer, sign
from pipeline.sending.tokens import Purpose, Tokens, WayOut
from pipeline.sending.transport import Copy
from pipeline.serve.catalogue import Catalogue
from pipeline.serve.joining import wanted
from pipeline.subscribers import choosing, joining
from pipeline.subscribers.addresses import parse_address
from pipeline.subscribers.joining import Wish
from pipeline.subscribers.notices import Kind, Notice

# Nobody's holiday notice answers (RFC 3834, 5.2; X-… for Exchange).
_QUIET = b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n"


class Letters:
    """Makes notices out to people."""

    def __init__(
        self,
        publication: Publication,
        room: NoticeRoom,
        tokens: Tokens,
        catalogue: Catalogue,
        signers: Sequence[Signer],
    ) -> None:
        self._publication, self._room, self._tokens = publication, room, tokens
        self._catalogue, self._signers = catalogue, tuple(signers)
        self._drawing = threading.Lock()

    def copy_of(self, notice: Notice) -> Copy:
        """A notice, ready to be handed over.

        Raises:
            RenderError: no mail can be sent to such an address, or a template failed.
        """
        address = envelope_address(notice.address)
        if not address:
            raise RenderError("no mail can be sent to this address")
        occasion = self._occasion(notice)
        with self._drawing:
            made = self._room.drawn(occasion)
        drawn = self._tokens.blinded(Purpose.MESSAGE_ID, f"notice {notice.id} {notice.at.isoformat()}")
        publication = self._publication
        message_id = f"<{drawn}@{publication.sender.email.rpartition('@')[2]}>"
        head = self._head(notice, made, occasion.leave_url, address, message_id)
        boundary = f"=_notice_{drawn}".encode()
        head += b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n' % boundary
        body = _part(boundary, b"plain", made.text) + _part(boundary, b"html", made.html)
        body += b"\r\n--%s--\r\n" % boundary
        signature = sign(self._signers, head, body, notice.at) if self._signers else b""
        sender = publication.sending.return_path or publication.sender.email
        return Copy(sender, address, message_id, b"%s%s\r\n%s" % (signature, head, body))

    def _head(self, notice: Notice, made: DrawnNotice, leave_url: str, address: str, message_id: str) -> bytes:
        publication, sender = self._publication, self._publication.sender
        fields = [mailbox_field("From", sender.name, sender.email)]
        # An address that needs SMTPUTF8 stands here as it is (RFC 6532).
        fields.append(f"To: {address}\r\n".encode())
        if sender.reply_to and sender.reply_to != sender.email:
            fields.append(mailbox_field("Reply-To", sender.name, sender.reply_to))
        fields += [text_field("Subject", made.subject), plain_field("Date", format_datetime(notice.at))]
        fields += [plain_field("Message-ID", message_id), _QUIET, b"MIME-Version: 1.0\r\n"]
        if leave_url:
            fields.append(list_id_field(publication.title, list_id(publication)))
            fields.append(uri_field("List-Unsubscribe", (leave_url, unsubscribe_mailto(publication))))
            if leave_url.startswith("https:"):
                fields.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        return b"".join(fields)

    # -- what they are about ---------------------------------------------------------------------------

    def _occasion(self, notice: Notice) -> Occasion:
        match notice.kind:
            case Kind.WELCOME:
                offers = wanted(Wish.read(notice.said), self._catalogue.offers())
                leave, has_begun = self._leave_url(notice), bool(self._catalogue.begun())
                return welcome(offers, self._publication.url, leave, notice.address, has_begun=has_begun)
            case Kind.KNOWN:
                leave = self._leave_url(notice)
                choices = f"{leave}/choices"
                return Occasion(notice.kind, notice.address, choices, leave_url=leave, choices_url=choices)
            case Kind.CONFIRM:
                offer = self._catalogue.offer(Wish.read(notice.said).series)
                return Occasion(notice.kind, notice.address, self._link(notice), offer=offer)
        return Occasion(notice.kind, notice.address, self._link(notice))

    def _leave_url(self, notice: Notice) -> str:
        return f"{self._publication.public_url}u/{self._tokens.way_out(WayOut(notice.subscriber))}"

    def _link(self, notice: Notice) -> str:
        """Where the button leads: an address that works for some days, for whoever has the mailbox."""
        match notice.kind:
            case Kind.CONFIRM:
                asked = round(notice.at.timestamp() * 1000)
                letter, purpose, lasts = "c", Purpose.CONFIRM, joining.LINK_LASTS
                said = f"{notice.subscriber} {parse_address(notice.address).mark} {asked} {notice.said}"
            case Kind.CHANGE_OLD | Kind.CHANGE_NEW:
                letter, purpose, lasts = "a", Purpose.CHANGE, choosing.LINK_LASTS
                said = f"{notice.said} {'old' if notice.kind is Kind.CHANGE_OLD else 'new'}"
            case _:
                letter, purpose, lasts = "d", Purpose.DATA, choosing.LINK_LASTS
                said = f"{notice.subscriber} {parse_address(notice.address).mark}"
        return f"{self._publication.public_url}{letter}/{self._tokens.expiring(purpose, said, notice.at + lasts)}"


def _part(boundary: bytes, kind: bytes, body: str) -> bytes:
    head = (
        b'\r\n--%s\r\nContent-Type: text/%s; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" % (boundary, kind)
    )
    return head + quoted(body)
