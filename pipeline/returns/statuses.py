"""Enhanced status codes (RFC 3463 and its registry): what they say of a mailbox."""

import re

from pipeline.returns.returned import Kind

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
# No such mailbox, no such system, bad syntax, moved without a new address, a domain that takes no mail (RFC 7505):
# the same as when a server says so at once (`pipeline.sending.verdict`).
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
# The sender's address is bad; the letter is too long.
_OURS = frozenset({"5.1.7", "5.1.8", "4.1.7", "4.1.8", "5.2.3", "5.3.4", "4.3.4"})
# What is wrong with the letter, or with us: protocol, content, policy. One such refusal meets everybody at a
# provider, and must not take them off the list.
_NOT_THE_MAILBOX = frozenset({"5", "6", "7"})


def status_in(text: str) -> str:
    """The first enhanced status in a text, or nothing. An address of a network is none."""
    found = _STATUS.search(text)
    return ".".join(str(int(number)) for number in found.groups()) if found else ""


def is_general(status: str) -> bool:
    """Whether it says no more than that it failed: ``5.0.0``, which Exim writes whatever the server said."""
    return not status or status.endswith(".0.0")


def meaning(status: str) -> Kind:
    """What a refusal for good with this status says of the mailbox."""
    if status in _DEAD:
        return Kind.DEAD
    subject, _, detail = status[2:].partition(".")
    # x.5.0 is what Outlook.com says of an unknown user: "mailbox unavailable".
    if status in _OURS or (subject in _NOT_THE_MAILBOX and (subject, detail) != ("5", "0")):
        return Kind.OURS
    return Kind.REFUSED
