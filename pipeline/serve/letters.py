"""Notices as messages: a text and an HTML that say the same, with the one link that they are about.

What is asked for once (to confirm, to move, to see one's data) is no letter of the list, and has no way out of
it; it says what happens when nothing is done. Welcome and "you are on the list" have the list's ways out.
"""

from collections.abc import Sequence
from email.utils import format_datetime

from pipeline.errors import RenderError
from pipeline.model import Publication
from pipeline.render.email.header import list_id_field, mailbox_field, plain_field, text_field, uri_field
from pipeline.render.email.merge import unsubscribe_mailto
from pipeline.render.email.quoted import quoted
from pipeline.render.email.room import list_id
from pipeline.sending.addresses import envelope_address
from pipeline.sending.dkim import Signer, sign
from pipeline.sending.tokens import Purpose, Tokens, WayOut
from pipeline.sending.transport import Copy
from pipeline.serve.catalogue import Catalogue
from pipeline.serve.joining import wanted
from pipeline.serve.look import Look
from pipeline.serve.views import NoticeView
from pipeline.subscribers import choosing, joining
from pipeline.subscribers.addresses import parse_address
from pipeline.subscribers.joining import Wish
from pipeline.subscribers.notices import Kind, Notice

# Nobody's holiday notice answers (RFC 3834, 5.2; X-… for Exchange).
_QUIET = b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n"


class Letters:
    """Makes notices out to people."""

    def __init__(
        self, publication: Publication, look: Look, tokens: Tokens, catalogue: Catalogue, signers: Sequence[Signer]
    ) -> None:
        self._publication, self._look, self._tokens = publication, look, tokens
        self._catalogue, self._signers = catalogue, tuple(signers)

    def copy_of(self, notice: Notice) -> Copy:
        """A notice, ready to be handed over.

        Raises:
            RenderError: no mail can be sent to such an address.
        """
        address = envelope_address(notice.address)
        if not address:
            raise RenderError("no mail can be sent to this address")
        view = self._view(notice)
        drawn = self._tokens.blinded(Purpose.MESSAGE_ID, f"notice {notice.id} {notice.at.isoformat()}")
        publication = self._publication
        message_id = f"<{drawn}@{publication.sender.email.rpartition('@')[2]}>"
        head = self._head(notice, view, address, message_id)
        boundary = f"=_notice_{drawn}".encode()
        text = self._look.text("serve/letter.txt.j2", notice=view)
        html = self._look.text("serve/letter.html.j2", notice=view)
        head += b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n' % boundary
        body = _part(boundary, b"plain", text) + _part(boundary, b"html", html) + b"\r\n--%s--\r\n" % boundary
        signature = sign(self._signers, head, body, notice.at) if self._signers else b""
        sender = publication.sending.return_path or publication.sender.email
        return Copy(sender, address, message_id, b"%s%s\r\n%s" % (signature, head, body))

    def _head(self, notice: Notice, view: NoticeView, address: str, message_id: str) -> bytes:
        publication, sender = self._publication, self._publication.sender
        fields = [mailbox_field("From", sender.name, sender.email)]
        # An address that needs SMTPUTF8 stands here as it is (RFC 6532).
        fields.append(f"To: {address}\r\n".encode())
        if sender.reply_to and sender.reply_to != sender.email:
            fields.append(mailbox_field("Reply-To", sender.name, sender.reply_to))
        fields += [text_field("Subject", view.subject), plain_field("Date", format_datetime(notice.at))]
        fields += [plain_field("Message-ID", message_id), _QUIET, b"MIME-Version: 1.0\r\n"]
        if view.leave_url:
            fields.append(list_id_field(publication.title, list_id(publication)))
            fields.append(uri_field("List-Unsubscribe", (view.leave_url, unsubscribe_mailto(publication))))
            if view.leave_url.startswith("https:"):
                fields.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        return b"".join(fields)

    # -- what they say ---------------------------------------------------------------------------------

    def _view(self, notice: Notice) -> NoticeView:
        makers = {
            Kind.CONFIRM: self._confirm,
            Kind.KNOWN: self._known,
            Kind.WELCOME: self._welcome,
            Kind.CHANGE_OLD: self._change,
            Kind.CHANGE_NEW: self._change,
            Kind.DATA: self._data,
        }
        return makers[notice.kind](notice)

    def _link(self, letter: str, token: str) -> str:
        return f"{self._publication.public_url}{letter}/{token}"

    def _ways(self, notice: Notice) -> tuple[str, str]:
        leave = self._link("u", self._tokens.way_out(WayOut(notice.subscriber)))
        return leave, f"{leave}/choices"

    def _confirm(self, notice: Notice) -> NoticeView:
        title = self._publication.title
        offer = self._catalogue.offer(Wish.read(notice.said).series)
        what = f"“{offer.title}”, a series from {title}" if offer else f"the letters of {title}"
        asked = round(notice.at.timestamp() * 1000)
        said = f"{notice.subscriber} {parse_address(notice.address).mark} {asked} {notice.said}"
        token = self._tokens.expiring(Purpose.CONFIRM, said, notice.at + joining.LINK_LASTS)
        return NoticeView(
            subject=f"Confirm that you want {offer.title if offer else title}",
            preheader="One press, and you are on the list.",
            paragraphs=(
                f"Somebody, most likely you, has asked to get {what} at this address.",
                "Nothing is sent until you say yes.",
            ),
            button="Confirm",
            url=self._link("c", token),
            offers=(),
            after=(
                "The link works for three days.",
                "It was not you? Then do nothing, and you hear no more of it.",
            ),
        )

    def _known(self, notice: Notice) -> NoticeView:
        leave, choices = self._ways(notice)
        return NoticeView(
            subject="You are on the list already",
            preheader="There is nothing that you have to do.",
            paragraphs=(
                f"Somebody, most likely you, has asked to get {self._publication.title} at this address.",
                "You are on the list already, and there is nothing that you have to do.",
                "No letters have come? Then look into the folder for unwanted mail, and take ours out of it.",
            ),
            button="See what you get",
            url=choices,
            offers=(),
            after=(),
            leave_url=leave,
            choices_url=choices,
        )

    def _welcome(self, notice: Notice) -> NoticeView:
        leave, choices = self._ways(notice)
        title = self._publication.title
        offers = wanted(Wish.read(notice.said), self._catalogue.offers())
        first = next((offer for offer in offers if offer.start_url), None)
        is_one = len(offers) == 1
        return NoticeView(
            subject=f"Welcome to {offers[0].title if is_one else title}",
            preheader="Start at Part 1, and have the dates in your calendar.",
            paragraphs=(
                "You are on the list, and the next part comes to you on its day.",
                "You have missed nothing: all that is out can be read from the beginning."
                if first
                else "Nothing is out yet, so you have missed nothing.",
            ),
            button="Start at Part 1" if is_one and first else f"Read {title}",
            url=first.start_url if is_one and first else self._publication.url,
            offers=offers,
            after=(),
            leave_url=leave,
            choices_url=choices,
        )

    def _change(self, notice: Notice) -> NoticeView:
        is_old = notice.kind is Kind.CHANGE_OLD
        token = self._tokens.expiring(
            Purpose.CHANGE, f"{notice.said} {'old' if is_old else 'new'}", notice.at + choosing.LINK_LASTS
        )
        title = self._publication.title
        where = "from this address to another" if is_old else "to this address"
        return NoticeView(
            subject=f"Should your letters from {title} move?",
            preheader="They move once both addresses have said yes.",
            paragraphs=(
                f"Somebody, most likely you, has asked that the letters of {title} move {where}.",
                "They move once both addresses have said yes.",
            ),
            button="Look at it",
            url=self._link("a", token),
            offers=(),
            after=("The link works for a day.", "It was not you? Then do nothing, and nothing changes."),
        )

    def _data(self, notice: Notice) -> NoticeView:
        said = f"{notice.subscriber} {parse_address(notice.address).mark}"
        token = self._tokens.expiring(Purpose.DATA, said, notice.at + choosing.LINK_LASTS)
        return NoticeView(
            subject=f"What {self._publication.title} keeps of you",
            preheader="Have it as a file, or have it erased.",
            paragraphs=(
                "Here is the link that you asked for: to all that is kept of you, and to have it erased.",
            ),
            button="See your data",
            url=self._link("d", token),
            offers=(),
            after=("The link works for a day. Do not pass this letter on.",),
        )


def _part(boundary: bytes, kind: bytes, body: str) -> bytes:
    head = (
        b'\r\n--%s\r\nContent-Type: text/%s; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" % (boundary, kind)
    )
    return head + quoted(body)
