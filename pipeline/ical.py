"""Calendar files: RFC 5545, as bytes that are the same whenever the same is said.

One event for each slot: a moment without length, which takes no room in anybody's day (TRANSPARENT).
``REFRESH-INTERVAL`` and ``NAME`` are RFC 7986's; Outlook and Apple's Calendar read their elder ``X-`` names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

FOLD_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Event:
    """A moment in a calendar. ``start`` is in UTC, ``uid`` never changes, ``url`` may be empty."""

    uid: str
    start: datetime
    summary: str
    description: str = ""
    url: str = ""
    is_certain: bool = True


def calendar(name: str, events: Iterable[Event], stamp: datetime, *, description: str = "") -> bytes:
    """A calendar by its ``name``. ``stamp`` (UTC) is when what it says was last changed: every event's DTSTAMP."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//partwork//partwork//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    if description:
        lines += [
            f"NAME:{_text(name)}",
            f"DESCRIPTION:{_text(description)}",
            f"X-WR-CALDESC:{_text(description)}",
            "REFRESH-INTERVAL;VALUE=DURATION:P1D",
            "X-PUBLISHED-TTL:P1D",
        ]
    for event in events:
        lines += _event(event, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(event: Event, stamp: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{event.start:%Y%m%dT%H%M%SZ}",
        f"SUMMARY:{_text(event.summary)}",
        *([f"DESCRIPTION:{_text(event.description)}"] if event.description else []),
        *([f"URL:{event.url}"] if event.url else []),
        f"STATUS:{'CONFIRMED' if event.is_certain else 'TENTATIVE'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _folded(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, never through a letter (RFC 5545, 3.1)."""
    rest, pieces, room = line.encode("utf-8"), [], FOLD_OCTETS
    while len(rest) > room:
        end = room
        while rest[end] & 0xC0 == 0x80:  # inside a letter of several octets
            end -= 1
        pieces.append(rest[:end])
        rest, room = rest[end:], FOLD_OCTETS - 1  # the space that begins a continued line counts
    return b"\r\n ".join([*pieces, rest]) + b"\r\n"
