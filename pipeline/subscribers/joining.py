"""Joining: somebody gives an address, its owner confirms it by a link (double opt-in), and only then are they on.

What is answered never depends on whether the address is known: looking it up comes after the answer. A suppressed
address is never written to, not even to ask.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sql

from pipeline.database.bulk import insert_new
from pipeline.database.tables import EVENTS, SERIES_CHOICES, SUBSCRIBERS
from pipeline.subscribers import keeping, limits, notices
from pipeline.subscribers.addresses import Address, parse_address
from pipeline.subscribers.entries import Entry
from pipeline.subscribers.notices import Kind, Notice
from pipeline.subscribers.states import State
from pipeline.subscribers.writing import write

LINK_LASTS = timedelta(days=3)
FORM = "form"  # the beginning of a source
_LINK = "link"
_A_WHILE, _A_DAY = timedelta(minutes=10), timedelta(days=1)
_A_DAYS_LETTERS = 5
_UNCONFIRMED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody signs up for: every series, from the next one on, or the one with the slug ``series``."""

    series: str = ""
    is_next: bool = False

    def written(self) -> str:
        """For a link, and for the database."""
        return f"series:{self.series}" if self.series else "next" if self.is_next else "all"

    @classmethod
    def read(cls, text: str) -> "Wish":
        """What ``written`` wrote."""
        kind, _, series = text.partition(":")
        return cls(series if kind == "series" else "", is_next=kind == "next")


def may_write(connection: sql.Connection, address: Address, kind: Kind, now: datetime) -> bool:
    """Whether an address may be sent another notice: one of a kind in ten minutes, five a day to its mailbox."""
    lately = limits.counted(connection, f"address {address.digest[:32]} {kind}", _A_WHILE, now)
    return (
        lately == 1
        and limits.counted(connection, f"mailbox {address.mailbox[:32]}", _A_DAY, now) <= _A_DAYS_LETTERS
    )


def ask(connection: sql.Connection, address: Address, wish: Wish, source: str, now: datetime) -> bool:
    """Somebody gave an address: let it wait to be looked up, unless that was a moment ago; whether it does."""
    if not may_write(connection, address, Kind.SIGN_UP, now):
        return False
    notices.add(connection, Kind.SIGN_UP, address.address, now, said=wish.written(), source=source)
    return True


def look_up(connection: sql.Connection, notice: Notice, now: datetime) -> None:
    """Make of a sign-up the letter that its owner gets, if any."""
    address = parse_address(notice.address)
    if not notices.done(connection, notice) or keeping.suppression(connection, address):
        return
    person = keeping.find(connection, address)
    if person is None:
        new = Entry(address, state=State.PENDING, source=notice.source)
        write(connection, [new], now)
        person = keeping.find(connection, address)
        if person is None:
            return
    elif person["state"] == State.PENDING:
        keeping.note(connection, person["id"], "asked", at=now, source=notice.source)
    kind = Kind.KNOWN if _has(connection, person, Wish.read(notice.said)) else Kind.CONFIRM
    notices.add(connection, kind, person["address"], now, subscriber=person["id"], said=notice.said)


def _has(connection: sql.Connection, person: sql.RowMapping, wish: Wish) -> bool:
    """Whether a wish would change nothing."""
    if person["state"] != State.ACTIVE:
        return False
    chosen = _chosen(connection, person["id"])
    if wish.series:
        return bool(chosen.get(wish.series, person["wants"] == "all"))
    return bool(person["wants"] == "all" and (wish.is_next or all(chosen.values())))


def _chosen(connection: sql.Connection, key: int) -> dict[str, bool]:
    choices = SERIES_CHOICES.c
    rows = connection.execute(
        sql.select(choices.series, choices.is_wanted).where(choices.subscriber_id == key)
    ).all()
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a link says: who, at which address (its ``mark``), what they asked for, and when."""

    subscriber: int
    mark: str
    wish: Wish
    asked_at: datetime


def confirm(
    connection: sql.Connection, link: Confirmation, begun: Collection[str], words: str, now: datetime
) -> bool:
    """Put somebody on the list, as they asked. Whether they are on it now.

    ``begun`` are the series that have started, which the next one is not; ``words`` is what they agreed to. A
    link that is older than their leaving is used up: a page that is called again brings nobody back. So is one to
    an address from which their letters have moved: whoever reads that mailbox now is another, perhaps.
    """
    person = _person(connection, link.subscriber)
    if person is None:
        return False
    address = parse_address(person["address"])
    if address.mark != link.mark or keeping.suppression(connection, address):
        return False
    state = State(person["state"])
    if state.has_left and person["state_since"] >= link.asked_at:
        return False
    if state is State.ACTIVE:
        if not _has(connection, person, link.wish) and not _is_used(connection, link, words):
            _add_wish(connection, person, link.wish, begun)
            keeping.note(connection, link.subscriber, "changed", at=now, source=_LINK, detail=link.wish.written())
        return True
    if state is State.PENDING:
        values = {"state": State.ACTIVE, "state_since": now, "consent_at": now, "consent_words": words}
        connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == link.subscriber).values(values))
        keeping.note(connection, link.subscriber, "confirmed", at=now, source=_LINK, detail=words)
    else:
        keeping.come_back(connection, link.subscriber, at=now, source=_LINK, words=words)
    _set_wish(connection, link.subscriber, link.wish, begun)
    notices.add(
        connection, Kind.WELCOME, person["address"], now, subscriber=link.subscriber, said=link.wish.written()
    )
    return True


def _is_used(connection: sql.Connection, link: Confirmation, words: str) -> bool:
    """Whether a link has done its work: a browser that comes back to its page sends the form again.

    What they have chosen since stays as it is.
    """
    events = EVENTS.c
    used = sql.select(events.id).where(
        events.subscriber_id == link.subscriber,
        events.source == _LINK,
        events.at >= link.asked_at,
        events.detail.in_((words, link.wish.written())),
    )
    return connection.execute(used.limit(1)).first() is not None


def _person(connection: sql.Connection, key: int) -> sql.RowMapping | None:
    # Locked where that can be: two that press the same button at once make one welcome.
    chosen = sql.select(SUBSCRIBERS).where(SUBSCRIBERS.c.id == key).with_for_update()
    return connection.execute(chosen).mappings().one_or_none()


def _set_wish(connection: sql.Connection, key: int, wish: Wish, begun: Collection[str]) -> None:
    """Their choices from nothing: whoever comes anew gets what they asked for, and no more."""
    connection.execute(SERIES_CHOICES.delete().where(SERIES_CHOICES.c.subscriber_id == key))
    wants = "chosen" if wish.series else "all"
    values = {"wants": wants, "paused_until": None}
    connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == key).values(values))
    if wish.series:
        choose(connection, key, {wish.series: True})
    elif wish.is_next:
        choose(connection, key, dict.fromkeys(sorted(begun), False))


def _add_wish(connection: sql.Connection, person: sql.RowMapping, wish: Wish, begun: Collection[str]) -> None:
    """More for somebody who is on the list: what they have they keep."""
    key = person["id"]
    chosen = _chosen(connection, key)
    if wish.series:
        choose(connection, key, {wish.series: True})
        return
    if wish.is_next:  # they had chosen some alone
        choose(connection, key, {slug: False for slug in sorted(begun) if slug not in chosen})
    else:
        choose(connection, key, dict.fromkeys(chosen, True))
    connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == key).values(wants="all"))


def choose(connection: sql.Connection, key: int, choices: dict[str, bool]) -> None:
    """Say of some series whether they are wanted."""
    for series, is_wanted in choices.items():
        statement = insert_new(connection, SERIES_CHOICES)
        statement = statement.values(subscriber_id=key, series=series, is_wanted=is_wanted)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["subscriber_id", "series"], set_={"is_wanted": is_wanted}
            )
        )


def tidy(connection: sql.Connection, now: datetime) -> None:
    """Delete who gave an address to the form, and never confirmed it: they have agreed to nothing."""
    people = SUBSCRIBERS.c
    stale = (people.state == State.PENDING) & (people.state_since < now - _UNCONFIRMED)
    connection.execute(SUBSCRIBERS.delete().where(stale, people.source.startswith(f"{FORM}:", autoescape=True)))
