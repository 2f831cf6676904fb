"""What was looked at, what was seen, and what to mend."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it stands. What could not be looked at is never called good."""

    GOOD = "good"
    WEAK = "weak"  # it works, and could hurt
    UNSEEN = "unseen"
    BAD = "bad"


class Subject(StrEnum):
    """What is looked at."""

    SENDER = "sender"
    POSTAL_ADDRESS = "postal address"
    PUBLIC_ADDRESS = "public address"
    CERTIFICATE = "certificate"
    ONE_CLICK = "one-click"
    BOUNCES = "bounces"
    SPF = "SPF"
    DKIM = "DKIM"
    DMARC = "DMARC"
    ALIGNMENT = "alignment"
    PTR = "PTR"
    TRANSPORT = "transport"
    TLS = "TLS"
    CLOCK = "clock"
    DISK = "disk"
    DATABASE = "database"
    FILES = "files"
    COMPLAINTS = "complaints"
    ROUNDUPS = "round-ups"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``mend`` says what to do, where something is to be done."""

    subject: Subject
    verdict: Verdict
    seen: str
    mend: str = ""


OFFLINE = "not looked at: offline"


def unseen(subject: Subject, why: str = OFFLINE, mend: str = "") -> Finding:
    """Something that could not be looked at."""
    return Finding(subject, Verdict.UNSEEN, why, mend)
