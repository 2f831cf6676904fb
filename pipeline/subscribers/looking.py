"""Looking at the list: a page at a time, however long it is, as a file that can be taken in again, and counted."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.bulk import numbers
from pipeline.database.tables import SERIES_CHOICES, SUBSCRIBER_TAGS, SUBSCRIBERS, SUPPRESSIONS
from pipeline.subscribers.cells import csv_lines
from pipeline.subscribers.columns import joined_tags
from pipeline.subscribers.states import State

AT_ONCE = 5_000
_LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber, whole. The names are the columns of an export, and what an import knows them by."""

    address: str
    first_name: str
    state: str
    state_since: datetime
    tags: tuple[str, ...]
    wants: str
    series: tuple[str, ...]  # those they chose
    series_not: tuple[str, ...]  # those they do not want
    timezone: str
    source: str
    added_at: datetime
    consent_at: datetime | None
    consent_words: str
    paused_until: datetime | None
    rhythm: str
    is_suppressed: bool

    def as_data(self) -> dict[str, Any]:
        """For JSON: moments in ISO 8601, UTC."""
        return {name: _plain(getattr(self, name)) for name in COLUMNS}


COLUMNS = tuple(Person.__slots__)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class Filter:
    """Whom to look at: in a state, with a tag, with a text in the address; all, where nothing is said."""

    state: State | None = None
    tag: str = ""
    text: str = ""

    def apply(self, chosen: sql.Select[Any]) -> sql.Select[Any]:
        """The select, narrowed."""
        if self.state:
            chosen = chosen.where(SUBSCRIBERS.c.state == self.state)
        if self.tag:
            tagged = sql.select(SUBSCRIBER_TAGS.c.subscriber_id).where(SUBSCRIBER_TAGS.c.tag == self.tag)
            chosen = chosen.where(SUBSCRIBERS.c.id.in_(tagged))
        if self.text:
            chosen = chosen.where(SUBSCRIBERS.c.address_key.contains(self.text.lower(), autoescape=True))
        return chosen


def people(database: Database, which: Filter, most: int | None = None) -> Iterator[Person]:
    """Subscribers in the order in which they came, read a page at a time, all from one moment.

    Raises:
        DatabaseError: the database refused.
    """
    with database.reading() as connection:
        last, left = 0, most
        while left is None or left > 0:
            size = AT_ONCE if left is None else min(AT_ONCE, left)
            rows = connection.execute(which.apply(_following(last, size))).mappings().all()
            yield from _whole(connection, rows)
            if len(rows) < size:
                return
            last = rows[-1]["id"]
            left = None if left is None else left - len(rows)


def _following(last: int, size: int) -> sql.Select[Any]:
    same = SUPPRESSIONS.c.address_digest == SUBSCRIBERS.c.address_digest
    is_suppressed = SUPPRESSIONS.c.address_digest.is_not(None).label("is_suppressed")
    chosen = sql.select(SUBSCRIBERS, is_suppressed).select_from(SUBSCRIBERS.outerjoin(SUPPRESSIONS, same))
    return chosen.where(SUBSCRIBERS.c.id > last).order_by(SUBSCRIBERS.c.id).limit(size)


def _whole(connection: sql.Connection, rows: Sequence[sql.RowMapping]) -> Iterator[Person]:
    ids = numbers(connection, [row["id"] for row in rows])
    tags: dict[int, list[str]] = {}
    for key, tag in connection.execute(
        sql.select(SUBSCRIBER_TAGS).where(SUBSCRIBER_TAGS.c.subscriber_id.in_(ids))
    ):
        tags.setdefault(key, []).append(tag)
    choices: dict[int, dict[bool, list[str]]] = {}
    for key, series, is_wanted in connection.execute(
        sql.select(SERIES_CHOICES).where(SERIES_CHOICES.c.subscriber_id.in_(ids))
    ):
        choices.setdefault(key, {True: [], False: []})[is_wanted].append(series)
    for row in rows:
        chosen = choices.get(row["id"], {True: [], False: []})
        gathered: dict[str, Any] = {
            "tags": tuple(sorted(tags.get(row["id"], ()))),
            "series": tuple(sorted(chosen[True])),
            "series_not": tuple(sorted(chosen[False])),
        }
        yield Person(**{name: gathered[name] if name in gathered else row[name] for name in COLUMNS})


# --- as a file --------------------------------------------------------------------------------------------


def as_csv(listed: Iterator[Person]) -> Iterator[str]:
    """Lines of CSV, the first with names. No cell begins as a formula does; an import takes the guard off."""
    return csv_lines(COLUMNS, (map(_cell, person.as_data().values()) for person in listed))


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case list():
            return joined_tags(value)
        case _:
            return str(value)


def as_json_lines(listed: Iterator[Person]) -> Iterator[str]:
    """An object on each line."""
    for person in listed:
        yield json.dumps(person.as_data(), ensure_ascii=False) + "\n"


# --- counted ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stats:
    """The list in figures; ``joined`` and ``left`` are those of the last 30 days."""

    states: dict[str, int]
    tags: dict[str, int]
    suppressed: int
    paused: int
    joined: int
    left: int

    @property
    def total(self) -> int:
        """Everybody, in whatever state."""
        return sum(self.states.values())


def stats(database: Database, *, at: datetime) -> Stats:
    """Count, all at one moment.

    Raises:
        DatabaseError: the database refused.
    """
    count, person = sql.func.count(), SUBSCRIBERS.c

    def counted(connection: sql.Connection, *conditions: sql.ColumnElement[bool]) -> int:
        chosen = sql.select(count).select_from(SUBSCRIBERS).where(*conditions)
        return int(connection.execute(chosen).scalar_one())

    with database.reading() as connection:
        states = connection.execute(sql.select(person.state, count).group_by(person.state)).all()
        by_tag = sql.select(SUBSCRIBER_TAGS.c.tag, count).group_by(SUBSCRIBER_TAGS.c.tag)
        found = {row[0]: int(row[1]) for row in states}
        gone = person.state.not_in((State.ACTIVE, State.PENDING))
        return Stats(
            {state.value: found.get(state, 0) for state in State},
            {row[0]: int(row[1]) for row in sorted(connection.execute(by_tag).all())},
            int(connection.execute(sql.select(count).select_from(SUPPRESSIONS)).scalar_one()),
            counted(connection, person.state == State.ACTIVE, person.paused_until > at),
            counted(connection, person.added_at > at - _LATELY),
            counted(connection, gone, person.state_since > at - _LATELY),
        )
