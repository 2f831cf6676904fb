"""What every transport is: it opens sessions, and a session offers one copy at a time, holding the dot.

In SMTP nothing is accepted before the final dot, so whatever fails before it may be tried again; and whatever is
lost after it may not, for nobody can know (RFC 1047). So a session hands over everything but the dot, calls
``hold``, which returns once the ledger has written down that this copy is about to be offered, and only then
lets the dot go. Where ``hold`` raises, no dot may leave. A transport without a dot (SES, the outbox) calls
``hold`` before the one step that cannot be taken back.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, Self


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's message, ready to be handed over.

    ``data`` is whole: ASCII (save the field To of an address that is not), CRLF line ends (the last line too), no
    line over 998 bytes, none that begins with a dot (so that nothing has to be stuffed). ``return_path`` is the
    envelope's sender, ``address`` its recipient.
    """

    return_path: str
    address: str
    message_id: str
    data: bytes


class Result(StrEnum):
    """What became of an offer."""

    ACCEPTED = "accepted"  # the server has taken it
    DEFERRED = "deferred"  # refused for now (4xx), or never offered at all: it may be tried again
    REJECTED = "rejected"  # refused for good (5xx)
    UNCERTAIN = "uncertain"  # the dot left, and no clear answer came: nobody knows


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an offer. ``code`` is the server's (0 without one), ``words`` its own, shortened to a line.

    ``is_throttle`` says that the server wants less of us at once (421, 450, 451, 452, 454, HTTP 429): no fault of
    the recipient's. ``is_ours`` says that the refusal is about the sender, the login or the message (and so would
    meet every recipient): the campaign has to stop, and nobody is suppressed for it. ``remote_id`` is the server's
    name for what it took.
    """

    result: Result
    code: int = 0
    words: str = ""
    is_throttle: bool = False
    is_ours: bool = False
    remote_id: str = ""


def discreet(outcome: Outcome, copy: Copy) -> Outcome:
    """The outcome without the recipient's address: a server's words are kept longer than the address may be."""
    if "@" not in outcome.words:
        return outcome
    words = re.sub(re.escape(copy.address), "(the address)", outcome.words, flags=re.IGNORECASE)
    return replace(outcome, words=words)


class Session(Protocol):
    """A connection, used by one thread."""

    @property
    def is_open(self) -> bool:
        """Whether another copy may be offered. Looks at the connection, and costs next to nothing."""

    def offer(self, copy: Copy, hold: Callable[[], None]) -> Outcome:
        """Hand over a copy. What the world does becomes an outcome; only what ``hold`` raises goes through.

        ``hold`` is called at most once; an outcome other than DEFERRED or REJECTED never comes without it.
        """

    def close(self) -> None:
        """End it politely. Never raises."""


class Transport(Protocol):
    """What takes messages from us: makes sessions."""

    @property
    def name(self) -> str:
        """``outbox``, ``smtp`` or ``ses``: as in the configuration and in rates."""

    @property
    def allows_unreachable(self) -> bool:
        """Whether letters without a working way out may go to it: the outbox alone."""

    def open(self) -> Session:
        """Connect.

        Raises:
            TransportError: it cannot be reached (``is_temporary``), its certificate is not good, or the login is
                refused.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
