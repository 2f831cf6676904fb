"""A list, a campaign and its deliveries, of which something can come back."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import CAMPAIGNS, DELIVERIES, RETURNS, SUBSCRIBERS, SUPPRESSIONS
from pipeline.returns.record import Effect, record
from pipeline.returns.understanding import understand
from pipeline.sending.tokens import DeliveryName, Tokens
from pipeline.subscribers.addresses import parse_address
from tests.subscribers.people import put

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLANNED = datetime(2026, 11, 18, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
ADDRESS = "ada@example.org"
TOKENS = Tokens([b"a secret that is long enough for all"])


def campaign(database: Database, part: str = "part-1", planned_at: datetime = PLANNED) -> int:
    values = {"series": "small", "part": part, "number": 1, "state": "finished", "planned_at": planned_at}
    with database.writing() as connection:
        return int(connection.execute(CAMPAIGNS.insert().values(values)).inserted_primary_key[0])


def delivery(
    database: Database, of: int, subscriber: int, state: str = "accepted", address: str = ADDRESS
) -> DeliveryName:
    values = {"campaign_id": of, "subscriber_id": subscriber, "address": address, "state": state}
    with database.writing() as connection:
        connection.execute(DELIVERIES.insert().values(values))
    return DeliveryName(of, subscriber)


def ada(database: Database, address: str = ADDRESS, **more: object) -> int:
    with database.writing() as connection:
        return put(connection, address, since=PLANNED - 4 * WEEK, **more)  # type: ignore[arg-type]


def sent(database: Database, state: str = "accepted") -> DeliveryName:
    """One subscriber, and one letter that went to them."""
    return delivery(database, campaign(database), ada(database), state)


def take(database: Database, message: bytes, now: datetime = NOW) -> Effect:
    with database.writing() as connection:
        return record(connection, understand(message, TOKENS), "maildir", now)


def state_of(database: Database, subscriber: int) -> str:
    with database.reading() as connection:
        chosen = sql.select(SUBSCRIBERS.c.state).where(SUBSCRIBERS.c.id == subscriber)
        return str(connection.execute(chosen).scalar())


def fate_of(database: Database, name: DeliveryName) -> tuple[str, str]:
    d = DELIVERIES.c
    here = (d.campaign_id == name.campaign) & (d.subscriber_id == name.subscriber)
    with database.reading() as connection:
        state, reason = connection.execute(sql.select(d.state, d.reason).where(here)).one()
        return str(state), str(reason)


def is_suppressed(database: Database, address: str = ADDRESS) -> bool:
    with database.reading() as connection:
        here = SUPPRESSIONS.c.address_digest == parse_address(address).digest
        return connection.execute(sql.select(SUPPRESSIONS).where(here)).first() is not None


def written(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(sql.select(sql.func.count()).select_from(RETURNS)).scalar() or 0)
