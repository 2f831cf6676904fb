"""Any order of planning, sending, failing, crashing and deciding: nobody twice, nobody lost.

A crash drops everything that is in memory, at any point of a delivery: before the intent is written, between the
commit and the dot, after the dot, before the outcome is written. The steps are those of the sender, one by one,
so that hypothesis can stop between any two.
"""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipeline.database import open_database
from pipeline.ledger import afterwards, campaigns, deliveries, lease
from pipeline.ledger.campaigns import Campaign, CampaignState
from pipeline.ledger.counts import counts, who
from pipeline.ledger.deliveries import Delivery, Settled, State
from pipeline.ledger.lease import Lease
from pipeline.sending import verdict
from pipeline.sending.pace import Patience
from pipeline.sending.transport import Outcome, Result
from pipeline.subscribers.audience import no_longer
from tests.ledger.builders import ACCEPTED, LATER, NO_SUCH_USER, NOBODY_KNOWS, NOW, add_people, everybody, letter

PEOPLE = 3
FAST = Path("/dev/shm")  # where there is one: no disk has to keep what a test forgets
TAKEN_AND_SILENT = Outcome(Result.UNCERTAIN, 0, "taken, and the connection ended")


class AnyCrash(RuleBasedStateMachine):
    """One campaign, one runner at a time (and one that does not know that it was taken over from)."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=FAST if FAST.is_dir() else None)
        self.database = open_database("", Path(self.folder.name))
        add_people(self.database, PEOPLE)
        self.now = NOW
        self.taken: Counter[int] = Counter()  # what the server has, by its own record
        self.forget_everything()
        self.plan()
        self.start()

    def forget_everything(self) -> None:
        self.held: Lease | None = None
        self.hands: list[Delivery] = []  # claimed
        self.offered: list[Delivery] = []  # the intent is on the disk, the dot has not left
        self.outcomes: list[Settled] = []  # known, and not written down

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    @property
    def campaign(self) -> Campaign:
        return campaigns.campaigns(self.database)[0]

    @rule()
    def plan(self) -> None:
        campaigns.plan(self.database, letter(), everybody(self.now), self.now)

    def waits(self) -> bool:
        return counts(self.database, self.campaign.id).planned > 0

    def has(self, *states: State) -> bool:
        return next(iter(who(self.database, self.campaign.id, *states)), None) is not None

    def start(self) -> None:
        self.now += timedelta(minutes=1)  # every lease has run out
        self.held = lease.take(self.database, "runner", self.now)
        with self.database.writing() as connection:
            deliveries.recover(connection, self.held)

    @precondition(lambda self: self.held is not None and not self.hands and self.waits())
    @rule(size=st.integers(1, 3))
    def claim(self, size: int) -> None:
        if self.campaign.state is not CampaignState.SENDING:
            return
        with self.database.writing() as connection:
            self.held.fence(connection, self.now)
            self.hands += deliveries.claim(
                connection,
                self.campaign.id,
                self.held,
                self.now,
                size,
                lambda c, keys: no_longer(c, "series", keys, at=self.now),
            )

    @precondition(lambda self: self.hands)
    @rule(number=st.integers(1, 3))
    def write_intents(self, number: int) -> None:
        group, self.hands = self.hands[:number], self.hands[number:]
        with self.database.writing() as connection:
            self.held.fence(connection, self.now)
            deliveries.offer(connection, self.campaign.id, self.held, [one.subscriber_id for one in group])
        self.offered += group

    @precondition(lambda self: self.offered)
    @rule(outcome=st.sampled_from([ACCEPTED, ACCEPTED, LATER, NO_SUCH_USER, NOBODY_KNOWS, TAKEN_AND_SILENT]))
    def let_a_dot_go(self, outcome: Outcome) -> None:
        delivery = self.offered.pop(0)
        if outcome is ACCEPTED or outcome is TAKEN_AND_SILENT:
            self.taken[delivery.subscriber_id] += 1
        told = verdict.settled(delivery, outcome, self.now, Patience(timedelta(seconds=1)), timedelta(0))
        self.outcomes.append(told)

    @precondition(lambda self: self.hands)
    @rule()
    def fail_before_the_dot(self) -> None:
        failed = Outcome(Result.DEFERRED, 0, "the connection ended before the dot")
        delivery = self.hands.pop(0)
        self.outcomes.append(verdict.settled(delivery, failed, self.now, Patience(), timedelta(0)))

    @precondition(lambda self: self.outcomes)
    @rule()
    def write_outcomes(self) -> None:
        with self.database.writing() as connection:
            self.held.fence(connection, self.now)
            deliveries.settle(connection, self.campaign.id, self.held, self.outcomes, self.now)
        self.outcomes = []

    @precondition(lambda self: self.hands or self.offered or self.outcomes)
    @rule()
    def crash_and_start_again(self) -> None:
        self.forget_everything()
        self.start()

    @precondition(lambda self: self.offered)
    @rule()
    def sleep_while_another_takes_over_and_then_let_the_dot_go(self) -> None:
        """Of a process that slept: what it had written down may leave, and nothing more."""
        delivery, asleep = self.offered.pop(0), self.held
        self.forget_everything()
        self.start()
        self.taken[delivery.subscriber_id] += 1
        for attempt in (lambda c: asleep.fence(c, self.now), lambda c: self._settle(c, asleep, delivery)):
            try:
                with self.database.writing() as connection:
                    attempt(connection)
            except lease.LedgerError:
                continue
            raise AssertionError("it could still write")

    def _settle(self, connection: object, held: Lease, delivery: Delivery) -> None:
        told = [Settled(delivery.subscriber_id, State.ACCEPTED)]
        deliveries.settle(connection, self.campaign.id, held, told, self.now)

    @precondition(lambda self: self.waits())
    @rule(seconds=st.integers(1, 5000))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        with self.database.writing() as connection:
            self.held.fence(connection, self.now)

    @precondition(lambda self: self.has(State.REJECTED, State.UNCERTAIN, State.PLANNED))
    @rule()
    def retry(self) -> None:
        afterwards.retry(self.database, self.campaign.id, self.now)

    @precondition(lambda self: self.has(State.UNCERTAIN))
    @rule(is_accepted=st.booleans())
    def resolve_truly(self, *, is_accepted: bool) -> None:
        """A person who knows what the server has."""
        for fate in list(who(self.database, self.campaign.id, State.UNCERTAIN)):
            if (self.taken[fate.subscriber_id] > 0) is is_accepted:
                key = [fate.subscriber_id]
                afterwards.resolve(
                    self.database, self.campaign.id, key, self.now, "looked it up", is_accepted=is_accepted
                )

    @precondition(lambda self: not (self.hands or self.offered or self.outcomes or self.waits()))
    @rule()
    def finish(self) -> None:
        with self.database.writing() as connection:
            campaigns.finish(connection, self.campaign.id, self.now)

    @invariant()
    def nobody_has_it_twice(self) -> None:
        assert not {key: number for key, number in self.taken.items() if number > 1}

    @invariant()
    def everybody_is_in_one_state_and_nobody_is_lost(self) -> None:
        fates = {fate.subscriber_id: fate.state for fate in who(self.database, self.campaign.id)}
        assert sorted(fates) == list(range(1, PEOPLE + 1))
        assert counts(self.database, self.campaign.id).total == PEOPLE
        pending = {told.subscriber_id for told in self.outcomes}
        for key, state in fates.items():
            if state is State.ACCEPTED:
                assert self.taken[key] == 1
            if self.taken[key] and key not in pending:
                assert state in (State.ACCEPTED, State.UNCERTAIN, State.OFFERED)
            if state in (State.PLANNED, State.CLAIMED, State.REJECTED):
                assert not self.taken[key]

    @invariant()
    def a_finished_campaign_has_nothing_left(self) -> None:
        if self.campaign.state is CampaignState.FINISHED:
            assert counts(self.database, self.campaign.id).left == 0


TestAnyCrash = AnyCrash.TestCase
TestAnyCrash.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
