"""Reports made for machines: delivery status (RFC 3464; RFC 6533 with UTF-8) and feedback (RFC 5965)."""

import re
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import HeaderParser

from pipeline.returns.returned import BY_HARM, Kind, Told
from pipeline.returns.statuses import is_general, meaning, status_in
from pipeline.returns.words import kept_words

_DELIVERY_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_EMPTY_LINE = re.compile(r"(?:\r?\n){2,}")
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
# Feedback that is no complaint about us (RFC 5965, 3.1; RFC 6591; DMARC).
_NO_COMPLAINT = frozenset({"not-spam", "auth-failure", "dmarc", "virus"})
_MOST = 100  # recipients in one report; ours have one each

Block = dict[str, str]


def delivery_status(message: Message) -> Told | None:
    """What a delivery status notification says; nothing where it is none.

    Of several recipients the mildest word counts: an address that hands on to five people is not dead because
    one of them is.
    """
    blocks = [block for part in _parts(message, _DELIVERY_STATUS) for block in _blocks(part)]
    told = [one for one in map(_of_recipient, blocks[:_MOST]) if one]
    return min(told, key=lambda one: BY_HARM.index(one.kind), default=None)


def _of_recipient(block: Block) -> Told | None:
    action, status = block.get("action", "").lower(), status_in(block.get("status", ""))
    said = block.get("diagnostic-code", "")
    if not action and not status:
        return None  # the block about the whole message
    if is_general(status):
        status = status_in(said) or status
    words = kept_words(said.partition(";")[2].strip() or said)
    if action in _ARRIVED:
        return Told(Kind.ARRIVED, status, words)
    if action == "delayed" or (action != "failed" and status.startswith("4")):
        return Told(Kind.DELAYED, status, words)
    if action == "failed" or status.startswith("5"):
        return Told(meaning(status), status, words)
    return None


def feedback(message: Message) -> Told | None:
    """What a feedback report says; nothing where it is none."""
    for part in _parts(message, {"message/feedback-report"}):
        for block in _blocks(part):
            kind = block.get("feedback-type", "").lower()
            if kind in _NO_COMPLAINT:
                return Told(Kind.ARRIVED, words=f"feedback: {kind}")
            if kind:
                return Told(Kind.COMPLAINED, words=kept_words(f"feedback: {kind}"))
    return None


def _parts(message: Message, types: Iterable[str]) -> Iterator[Message]:
    """Parts of these types, but none within a message that is returned: that is a stranger's."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        if part.get_content_type() in types:
            yield part
        elif part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting += [child for child in part.get_payload() if isinstance(child, Message)]


def _blocks(part: Message) -> Iterator[Block]:
    """The groups of fields in a report, by names in small letters; of fields that come twice the first."""
    payload = part.get_payload()
    for piece in payload if isinstance(payload, list) else [payload]:
        if not isinstance(piece, Message):
            text = str(piece)
        else:
            yield _fields(piece)
            inner = piece.get_payload()
            text = inner if isinstance(inner, str) else ""
        for group in _EMPTY_LINE.split(text)[:_MOST]:
            if ":" in group:
                yield _fields(HeaderParser().parsestr(group.lstrip("\r\n")))


def _fields(message: Message) -> Block:
    fields: Block = {}
    for name, value in message.items():
        fields.setdefault(name.lower(), " ".join(str(value).split()))
    return fields
