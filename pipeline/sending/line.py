"""A worker's line to a server: each copy offered once its intent is in the ledger, each outcome written down."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.database.tables import CAMPAIGNS
from pipeline.errors import LedgerError, TransportError
from pipeline.ledger.campaigns import CampaignState
from pipeline.ledger.deliveries import Delivery, State
from pipeline.sending import verdict
from pipeline.sending.errand import Ended, Ending, Errand, Progress
from pipeline.sending.journal import Follow, Journal
from pipeline.sending.pace import Pace
from pipeline.sending.transport import Outcome, Result, Session

_UNREACHED = timedelta(minutes=2)  # without a connection, before the sender gives up for now
_SILENCE = 10.0  # seconds on an open connection
_NAP = 1.0  # seconds between two looks whether all is to end


@dataclass(slots=True)
class Run:
    """One run of the sender: what its lines share."""

    errand: Errand
    campaign: int
    journal: Journal
    pace: Pace
    progress: Progress = field(default_factory=Progress)
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: bool = False
    ending: Ended | None = None  # where a worker has found a reason to end
    failure: BaseException | None = None
    unreached_since: datetime | None = None

    def halt(self, why: str) -> None:
        """Pause the campaign, so that a person looks at it."""
        c = CAMPAIGNS.c
        here = (c.id == self.campaign) & (c.state == CampaignState.SENDING)
        pause = CAMPAIGNS.update().where(here).values(state=CampaignState.PAUSED, why=why)
        self.journal.do(lambda connection: connection.execute(pause).rowcount)
        self.ending = Ended(Ending.PAUSED, why)

    def count(self, result: Result) -> None:
        """One more has come to this."""
        with self.lock:
            setattr(self.progress, result.value, getattr(self.progress, result.value) + 1)

    def has_to_end(self) -> bool:
        """Whether nothing more is to be offered."""
        return self.is_over or self.ending is not None or self.failure is not None or self.errand.stop.is_set()


class Line:
    """A worker's connection, made when it is needed and anew after so many messages."""

    def __init__(self, run: Run) -> None:
        self.run, self.errand = run, run.errand
        self.session: Session | None = None
        self.offered = 0

    def close(self) -> None:
        """Hang up; the next one is offered over a new connection."""
        if self.session is not None:
            self.session.close()
            self.session = None

    def deliver(self, delivery: Delivery) -> None:
        """Offer one, and have the outcome written down. What could not be offered stays claimed."""
        run, errand = self.run, self.errand
        copy = errand.make_copy(delivery)
        if isinstance(copy, Outcome):
            self.settle(delivery, copy)
            return
        if self.connected() is None or not self.may_leave():
            return
        session = self.connected()  # another one, where it waited for long
        if session is None:
            return
        is_held = False

        def hold() -> None:
            nonlocal is_held
            run.journal.hold(delivery.subscriber_id)
            is_held = True

        outcome = session.offer(copy, hold)
        if not is_held and outcome.result in (Result.ACCEPTED, Result.UNCERTAIN):
            raise LedgerError(
                f"the transport {errand.transport.name} let go of a message that was not written down"
            )
        self.offered += 1
        self.settle(delivery, outcome)

    def settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Have written down what became of one."""
        run, errand = self.run, self.errand
        pause = run.pace.slower() if outcome.is_throttle else timedelta(0)
        if outcome.result is Result.ACCEPTED:
            run.pace.faster()
        now = errand.clock()
        settled = verdict.settled(delivery, outcome, now, errand.patience, pause)
        run.journal.settle(settled, self.burial(delivery, outcome, now))
        run.count(Result.DEFERRED if settled.state is State.PLANNED else Result(settled.state.value))
        if outcome.is_ours:
            run.halt(verdict.in_words(outcome))

    def burial(self, delivery: Delivery, outcome: Outcome, now: datetime) -> Follow | None:
        """What takes an address that does not exist off the list."""
        if not verdict.is_dead(outcome):
            return None
        return lambda connection: self.errand.bury(connection, [delivery.subscriber_id], now)

    def connected(self) -> Session | None:
        """A session that is open; none where everything is to end."""
        run, errand = self.run, self.errand
        most = errand.settings.messages_per_connection
        if self.session is not None and (not self.session.is_open or self.offered >= most):
            self.close()
        while self.session is None and self.waited(run.pace.left()):
            try:
                self.session = errand.transport.open()
            except TransportError as error:
                run.pace.slower()
                run.progress.trouble = str(error)
                now = errand.clock()
                run.unreached_since = run.unreached_since or now
                if not error.is_temporary or now - run.unreached_since > _UNREACHED:
                    run.ending = Ended(Ending.UNREACHABLE, str(error))
            else:
                run.unreached_since, self.offered, run.progress.trouble = None, 0, ""
        return self.session

    def may_leave(self) -> bool:
        """Wait for the server's pace, and for the rate. Servers hang up on who says nothing, so we do before."""
        if not self.waited(self.run.pace.left()):
            return False
        wait = self.errand.limit.take() if self.errand.limit else 0.0
        if wait > _SILENCE:
            self.close()
        return self.waited(wait)

    def waited(self, seconds: float) -> bool:
        """Wait so long, and longer where the server has had enough meanwhile; whether to go on after that."""
        run = self.run
        while seconds > 0 and not run.has_to_end():
            self.errand.sleep(min(seconds, _NAP))
            seconds = max(seconds - _NAP, run.pace.left())
        return not run.has_to_end()
