"""What is done to single subscribers: leaving, coming back, suppressing, forgetting, tagging.

Each function works inside a transaction of the caller's.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sql

from pipeline.database import bulk
from pipeline.database.tables import (
    CAMPAIGNS,
    DELIVERIES,
    EVENTS,
    RETURNS,
    SUBSCRIBER_TAGS,
    SUBSCRIBERS,
    SUPPRESSIONS,
    Moment,
)
from pipeline.errors import SubscriberError
from pipeline.subscribers.addresses import Address
from pipeline.subscribers.states import LEFT, State

_KINDS = {State.UNSUBSCRIBED: "left"}  # the other states are events by their own names


def find(connection: sql.Connection, address: Address) -> sql.RowMapping | None:
    """The subscriber with this address, compared without case."""
    chosen = sql.select(SUBSCRIBERS).where(SUBSCRIBERS.c.address_key == address.key)
    return connection.execute(chosen).mappings().one_or_none()


def hold(connection: sql.Connection, ids: Iterable[int]) -> None:
    """Let nobody else change these people until the transaction ends.

    In the order of their numbers: two servers that hold the same ones in another order would wait for each other,
    until PostgreSQL ends one of them.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        chosen = sql.select(SUBSCRIBERS.c.id).where(SUBSCRIBERS.c.id.in_(bulk.numbers(connection, ids)))
        connection.execute(chosen.order_by(SUBSCRIBERS.c.id).with_for_update(key_share=True)).all()


def leave(
    connection: sql.Connection, ids: Iterable[int], state: State, *, at: datetime, source: str, detail: str = ""
) -> int:
    """Let subscribers be gone: unsubscribed, bounced or complained. How many went; who has left stays as they are.

    ``source`` says who told: a link, a mail server, a person; ``detail`` what they said.
    """
    gone = [*connection.execute(
        SUBSCRIBERS.update()
        .where(SUBSCRIBERS.c.id.in_(bulk.numbers(connection, ids)), SUBSCRIBERS.c.state.not_in(LEFT))
        .values(state=state, state_since=at)
        .returning(SUBSCRIBERS.c.id)
    ).scalars()]  # fmt: skip
    if gone:
        people = bulk.rows(connection, {"key_": sql.BigInteger}, ((key,) for key in gone))
        said = {"at": sql.literal(at, Moment), "kind": sql.literal(_KINDS.get(state, str(state)))}
        said |= {"source": sql.literal(source), "detail": sql.literal(detail)}
        noted = sql.select(people.c.key_, *said.values())
        connection.execute(EVENTS.insert().from_select(["subscriber_id", *said], noted))
    return len(gone)


def come_back(connection: sql.Connection, key: int, *, at: datetime, source: str, words: str = "") -> None:
    """Make somebody active again, because they themselves asked for it; ``words`` is what they agreed to."""
    values = {"state": State.ACTIVE, "state_since": at, "consent_at": at, "consent_words": words}
    connection.execute(SUBSCRIBERS.update().where(SUBSCRIBERS.c.id == key).values(values))
    note(connection, key, "returned", at=at, source=source, detail=words)


def note(connection: sql.Connection, key: int, kind: str, *, at: datetime, source: str, detail: str = "") -> None:
    """Write something into a subscriber's history."""
    values = {"subscriber_id": key, "at": at, "kind": kind, "source": source, "detail": detail}
    connection.execute(EVENTS.insert().values(values))


def suppress(connection: sql.Connection, address: Address, *, reason: str, source: str, at: datetime) -> bool:
    """Never write to an address again, whether it is on the list or not. Whether that is new.

    ``reason`` is ``asked``, ``bounced``, ``complained`` or ``by hand``. What is kept is a digest: it names nobody,
    and stays when the subscriber is forgotten.
    """
    values = {"address_digest": address.digest, "reason": reason, "source": source, "since": at}
    statement = bulk.insert_new(connection, SUPPRESSIONS).values(values).on_conflict_do_nothing()
    is_new = connection.execute(statement).rowcount == 1
    if is_new and (person := find(connection, address)):
        note(connection, person["id"], "suppressed", at=at, source=source, detail=reason)
    return is_new


def lift(connection: sql.Connection, address: Address, *, source: str, at: datetime) -> bool:
    """Let an address be written to again. Whether it was suppressed."""
    same = SUPPRESSIONS.c.address_digest == address.digest
    was_there = connection.execute(SUPPRESSIONS.delete().where(same)).rowcount == 1
    if was_there and (person := find(connection, address)):
        note(connection, person["id"], "lifted", at=at, source=source)
    return was_there


def suppression(connection: sql.Connection, address: Address) -> str:
    """Why an address is suppressed; empty when it is not."""
    chosen = sql.select(SUPPRESSIONS.c.reason).where(SUPPRESSIONS.c.address_digest == address.digest)
    return connection.execute(chosen).scalar_one_or_none() or ""


def forget(connection: sql.Connection, address: Address, *, source: str, at: datetime) -> bool:
    """Delete all that is known of somebody. Whether they were on the list.

    Their deliveries stay, so that counts stay true, without address and name. The address is suppressed, or the
    next old file would bring it back.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # overwritten, not only given up
    person = find(connection, address)
    if person is not None:
        of_them = sql.and_(
            DELIVERIES.c.campaign_id.in_(sql.select(CAMPAIGNS.c.id)),  # so that the primary key finds them
            DELIVERIES.c.subscriber_id == person["id"],
        )
        connection.execute(DELIVERIES.update().where(of_them).values(address="", first_name=""))
        # Servers' words are kept without addresses, but may still have somebody's name in them.
        connection.execute(RETURNS.update().where(RETURNS.c.subscriber_id == person["id"]).values(words=""))
        connection.execute(SUBSCRIBERS.delete().where(SUBSCRIBERS.c.id == person["id"]))
    suppress(connection, address, reason="asked", source=source, at=at)
    return person is not None


def tag(connection: sql.Connection, addresses: Iterable[Address], name: str) -> int:
    """Give subscribers a tag. How many did not have it."""
    people = _ids(connection, addresses)
    chosen = sql.select(people.c.id, sql.literal(name)).where(sql.true())  # SQLite wants a WHERE there
    statement = bulk.insert_new(connection, SUBSCRIBER_TAGS).from_select(["subscriber_id", "tag"], chosen)
    return connection.execute(statement.on_conflict_do_nothing()).rowcount


def untag(connection: sql.Connection, addresses: Iterable[Address], name: str) -> int:
    """Take a tag from subscribers. How many had it."""
    theirs = SUBSCRIBER_TAGS.c.subscriber_id.in_(sql.select(_ids(connection, addresses).c.id))
    return connection.execute(SUBSCRIBER_TAGS.delete().where(theirs, SUBSCRIBER_TAGS.c.tag == name)).rowcount


def _ids(connection: sql.Connection, addresses: Iterable[Address]) -> sql.Subquery:
    keys = list(dict.fromkeys(address.key for address in addresses))
    chosen = SUBSCRIBERS.c.address_key.in_(bulk.words(connection, keys))
    people = sql.select(SUBSCRIBERS.c.id).where(chosen)
    if len(connection.execute(people).all()) != len(keys):
        raise SubscriberError("not all of these are on the list; nothing was changed")
    return people.subquery()
