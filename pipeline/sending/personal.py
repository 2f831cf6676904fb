"""Each recipient's own copy of a frozen message: made by joining bytes, 0.05 ms apiece.

Of a campaign's message everything that is the same for all is encoded beforehand, once more than in the edition:
here the subject, the date and the fields that only a letter that is really sent has are constant, too.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from pipeline.errors import ConfigError, RenderError
from pipeline.model import Publication
from pipeline.render.email import merge
from pipeline.render.email.header import plain_field
from pipeline.render.email.merge import Reader
from pipeline.render.email.message import CompiledMessage, Date, MessageId, Recipient, Slot, Subject, WaysOut
from pipeline.sending.addresses import envelope_address
from pipeline.sending.dkim import Signer, sign
from pipeline.sending.tokens import DeliveryName, Tokens, WayOut
from pipeline.sending.transport import Copy, Outcome, Result

TEST_MARK = "[TEST] "
DELIVERY_FIELD = "X-Partwork-Delivery"
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_TOKEN_ROOM = 40  # a delivery's token while campaigns and subscribers are fewer than 2 ** 28
_NOT_FOR_FEEDBACK = re.compile("[^A-Za-z0-9_.-]+")
# Nobody's holiday notice answers a letter: RFC 3834, 5.2; Precedence for older programs, X-… for Exchange.
_QUIET = b"Precedence: list\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a copy is for. ``subscriber`` is 0 for a test, which may go to anybody."""

    subscriber: int
    address: str
    first_name: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a campaign adds to its message, the same for all. ``date`` is when it was planned: aware, and kept.

    ``return_path`` is the envelope's sender; with ``is_verp`` each delivery has its token in it. ``feedback`` is
    the whole Feedback-ID, or nothing. Without a ``public_url`` the way out is by email.
    """

    campaign: int
    date: datetime
    return_path: str
    series: str = ""
    public_url: str = ""
    feedback: str = ""
    is_verp: bool = False
    is_test: bool = False


def terms_of(
    publication: Publication,
    date: datetime,
    *,
    campaign: int = 0,
    series: str = "",
    part: str = "",
    kind: str = "part",
) -> Terms:
    """A publication's terms for a campaign, or without one for a test send.

    ``kind`` (``part``, ``correction``, ``round-up``) stands in the Feedback-ID, by which Gmail counts complaints.

    Raises:
        ConfigError: the return path leaves no room for a token, or is no address.
    """
    settings = publication.sending
    is_verp = bool(settings.return_path) and campaign > 0
    local = settings.return_path.partition("@")[0]
    if is_verp and len(local) + 1 + _TOKEN_ROOM > _LONGEST_LOCAL:
        raise ConfigError(
            f"[sending]: `return_path` has more than {_LONGEST_LOCAL - _TOKEN_ROOM - 1} characters before the @, "
            "and a token for each delivery comes after them"
        )
    return_path = envelope_address(settings.return_path or publication.sender.email)
    if not return_path.isascii() or not return_path:
        raise ConfigError("[sending]: `return_path` (or the sender's address) is none that bounces can come to")
    names = (_NOT_FOR_FEEDBACK.sub("-", each)[:60] for each in (part, series, kind))
    return Terms(
        campaign=campaign,
        date=date,
        return_path=return_path,
        series=series,
        public_url=publication.public_url,
        feedback=":".join((*names, settings.feedback_id)) if settings.feedback_id and campaign else "",
        is_verp=is_verp,
        is_test=campaign == 0,
    )


@dataclass(frozen=True, slots=True)
class _Own:
    """What goes into one recipient's slots."""

    reader: Reader
    to: str  # the address as the envelope has it
    message_id: str
    delivery: str  # the token


_Part = bytes | Callable[[_Own], bytes]


class Original:
    """What a campaign's copies are made of: its message, ready to be made out to anybody."""

    __slots__ = ("_body", "_domain", "_head", "_leaving", "_local", "_mailto", "_signers", "_terms", "_tokens")

    def __init__(
        self, message: CompiledMessage, terms: Terms, tokens: Tokens, signers: Sequence[Signer] = ()
    ) -> None:
        self._terms, self._tokens, self._signers = terms, tokens, tuple(signers)
        self._domain = next(
            slot.edition.rpartition("@")[2].removesuffix(">")
            for slot in message.slots
            if isinstance(slot, MessageId)
        )
        self._mailto = next(slot.mailto for slot in message.slots if isinstance(slot, WaysOut))
        self._leaving = f"{terms.public_url}u/" if terms.public_url else ""
        _check(message.pieces)
        head, self._body = _cut(message.pieces, [self._filler(slot) for slot in message.slots])
        self._head = _joined([*head, *self._more_fields()])

    def copy_for(self, to: Addressee) -> Copy | Outcome:
        """Their copy, or REJECTED with the reason, where no mail can be sent to such an address."""
        address = envelope_address(to.address)
        if not address:
            return Outcome(
                Result.REJECTED, words="no mail can be sent to this address: it breaks the rules of RFC 5321"
            )
        terms = self._terms
        name = DeliveryName(terms.campaign, to.subscriber)
        token = self._tokens.way_out(WayOut(to.subscriber, terms.campaign, "" if terms.campaign else terms.series))
        reader = Reader(to.address, f"{self._leaving}{token}" if self._leaving else self._mailto, to.first_name)
        # Two tests of one letter to one address are two messages.
        salt = f"{to.address} {terms.date.isoformat()}" if terms.is_test else ""
        message_id = f"<{self._tokens.message_id(name, salt)}@{self._domain}>"
        own = _Own(reader, address, message_id, "" if terms.is_test else self._tokens.delivery(name))
        head, body = _filled(self._head, own), _filled(self._body, own)
        signature = sign(self._signers, head, body, terms.date) if self._signers else b""
        return Copy(self._return_path(own), address, message_id, b"%s%s\r\n%s" % (signature, head, body))

    def _return_path(self, own: _Own) -> str:
        if not self._terms.is_verp:
            return self._terms.return_path
        local, _, domain = self._terms.return_path.partition("@")
        return f"{local}+{own.delivery}@{domain}"

    def _more_fields(self) -> Iterable[_Part]:
        terms = self._terms
        yield _QUIET
        if terms.feedback:
            yield plain_field("Feedback-ID", terms.feedback)
        if not terms.is_test:
            yield lambda own: f"{DELIVERY_FIELD}: {own.delivery}\r\n".encode()

    def _filler(self, slot: Slot) -> _Part:
        match slot:
            case Recipient():
                # An address that needs SMTPUTF8 stands here as it is (RFC 6532); all others are ASCII by now.
                return lambda own: f"To: {own.to}\r\n".encode()
            case Date():
                return plain_field("Date", format_datetime(self._terms.date))
            case MessageId():
                return lambda own: f"Message-ID: {own.message_id}\r\n".encode()
            case Subject():
                return self._subject(slot)
        return lambda own: slot.encoded(own.reader)

    def _subject(self, slot: Subject) -> _Part:
        marked = replace(slot, text=f"{TEST_MARK}{slot.text}") if self._terms.is_test else slot
        if len(merge.split(slot.text, slot.publication_id)) == 1:
            return marked.encoded(Reader("", ""))
        return lambda own: marked.encoded(own.reader)


def _check(pieces: Iterable[bytes | int]) -> None:
    """Make sure, once for all copies, that no line would be read as the end of a message, or as two.

    Raises:
        RenderError: one would.
    """
    whole = b"\r\n" + b"x".join(piece for piece in pieces if isinstance(piece, bytes))
    if b"\r\n." in whole or whole.count(b"\r\n") != whole.count(b"\n") or whole.count(b"\r") != whole.count(b"\n"):
        raise RenderError("a letter has line ends that no mail server would leave as they are")
    if not whole.endswith(b"\r\n"):
        raise RenderError("a letter does not end with a line end")


def _cut(pieces: Iterable[bytes | int], fillers: Sequence[_Part]) -> tuple[tuple[_Part, ...], tuple[_Part, ...]]:
    """Header fields, and what comes after the empty line."""
    parts = _joined(fillers[piece] if isinstance(piece, int) else piece for piece in pieces)
    for k, part in enumerate(parts):
        # The first field is From, so an empty line follows a line end of its own piece, or of a slot.
        if isinstance(part, bytes) and (end := (b"\r\n" + part).find(b"\r\n\r\n")) >= 0:
            return (*parts[:k], part[:end]), (part[end + 2 :], *parts[k + 1 :])
    raise ValueError("a message without a body")


def _joined(parts: Iterable[_Part]) -> tuple[_Part, ...]:
    """Neighbours that are the same for all as one."""
    joined: list[_Part] = []
    for part in parts:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


def _filled(parts: Iterable[_Part], own: _Own) -> bytes:
    return b"".join([part if isinstance(part, bytes) else part(own) for part in parts])
