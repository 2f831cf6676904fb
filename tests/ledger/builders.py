"""People, letters, a clock that stands still, and a transport that fails as it is told."""

import itertools
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import SUBSCRIBERS
from pipeline.ledger import campaigns, lease
from pipeline.ledger.campaigns import Campaign, Letter
from pipeline.ledger.counts import who
from pipeline.ledger.deliveries import Delivery
from pipeline.sending.errand import Errand
from pipeline.sending.pace import Patience
from pipeline.sending.transport import Copy, Outcome, Result
from pipeline.settings import SendingSettings
from pipeline.subscribers.audience import audience, no_longer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACCEPTED = Outcome(Result.ACCEPTED, 250, "2.0.0 taken", remote_id="q1")
NO_SUCH_USER = Outcome(Result.REJECTED, 550, "5.1.1 no such user")
LATER = Outcome(Result.DEFERRED, 451, "4.3.0 later", is_throttle=True)
NOBODY_KNOWS = Outcome(Result.UNCERTAIN, 0, "the connection ended after the dot")


class Clock:
    """It moves when somebody waits."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def add_people(database: Database, number: int, state: str = "active", zone: str = "", start: int = 1) -> None:
    rows = [
        {
            "address": f"r{k}@example.org",
            "address_key": f"r{k}@example.org",
            "address_digest": f"d{k}",
            "first_name": f"R{k}",
            "state": state,
            "state_since": NOW,
            "added_at": NOW,
            "timezone": zone,
        }
        for k in range(start, start + number)
    ]
    with database.writing() as connection:
        connection.execute(SUBSCRIBERS.insert(), rows)


def set_state(database: Database, keys: Iterable[int], state: str) -> None:
    with database.writing() as connection:
        here = SUBSCRIBERS.c.id.in_(list(keys))
        connection.execute(SUBSCRIBERS.update().where(here).values(state=state, state_since=NOW))


def letter(part: str = "part-1", revision: int = 0, **more: object) -> Letter:
    values = {"number": 1, "subject": "Part 1", "edition_digest": "digest", "message": b"frozen"}
    return Letter(series="series", part=part, revision=revision, **{**values, **more})  # type: ignore[arg-type]


def everybody(now: datetime = NOW) -> sql.Select[tuple[int, str, str, str, str]]:
    return audience("series", at=now)


def plan(database: Database, part: str = "part-1", **more: object) -> Campaign:
    return campaigns.plan(database, letter(part, **more), everybody(), NOW).campaign


def states(database: Database, campaign: Campaign) -> dict[int, str]:
    return {fate.subscriber_id: str(fate.state) for fate in who(database, campaign.id)}


@dataclass
class RoughTransport:
    """Answers as ``answer`` says for a copy and the number of the offer; writes down what it takes.

    An answer other than a refusal before the dot comes after ``hold``. Where ``drops`` says so for a number,
    nothing is offered: the connection is gone before the dot.
    """

    answer: Callable[[Copy, int], Outcome] = lambda _copy, _number: ACCEPTED
    drops: Callable[[int], bool] = lambda _number: False
    name: str = "rough"
    allows_unreachable: bool = True
    taken: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    sessions: int = 0
    refuses: int = 0  # connections, before it takes one
    is_temporary: bool = True
    after_hold: Callable[[Copy], None] = lambda _copy: None

    def open(self) -> "RoughSession":
        from pipeline.errors import TransportError

        if self.refuses:
            self.refuses -= 1
            raise TransportError("nobody answers", is_temporary=self.is_temporary)
        self.sessions += 1
        return RoughSession(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@dataclass
class RoughSession:
    transport: RoughTransport
    is_open: bool = True

    def offer(self, copy: Copy, hold: Callable[[], None]) -> Outcome:
        number = next(self.transport.numbers)
        if self.transport.drops(number):
            self.is_open = False
            return Outcome(Result.DEFERRED, 0, "the connection ended before the dot")
        outcome = self.transport.answer(copy, number)
        try:
            hold()
        except BaseException:
            self.is_open = False
            raise
        self.transport.offered.append(copy.address)
        self.transport.after_hold(copy)
        if outcome.result in (Result.ACCEPTED, Result.UNCERTAIN):
            self.transport.taken.append(copy.address)
        self.is_open = outcome.result is not Result.UNCERTAIN
        return outcome

    def close(self) -> None:
        self.is_open = False


def copy_for(delivery: Delivery) -> Copy:
    return Copy(
        "bounces@example.org", delivery.address, f"<{delivery.subscriber_id}@example.org>", b"Subject: x\r\n"
    )


def bury(connection: sql.Connection, keys: Sequence[int], now: datetime) -> None:
    here = SUBSCRIBERS.c.id.in_(list(keys))
    connection.execute(SUBSCRIBERS.update().where(here).values(state="bounced", state_since=now))


def errand(database: Database, transport: RoughTransport, clock: Clock | None = None, **more: object) -> Errand:
    clock = clock or Clock()
    if "lease" not in more:
        more["lease"] = lease.take(database, "test", clock())
    values: dict[str, object] = {
        "database": database,
        "transport": transport,
        "make_copy": copy_for,
        "bury": bury,
        "left_since": lambda connection, keys: no_longer(connection, "series", keys, at=clock()),
        "settings": SendingSettings(connections=3, max_rejected=100),
        "clock": clock,
        "wait": clock.wait,
        "stop": threading.Event(),
        "patience": Patience(attempts=4),
    }
    return Errand(**{**values, **more})  # type: ignore[arg-type]
