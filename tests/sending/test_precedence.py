"""Notices go before a campaign, and the campaign makes room for them: one rate for both."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.database import Database, open_database
from pipeline.ledger import lease
from pipeline.ledger.counts import counts
from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.precedence import Precedence
from pipeline.sending.rate import Bucket, Gone, RateLimit, burst_of
from pipeline.sending.sender import send
from pipeline.sending.transport import Copy, Result
from pipeline.settings import Security, SendingSettings, SmtpSettings
from tests.email.postfix import free_port
from tests.ledger.builders import add_people, errand, plan
from tests.sending.test_rate import RATES, START, Clock, assert_kept

SLACK = 1.0  # seconds until whoever sends a campaign sees what has gone before it


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database("", tmp_path)
    yield opened
    opened.close()


def test_a_notice_does_not_wait_for_a_campaign_however_much_that_has_promised(database: Database) -> None:
    clock = Clock()
    campaign = RateLimit(database, "smtp", 1.0, clock)
    assert [campaign.take() for _ in range(100)][-1] == 99.0

    assert Precedence(database, "smtp", 1.0, clock).take() == 0.0


@pytest.mark.parametrize("number", [1, 5, 40])
def test_a_campaign_waits_for_as_many_as_have_gone_before_it(database: Database, number: int) -> None:
    clock = Clock()
    campaign, notices = RateLimit(database, "smtp", 10.0, clock), Precedence(database, "smtp", 10.0, clock)
    campaign.take()
    for _ in range(number):
        clock.move(notices.take())
    clock.move(2.0)  # twenty more would have had their turn

    assert campaign.take() == 0.0
    assert campaign.take() == pytest.approx(0.1, abs=0.01)
    clock.move(0.1)
    for _ in range(number):
        notices.take()
    clock.move(SLACK)

    waits = [campaign.take() for _ in range(20)]
    assert waits[-1] == pytest.approx(max(0.0, number / 10 - SLACK) + 1.9, abs=0.3)


@given(RATES, st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_notices_keep_to_the_rate_among_themselves(rate: float, waits: list[float]) -> None:
    """Of three servers on one database, each of which waits for its own before it takes another."""
    gone, leaves, moment, free = Gone(), [], START, [START] * 3
    for wait in waits:
        server = free.index(min(free))
        moment = max(moment, free[server] + timedelta(seconds=wait))
        gone, seconds = gone.taken(rate, moment)
        free[server] = moment + timedelta(seconds=seconds)
        leaves.append(free[server])

    assert_kept(leaves, Bucket(rate, 0.0, START))


def test_a_clock_that_is_moved_back_holds_notices_up_for_a_minute_at_most(database: Database) -> None:
    clock = Clock()
    notices = Precedence(database, "smtp", 1.0, clock)
    for _ in range(5):
        notices.take()
    clock.move(-86_400)

    assert notices.take() <= 63
    assert RateLimit(database, "smtp", 1.0, clock).take() <= 63


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rate", [0.5, 3.0, 14.0, 200.0])
def test_both_together_keep_to_the_rate_but_for_a_second(database: Database, rate: float, seed: int) -> None:
    """Over any window no more than rate * (t + a second), and a burst of each."""
    drawn = random.Random(seed)
    clock, end = Clock(), START + timedelta(seconds=30)
    campaign, notices = RateLimit(database, "smtp", rate, clock), Precedence(database, "smtp", rate, clock)
    wanted = sorted(
        START + timedelta(seconds=drawn.uniform(0, 30)) for _ in range(int(drawn.uniform(0, 20 * rate)))
    )
    leaves: list[datetime] = []
    free = START  # when the one who sends notices has sent the last
    while clock.now < end:
        target = clock.now + timedelta(seconds=campaign.take())
        while wanted and max(wanted[0], free) <= target:
            clock.now = max(clock.now, wanted.pop(0), free)
            free = clock.now + timedelta(seconds=notices.take())
            leaves.append(free)
        clock.now = max(clock.now, target)
        leaves.append(clock.now)

    moments = sorted(leaves)
    for first in range(0, len(moments), max(1, len(moments) // 200)):
        for last in range(first, len(moments)):
            seconds = (moments[last] - moments[first]).total_seconds()
            assert last - first + 1 <= rate * (seconds + SLACK) + 2 * burst_of(rate) + 2
    assert len(moments) >= 0.9 * rate * 30, "and nothing of it is wasted"


# --- a real server, a real campaign ------------------------------------------------------------------------


@dataclass
class Times:
    """An SMTP server's handler that writes down when something came, and to whom."""

    came: list[tuple[float, str]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.came.append((time.monotonic(), envelope.rcpt_tos[0]))
        return "250 OK"

    def of(self, name: str) -> list[float]:
        return [at for at, to in self.came if to.startswith(name)]


def now() -> datetime:
    return datetime.now(UTC)


def notice(number: int) -> Copy:
    return Copy("bounces@example.org", f"n{number}@example.org", f"<{number}@example.org>", b"Subject: x\r\n")


@pytest.fixture
def server() -> Iterator[tuple[Times, SmtpTransport]]:
    from aiosmtpd.controller import Controller

    times = Times()
    controller = Controller(times, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield times, SmtpTransport(SmtpSettings("127.0.0.1", controller.port, Security.NONE))
    controller.stop()


def test_notices_go_through_a_running_campaign_at_once_and_it_keeps_to_the_rate(
    database: Database, server: tuple[Times, SmtpTransport]
) -> None:
    """120 copies at twenty a second are six seconds; thirty notices come in between."""
    rate, people, some = 20.0, 120, 30
    times, transport = server
    add_people(database, people)
    campaign, begun = plan(database), time.monotonic()
    limit = RateLimit(database, transport.name, rate, now)
    given = replace(
        errand(database, transport, lease=lease.take(database, "test", now())),  # type: ignore[arg-type]
        clock=now,
        wait=None,
        limit=limit,
        settings=SendingSettings(connections=2, max_rejected=100),
    )
    sending = threading.Thread(target=send, args=(given, campaign))
    sending.start()
    while len(times.of("r")) < 40:
        time.sleep(0.01)
    asked, notices = time.monotonic(), Precedence(database, transport.name, rate, now)
    session = transport.open()
    for number in range(some):
        time.sleep(notices.take())
        assert session.offer(notice(number), lambda: None).result is Result.ACCEPTED
    session.close()
    arrived = time.monotonic()
    sending.join(60)
    limit.close()

    whole = sorted(at for at, _ in times.came)
    assert counts(database, campaign.id).accepted == people
    assert len(times.of("n")) == some
    # They were as fast as the rate lets them be, though the campaign had four seconds to go.
    assert arrived - asked < some / rate + 3
    assert max(times.of("r")) > arrived
    # And the campaign has made room: everything together took as long as so many messages take.
    assert whole[-1] - begun > (people + some) / rate - SLACK - 0.5
    for k in range(len(whole)):
        for m in range(k, len(whole)):
            assert m - k + 1 <= rate * (whole[m] - whole[k] + SLACK + 0.5) + 2 * burst_of(rate) + 2
