"""The sender: a campaign's deliveries over a transport, each offered once its intent is in the ledger.

One thread claims; as many as there are connections offer; one writes (``journal``). Nothing is held but what is
claimed, so a million recipients take no more memory than a thousand.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import SimpleQueue

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import CAMPAIGNS
from pipeline.errors import LedgerError, TransportError
from pipeline.ledger import campaigns, deliveries
from pipeline.ledger.campaigns import Campaign, CampaignState
from pipeline.ledger.deliveries import Delivery, State
from pipeline.ledger.lease import Lease
from pipeline.sending import verdict
from pipeline.sending.errand import Ended, Ending, Errand, Progress
from pipeline.sending.journal import Follow, HaltedError, Journal
from pipeline.sending.pace import Pace
from pipeline.sending.transport import Outcome, Result, Session

_SMALLEST, _LARGEST = 20, 500  # deliveries claimed at once
_QUICK, _SLOW = 1.0, 4.0  # seconds for a batch, within which it should be gone
_TICK = 0.1  # seconds between two looks of the one who claims
_LOOK = timedelta(seconds=2)  # between two looks whether a campaign was paused, while nothing is due
_UNREACHED = timedelta(minutes=2)  # without a connection, before the sender gives up for now


def recover(database: Database, lease: Lease, now: datetime) -> None:
    """Put right what a runner before left behind. To be called once with every lease, before anything is sent.

    Raises:
        LeaseLostError: somebody has taken over.
    """
    with database.writing() as connection:
        lease.fence(connection, now)
        deliveries.recover(connection, lease)


def send(errand: Errand, campaign: Campaign) -> Ended:
    """Send what may leave of a campaign, until it is finished, paused, asked to stop, or has to wait for long.

    Raises:
        LedgerError: the ledger could not be written, or somebody has taken over. Nothing left after that.
    """
    with Journal(errand.database, campaign.id, errand.lease, errand.clock) as journal:
        run = _Run(errand, campaign.id, journal, Pace(errand.clock, errand.slowest))
        try:
            ended = run.conducted()
        finally:
            run.end_workers()
        if journal.failure is None:
            ended = journal.do(lambda connection: _ended(connection, errand, campaign.id, ended))
    if journal.failure is not None:
        raise LedgerError(f"the ledger cannot be written: {journal.failure}") from journal.failure
    errand.progress(run.progress)
    return ended


def _ended(connection: sql.Connection, errand: Errand, campaign: int, ended: Ended) -> Ended:
    """Give back what was not offered; the campaign is over when nothing else was left."""
    deliveries.give_up(connection, errand.lease)
    if campaigns.finish(connection, campaign, errand.clock()):
        return Ended(Ending.FINISHED)
    return ended


@dataclass(slots=True)
class _Run:
    """One run of the sender."""

    errand: Errand
    campaign: int
    journal: Journal
    pace: Pace
    progress: Progress = field(default_factory=Progress)
    lock: threading.Lock = field(default_factory=threading.Lock)
    claimed: "SimpleQueue[Delivery | None]" = field(default_factory=SimpleQueue)
    hunger: threading.Event = field(default_factory=threading.Event)
    workers: list[threading.Thread] = field(default_factory=list)
    under_way: int = 0
    is_over: bool = False
    ending: Ended | None = None  # where a worker has found a reason to end
    failure: BaseException | None = None
    unreached_since: datetime | None = None

    def conducted(self) -> Ended:
        """Claim, batch by batch, while workers offer."""
        for number in range(self.errand.settings.connections):
            worker = threading.Thread(target=self.work, name=f"session {number + 1}", daemon=True)
            worker.start()
            self.workers.append(worker)
        size, claimed_at = _SMALLEST, self.errand.clock()
        while True:
            self.errand.progress(self.progress)
            if over := self.reason_to_end():
                return over
            if self.claimed.qsize() > size // 2:
                self.hunger.clear()
                self.hunger.wait(_TICK)
                continue
            took = (self.errand.clock() - claimed_at).total_seconds()
            size = (
                min(_LARGEST, size * 2) if took < _QUICK else max(_SMALLEST, size // 2) if took > _SLOW else size
            )
            claimed_at = self.errand.clock()
            group = self.claim(size)
            with self.lock:
                self.under_way += len(group)
            for delivery in group:
                self.claimed.put(delivery)
            if not group and (over := self.nothing_to_claim()):
                return over

    def claim(self, size: int) -> list[Delivery]:
        errand = self.errand

        def claimed(connection: sql.Connection) -> list[Delivery]:
            state = connection.execute(
                sql.select(CAMPAIGNS.c.state).where(CAMPAIGNS.c.id == self.campaign)
            ).scalar()
            if state != CampaignState.SENDING:
                self.ending = Ended(Ending.PAUSED, f"the campaign is {state}")
                return []
            now = errand.clock()
            return deliveries.claim(connection, self.campaign, errand.lease, now, size, errand.left_since)

        return self.journal.do(claimed)

    def reason_to_end(self) -> Ended | None:
        if self.failure is not None:
            raise self.failure
        if self.ending is not None:
            return self.ending
        if self.errand.stop.is_set():
            return Ended(Ending.STOPPED, "it was asked to stop")
        if self.errand.until is not None and (now := self.errand.clock()) >= self.errand.until:
            return Ended(Ending.WAITING, "its time is over for now", now)
        told, most = self.progress, self.errand.settings.max_rejected
        if why := verdict.too_many(told.accepted, told.rejected, told.uncertain, most):
            self.halt(why)
        return self.ending

    def halt(self, why: str) -> None:
        """Pause the campaign, so that a person looks at it."""
        c = CAMPAIGNS.c
        here = (c.id == self.campaign) & (c.state == CampaignState.SENDING)
        pause = CAMPAIGNS.update().where(here).values(state=CampaignState.PAUSED, why=why)
        self.journal.do(lambda connection: connection.execute(pause).rowcount)
        self.ending = Ended(Ending.PAUSED, why)

    def nothing_to_claim(self) -> Ended | None:
        """Wait for what is in flight, or for the next that may leave."""
        if self.ending is not None:
            return self.ending
        with self.lock:
            is_idle = self.under_way == 0
        if not is_idle:
            self.hunger.clear()
            self.hunger.wait(_TICK)
            return None
        next_at = self.journal.do(lambda connection: deliveries.next_at(connection, self.campaign))
        if next_at is None:
            return Ended(Ending.FINISHED)
        left = next_at - self.errand.clock()
        if self.errand.at_most is not None and left > self.errand.at_most:
            return Ended(Ending.WAITING, "what is left may not leave yet", next_at)
        self.errand.sleep(max(0.0, min(left, _LOOK).total_seconds()))
        return None

    def end_workers(self) -> None:
        """Let them finish what is in flight."""
        self.is_over = True
        for _ in self.workers:
            self.claimed.put(None)
        for worker in self.workers:
            worker.join()
        if self.failure is not None and self.journal.failure is None:
            raise self.failure

    def work(self) -> None:
        """A worker: one session at a time, one copy at a time."""
        line = _Line(self)
        try:
            while (delivery := self.claimed.get()) is not None:
                if not self.is_over:
                    line.deliver(delivery)
                with self.lock:
                    self.under_way -= 1
                if self.claimed.qsize() <= _SMALLEST // 2:
                    self.hunger.set()
        except HaltedError as halted:
            self.ending = self.ending or Ended(Ending.PAUSED, str(halted))
        except BaseException as error:  # whatever it is, nobody may go on as if nothing had been
            self.failure = error
        finally:
            line.close()
            self.hunger.set()

    def count(self, result: Result) -> None:
        with self.lock:
            setattr(self.progress, result.value, getattr(self.progress, result.value) + 1)


class _Line:
    """A worker's connection, made when it is needed and anew after so many messages."""

    def __init__(self, run: _Run) -> None:
        self.run, self.errand = run, run.errand
        self.session: Session | None = None
        self.offered = 0

    def close(self) -> None:
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
        session = self.connected()
        if session is None or not self.may_leave():
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
        """Wait for the server's pace, and for the rate."""
        if not self.waited(self.run.pace.left()):
            return False
        limit = self.errand.limit
        return limit is None or self.waited(limit.take())

    def waited(self, seconds: float) -> bool:
        """Wait; whether to go on after that."""
        run = self.run
        if seconds > 0:
            self.errand.sleep(min(seconds, 1.0))
            while run.pace.left() > 0 and not self.has_to_end():
                self.errand.sleep(min(run.pace.left(), 1.0))
        return not self.has_to_end()

    def has_to_end(self) -> bool:
        run = self.run
        return run.is_over or run.ending is not None or run.failure is not None or self.errand.stop.is_set()
