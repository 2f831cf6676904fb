"""How long a build lasts: from when, and until when, the same files give the same site, feeds and emails.

What is out, which cohorts have begun and how a date is put change at slots and at midnight alone. Steps that are
counted in weeks from a slot keep its time of day, or are an hour beside it when the clocks change in between. So
nothing changes between two neighbours of these times of day, on any day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pipeline import schedule
from pipeline.issue import Issues

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Moments from ``since`` on and before ``until``, in UTC."""

    since: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


def span_of(issues: Issues) -> Span:
    """The moments around ``as_of`` at which the same publication is built to the same bytes."""
    moments = sorted({*_moments(issues), *_updates(issues)})
    since = max((moment for moment in moments if moment <= issues.as_of), default=issues.as_of)
    until = min((moment for moment in moments if moment > issues.as_of), default=issues.as_of)
    return Span(since, until)


def _moments(issues: Issues) -> Iterator[datetime]:
    """Every time of day at which something could change, on the day of ``as_of`` and on those beside it."""
    zone = issues.publication.timezone or "UTC"
    today = schedule.at(issues.as_of, zone).local.date()
    slots = [slot for placed in issues.series for _, slot in placed.slots]
    times = {slot.local.time() for slot in slots}
    for day in (today - _DAY, today, today + _DAY):
        yield schedule.at(datetime.combine(day, time()), zone).utc
        for clock in times:
            moment = schedule.at(datetime.combine(day, clock), zone).utc
            yield from (moment - _HOUR, moment, moment + _HOUR)


def _updates(issues: Issues) -> Iterator[datetime]:
    """When parts say that they were last changed: from then on, feeds say it too."""
    for issue in issues.all:
        updated: date | datetime | None = issue.part.updated
        if isinstance(updated, datetime):
            yield schedule.at(updated.replace(microsecond=0), issue.slot.zone).utc.astimezone(UTC)
