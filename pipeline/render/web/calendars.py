"""Calendars to subscribe to: one for the publication and one for each series.

They say no more than pages do: a part that is out has its title and address, the next one its title where the
teaser of the part before gives it, and every later slot its number and date. A draft has no date to give. The
UID is drawn from the entry id and cannot be read back, as the id holds the part's slug; so it stays the same when
a part is moved, retitled, renumbered or published, and names nothing before its time.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from pipeline import ical, urls
from pipeline.edition import Artifact
from pipeline.issue import Issue, Issues, SeriesIssues
from pipeline.model import Publication
from pipeline.render.web.listings import is_announced, teased
from pipeline.render.web.serial_views import CalendarView

_UID_DIGITS = 32


def calendar_view(publication: Publication, root: str, series_slug: str = "") -> CalendarView:
    """Where a calendar is: ``webcal:`` is what calendars on telephones and desktops subscribe to."""
    path = urls.calendar_path(series_slug)
    bare = urls.join(publication.url, path).partition("://")[2]
    return CalendarView(urls.join(root, path), f"webcal://{bare}")


def publication_calendar(issues: Issues) -> list[Artifact]:
    """The publication's calendar, if there is anything in it."""
    publication = issues.publication
    events = (event for placed in issues.series for event in events_of(placed, publication))
    every = sorted(events, key=lambda e: (e.start, e.uid))
    return _file(urls.calendar_path(), publication.title, publication.description, issues.out, every)


def series_calendar(placed: SeriesIssues, publication: Publication) -> list[Artifact]:
    """A series' calendar, if there is anything in it."""
    series, events = placed.series, events_of(placed, publication)
    title = f"{series.title} ({publication.title})"
    return _file(urls.calendar_path(series.slug), title, series.summary, placed.out, events)


def _file(path: str, title: str, about: str, out: Iterable[Issue], events: list[ical.Event]) -> list[Artifact]:
    stamp = _stamp(out, events)
    return [Artifact(path, ical.calendar(title, events, stamp, description=about))] if stamp else []


def _stamp(out: Iterable[Issue], events: list[ical.Event]) -> datetime | None:
    """When the calendar last changed by itself, as a part came out; the build's own moment says nothing."""
    newest = max((issue.slot.utc for issue in out), default=None)
    return newest or min((event.start for event in events), default=None)


def events_of(placed: SeriesIssues, publication: Publication) -> list[ical.Event]:
    """A series' parts as events; none while it has nothing to show."""
    if not is_announced(placed):
        return []
    titles = teased(placed)
    addresses = {part.number: part.address for part, _ in placed.slots}
    events = []
    for line in placed.calendar:
        slot = line.issue.slot if line.issue else line.slot
        if slot is None:
            continue
        is_out = line.issue is not None and line.issue.is_out
        title = line.issue.part.title if is_out and line.issue else titles.get(line.number, "")
        named = f"Part {line.number}: {title}" if title else f"Part {line.number}"
        address = addresses[line.number]
        path = urls.part_path(address) if is_out else urls.series_path(placed.series.slug)
        events.append(
            ical.Event(
                uid=_uid(publication, address),
                start=slot.utc,
                summary=f"{placed.series.title}, {named}",
                description=line.issue.part.summary if is_out and line.issue else "",
                url=urls.join(publication.url, path),
            )
        )
    return events


def _uid(publication: Publication, address: str) -> str:
    digest = hashlib.sha256(urls.entry_id(publication, address).encode()).hexdigest()[:_UID_DIGITS]
    return f"{digest}@{urlsplit(publication.url).hostname or 'partwork'}"
