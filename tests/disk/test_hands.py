"""Work in several processes: what they give, and what becomes of it when one of them fails or is killed."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import OutputError, PartworkError
from pipeline.making.hands import HandLostError, Hands
from pipeline.making.spool import Spool

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def done(work: Callable[[int, Callable[[object], None]], None], *shares: int) -> list[object]:
    with Hands(work).doing(shares) as given:
        return list(given)


def here(folder: Path, share: int) -> None:
    """Called in a hand: it writes down which process it is."""
    (folder / f"{share}.new").write_text(str(os.getpid()))
    (folder / f"{share}.new").rename(folder / str(share))


def there(folder: Path, share: int) -> None:
    """Wait until a hand has written that down."""
    while not (folder / str(share)).exists():
        time.sleep(0.005)


def is_gone(folder: Path, share: int) -> bool:
    """Whether a hand is no child of ours any more: ended, and waited for. Other tests have children, too."""
    try:
        os.waitpid(int((folder / str(share)).read_text()), os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def test_each_share_is_done_in_a_process_of_its_own(tmp_path: Path) -> None:
    def work(share: int, give: Callable[[object], None]) -> None:
        here(tmp_path, share)
        give((share, os.getpid()))

    found = done(work, 1, 2, 3)
    assert sorted(share for share, _ in found) == [1, 2, 3]  # type: ignore[misc]
    assert len({process for _, process in found} | {os.getpid()}) == 4  # type: ignore[misc]
    assert all(is_gone(tmp_path, share) for share in (1, 2, 3))


def test_what_a_hand_gives_is_there_before_it_is_done() -> None:
    reading, writing = os.pipe()

    def work(share: int, give: Callable[[object], None]) -> None:
        give("first")
        os.read(reading, 1)
        give("second")

    with Hands(work).doing([1]) as given:
        assert next(given) == "first"
        os.write(writing, b"x")
        assert list(given) == ["second"]
    os.close(reading)
    os.close(writing)


def test_an_error_of_a_hand_is_raised_here(tmp_path: Path) -> None:
    def work(share: int, give: Callable[[object], None]) -> None:
        here(tmp_path, share)
        if share == 2:
            there(tmp_path, 1)
            raise OutputError("the disk is full")

    with pytest.raises(OutputError, match="the disk is full"):
        done(work, 1, 2)
    assert all(is_gone(tmp_path, share) for share in (1, 2))


class OddError(Exception):
    """One that cannot be sent from process to process."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def test_an_error_that_cannot_be_sent_is_told_in_its_words() -> None:
    def work(share: int, give: Callable[[object], None]) -> None:
        raise OddError("one", "two")

    with pytest.raises(PartworkError, match="OddError: one and two"):
        done(work, 1)


def test_a_hand_that_is_killed_is_an_error_in_words_and_ends_the_others(tmp_path: Path) -> None:
    def work(share: int, give: Callable[[object], None]) -> None:
        here(tmp_path, share)
        if share == 1:
            there(tmp_path, 2)
            os.kill(os.getpid(), signal.SIGKILL)
        signal.pause()

    with pytest.raises(HandLostError, match="ended from outside"):
        done(work, 1, 2)
    assert all(is_gone(tmp_path, share) for share in (1, 2))


def test_what_hands_put_aside_can_be_read_by_all(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool["mine"] = b"before"

    def work(share: int, give: Callable[[object], None]) -> None:
        spool.taken()
        spool[f"share {share}"] = bytes(share)
        spool["both"] = spool["mine"] + str(share).encode()
        give(spool.taken())

    for places in done(work, 3, 4):
        spool.added(places)  # type: ignore[arg-type]
    assert (spool["share 3"], spool["share 4"], spool["mine"]) == (bytes(3), bytes(4), b"before")
    assert spool["both"] in (b"before3", b"before4")
    assert spool.get("nothing") is None
