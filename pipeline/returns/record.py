"""Writing down what came back, once, and doing what the rule says. Works inside a transaction of the caller's."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sql

from pipeline.database import bulk
from pipeline.database.tables import CAMPAIGNS, DELIVERIES, RETURNS, SUBSCRIBERS
from pipeline.errors import SubscriberError
from pipeline.ledger import evidence
from pipeline.returns.returned import Kind, Returned, Told
from pipeline.returns.rule import is_worn_out
from pipeline.sending.tokens import DeliveryName
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import Address, parse_address
from pipeline.subscribers.states import State

_LARGEST = 2**31 - 1  # PostgreSQL's integers
UNKNOWN_DELIVERY = "it names a delivery that this database does not have"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a return has done. ``is_new`` is false where it had been read before, and nothing was done now.

    ``why`` says why nothing was believed. ``left`` is the state that a subscriber went to, if they did.
    """

    is_new: bool = True
    why: str = ""
    left: str = ""
    is_suppressed: bool = False
    is_settled: bool = False


def record(connection: sql.Connection, returned: Returned, source: str, now: datetime) -> Effect:
    """Write a return down, and do what follows from it; nothing, where it names no delivery of this database."""
    name, told = returned.name, returned.told
    if name is None:
        return Effect(why=returned.why)
    if max(name.campaign, name.subscriber) > _LARGEST:
        return Effect(why=UNKNOWN_DELIVERY)
    address = evidence.address_of(connection, name.campaign, name.subscriber)
    if address is None:
        return Effect(why=UNKNOWN_DELIVERY)
    if not _write(connection, returned.fingerprint, told, name, source, now):
        return Effect(is_new=False)
    words = f"{source}: {told.kind} {told.status}".rstrip()
    is_settled = evidence.taken_after_all(connection, name.campaign, name.subscriber, words, now)
    left, is_suppressed = _follow(connection, told, name, address, words, now)
    return Effect(left=left, is_suppressed=is_suppressed, is_settled=is_settled)


def _write(
    connection: sql.Connection, fingerprint: str, told: Told, name: DeliveryName, source: str, now: datetime
) -> bool:
    values = {
        "fingerprint": fingerprint,
        "campaign_id": name.campaign,
        "subscriber_id": name.subscriber,
        "kind": told.kind,
        "status": told.status,
        "words": told.words.replace("\0", ""),
        "source": source,
        "at": now,
    }
    statement = bulk.insert_new(connection, RETURNS).values(values).on_conflict_do_nothing()
    return connection.execute(statement).rowcount == 1


def _follow(
    connection: sql.Connection, told: Told, name: DeliveryName, address: str, words: str, now: datetime
) -> tuple[str, bool]:
    """The state that they went to, and whether the address is suppressed by this."""
    if told.kind is Kind.COMPLAINED:
        state = State.COMPLAINED
    elif told.kind is Kind.DEAD or (told.kind is Kind.REFUSED and _is_worn_out(connection, name, address)):
        state = State.BOUNCED
    else:
        return "", False
    parsed = _parsed(address)
    person = _person(connection, name.subscriber)
    if state is State.BOUNCED and person and _came_back_since(connection, person, name):
        return "", False
    is_suppressed = parsed is not None and keeping.suppress(
        connection, parsed, reason=str(state), source=words, at=now
    )
    # A bounce speaks of the address it was sent to, which they may have changed since; a complaint of the person.
    is_theirs = person is not None and parsed is not None and person["address_key"] == parsed.key
    if person is None or not (is_theirs or state is State.COMPLAINED):
        return "", is_suppressed
    gone = keeping.leave(connection, [name.subscriber], state, at=now, source=words, detail=told.words)
    return (str(state) if gone else ""), is_suppressed


def _is_worn_out(connection: sql.Connection, name: DeliveryName, address: str) -> bool:
    r, d, c = RETURNS.c, DELIVERIES.c, CAMPAIGNS.c
    refused = (r.subscriber_id == name.subscriber) & (r.kind == Kind.REFUSED)
    chosen = (
        sql.select(c.planned_at)
        .distinct()
        .select_from(RETURNS)
        .join(DELIVERIES, (d.campaign_id == r.campaign_id) & (d.subscriber_id == r.subscriber_id))
        .join(CAMPAIGNS, c.id == r.campaign_id)
        .where(refused, d.address == address)
    )
    return is_worn_out(list(connection.execute(chosen).scalars()))


def _person(connection: sql.Connection, key: int) -> sql.RowMapping | None:
    return connection.execute(sql.select(SUBSCRIBERS).where(SUBSCRIBERS.c.id == key)).mappings().one_or_none()


def _came_back_since(connection: sql.Connection, person: sql.RowMapping, name: DeliveryName) -> bool:
    """Whether they have asked for letters again since this one was planned: then it is of the past."""
    planned = sql.select(CAMPAIGNS.c.planned_at).where(CAMPAIGNS.c.id == name.campaign)
    at: datetime | None = connection.execute(planned).scalar()
    return person["state"] == State.ACTIVE and at is not None and person["state_since"] > at


def _parsed(address: str) -> Address | None:
    try:
        return parse_address(address)
    except SubscriberError:
        return None  # forgotten: what they had is suppressed already
