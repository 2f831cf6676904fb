"""Who must never be written to again, as far as it can be said: of the forgotten there is a digest and no name."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import SUBSCRIBERS, SUPPRESSIONS
from pipeline.subscribers.cells import csv_lines


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that nothing goes to. ``address`` is empty where nobody on the list has it.

    ``digest`` is the SHA-256 of the address in lower case, by which other programs can look it up.
    """

    address: str
    reason: str  # asked | bounced | complained | by hand
    source: str
    since: datetime
    digest: str

    def as_data(self) -> dict[str, str]:
        """For JSON and CSV: the moment in ISO 8601, UTC."""
        since = self.since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        named = {"address": self.address, "reason": self.reason, "source": self.source}
        return {**named, "since": since, "digest": self.digest}


COLUMNS = tuple(Suppression.__slots__)


def suppressions(database: Database) -> Iterator[Suppression]:
    """All of them, the oldest first, from one moment.

    Raises:
        DatabaseError: the database refused.
    """
    kept, people = SUPPRESSIONS.c, SUBSCRIBERS.c
    both = SUPPRESSIONS.outerjoin(SUBSCRIBERS, people.address_digest == kept.address_digest)
    columns = (people.address, kept.reason, kept.source, kept.since, kept.address_digest)
    chosen = sql.select(*columns).select_from(both).order_by(kept.since, kept.address_digest)
    with database.reading() as connection:
        for address, *rest in connection.execute(chosen):
            yield Suppression(address or "", *rest)


def as_csv(listed: Iterator[Suppression]) -> Iterator[str]:
    """Lines of CSV, the first with names. No cell begins as a formula does."""
    return csv_lines(COLUMNS, (one.as_data().values() for one in listed))


def as_json_lines(listed: Iterator[Suppression]) -> Iterator[str]:
    """An object on each line."""
    for one in listed:
        yield json.dumps(one.as_data(), ensure_ascii=False) + "\n"
