"""The calendar of all series as its author sees it: drafts and what is only planned, too."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline import schedule, urls
from pipeline.cli.reports import json_text
from pipeline.issue import Issues, SeriesIssues, Slot

FOLD_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the calendar. ``address`` and ``title`` are empty for what is not yet written."""

    series: str
    series_title: str
    number: int
    address: str
    title: str
    slot: Slot | None
    state: str  # out | next | scheduled | draft | planned


def entries_of(issues: Issues) -> tuple[Entry, ...]:
    """Every part of every series, and what is planned beyond them, by series and number."""
    return tuple(
        entry for placed in issues.series for entry in _entries(placed, issues.publication.timezone or "UTC")
    )


def _entries(placed: SeriesIssues, zone: str) -> Iterator[Entry]:
    series = placed.series
    out = {issue.number for issue in placed.out}
    calendar = schedule.plan(series, zone)
    waiting = (part.number for part in series.parts if not part.draft and part.number not in out)
    following = next(waiting, None)
    for part, slot in calendar.slots:
        if part.number in out:
            state = "out"
        elif part.draft:
            state = "draft"
        else:
            state = "next" if part.number == following else "scheduled"
        yield Entry(series.slug, series.title, part.number, part.address, part.title, slot, state)
    first = series.parts[-1].number + 1 if series.parts else 1
    numbers = range(first, (series.parts_planned or 0) + 1)
    for number, free in zip(numbers, _free_slots(placed, calendar.after, zone), strict=False):
        yield Entry(series.slug, series.title, number, "", "", free, "planned")


def _free_slots(placed: SeriesIssues, after: Slot, zone: str) -> Iterator[Slot | None]:
    """The slots that no part has yet; none once the calendar itself ends, in the year 9999."""
    try:
        for local in schedule.cadence(placed.series.schedule):
            slot = schedule.at(local, zone)
            if slot.utc >= after.utc:
                yield slot
    except (OverflowError, ValueError):
        pass
    while True:
        yield None


def as_json(entries: Iterable[Entry], issues: Issues) -> str:
    """The calendar as one JSON object."""
    return json_text(
        {
            "as_of": issues.as_of.isoformat(),
            "timezone": issues.publication.timezone,
            "entries": [
                {
                    "series": entry.series,
                    "number": entry.number,
                    "address": entry.address,
                    "title": entry.title,
                    "state": entry.state,
                    "local": entry.slot.local.isoformat() if entry.slot else None,
                    "utc": entry.slot.utc.isoformat() if entry.slot else None,
                }
                for entry in entries
            ],
        }
    )


def as_ics(entries: Sequence[Entry], issues: Issues) -> bytes:
    """The calendar as RFC 5545: one event for each slot, whose UID stays when a part moves or is retitled."""
    publication = issues.publication
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//partwork//partwork//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(publication.title)}",
    ]
    stamp = f"{issues.as_of:%Y%m%dT%H%M%SZ}"
    for entry in entries:
        if entry.slot is None:
            continue
        identity = entry.address or f"{entry.series}/part-{entry.number}"
        title = entry.title or "to be written"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_text(urls.entry_id(publication, identity))}",
            f"DTSTAMP:{stamp}",
            f"DTSTART:{entry.slot.utc:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{_text(f'{entry.series_title}, Part {entry.number}: {title}')}",
            f"DESCRIPTION:{_text(entry.state)}",
            f"STATUS:{'TENTATIVE' if entry.state in ('draft', 'planned') else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _folded(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, never through a letter (RFC 5545, 3.1)."""
    pieces, piece, room = [], b"", FOLD_OCTETS
    for character in line:
        octets = character.encode("utf-8")
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", FOLD_OCTETS - 1  # the space that begins a continued line counts
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
