"""What subscribers do for themselves: choose series, pause, move to another address, see what is kept of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sql

from pipeline.database.public import CHANGES
from pipeline.database.tables import (
    CAMPAIGNS,
    DELIVERIES,
    EVENTS,
    RETURNS,
    SERIES_CHOICES,
    SUBSCRIBER_TAGS,
    SUBSCRIBERS,
)
from pipeline.subscribers import keeping, notices
from pipeline.subscribers.addresses import Address, parse_address
from pipeline.subscribers.joining import choose
from pipeline.subscribers.notices import Kind
from pipeline.subscribers.rhythms import Rhythm
from pipeline.subscribers.states import State

LINK_LASTS = timedelta(days=1)
UNDO = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody as their page of choices shows them. ``series`` are those they have spoken about.

    ``suppressed`` is why nothing may be written to their address, and empty otherwise.
    """

    id: int
    address: Address
    state: State
    state_since: datetime
    wants_new: bool
    series: Mapping[str, bool]
    paused_until: datetime | None
    suppressed: str
    rhythm: Rhythm

    def wants(self, slug: str) -> bool:
        """Whether they get a series."""
        return self.series.get(slug, self.wants_new)


def chosen(connection: sql.Connection, key: int) -> Chosen | None:
    """Somebody by number; none where they are not known (any more)."""
    person = connection.execute(sql.select(SUBSCRIBERS).where(SUBSCRIBERS.c.id == key)).mappings().one_or_none()
    if person is None:
        return None
    choices = SERIES_CHOICES.c
    rows = connection.execute(
        sql.select(choices.series, choices.is_wanted).where(choices.subscriber_id == key)
    ).all()
    address = parse_address(person["address"])
    return Chosen(
        key,
        address,
        State(person["state"]),
        person["state_since"],
        person["wants"] == "all",
        {row[0]: row[1] for row in rows},
        person["paused_until"],
        keeping.suppression(connection, address),
        Rhythm(person["rhythm"]),
    )


def set_choices(
    connection: sql.Connection, key: int, series: Mapping[str, bool], *, wants_new: bool, at: datetime
) -> None:
    """Which series they want, and whether new ones too."""
    choose(connection, key, dict(series))
    wants = "all" if wants_new else "chosen"
    connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == key).values(wants=wants))
    keeping.note(connection, key, "changed", at=at, source="page of choices", detail="series")


def pause(connection: sql.Connection, key: int, until: datetime | None, *, at: datetime) -> None:
    """Send nothing until a moment; none: go on at once."""
    connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == key).values(paused_until=until))
    detail = f"paused until {until.date().isoformat()}" if until else "going on"
    keeping.note(connection, key, "changed", at=at, source="page of choices", detail=detail)


def set_rhythm(connection: sql.Connection, key: int, rhythm: Rhythm, *, at: datetime) -> None:
    """How often they want letters."""
    connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == key).values(rhythm=rhythm))
    words = "every part" if rhythm is Rhythm.PARTS else "round-ups"
    keeping.note(connection, key, "changed", at=at, source="page of choices", detail=words)


def undo_leaving(connection: sql.Connection, key: int, *, at: datetime) -> bool:
    """Take back a leaving that is a moment old; whether it was."""
    recent = (SUBSCRIBERS.c.state == State.UNSUBSCRIBED) & (SUBSCRIBERS.c.state_since > at - UNDO)
    chosen_one = SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == key, recent)
    if connection.execute(chosen_one.values(state=State.ACTIVE, state_since=at)).rowcount == 0:
        return False
    keeping.note(connection, key, "returned", at=at, source="page of choices", detail="took leaving back")
    return True


# --- another address --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A change of address. ``is_old`` says whether the link came to the old address, or to the new one."""

    id: int
    is_old: bool


def ask_change(connection: sql.Connection, key: int, old: Address, new: Address, *, now: datetime) -> None:
    """Ask both ends; the last request is the one that counts.

    To an address that is suppressed nothing goes, and one that is on the list already gets the letter that a
    sign-up brings: the page answers the same, and the change never comes about.
    """
    connection.execute(CHANGES.delete().where(CHANGES.c.subscriber_id == key))
    values = {"subscriber_id": key, "address": new.address, "until": now + LINK_LASTS}
    made = connection.execute(CHANGES.insert().values(values).returning(CHANGES.c.id)).scalar_one()
    notices.add(connection, Kind.CHANGE_OLD, old.address, now, subscriber=key, said=str(made))
    if keeping.find(connection, new) is not None:
        notices.add(connection, Kind.SIGN_UP, new.address, now, said="all", source="page of choices")
    elif not keeping.suppression(connection, new):
        notices.add(connection, Kind.CHANGE_NEW, new.address, now, subscriber=key, said=str(made))


class Ended(Exception):  # noqa: N818 - the end of a link, no fault
    """The link is too old, or another one has taken its place."""


def confirm_change(connection: sql.Connection, link: Change, *, now: datetime) -> bool:
    """One end has said yes. Whether the other had too, so that letters now go to the new address.

    Raises:
        Ended: there is no such change to confirm (any more).
    """
    column = "old_at" if link.is_old else "new_at"
    here = (CHANGES.c.id == link.id) & (CHANGES.c.until > now)
    found = connection.execute(CHANGES.update().where(here).values({column: now}).returning(CHANGES)).mappings()
    change = found.one_or_none()
    if change is None:
        raise Ended
    if change["old_at"] is None or change["new_at"] is None:
        return False
    new = parse_address(change["address"])
    connection.execute(CHANGES.delete().where(CHANGES.c.id == link.id))
    if keeping.find(connection, new) is not None or keeping.suppression(connection, new):
        raise Ended
    values = {"address": new.address, "address_key": new.key, "address_digest": new.digest}
    key = change["subscriber_id"]
    connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == key).values(values))
    waiting = sql.and_(
        DELIVERIES.c.campaign_id.in_(sql.select(CAMPAIGNS.c.id)),  # so that the primary key finds them
        DELIVERIES.c.subscriber_id == key,
        DELIVERIES.c.state == "planned",
    )
    connection.execute(DELIVERIES.update().where(waiting).values(address=new.address))
    keeping.note(connection, key, "changed", at=now, source="link", detail="address")
    return True


def change_of(connection: sql.Connection, link: Change, now: datetime) -> sql.RowMapping | None:
    """The change that a link is about, while it may be confirmed."""
    here = (CHANGES.c.id == link.id) & (CHANGES.c.until > now)
    return connection.execute(sql.select(CHANGES).where(here)).mappings().one_or_none()


# --- what is kept of them ---------------------------------------------------------------------------------


def data_of(connection: sql.Connection, key: int) -> dict[str, Any] | None:
    """All that is kept of somebody, in words for JSON; none where nothing is."""
    people, events, theirs = SUBSCRIBERS.c, EVENTS.c, DELIVERIES.c
    person = connection.execute(sql.select(SUBSCRIBERS).where(people.id == key)).mappings().one_or_none()
    if person is None:
        return None
    hidden = ("id", "address_key", "address_digest")
    tags = sql.select(SUBSCRIBER_TAGS.c.tag).where(SUBSCRIBER_TAGS.c.subscriber_id == key)
    choices = sql.select(SERIES_CHOICES).where(SERIES_CHOICES.c.subscriber_id == key)
    history = sql.select(events.at, events.kind, events.source, events.detail).where(events.subscriber_id == key)
    letters = (
        sql.select(
            CAMPAIGNS.c.series,
            CAMPAIGNS.c.part,
            CAMPAIGNS.c.subject,
            theirs.address,
            theirs.state,
            theirs.reason,
            theirs.settled_at,
        )
        .join(CAMPAIGNS, CAMPAIGNS.c.id == theirs.campaign_id)
        .where(theirs.subscriber_id == key)
        .order_by(theirs.campaign_id)
    )
    back, moves = RETURNS.c, CHANGES.c
    returned = sql.select(back.at, back.kind, back.status, back.words, back.source).where(
        back.subscriber_id == key
    )
    moving = sql.select(moves.address, moves.until).where(moves.subscriber_id == key)
    rows = connection.execute(choices).mappings()
    return {
        "subscriber": {name: _plain(value) for name, value in person.items() if name not in hidden},
        "tags": sorted(connection.execute(tags).scalars()),
        "series": {row["series"]: row["is_wanted"] for row in rows},
        "history": _listed(connection, history.order_by(events.id)),
        "letters": _listed(connection, letters),
        "came_back": _listed(connection, returned.order_by(back.at)),
        "another_address": _listed(connection, moving),
        "never_written_to": keeping.suppression(connection, parse_address(person["address"])) or None,
    }


def _listed(connection: sql.Connection, select: sql.Select[Any]) -> list[dict[str, Any]]:
    rows = connection.execute(select).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
