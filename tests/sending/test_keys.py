"""The secret: from the environment or from a file, and never in a message."""

import os
import stat
import threading
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.sending.keys import exposed, open_tokens
from pipeline.sending.tokens import Tokens, WayOut

WAY = WayOut(1, 2)
LONG = "s3cret" * 8


def test_the_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    token = open_tokens(tmp_path).way_out(WAY)
    path = tmp_path / "partwork.key"

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [line for line in path.read_text().splitlines() if len(line) == 64 and not line.startswith("#")]
    assert [each.name for each in tmp_path.iterdir()] == ["partwork.key"]
    assert open_tokens(tmp_path).read_way_out(token) == WAY


def test_many_that_start_at_once_have_one_secret(tmp_path: Path) -> None:
    made: list[str] = []
    running = [threading.Thread(target=lambda: made.append(open_tokens(tmp_path).way_out(WAY))) for _ in range(16)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()

    assert len(made) == 16
    assert len(set(made)) == 1


def test_the_environment_comes_first_and_no_file_is_made(tmp_path: Path) -> None:
    tokens = open_tokens(tmp_path, f"  {LONG}\n{'old' * 12} ")

    assert Tokens([LONG.encode()]).read_way_out(tokens.way_out(WAY)) == WAY
    assert tokens.read_way_out(Tokens([b"old" * 12]).way_out(WAY)) == WAY
    assert list(tmp_path.iterdir()) == []


def test_a_short_secret_is_refused_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="openssl rand -hex 32") as found:
        open_tokens(tmp_path, f"{LONG} hunter2")

    assert "hunter2" not in str(found.value)
    assert found.value.__cause__ is None


@pytest.mark.parametrize("data", [b"", b"# only words\n", b"\xff\xfe", b"short\n"])
def test_a_file_without_a_secret_is_refused_not_replaced(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "partwork.key").write_bytes(data)

    with pytest.raises(ConfigError, match=r"partwork\.key"):
        open_tokens(tmp_path)
    assert (tmp_path / "partwork.key").read_bytes() == data


@pytest.mark.skipif(os.name != "posix", reason="needs file modes")
def test_a_file_that_others_can_read_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "dkim.key"
    path.write_text("x")
    path.chmod(0o640)
    assert "chmod 600 dkim.key" in exposed(path)
    path.chmod(0o600)
    assert exposed(path) == ""
    assert exposed(tmp_path / "none") == ""
