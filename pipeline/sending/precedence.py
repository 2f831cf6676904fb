"""Notices go first: they take from a transport's rate, and a campaign makes room for them.

Somebody waits before a mailbox for a letter to confirm, and a campaign may have a million to go. So a notice
waits for other notices alone, which keep to the rate among themselves. It is counted in the database, and whoever
sends a campaign looks there once a second (``rate``), and lets as many of its own wait.
"""

from collections.abc import Callable
from datetime import datetime

from pipeline.database import Database
from pipeline.database.bulk import insert_new
from pipeline.database.tables import RATES
from pipeline.sending.rate import gone_before, notices_row


class Precedence:
    """What notices take of a transport's rate, by its name; for all servers on one database."""

    def __init__(self, database: Database, name: str, rate: float, clock: Callable[[], datetime]) -> None:
        self._database, self._name, self._rate, self._clock = database, name, rate, clock

    def take(self) -> float:
        """Promise one notice: the seconds to wait before it may leave.

        Raises:
            DatabaseError: it could not be written down.
        """
        with self._database.writing() as connection:
            before = gone_before(connection, self._name, is_locked=True)
            gone, wait = before.taken(self._rate, self._clock())
            values = {"left": gone.count, "at": gone.until}
            row = insert_new(connection, RATES).values(name=notices_row(self._name), **values)
            connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
        return wait
