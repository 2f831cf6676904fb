"""The calendar of all series as its author sees it: drafts and what is only planned, too."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline import ical, schedule, urls
from pipeline.cli.reports import json_text
from pipeline.issue import Issues, SeriesIssues, Slot

if TYPE_CHECKING:
    from pipeline.cli.schedule_letters import Standings


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


def as_json(entries: Iterable[Entry], issues: Issues, standing: "Standings | None" = None) -> str:
    """The calendar as one JSON object; with what has become of the letters, where there is a list."""
    letters = {} if standing is None else standing.letters
    return json_text(
        {
            "as_of": issues.as_of.isoformat(),
            "timezone": issues.publication.timezone,
            **({} if standing is None else {"audiences": standing.audiences}),
            **({} if standing is None or not standing.roundups else {"roundups": _roundups(standing)}),
            "entries": [
                {
                    "series": entry.series,
                    "number": entry.number,
                    "address": entry.address,
                    "title": entry.title,
                    "state": entry.state,
                    "local": entry.slot.local.isoformat() if entry.slot else None,
                    "utc": entry.slot.utc.isoformat() if entry.slot else None,
                    **({"letter": letters[entry.address].as_data()} if entry.address in letters else {}),
                }
                for entry in entries
            ],
        }
    )


def _roundups(standing: "Standings") -> list[dict[str, object]]:
    from pipeline.sending.roundups import told_in

    return [
        {
            "series": issue.series.slug,
            "address": issue.address,
            "parts": list(told_in(issue)),
            "local": issue.slot.local.isoformat(),
            "utc": issue.slot.utc.isoformat(),
            "audience": wanted,
            "letter": standing.letters[issue.address].as_data(),
        }
        for issue, wanted in standing.roundups
    ]


def as_ics(entries: Sequence[Entry], issues: Issues) -> bytes:
    """The calendar as RFC 5545: one event for each slot, whose UID stays when a part moves or is retitled."""
    publication = issues.publication
    events = [
        ical.Event(
            uid=urls.entry_id(publication, entry.address or f"{entry.series}/part-{entry.number}"),
            start=entry.slot.utc,
            summary=f"{entry.series_title}, Part {entry.number}: {entry.title or 'to be written'}",
            description=entry.state,
            is_certain=entry.state not in ("draft", "planned"),
        )
        for entry in entries
        if entry.slot
    ]
    return ical.calendar(publication.title, events, issues.as_of)
