"""Who gets the letters of a series, as one SQL select, and who no longer does.

The audience of a campaign is everybody on the list (with the tag, where one is asked for), each with a reason:
empty for who gets it, and otherwise why not. **Who has left more than 90 days ago is not in it at all**: a
campaign tells who of today's list did not get it and why, and does not carry everybody who ever was on it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sql

from pipeline.database.bulk import numbers
from pipeline.database.tables import SERIES_CHOICES, SUBSCRIBER_TAGS, SUBSCRIBERS, SUPPRESSIONS
from pipeline.subscribers.rhythms import Rhythm
from pipeline.subscribers.states import LEFT, State

SUPPRESSED = "suppressed"
PAUSED = "paused"
NOT_WANTED = "not wanted"
FORGOTTEN = "forgotten"
IN_ROUNDUP = "round-up"  # they hear of it in one
LATELY = timedelta(days=90)


def audience(
    series: str, tag: str = "", *, at: datetime, rhythm: Rhythm | None = None
) -> sql.Select[tuple[int, str, str, str, str]]:
    """Columns ``subscriber_id``, ``address``, ``first_name``, ``timezone`` and ``reason``, for INSERT … SELECT.

    ``reason`` is ``''``, ``'suppressed'``, a state that is not active (``'unsubscribed'``, ``'bounced'``,
    ``'complained'``, ``'pending'``), ``'paused'``, ``'not wanted'`` or ``'round-up'``; the first that holds.
    ``at`` decides who is paused, and who has left lately. ``rhythm`` says what goes out while round-ups are
    offered: a part, of which those who chose round-ups are left out, or a round-up, which is for those alone.
    """
    people = SUBSCRIBERS.c
    chosen = sql.select(
        people.id.label("subscriber_id"),
        people.address,
        people.first_name,
        people.timezone,
        _reason(at, in_roundup=rhythm is Rhythm.PARTS).label("reason"),
    ).select_from(_with_exclusions(series))
    stays = sql.or_(people.state.not_in(LEFT), people.state_since > at - LATELY)
    if rhythm is Rhythm.ROUNDUP:
        stays = sql.and_(stays, people.rhythm == Rhythm.ROUNDUP)
    if tag:
        tagged = sql.select(SUBSCRIBER_TAGS.c.subscriber_id).where(SUBSCRIBER_TAGS.c.tag == tag)
        return chosen.where(stays, people.id.in_(tagged))
    return chosen.where(stays)


def no_longer(connection: sql.Connection, series: str, ids: Iterable[int], *, at: datetime) -> dict[int, str]:
    """Who of these subscribers must not get the series now, with the reason: what to ask before each batch.

    Somebody who has been forgotten is told as ``'forgotten'``. Who is not in the answer may get it. How often they
    want letters is not looked at again: what was planned for them is theirs, or a change would lose them a part.
    """
    asked = list(ids)
    reason = _reason(at)
    statement = (
        sql.select(SUBSCRIBERS.c.id, reason)
        .select_from(_with_exclusions(series))
        .where(SUBSCRIBERS.c.id.in_(numbers(connection, asked)))
    )
    reasons: dict[int, str] = {row[0]: row[1] for row in connection.execute(statement)}
    return {one: why for one in asked if (why := reasons.get(one, FORGOTTEN))}


def _with_exclusions(series: str) -> sql.Join:
    choice = sql.and_(SERIES_CHOICES.c.subscriber_id == SUBSCRIBERS.c.id, SERIES_CHOICES.c.series == series)
    digest = SUPPRESSIONS.c.address_digest == SUBSCRIBERS.c.address_digest
    return SUBSCRIBERS.outerjoin(SUPPRESSIONS, digest).outerjoin(SERIES_CHOICES, choice)


def _reason(at: datetime, *, in_roundup: bool = False) -> sql.ColumnElement[str]:
    people, wanted = SUBSCRIBERS.c, SERIES_CHOICES.c.is_wanted
    by_default = people.wants == "all"
    is_told_later = people.rhythm == Rhythm.ROUNDUP if in_roundup else sql.false()
    return sql.case(
        (SUPPRESSIONS.c.address_digest.is_not(None), sql.literal_column(f"'{SUPPRESSED}'")),
        (people.state != State.ACTIVE, people.state),
        (people.paused_until > at, sql.literal_column(f"'{PAUSED}'")),
        (sql.func.coalesce(wanted, by_default).is_(sql.false()), sql.literal_column(f"'{NOT_WANTED}'")),
        (is_told_later, sql.literal_column(f"'{IN_ROUNDUP}'")),
        else_=sql.literal_column("''"),
    )
