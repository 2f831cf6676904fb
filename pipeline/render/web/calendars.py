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


def calendar_artifacts(issues: Issues) -> list[Artifact]:
    """The publication's calendar, and that of each series that has anything in it."""
    publication = issues.publication
    by_series = [(placed, _events(placed, publication)) for placed in issues.series if is_announced(placed)]
    every = sorted((event for _, events in by_series for event in events), key=lambda e: (e.start, e.uid))
    stamp = _stamp(issues.out, every)
    if stamp is None:
        return []
    files = [
        Artifact(
            urls.calendar_path(),
            ical.calendar(publication.title, every, stamp, description=publication.description),
        )
    ]
    for placed, events in by_series:
        own = _stamp(placed.out, events)
        if own:
            title = f"{placed.series.title} ({publication.title})"
            data = ical.calendar(title, events, own, description=placed.series.summary)
            files.append(Artifact(urls.calendar_path(placed.series.slug), data))
    return files


def _stamp(out: Iterable[Issue], events: list[ical.Event]) -> datetime | None:
    """When the calendar last changed by itself, as a part came out; the build's own moment says nothing."""
    newest = max((issue.slot.utc for issue in out), default=None)
    return newest or min((event.start for event in events), default=None)


def _events(placed: SeriesIssues, publication: Publication) -> list[ical.Event]:
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
