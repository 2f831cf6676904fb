"""The way into the ledger while a campaign is sent: one thread that writes, for all who offer.

What is waiting when a commit begins goes into it together, and while it goes to the disk the next group gathers:
the more connections there are, the fewer commits each message takes. Outcomes ride along with the next intents.
Any failure is the end: everybody who waits gets it, and so does everybody who comes later. No commit, no dot.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Self, TypeVar, cast

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.errors import LedgerError
from pipeline.ledger import deliveries
from pipeline.ledger.campaigns import CampaignState
from pipeline.ledger.deliveries import Settled
from pipeline.ledger.lease import Lease
from pipeline.ledger.statements import run

Result = TypeVar("Result")
Follow = Callable[[sql.Connection], None]  # what has to be written together with an outcome
_LINGER = 0.02  # seconds that outcomes wait for intents to ride with
_HEARTBEATS = 3  # in the time that a lease lasts


class HaltedError(LedgerError):
    """Somebody has paused or cancelled the campaign: the dot must stay."""


class _Ticket:
    """What somebody waits for: that an intent is on the disk, or that an action has been committed."""

    __slots__ = ("action", "error", "intent", "result", "turn")

    def __init__(self, intent: int = 0, action: Callable[[sql.Connection], Any] | None = None) -> None:
        self.intent, self.action = intent, action
        self.result: object = None
        self.error: BaseException | None = None
        self.turn = threading.Lock()
        self.turn.acquire()


class Journal:
    """Writes what happens to one campaign. Used by many threads, within ``with``."""

    def __init__(self, database: Database, campaign: int, lease: Lease, clock: Callable[[], datetime]) -> None:
        self._database, self._campaign, self._lease, self._clock = database, campaign, lease, clock
        self._condition = threading.Condition()
        self._tickets: list[_Ticket] = []
        self._settled: list[Settled] = []
        self._also: dict[int, Follow] = {}  # by subscriber
        self._is_closing = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Write down what is left, and end."""
        with self._condition:
            self._is_closing = True
            self._condition.notify()
        self._thread.join()

    @property
    def failure(self) -> BaseException | None:
        """What ended it before its time."""
        return self._failure

    def hold(self, subscriber: int) -> None:
        """Return once it is on the disk that this one's dot is about to leave.

        Raises:
            HaltedError: the campaign is not to be sent any more.
            LedgerError: it could not be written. The dot must not leave.
        """
        self._wait(_Ticket(intent=subscriber))

    def do(self, action: Callable[[sql.Connection], Result]) -> Result:
        """Something else within a commit, and what it gives, once that is on the disk.

        Raises:
            LedgerError: it could not be written.
        """
        ticket = _Ticket(action=action)
        self._wait(ticket)
        return cast("Result", ticket.result)

    def settle(self, settled: Settled, also: Follow | None = None) -> None:
        """Have an outcome written down soon, and with it, in the same transaction, what follows from it.

        Raises:
            LedgerError: nothing can be written any more.
        """
        with self._condition:
            self._refuse_after_failure()
            self._settled.append(settled)
            if also is not None:
                self._also[settled.subscriber_id] = also
            if len(self._settled) == 1:
                self._condition.notify()

    def _wait(self, ticket: _Ticket) -> None:
        with self._condition:
            self._refuse_after_failure()
            self._tickets.append(ticket)
            if len(self._tickets) == 1:
                self._condition.notify()
        ticket.turn.acquire()
        if ticket.error is not None:
            raise ticket.error

    def _refuse_after_failure(self) -> None:
        if self._failure is not None:
            raise _ended(self._failure)

    def _run(self) -> None:
        while True:
            tickets, settled, also = self._gathered()
            if tickets is None:
                return
            try:
                refused = self._commit(tickets, settled, also)
            except BaseException as error:
                self._fail(error, tickets)
                return
            for ticket in tickets:
                if ticket.intent and refused:
                    ticket.error = HaltedError(f"the campaign is {refused}")
                ticket.turn.release()

    def _gathered(self) -> tuple[list[_Ticket] | None, list[Settled], dict[int, Follow]]:
        """What there is to write; nothing, and a heartbeat, after a third of the lease; None at the end."""
        with self._condition:
            if not self._tickets and not self._settled and not self._is_closing:
                self._condition.wait(self._lease.lasts.total_seconds() / _HEARTBEATS)
            if self._settled and not self._tickets and not self._is_closing:
                self._condition.wait(_LINGER)
            is_end = self._is_closing and not self._tickets and not self._settled
            tickets, settled, also = self._tickets, self._settled, self._also
            self._tickets, self._settled, self._also = [], [], {}
            return (None if is_end else tickets), settled, also

    def _commit(self, tickets: list[_Ticket], settled: list[Settled], also: dict[int, Follow]) -> str:
        """Write one group; what the campaign's state is, where it is not to be sent any more."""
        with self._database.writing() as connection:
            now = self._clock()
            self._lease.fence(connection, now)
            if settled:
                deliveries.settle(connection, self._campaign, self._lease, settled, now)
            for subscriber in sorted(also):  # who else holds several people takes them in this order, too
                also[subscriber](connection)
            (state,) = run(connection, "SELECT state FROM campaigns WHERE id = ?", (self._campaign,)).fetchone()
            intents = [ticket.intent for ticket in tickets if ticket.intent]
            if intents and state == CampaignState.SENDING:
                deliveries.offer(connection, self._campaign, self._lease, intents)
            for ticket in tickets:
                if ticket.action is not None:
                    ticket.result = ticket.action(connection)
        return "" if state == CampaignState.SENDING else str(state)

    def _fail(self, error: BaseException, tickets: list[_Ticket]) -> None:
        with self._condition:
            self._failure = error
            waiting = [*tickets, *self._tickets]
            self._tickets, self._settled = [], []
        for ticket in waiting:
            ticket.error = _ended(error)
            ticket.turn.release()


def _ended(failure: BaseException) -> LedgerError:
    error = LedgerError(f"nothing more is sent, for the ledger cannot be written: {failure}")
    error.__cause__ = failure
    return error
