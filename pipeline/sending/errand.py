"""What a sender is given, and what it gives back."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.ledger.deliveries import Delivery, LeftSince
from pipeline.ledger.lease import Lease
from pipeline.sending.pace import Patience
from pipeline.sending.transport import Copy, Outcome, Transport
from pipeline.settings import SendingSettings


class Limit(Protocol):
    """How many messages may leave in a second."""

    def take(self) -> float:
        """Promise one: the seconds to wait before it may leave."""


class Ending(StrEnum):
    """Why the sender has ended."""

    FINISHED = "finished"
    WAITING = "waiting"  # what is left may not leave yet
    PAUSED = "paused"  # or cancelled: by somebody, or because too much was refused
    STOPPED = "stopped"  # it was asked to
    UNREACHABLE = "unreachable"  # nothing takes our messages at the moment


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run of the sender came to. ``words`` explains the ending, ``next_at`` is when to come again."""

    ending: Ending
    words: str = ""
    next_at: datetime | None = None


@dataclass(slots=True)
class Progress:
    """What has happened in this run, for whoever shows it; ``trouble`` is why no connection can be made."""

    accepted: int = 0
    rejected: int = 0
    deferred: int = 0
    uncertain: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """Everything that sending needs.

    ``make_copy`` makes a recipient's copy, or says why there can be none. ``left_since`` looks
    again at whom to write to, ``bury`` takes addresses that do not exist off the list, in the same transaction.
    ``stop`` asks it to end: what is in flight is finished and written down. ``wait`` waits that many seconds, or
    until ``stop``. It waits ``at_most`` so long for deliveries that may not leave yet, and ends at ``until``.
    """

    database: Database
    lease: Lease
    transport: Transport
    make_copy: Callable[[Delivery], Copy | Outcome]
    settings: SendingSettings
    left_since: LeftSince
    bury: Callable[[sql.Connection, Sequence[int], datetime], None]
    clock: Callable[[], datetime]
    stop: threading.Event
    limit: Limit | None = None
    progress: Callable[[Progress], None] = lambda _: None
    patience: Patience = field(default_factory=Patience)
    slowest: timedelta = timedelta(minutes=1)
    at_most: timedelta | None = None
    until: datetime | None = None
    wait: Callable[[float], object] | None = None

    def sleep(self, seconds: float) -> None:
        """Wait, unless it is to end."""
        (self.wait or self.stop.wait)(seconds)
