"""Which round-ups are due, and what is in them: a pure decision from slots, what the ledger owes, and a moment.

The calendar says when; the ledger says what, for a part that was late, or a round-up that slipped, has to come
with the next. A part that is still to be sent is in a round-up that is looked at before its moment, where its slot
says so: that is what it will be, if nothing changes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.errors import ConfigError
from pipeline.issue import Issue, Issues, RoundUp, SeriesIssues, Slot
from pipeline.ledger.campaigns import CampaignState, campaigns
from pipeline.ledger.roundups import owed, told_by
from pipeline.model import Publication
from pipeline.roundup import moment_after, moment_before, moment_of, roundup, slug_of
from pipeline.sending.due import Departure
from pipeline.settings import RoundUpSettings
from pipeline.subscribers.audience import audience
from pipeline.subscribers.rhythms import Rhythm

Owed = Mapping[str, Mapping[str, datetime]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the ledger knows: the parts that are owed, by series, and the campaigns that there are."""

    owed: Owed
    known: Collection[tuple[str, str]]


def gathered(database: Database) -> Gathered:
    """What the ledger knows now.

    Raises:
        DatabaseError: the database refused.
    """
    return Gathered(owed(database), {(each.series, each.part) for each in campaigns(database)})


def roundup_departures(issues: Issues, there: Gathered, now: datetime) -> Iterator[Departure]:
    """The last round-up whose moment has come, and the next, of each series that has something to tell in it."""
    for placed in issues.series:
        for moment in _moments(issues.publication, now):
            if parts_of(placed, issues.publication, moment, there, now):
                yield Departure(placed.series.slug, slug_of(moment), 0, moment)


def coming_roundups(issues: Issues, there: Gathered, now: datetime) -> tuple[Issue, ...]:
    """The next round-up of each series, as it would be, where there is something to tell in it."""
    return tuple(
        roundup(placed, moment, parts)
        for placed in issues.series
        for moment in _moments(issues.publication, now)[-1:]
        if (parts := parts_of(placed, issues.publication, moment, there, now))
    )


def roundup_of(issues: Issues, database: Database | None, series: str, slug: str, now: datetime) -> Issue:
    """One round-up by its name: as it was planned, or as it would be now.

    Raises:
        ConfigError: round-ups are not offered, or there is nothing to tell in this one.
        DatabaseError: the database refused.
    """
    publication = issues.publication
    settings = publication.sending.roundup
    if settings is None:
        raise ConfigError('round-ups are not offered: write `[roundup]` with `every = "month"` into partwork.toml')
    placed = next((each for each in issues.series if each.series.slug == series), None)
    if placed is None:
        raise ConfigError(f"there is no series `{series}`")
    try:
        moment = moment_of(settings, slug, publication.timezone or "UTC")
    except (ValueError, OverflowError):
        raise ConfigError(f"there is no such month: {slug}") from None
    there = Gathered({}, ()) if database is None else gathered(database)
    parts = _told_before(placed, database, slug) or parts_of(placed, publication, moment, there, now)
    if not parts:
        raise ConfigError(
            f"there is nothing to tell in {series}/{slug}: no part came out that was not told of before"
        )
    return roundup(placed, moment, parts)


def told_in(issue: Issue) -> tuple[str, ...]:
    """The slugs of the parts that an issue tells of: none, unless it is a round-up."""
    found = (section for section in issue.sections if isinstance(section, RoundUp))
    return tuple(item.address.partition("/")[2] for section in found for item in section.items)


def audience_of(
    publication: Publication, series: str, tag: str = "", *, is_roundup: bool = False, at: datetime
) -> sql.Select[tuple[int, str, str, str, str]]:
    """Whom a part goes to, or a round-up.

    Without round-ups, and for those with a tag, everybody gets the part: what is sent to some alone is told in no
    round-up.
    """
    if publication.sending.roundup is None or tag:
        return audience(series, tag, at=at)
    return audience(series, at=at, rhythm=Rhythm.ROUNDUP if is_roundup else Rhythm.PARTS)


def _moments(publication: Publication, now: datetime) -> list[Slot]:
    settings, zone = publication.sending.roundup, publication.timezone or "UTC"
    if settings is None:
        return []
    return [moment_before(settings, now, zone), moment_after(settings, now, zone)]


def parts_of(
    placed: SeriesIssues, publication: Publication, moment: Slot, there: Gathered, now: datetime
) -> list[Issue]:
    """What the round-up of a moment would tell of; nothing where there is none to be."""
    settings, zone = publication.sending.roundup, publication.timezone or "UTC"
    if settings is None:
        return []
    waiting = there.owed.get(placed.series.slug, {})
    following = moment_after(settings, now, zone)

    def belongs(issue: Issue) -> bool:
        since = waiting.get(issue.part.slug)
        if since is not None:
            return max(since, issue.slot.utc) < moment.utc <= following.utc
        may_leave = issue.slot.utc >= now - publication.sending.max_late
        is_to_come = may_leave and (issue.series.slug, issue.part.slug) not in there.known
        return moment.utc > now and is_to_come and _closes(settings, moment, issue, zone)

    return [issue for issue in placed.issues if belongs(issue)]


def _closes(settings: RoundUpSettings, moment: Slot, issue: Issue, zone: str) -> bool:
    """Whether this is the first round-up after a part."""
    return issue.slot.utc < moment.utc and moment_after(settings, issue.slot.utc, zone) == moment


def _told_before(placed: SeriesIssues, database: Database | None, slug: str) -> list[Issue]:
    """What a round-up has told of that was planned before."""
    if database is None:
        return []
    mine = (each for each in campaigns(database) if (each.series, each.part) == (placed.series.slug, slug))
    campaign = next((each for each in mine if each.state is not CampaignState.SLIPPED), None)
    told = frozenset() if campaign is None else told_by(database, campaign.id)
    return [issue for issue in placed.issues if issue.part.slug in told]
