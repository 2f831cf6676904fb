"""Dates and counts as a person would put them, in English."""

from collections.abc import Sequence
from datetime import date, datetime

from pipeline.body import Body, walk_body
from pipeline.model import Every

WORDS_A_MINUTE = 230  # a usual pace for non-fiction read silently (Brysbaert 2019, 238 words a minute, rounded)
# Not strftime: its names follow the process's locale, which libraries change (feedgen calls setlocale).
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# What `partwork new` writes into a file, to be written over.
NEW_SUMMARY = "What this part is about, in a sentence or two."
NEW_BODY = "Write here."
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(count: int) -> str:
    """``two`` for 2, up to ten; digits from there."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def weekday_date(day: date) -> str:
    """``Tuesday 24 November``."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def month_name(day: date) -> str:
    """``November``."""
    return _MONTHS[day.month - 1]


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def full_date(day: date) -> str:
    """``24 November 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def when(day: date, said_on: date) -> str:
    """A coming date as one would say it on another: ``Next week, Tuesday 24 November``, ``Tomorrow``.

    Weeks begin on Monday (ISO 8601): "next week" is the calendar week after this one.
    """
    days = (day - said_on).days
    date_words = weekday_date(day) if day.year == said_on.year else f"{weekday_date(day)} {day.year}"
    if days <= 0:
        return "Later today" if days == 0 else date_words
    if days == 1:
        return f"Tomorrow, {date_words}"
    monday, said_monday = day.toordinal() - day.weekday(), said_on.toordinal() - said_on.weekday()
    weeks = (monday - said_monday) // 7
    if weeks == 0:
        return f"This {date_words}"
    if weeks == 1:
        return f"Next week, {date_words}"
    if weeks <= 6:
        return f"In {number_word(weeks)} weeks, {date_words}"
    return f"On {date_words}"


def pace(every: Every) -> str:
    """How fast a cadence is: ``one part a week``, ``one part every two weeks``, ``one part every weekday``."""
    if every.count > 1:
        return f"one part every {number_word(every.count)} {every.unit}s"
    return f"one part every {every.unit}" if every.unit == "weekday" else f"one part a {every.unit}"


def iso(moment: datetime) -> str:
    """A moment as RFC 3339 wants it, with its offset."""
    return moment.isoformat(timespec="seconds")


def part_words(number: int, series: str = "") -> str:
    """A part by its number: ``Part 3``, or ``Part 3 of Tea`` where another series is meant."""
    return f"Part {number} of {series}" if series else f"Part {number}"


def reading_minutes(words: int) -> int:
    """Minutes to read so many words; never less than one."""
    return max(1, round(words / WORDS_A_MINUTE))


def has_words(body: Body) -> bool:
    """Whether there is anything in a body that a reader would see."""
    return any(True for _ in walk_body(body))
