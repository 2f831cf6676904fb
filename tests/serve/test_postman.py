"""Notices: each goes out once, whatever the mail server, a crash or a second server do."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.public import NOTICES
from pipeline.errors import TransportError
from pipeline.sending.rate import RateLimit, gone_before
from pipeline.sending.transport import Copy, Outcome, Result
from pipeline.serve.postman import Postman
from tests.serve.counter import Shop, open_shop

ADA = "ada@example.org"


class Killed(BaseException):
    """The program ends here."""


@dataclass
class Rough:
    """A transport that does as it is told: an outcome for each offer, or what it raises."""

    script: list[Outcome | BaseException] = field(default_factory=list)
    taken: list[Copy] = field(default_factory=list)
    name: str = "rough"
    allows_unreachable: bool = False
    is_open: bool = True

    def open(self) -> "Rough":
        if self.script and isinstance(self.script[0], TransportError):
            raise self.script.pop(0)  # type: ignore[misc]
        return self

    def offer(self, copy: Copy, hold: Callable[[], None]) -> Outcome:
        told = self.script.pop(0) if self.script else Outcome(Result.ACCEPTED)
        if isinstance(told, Outcome) and told.result is Result.DEFERRED:
            return told
        hold()
        self.taken.append(copy)
        if isinstance(told, BaseException):
            raise told
        return told

    def close(self) -> None: ...

    def __enter__(self) -> "Rough":
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def rough(database: Database, tmp_path: Path) -> Iterator[tuple[Shop, Rough]]:
    """A shop with somebody who has asked to join, and a transport that fails as it is told."""
    with open_shop(tmp_path, database) as shop:
        shop.post("/subscribe", {"email": ADA})
        yield shop, Rough()


def another(shop: Shop, transport: Rough) -> Postman:
    postman = shop.counter.postman
    return Postman(shop.database, transport, postman._letters, shop.clock, shop.told.append)


def work(postman: Postman) -> None:
    while postman.round():
        pass


def waiting(shop: Shop) -> list[str]:
    with shop.database.reading() as connection:
        return list(connection.execute(sql.select(NOTICES.c.state)).scalars())


def test_what_is_accepted_is_gone_from_the_database(rough: tuple[Shop, Rough]) -> None:
    shop, transport = rough
    work(another(shop, transport))

    assert len(transport.taken) == 1
    assert waiting(shop) == []


def test_what_is_refused_for_now_is_tried_again_later_and_in_the_end_no_more(rough: tuple[Shop, Rough]) -> None:
    shop, transport = rough
    transport.script = [Outcome(Result.DEFERRED, 451)] * 100
    tries = 0
    for _ in range(60):
        before = len(transport.script)
        work(another(shop, transport))
        tries += before - len(transport.script)
        shop.clock.forward(timedelta(minutes=30))

    assert tries == 8
    assert waiting(shop) == []


@pytest.mark.parametrize("result", [Result.REJECTED, Result.UNCERTAIN])
def test_what_is_refused_or_in_doubt_is_not_sent_again(rough: tuple[Shop, Rough], result: Result) -> None:
    shop, transport = rough
    transport.script = [Outcome(result, 550)]
    for _ in range(5):
        work(another(shop, transport))
        shop.clock.forward(timedelta(minutes=30))

    assert len(transport.taken) == 1


def test_a_server_that_cannot_be_reached_loses_nothing(rough: tuple[Shop, Rough]) -> None:
    shop, transport = rough
    transport.script = [TransportError("nobody answers"), TransportError("nobody answers")]
    for _ in range(4):
        work(another(shop, transport))
        shop.clock.forward(timedelta(minutes=10))

    assert len(transport.taken) == 1
    assert "notices wait: nobody answers" in shop.told


def test_a_crash_after_the_offer_sends_no_second_letter(rough: tuple[Shop, Rough]) -> None:
    shop, transport = rough
    transport.script = [Killed()]
    with pytest.raises(Killed):
        work(another(shop, transport))
    for _ in range(5):
        shop.clock.forward(timedelta(minutes=30))
        work(another(shop, transport))
        another(shop, transport)._tidy()

    assert len(transport.taken) == 1
    assert waiting(shop) == []


def test_a_crash_before_the_offer_loses_no_letter(
    rough: tuple[Shop, Rough], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, transport = rough
    postman = another(shop, transport)
    monkeypatch.setattr(postman, "_offer", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        work(postman)
    assert transport.taken == []
    shop.clock.forward(timedelta(minutes=3))
    work(another(shop, transport))

    assert len(transport.taken) == 1


def test_a_fault_in_one_notice_does_not_keep_the_others_waiting(rough: tuple[Shop, Rough]) -> None:
    shop, transport = rough
    shop.post("/subscribe", {"email": "grace@example.org"})
    transport.script = [ZeroDivisionError("ada@example.org was divided")]
    work(another(shop, transport))

    assert [copy.address for copy in transport.taken] == [ADA, "grace@example.org"]
    (told,) = [line for line in shop.told if "fault" in line]
    assert "ada" not in told
    assert waiting(shop) == ["offered"]  # its dot may have left: it is not offered again


def test_two_servers_send_each_notice_once(rough: tuple[Shop, Rough]) -> None:
    shop, transport = rough
    for k in range(40):
        shop.post("/subscribe", {"email": f"a{k}@example.org", "shown": shop.stamp(timedelta(seconds=60 + k))})
    threads = [threading.Thread(target=work, args=(another(shop, transport),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work(another(shop, transport))

    assert sorted(copy.address for copy in transport.taken) == sorted(
        [ADA, *(f"a{k}@example.org" for k in range(40))]
    )
    assert len({copy.message_id for copy in transport.taken}) == 41


def test_a_letter_is_seven_bits_with_short_lines_and_both_parts(rough: tuple[Shop, Rough]) -> None:
    shop, transport = rough
    work(another(shop, transport))
    (copy,) = transport.taken
    message = message_from_bytes(copy.data, policy=default)
    assert isinstance(message, EmailMessage)

    assert copy.data.isascii()
    assert b"\n" not in copy.data.replace(b"\r\n", b"")
    assert max(map(len, copy.data.split(b"\r\n"))) < 998
    assert not [line for line in copy.data.split(b"\r\n") if line.startswith(b".")]
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert message.defects == []
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"):
        assert len(message.get_all(name)) == 1, name  # type: ignore[arg-type]


def test_notices_keep_to_the_rate_and_are_counted_where_a_campaign_looks(
    database: Database, tmp_path: Path
) -> None:
    with open_shop(tmp_path, database, more="rate = 10\n") as shop:
        campaign = RateLimit(database, "outbox", 10.0, shop.clock)
        for k in range(8):
            shop.post("/subscribe", {"email": f"a{k}@example.org", "shown": shop.stamp(timedelta(minutes=k + 1))})
        begun = shop.clock()
        shop.deliver()

        assert len(shop.letters()) == 8
        assert shop.clock() - begun >= timedelta(seconds=0.6)
        with database.reading() as connection:
            assert gone_before(connection, "outbox").count == 8
        assert campaign.take() > 0, "the last one has just left"


def test_a_postman_that_waits_for_the_rate_ends_at_once(database: Database, tmp_path: Path) -> None:
    with open_shop(tmp_path, database, more="rate = 0.05\n") as shop:
        for k in range(3):
            shop.post("/subscribe", {"email": f"a{k}@example.org"})
        postman = shop.counter.postman
        postman.start()
        postman.wake()
        end = time.monotonic() + 20
        while not shop.letters() and time.monotonic() < end:
            time.sleep(0.02)
        begun = time.monotonic()
        postman.stop()

        assert time.monotonic() - begun < 5
        assert len(shop.letters()) == 1
        assert sorted(waiting(shop)) == ["taken", "taken"]  # and taken again when the program is back
