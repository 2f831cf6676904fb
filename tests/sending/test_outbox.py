"""A Maildir that any program can read, and in which nobody's letter is twice."""

import mailbox
import os
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from pipeline.errors import TransportError
from pipeline.sending.outbox import OutboxTransport
from pipeline.sending.transport import Result
from tests.sending.builders import Hold, copy


def files(folder: Path) -> list[str]:
    return sorted(f"{part}/{path.name}" for part in ("tmp", "new", "cur") for path in (folder / part).iterdir())


def test_what_is_written_is_read_back_by_python_s_mailbox(tmp_path: Path) -> None:
    own = copy()
    outcome = OutboxTransport(tmp_path / "outbox").open().offer(own, Hold())
    read = list(mailbox.Maildir(tmp_path / "outbox", create=False))
    message = BytesParser(policy=policy.default).parsebytes(read[0].as_bytes())

    assert outcome.result is Result.ACCEPTED
    assert len(read) == 1
    assert message["Return-Path"] == f"<{own.return_path}>"
    assert message["Delivered-To"] == own.address
    assert message["Message-ID"] == own.message_id
    assert b"\r" not in next((tmp_path / "outbox" / "new").iterdir()).read_bytes()


def test_nothing_is_in_the_mailbox_before_the_ledger_has_it_in_writing(tmp_path: Path) -> None:
    seen: list[str] = []
    OutboxTransport(tmp_path).open().offer(copy(), lambda: seen.extend(files(tmp_path)))

    assert len(seen) == 1
    assert seen[0].startswith("tmp/")
    assert len(files(tmp_path)) == 1
    assert files(tmp_path)[0].startswith("new/")


def test_no_commit_no_letter(tmp_path: Path) -> None:
    def hold() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        OutboxTransport(tmp_path).open().offer(copy(), hold)
    assert files(tmp_path) == []


def test_a_second_offer_makes_no_second_letter(tmp_path: Path) -> None:
    session = OutboxTransport(tmp_path).open()
    results = [session.offer(copy(1), Hold()).result for _ in range(3)] + [session.offer(copy(2), Hold()).result]

    assert set(results) == {Result.ACCEPTED}
    assert len(files(tmp_path)) == 2


def test_not_even_when_the_first_has_been_read(tmp_path: Path) -> None:
    OutboxTransport(tmp_path).open().offer(copy(), Hold())
    letter = next((tmp_path / "new").iterdir())
    letter.rename(tmp_path / "cur" / f"{letter.name}:2,S")
    OutboxTransport(tmp_path).open().offer(copy(), Hold())

    assert files(tmp_path) == [f"cur/{letter.name}:2,S"]


def test_what_a_crash_has_left_is_written_anew(tmp_path: Path) -> None:
    session = OutboxTransport(tmp_path).open()
    session.offer(copy(), Hold())
    letter = next((tmp_path / "new").iterdir())
    whole = letter.read_bytes()
    letter.unlink()
    (tmp_path / "tmp" / letter.name).write_bytes(b"half a let" * 100_000)

    assert session.offer(copy(), Hold()).result is Result.ACCEPTED
    assert letter.read_bytes() == whole


def test_a_name_is_a_plain_one_whatever_the_message_id_holds(tmp_path: Path) -> None:
    own = replace(copy(), message_id="<../../../etc/x\x00@y>")
    OutboxTransport(tmp_path).open().offer(own, Hold())

    assert len(files(tmp_path)) == 1


def test_a_folder_that_cannot_be_one_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")

    with pytest.raises(TransportError, match="outbox"):
        OutboxTransport(tmp_path / "outbox").open()


def test_a_folder_that_goes_away_defers(tmp_path: Path) -> None:
    session = OutboxTransport(tmp_path).open()
    os.rmdir(tmp_path / "tmp")  # noqa: PTH106
    hold = Hold()

    assert session.offer(copy(), hold).result is Result.DEFERRED
    assert hold.count == 0
