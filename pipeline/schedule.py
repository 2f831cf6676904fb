"""Slots: when each part comes out. Pure calendar arithmetic; the only clock is handed in.

A slot is local wall-clock time in the publication's zone, so that nine o'clock stays nine o'clock when the
clocks change. A local time that does not exist moves forward by the gap; one that comes twice means the first
(what Python's ``fold=0`` gives, PEP 495).
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipeline import rules, wording
from pipeline.errors import Diagnostic
from pipeline.issue import Slot
from pipeline.model import Every, Part, Schedule, Series

_WEEKEND = 5  # Saturday, as date.weekday() counts


@dataclass(frozen=True, slots=True)
class Calendar:
    """The slots of a series' parts (drafts too: they keep their place), and what is wrong with them.

    ``after`` is the first slot that no part has yet.
    """

    slots: tuple[tuple[Part, Slot], ...]
    after: Slot
    diagnostics: tuple[Diagnostic, ...]

    def slot_of(self, part: Part) -> Slot:
        """The slot of one of the series' parts."""
        return next(slot for other, slot in self.slots if other is part)


def at(local: datetime, zone: str) -> Slot:
    """The slot at a naive local time in a zone, or at an aware moment seen from that zone."""
    tz = _zone(zone)
    aware = local if local.tzinfo else local.replace(tzinfo=tz, fold=0)
    utc = aware.astimezone(UTC)
    return Slot(utc, utc.astimezone(tz), zone)


def resolve_as_of(as_of: date | datetime, zone: str) -> datetime:
    """The moment meant by ``--as-of``, in UTC: a bare date is the end of that day in the publication's zone."""
    if not isinstance(as_of, datetime):
        as_of = datetime.combine(as_of, time(23, 59, 59))
    return at(as_of, zone).utc


def cadence(schedule: Schedule) -> Iterator[datetime]:
    """The local times of a cadence from its start, for ever, without the skipped dates."""
    for day in _days(schedule):
        if day not in schedule.skip:
            yield datetime.combine(day, schedule.at)


def plan(series: Series, zone: str) -> Calendar:
    """Give each part of a series its slot: the first one of the cadence after the part before, or its pin."""
    try:
        return _planned(series, zone)
    except (OverflowError, ValueError):
        message = f"the calendar of {len(series.parts)} parts runs past the year 9999"
        told = rules.BAD_DATE.at(series.at("schedule"), message, "shorten `every`")
        # Slots a day apart, so that everything else can still be checked.
        daily = replace(series, schedule=Schedule(date(2000, 1, 1), time(9), Every("day")))
        unpinned = replace(daily, parts=tuple(replace(part, pin=None) for part in series.parts))
        stand_in = _planned(unpinned, zone)
        slots = tuple((part, slot) for part, (_, slot) in zip(series.parts, stand_in.slots, strict=True))
        return Calendar(slots, stand_in.after, (told,))


def _planned(series: Series, zone: str) -> Calendar:
    times = cadence(series.schedule)
    upcoming = _next_slot(times, zone)
    slots: list[tuple[Part, Slot]] = []
    wrong: list[tuple[Part, str]] = []
    for part in series.parts:
        before = slots[-1][1] if slots else None
        if part.pin is not None:
            slot = at(_pinned(part.pin, series.schedule.at), zone)
            if before is not None and slot.utc <= before.utc:
                wrong.append((part, "clash" if slot.utc == before.utc else "backwards"))
        else:
            while before is not None and upcoming.utc <= before.utc:
                upcoming = _next_slot(times, zone)
            slot = upcoming
        slots.append((part, slot))
    while slots and upcoming.utc <= slots[-1][1].utc:
        upcoming = _next_slot(times, zone)
    return Calendar(tuple(slots), upcoming, tuple(_told(part, kind, slots) for part, kind in wrong))


def _told(part: Part, kind: str, slots: list[tuple[Part, Slot]]) -> Diagnostic:
    shown = "; ".join(f"{other.number:02d} {_stamp(slot)}" for other, slot in slots)
    index = next(k for k, (other, _) in enumerate(slots) if other is part)
    before, slot = slots[index - 1][0], slots[index][1]
    if kind == "clash":
        message = f"Part {part.number} has the slot of Part {before.number}, {_stamp(slot)}"
        return rules.SLOT_CLASH.at(part.at("date"), message, f"the calendar: {shown}")
    message = f"Part {part.number} is pinned to {_stamp(slot)}, before Part {before.number}"
    return rules.PIN_BACKWARDS.at(part.at("date"), message, f"the calendar: {shown}")


def _stamp(slot: Slot) -> str:
    return f"{slot.local:%Y-%m-%d %H:%M}"


def _next_slot(times: Iterator[datetime], zone: str) -> Slot:
    return at(next(times), zone)


def _pinned(pin: date | datetime, clock: time) -> datetime:
    return pin if isinstance(pin, datetime) else datetime.combine(pin, clock)


def _days(schedule: Schedule) -> Iterator[date]:
    start, every = schedule.start, schedule.every
    step = 0
    while True:
        match every.unit:
            case "month":
                yield _months_after(start, step * every.count)
            case "weekday":
                yield _weekdays_after(start, step * every.count)
            case unit:
                yield start + timedelta(days=step * every.count * (7 if unit == "week" else 1))
        step += 1


def _months_after(day: date, months: int) -> date:
    """The same day some months later; the last of the month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _weekdays_after(day: date, count: int) -> date:
    """So many weekdays later; a start at the weekend counts from the Monday after."""
    if day.weekday() >= _WEEKEND:
        day += timedelta(days=7 - day.weekday())
    weeks, rest = divmod(day.weekday() + count, 5)
    return day + timedelta(days=weeks * 7 + rest - day.weekday())


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def described(slot: Slot) -> str:
    """A slot for people: ``Tuesday 24 November 2026, 09:00``."""
    local = slot.local
    return f"{wording.weekday_date(local.date())} {local.year}, {local:%H:%M}"
