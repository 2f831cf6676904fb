"""Subscribers into the database, thousands at a time: who is new, who is known, who may not come back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sql

from pipeline.database import bulk
from pipeline.database.tables import (
    EVENTS,
    SERIES_CHOICES,
    SUBSCRIBER_TAGS,
    SUBSCRIBERS,
    SUPPRESSIONS,
    milliseconds,
)
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import Address
from pipeline.subscribers.entries import Entry, merged
from pipeline.subscribers.rhythms import Rhythm
from pipeline.subscribers.states import State

_LOCK = 7_268_418  # an advisory lock: any number that is always the same, and nobody else's


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    HELD = "held"  # they have left, and the row says that they want letters: nothing is done
    REJECTED = "rejected"


@dataclass(slots=True)
class _Known:
    """Somebody, as they are in the database (``before``; none when new) and as they will be."""

    key: int
    before: Entry | None
    after: Entry


def write(
    connection: sql.Connection, entries: Sequence[Entry], at: datetime, *, is_update: bool = False
) -> list[tuple[Outcome, str]]:
    """Add and change subscribers; for each entry, in order, what became of it, and why where that needs words.

    Somebody may come several times: each entry finds what the one before has made of them. Whoever adds people
    comes through here, one transaction at a time, so that nobody is added twice.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_LOCK)))
    known = _known(connection, entries)
    suppressed = _suppressed(connection, (entry.address.digest for entry in entries))
    outcomes: list[tuple[Outcome, str]] = []
    for entry in entries:
        why = suppressed.get(entry.address.digest)
        if why is not None:
            outcomes.append((Outcome.REJECTED, f"the address is suppressed ({why})"))
            continue
        one = known.get(entry.address.key)
        if one is None:
            known[entry.address.key] = _Known(0, None, _complete(entry, at))
            outcomes.append((Outcome.ADDED, ""))
            continue
        outcomes.append(_changed(one, entry, at, is_update=is_update))
    _store(connection, known, at)
    for number, entry in enumerate(entries):
        if entry.is_suppressed and entry.address.digest not in suppressed:
            is_new = keeping.suppress(connection, entry.address, reason="by hand", source=entry.source, at=at)
            if is_new and outcomes[number][0] is Outcome.UNCHANGED:
                outcomes[number] = (Outcome.CHANGED, "")
    return outcomes


def _complete(entry: Entry, at: datetime) -> Entry:
    """A new subscriber: active unless something else is said."""
    return replace(
        entry,
        state=entry.state or State.ACTIVE,
        state_since=entry.state_since or at,
        added_at=entry.added_at or at,
        wants=entry.wants or "all",
        rhythm=entry.rhythm or Rhythm.PARTS,
    )


def _changed(one: _Known, entry: Entry, at: datetime, *, is_update: bool) -> tuple[Outcome, str]:
    old = one.after
    if old.state and old.state.has_left and not (entry.state and entry.state.has_left):
        since = f" since {old.state_since:%-d %B %Y}" if old.state_since else ""
        return Outcome.HELD, f"{old.state}{since}, and an import makes nobody active again"
    one.after = merged(old, entry, at, is_update=is_update)
    return (Outcome.UNCHANGED if one.after is old else Outcome.CHANGED), ""


# --- what is there ----------------------------------------------------------------------------------------


def _known(connection: sql.Connection, entries: Sequence[Entry]) -> dict[str, _Known]:
    keys = bulk.words(connection, dict.fromkeys(entry.address.key for entry in entries))
    # Held, where that can be, until they are written: who leaves meanwhile must not be made active again.
    chosen = sql.select(SUBSCRIBERS).where(SUBSCRIBERS.c.address_key.in_(keys)).order_by(SUBSCRIBERS.c.id)
    found = connection.execute(chosen.with_for_update(key_share=True)).all()
    if not found:
        return {}
    ids = [row.id for row in found]
    tags = _gathered(connection, ids, SUBSCRIBER_TAGS.c.subscriber_id, SUBSCRIBER_TAGS.c.tag)
    choices = _gathered(
        *(connection, ids),
        *(SERIES_CHOICES.c.subscriber_id, SERIES_CHOICES.c.series, SERIES_CHOICES.c.is_wanted),
    )
    known = {}
    for row in found:
        entry = Entry(
            Address(row.address, row.address_key),
            row.first_name,
            State(row.state),
            row.state_since,
            frozenset(tag for (tag,) in tags.get(row.id, ())),
            row.timezone,
            row.source,
            row.added_at,
            row.consent_at,
            row.consent_words,
            row.wants,
            dict(choices.get(row.id, ())),
            row.paused_until,
            rhythm=Rhythm(row.rhythm),
        )
        known[row.address_key] = _Known(row.id, entry, entry)
    return known


def _gathered(
    connection: sql.Connection, ids: Iterable[int], key: sql.Column[int], *columns: sql.Column[Any]
) -> dict[int, list[Any]]:
    gathered: dict[int, list[Any]] = {}
    for row in connection.execute(sql.select(key, *columns).where(key.in_(bulk.numbers(connection, ids)))):
        gathered.setdefault(row[0], []).append(tuple(row[1:]))
    return gathered


def _suppressed(connection: sql.Connection, digests: Iterable[str]) -> dict[str, str]:
    column = SUPPRESSIONS.c.address_digest
    statement = sql.select(column, SUPPRESSIONS.c.reason).where(column.in_(bulk.words(connection, digests)))
    return {row[0]: row[1] for row in connection.execute(statement)}


# --- what is written --------------------------------------------------------------------------------------

_PERSON: dict[str, tuple[bulk.Type, Callable[[Entry], bulk.Value]]] = {
    "address": (sql.Text, lambda e: e.address.address),
    "address_key": (sql.Text, lambda e: e.address.key),
    "address_digest": (sql.Text, lambda e: e.address.digest),
    "first_name": (sql.Text, lambda e: e.first_name),
    "state": (sql.Text, lambda e: e.state),
    "state_since": (sql.BigInteger, lambda e: milliseconds(e.state_since)),
    "wants": (sql.Text, lambda e: e.wants),
    "timezone": (sql.Text, lambda e: e.timezone),
    "source": (sql.Text, lambda e: e.source),
    "added_at": (sql.BigInteger, lambda e: milliseconds(e.added_at)),
    "consent_at": (sql.BigInteger, lambda e: milliseconds(e.consent_at)),
    "consent_words": (sql.Text, lambda e: e.consent_words),
    "paused_until": (sql.BigInteger, lambda e: milliseconds(e.paused_until)),
    "rhythm": (sql.Text, lambda e: e.rhythm or Rhythm.PARTS),
}
_CHANGES = ("first_name", "state", "state_since", "timezone", "consent_at", "consent_words")


def _store(connection: sql.Connection, known: Mapping[str, _Known], at: datetime) -> None:
    new = [one for one in known.values() if one.before is None]
    changed = [one for one in known.values() if one.before is not None and one.before is not one.after]
    if new:
        ids = _insert(connection, [one.after for one in new])
        for one in new:
            one.key = ids[one.after.address.key]
    if changed:
        _update(connection, changed)
    _store_tags(connection, [*new, *changed])
    _store_choices(connection, [*new, *changed])
    _store_events(connection, [event for one in (*new, *changed) for event in _events(one, at)])


def _insert(connection: sql.Connection, entries: Sequence[Entry]) -> dict[str, int]:
    columns = {name: kind for name, (kind, _) in _PERSON.items()}
    getters = [getter for _, getter in _PERSON.values()]
    table = bulk.rows(connection, columns, ([getter(entry) for getter in getters] for entry in entries))
    into = SUBSCRIBERS.insert().from_select(list(columns), sql.select(table))
    statement = into.returning(SUBSCRIBERS.c.address_key, SUBSCRIBERS.c.id)
    return {row[0]: row[1] for row in connection.execute(statement)}


def _update(connection: sql.Connection, changed: Sequence[_Known]) -> None:
    columns = {"key_": sql.BigInteger, **{name: _PERSON[name][0] for name in _CHANGES}}
    getters = [_PERSON[name][1] for name in _CHANGES]
    table = bulk.rows(connection, columns, ([o.key, *(getter(o.after) for getter in getters)] for o in changed))
    values = {name: table.c[name] for name in _CHANGES}
    connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == table.c.key_).values(values))


def _store_tags(connection: sql.Connection, people: Sequence[_Known]) -> None:
    pairs = [(o.key, tag) for o in people for tag in sorted(o.after.tags - (o.before.tags if o.before else set()))]
    if pairs:
        table = bulk.rows(connection, {"subscriber_id": sql.BigInteger, "tag": sql.Text}, pairs)
        chosen = sql.select(table).where(sql.true())  # SQLite wants a WHERE before ON CONFLICT
        connection.execute(
            bulk.insert_new(connection, SUBSCRIBER_TAGS)
            .from_select(["subscriber_id", "tag"], chosen)
            .on_conflict_do_nothing()
        )


def _store_choices(connection: sql.Connection, people: Sequence[_Known]) -> None:
    known = ((o, o.before.choices if o.before else {}) for o in people)
    triples = [(o.key, s, is_) for o, old in known for s, is_ in o.after.choices.items() if s not in old]
    if triples:
        columns: bulk.Types = {"subscriber_id": sql.BigInteger, "series": sql.Text, "is_wanted": sql.Boolean}
        chosen = sql.select(bulk.rows(connection, columns, triples)).where(sql.true())
        statement = bulk.insert_new(connection, SERIES_CHOICES).from_select(list(columns), chosen)
        connection.execute(statement.on_conflict_do_nothing())


Event = tuple[int, int | None, str, str, str]


def _events(one: _Known, at: datetime) -> Iterable[Event]:
    """What goes into somebody's history: that they came and from where, what they agreed to, that they left."""
    moment, before, after = milliseconds(at), one.before, one.after
    if before is None:
        yield one.key, moment, "added", after.source, str(after.state)
    if after.consent_at and not (before and before.consent_at):
        yield one.key, milliseconds(after.consent_at), "consented", after.source, after.consent_words
    if before is None:
        return
    if before.state != after.state and after.state:
        kind = {State.UNSUBSCRIBED: "left", State.ACTIVE: "confirmed"}.get(after.state, str(after.state))
        yield one.key, milliseconds(after.state_since), kind, after.source, "import"
    elif before != after and before.consent_at == after.consent_at:
        yield one.key, moment, "changed", after.source, "import"


def _store_events(connection: sql.Connection, events: Sequence[Event]) -> None:
    if not events:
        return
    columns: bulk.Types = {
        "subscriber_id": sql.BigInteger,
        "at": sql.BigInteger,
        "kind": sql.Text,
        "source": sql.Text,
        "detail": sql.Text,
    }
    chosen = sql.select(bulk.rows(connection, columns, events))
    connection.execute(EVENTS.insert().from_select(list(columns), chosen))
