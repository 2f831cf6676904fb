"""From the bytes of a message that came back to what it says, and of which delivery. Nothing in it can raise."""

import re
from email import message_from_bytes
from email.message import Message
from hashlib import sha256

from pipeline.returns.naming import SeveralNamesError, name_of
from pipeline.returns.prose import bounce_in_prose
from pipeline.returns.reports import delivery_status, feedback
from pipeline.returns.returned import Kind, Returned, Told
from pipeline.sending.tokens import Tokens

LARGEST = 20_000_000  # bytes; a letter of ours with everything that servers add to it has a tenth of that
_NOTHING = Told(Kind.UNKNOWN)
_AWAY = re.compile(
    r"(?i)\s*(?:out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|vacation)"
)
UNSIGNED = "it carries no token of ours"
SEVERAL = "it carries tokens of several deliveries"
UNREADABLE = "it is neither a bounce nor a complaint that partwork can read"
TOO_LARGE = "it is too large to be a bounce"


def understand(message: bytes, tokens: Tokens) -> Returned:
    """What a message says. Reports first (their codes are exact), then holiday notices, then words."""
    fingerprint = fingerprint_of(message)
    if len(message) > LARGEST:
        return Returned(fingerprint, _NOTHING, why=TOO_LARGE)
    told = _told(message)
    if told.kind is Kind.UNKNOWN:
        return Returned(fingerprint, told, why=UNREADABLE)
    try:
        name = name_of(message, tokens)
    except SeveralNamesError:
        return Returned(fingerprint, told, why=SEVERAL)
    return Returned(fingerprint, told, name, "" if name else UNSIGNED)


def fingerprint_of(message: bytes) -> str:
    """SHA-256 of a message, whatever its line ends have become in this mailbox."""
    return sha256(message.replace(b"\r\n", b"\n")).hexdigest()


def _told(message: bytes) -> Told:
    try:
        parsed = message_from_bytes(message)
        return (
            delivery_status(parsed)
            or feedback(parsed)
            or _holiday_notice(parsed)
            or bounce_in_prose(parsed)
            or _automatic(parsed)
            or _NOTHING
        )
    except Exception:  # email has an exception for most things that a message can be, RecursionError among them
        return _NOTHING


def _holiday_notice(message: Message) -> Told | None:
    """What surely is one; bounces are told to be auto-replied, too (Postfix, Exim)."""
    answered = str(message.get("Auto-Submitted", "")).lower()
    is_notice = (
        any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
        or "vacation" in answered
        or str(message.get("Precedence", "")).lower() == "auto_reply"
        or _AWAY.match(str(message.get("Subject", ""))) is not None
    )
    return Told(Kind.AUTOMATIC) if is_notice else None


def _automatic(message: Message) -> Told | None:
    """RFC 3834, 5: everything but ``no`` was sent by a program."""
    answered = str(message.get("Auto-Submitted", "no")).lower().split(";")[0].strip()
    return Told(Kind.AUTOMATIC) if answered not in ("", "no") else None
