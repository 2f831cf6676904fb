"""Bounces written for people alone: qmail's, and those of private servers. flufl.bounce knows their words."""

import logging
from email.message import Message

from pipeline.returns.returned import Kind, Told
from pipeline.returns.statuses import meaning, status_in
from pipeline.returns.words import kept_words

_SILENT = logging.NullHandler()  # it logs what it stumbles over, with the addresses in it
_READ = 4_000  # characters in which a server says what is wrong; what it returns comes after


def is_there() -> bool:
    """Whether flufl.bounce is installed."""
    try:
        import flufl.bounce  # noqa: F401
    except ImportError:
        return False
    return True


def bounce_in_prose(message: Message) -> Told | None:
    """What a bounce says that is no report; nothing where it is none, or nobody here can read it.

    That an address is dead is believed of a status code alone: words mean too many things.
    """
    try:
        from flufl.bounce import all_failures
    except ImportError:
        return None
    logging.getLogger("flufl.bounce").addHandler(_SILENT)
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # seventeen detectors, and any bytes
        return None
    text = _first_text(message)
    status = status_in(text)
    if permanent:
        kind = meaning(status) if status.startswith(("4", "5")) else Kind.REFUSED
        return Told(kind, status, kept_words(_line_with(text, status)))
    return Told(Kind.DELAYED, status) if temporary else None


def _first_text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_maintype() == "text":
            content = part.get_payload(decode=True)
            return content[:_READ].decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return ""


def _line_with(text: str, status: str) -> str:
    return next((line for line in text.splitlines() if status and status in line), "")
