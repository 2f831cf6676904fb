"""What a message that came back says, and what is believed of it."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.sending.tokens import DeliveryName


class Kind(StrEnum):
    """What a return says of a delivery."""

    ARRIVED = "arrived"  # it has arrived, or has been handed on
    DELAYED = "delayed"  # a server is still trying
    OURS = "ours"  # refused for what we are or what we sent: no fault of the mailbox
    REFUSED = "refused"  # this mailbox, this time: full, switched off, too slow
    DEAD = "dead"  # there is no such address
    COMPLAINED = "complained"  # the reader told their provider that it is spam
    AUTOMATIC = "automatic"  # a holiday notice
    UNKNOWN = "unknown"  # nothing that we can read


# Of several the mildest counts.
BY_HARM = (Kind.ARRIVED, Kind.DELAYED, Kind.OURS, Kind.REFUSED, Kind.DEAD)


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says, believed or not: ``status`` as RFC 3463 writes it, ``words`` without addresses."""

    kind: Kind
    status: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A message that came back, understood.

    ``name`` is the delivery that it speaks of: known by a token of ours, or none. Without it nothing is believed,
    and ``why`` says what is missing. ``fingerprint`` is the same whenever the same message is read.
    """

    fingerprint: str
    told: Told
    name: DeliveryName | None = None
    why: str = ""
