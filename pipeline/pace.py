"""Paced reading: whoever starts now gets Part 1 now, and one part at each step of the series' own cadence.

Readers who start in the same week are a *cohort*, and share one feed. Its slots are the series' cadence counted
again from the cohort's start, on the weekday and at the time of Part 1, so that a build which brings a new part
brings the cohorts theirs. All of it follows from the slots and ``as_of``: there is nothing to remember.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline import schedule
from pipeline.issue import Issue, SeriesIssues, Slot
from pipeline.model import Every, Schedule

MIN_PARTS = 2  # with one part out, everybody starts at Part 1 anyway
GRACE = timedelta(weeks=4)  # a finished feed stays so long: a reader away for a month still gets the last part
_WEEK = timedelta(weeks=1)
_DAYS = {"day": 1.0, "weekday": 7 / 5, "week": 7.0, "month": 30.0}


@dataclass(frozen=True, slots=True)
class Release:
    """A part as a cohort gets it: at a slot of the cohort's own, never before the part's."""

    issue: Issue
    slot: Slot


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who started in one week: ``2026-W48``, and what has come to them, oldest first.

    ``end`` is the slot at which there was nothing more to give: ``is_whole`` when the series was at its end,
    otherwise the cohort had caught up with the author. None while it is still reading.
    """

    name: str
    start: Slot
    releases: tuple[Release, ...]
    end: Slot | None = None
    is_whole: bool = False

    def as_of(self, moment: datetime) -> "Cohort":
        """The cohort as it stood at a moment."""
        came = tuple(release for release in self.releases if release.slot.utc <= moment)
        has_ended = self.end is not None and self.end.utc <= moment
        return Cohort(self.name, self.start, came, self.end if has_ended else None, has_ended and self.is_whole)


def cohorts(placed: SeriesIssues, as_of: datetime) -> tuple[Cohort, ...]:
    """Every cohort that may still be reading, or that finished less than ``GRACE`` ago; oldest first.

    No more than there are weeks from the first part to the last, at one step each, and in ``GRACE``: a later
    start never ends earlier, so looking back stops at the first one that is over. None for a series with fewer
    than ``MIN_PARTS`` published parts.
    """
    out = placed.out
    if len(out) < MIN_PARTS:
        return ()
    found = []
    for start in _starts(out[0].slot, as_of):
        cohort = course(placed, start).as_of(as_of)
        if cohort.end is not None and cohort.end.utc + GRACE <= as_of:
            break
        if cohort.releases:
            found.append(cohort)
    return tuple(reversed(found))


def current(placed: SeriesIssues, as_of: datetime) -> Cohort | None:
    """Who starts now: the newest cohort as of a moment, with all that it will get; none while there is none."""
    if len(placed.out) < MIN_PARTS:
        return None
    begun = (course(placed, start) for start in _starts(placed.out[0].slot, as_of))
    return next((cohort for cohort in begun if cohort.as_of(as_of).releases), None)


def course(placed: SeriesIssues, start: date) -> Cohort:
    """Everything that a cohort gets, whenever: one published or scheduled part at each step from ``start``.

    The course ends at the first step for which nothing is out in time: from there on the reader is as far as
    everybody, and the series' own feed is the one to follow. A draft leaves its step empty.
    """
    waiting = _by_step(placed)
    releases: list[Release] = []
    first = end = None
    for step, slot in enumerate(_slots(placed, start)):
        first = first or slot
        if len(releases) == len(waiting) or waiting[len(releases)][1].slot.utc > slot.utc:
            end = slot
            break
        place, issue = waiting[len(releases)]
        if place == step:
            releases.append(Release(issue, slot))
    if first is None:
        return Cohort("", placed.out[0].slot, ())
    is_whole = end is not None and placed.is_finished and len(releases) == len(waiting)
    year, week, _ = start.isocalendar()
    return Cohort(f"{year}-W{week:02}", first, tuple(releases), end, is_whole)


def kept(every: Every) -> int:
    """How many of a cohort's newest parts its feed holds: those of three weeks, and three at least.

    A feed is a window, into which readers look every day. One that held the whole series, in each of the weeks
    that it takes, would cost the square of the series' length.
    """
    return max(3, round(21 / (_DAYS[every.unit] * every.count)))


def _starts(first: Slot, as_of: datetime) -> Iterator[date]:
    """The days on which cohorts start, newest first, back to the day of Part 1."""
    day = first.local.date()
    weeks = (as_of.astimezone(first.local.tzinfo).date() - day) // _WEEK
    for count in range(weeks, -1, -1):
        yield day + count * _WEEK


def _by_step(placed: SeriesIssues) -> list[tuple[int, Issue]]:
    """Each issue with its step: its place among the written parts, drafts too, from the first that is out."""
    place = {part.number: k for k, (part, _) in enumerate(placed.slots)}
    first = place[placed.out[0].number]
    return [(place[issue.number] - first, issue) for issue in placed.issues if place[issue.number] >= first]


def _slots(placed: SeriesIssues, start: date) -> Iterator[Slot]:
    """A cohort's slots: the series' cadence, from a start of its own, without the author's weeks off."""
    first = placed.out[0].slot
    times = schedule.cadence(Schedule(start, first.local.time(), placed.series.schedule.every))
    try:
        for local in times:
            yield schedule.at(local, first.zone)
    except (OverflowError, ValueError):
        return  # the year 9999
