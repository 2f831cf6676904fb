"""The sender: a campaign's deliveries over a transport, each offered once its intent is in the ledger.

One thread claims; as many as there are connections offer (``line``); one writes (``journal``). Nothing is held but
what is claimed, so a million recipients take no more memory than a thousand.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import SimpleQueue

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import CAMPAIGNS
from pipeline.errors import LedgerError
from pipeline.ledger import campaigns, deliveries
from pipeline.ledger.campaigns import Campaign, CampaignState
from pipeline.ledger.deliveries import Delivery
from pipeline.ledger.lease import Lease
from pipeline.sending import verdict
from pipeline.sending.errand import Ended, Ending, Errand
from pipeline.sending.journal import HaltedError, Journal
from pipeline.sending.line import Line, Run
from pipeline.sending.pace import Pace

_SMALLEST, _LARGEST = 20, 500  # deliveries claimed at once
_QUICK, _SLOW = 1.0, 4.0  # seconds for a batch, within which it should be gone
_TICK = 0.1  # seconds between two looks of the one who claims
_LOOK = timedelta(seconds=2)  # between two looks whether a campaign was paused, while nothing is due


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
        sender = _Sender(errand, campaign.id, journal, Pace(errand.clock, errand.slowest))
        try:
            ended = sender.conducted()
        finally:
            sender.end_workers()
        if journal.failure is None:
            ended = journal.do(lambda connection: _ended(connection, errand, campaign.id, ended))
    if journal.failure is not None:
        raise LedgerError(f"the ledger cannot be written: {journal.failure}") from journal.failure
    errand.progress(sender.progress)
    return ended


def _ended(connection: sql.Connection, errand: Errand, campaign: int, ended: Ended) -> Ended:
    """Give back what was not offered; the campaign is over when nothing else was left."""
    deliveries.give_up(connection, errand.lease)
    if campaigns.finish(connection, campaign, errand.clock()):
        return Ended(Ending.FINISHED)
    return ended


@dataclass(slots=True)
class _Sender(Run):
    """The one who claims, and whose workers offer."""

    claimed: "SimpleQueue[Delivery | None]" = field(default_factory=SimpleQueue)
    hunger: threading.Event = field(default_factory=threading.Event)
    workers: list[threading.Thread] = field(default_factory=list)
    under_way: int = 0

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
        line = Line(self)
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
