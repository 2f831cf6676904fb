"""What Amazon SES tells of a message: events of a configuration set, and feedback notifications. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.returns.naming import SeveralNamesError, name_in
from pipeline.returns.returned import BY_HARM, Kind, Returned, Told
from pipeline.returns.statuses import is_general, meaning, status_in
from pipeline.returns.understanding import SEVERAL, UNREADABLE, UNSIGNED
from pipeline.returns.words import kept_words
from pipeline.sending.personal import DELIVERY_FIELD
from pipeline.sending.tokens import Tokens

TAG = "partwork"  # the transport's: see pipeline.sending.ses
_PLAIN = {
    "delivery": Kind.ARRIVED,
    "send": Kind.ARRIVED,  # Amazon has taken it
    "open": Kind.ARRIVED,
    "click": Kind.ARRIVED,
    "deliverydelay": Kind.DELAYED,
    "reject": Kind.OURS,
}
# Subtypes of bounces that are no mailbox's fault, and those by which SES itself knows an address to be dead.
_OURS = frozenset({"messagetoolarge", "contentrejected", "attachmentrejected"})
_KNOWN_DEAD = frozenset({"suppressed", "onaccountsuppressionlist"})


def understand_event(event: Mapping[str, Any], tokens: Tokens, fingerprint: str) -> Returned:
    """What an event says, and of which delivery: by the tag, the return path or the field that we gave it."""
    told = _told(event)
    if told.kind is Kind.UNKNOWN:
        return Returned(fingerprint, told, why=UNREADABLE)
    try:
        name = name_in(_candidates(_mapping(event.get("mail"))), tokens)
    except SeveralNamesError:
        return Returned(fingerprint, told, why=SEVERAL)
    return Returned(fingerprint, told, name, "" if name else UNSIGNED)


def _told(event: Mapping[str, Any]) -> Told:
    kind = _word(event.get("eventType") or event.get("notificationType"))
    if kind == "bounce":
        return _bounce(_mapping(event.get("bounce")))
    if kind == "complaint":
        feedback = _word(_mapping(event.get("complaint")).get("complaintFeedbackType"))
        return Told(
            Kind.ARRIVED if feedback == "not-spam" else Kind.COMPLAINED,
            words=kept_words(f"feedback: {feedback}"),
        )
    return Told(_PLAIN.get(kind, Kind.UNKNOWN))


def _bounce(bounce: Mapping[str, Any]) -> Told:
    told = [_of_recipient(bounce, _mapping(one)) for one in _list(bounce.get("bouncedRecipients"))]
    return min(told or [_of_recipient(bounce, {})], key=lambda one: BY_HARM.index(one.kind))


def _of_recipient(bounce: Mapping[str, Any], recipient: Mapping[str, Any]) -> Told:
    kind, sub = _word(bounce.get("bounceType")), _word(bounce.get("bounceSubType"))
    said = str(recipient.get("diagnosticCode") or "")
    status = status_in(str(recipient.get("status") or ""))
    if is_general(status):
        status = status_in(said) or status
    words = kept_words(said.partition(";")[2].strip() or said or f"{kind} {sub}")
    if _word(recipient.get("action")) in ("delivered", "relayed", "expanded"):
        return Told(Kind.ARRIVED, status, words)
    if sub in _OURS:
        return Told(Kind.OURS, status, words)
    if kind == "permanent":
        return Told(Kind.DEAD if sub in _KNOWN_DEAD else meaning(status), status, words)
    return Told(Kind.OURS if meaning(status) is Kind.OURS and status else Kind.REFUSED, status, words)


def _candidates(mail: Mapping[str, Any]) -> list[str]:
    """Where our token may stand: a tag, the return path, the field of ours among the headers."""
    found = [str(word) for word in _list(_mapping(mail.get("tags")).get(TAG))]
    found.append(str(mail.get("source") or ""))
    for header in _list(mail.get("headers")):
        field = _mapping(header)
        if _word(field.get("name")) == DELIVERY_FIELD.lower():
            found.append(str(field.get("value") or "").strip())
    return found


def _word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []
