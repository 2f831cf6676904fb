"""Subscribers to test with, put into the tables by hand."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sql

from pipeline.database.tables import SERIES_CHOICES, SUBSCRIBER_TAGS, SUBSCRIBERS
from pipeline.subscribers.addresses import parse_address

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def put(
    connection: sql.Connection,
    address: str,
    state: str = "active",
    *,
    since: datetime = NOW - 10 * DAY,
    wants: str = "all",
    paused_until: datetime | None = None,
    tags: tuple[str, ...] = (),
    choices: dict[str, bool] | None = None,
    rhythm: str = "parts",
) -> int:
    """A subscriber; their id."""
    parsed = parse_address(address)
    statement = SUBSCRIBERS.insert().values(
        address=parsed.address,
        address_key=parsed.key,
        address_digest=parsed.digest,
        state=state,
        state_since=since,
        added_at=since,
        wants=wants,
        paused_until=paused_until,
        rhythm=rhythm,
    )
    key = int(connection.execute(statement).inserted_primary_key[0])  # type: ignore[index]
    for tag in tags:
        connection.execute(SUBSCRIBER_TAGS.insert().values(subscriber_id=key, tag=tag))
    for series, is_wanted in (choices or {}).items():
        connection.execute(SERIES_CHOICES.insert().values(subscriber_id=key, series=series, is_wanted=is_wanted))
    return key
