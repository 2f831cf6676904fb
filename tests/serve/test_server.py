"""``partwork serve`` as a process: it starts, says where it is, answers, and ends when it is asked to."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pipeline.database import open_database
from pipeline.database.public import NOTICES
from pipeline.sending.keys import open_tokens
from pipeline.sending.tokens import WayOut
from tests.projects import ROOT
from tests.serve.counter import ONE_CLICK
from tests.serve.deployed import running
from tests.subscribers.people import put

PUBLIC = '[sending]\npublic_url = "https://example.org/letters/"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "publication"
    shutil.copytree(ROOT / "templates" / "demo", folder)
    config = folder / "partwork.toml"
    config.write_text(re.sub(r"\n\[sending\][^\[]*", "\n", config.read_text()) + PUBLIC)
    return folder


@contextmanager
def served(root: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and where it answers."""
    with running(root, *arguments) as (process, first):
        found = re.search(r"at (http://127\.0\.0\.1:\d+/), seen at https://example\.org/letters/", first)
        assert found, first + process.stdout.read()  # type: ignore[union-attr]
        yield process, found[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_gracefully_when_it_is_asked_to(root: Path, number: signal.Signals) -> None:
    with served(root) as (process, url):
        assert httpx.get(f"{url}ready").text == "ready\n"
        process.send_signal(number)
        rest, _ = process.communicate(timeout=20)

        assert (process.returncode, rest.splitlines()[-1:]) == (0, ["Ended."])  # after a warning: it is an outbox


def _wait_until_closed(host: str, port: int) -> None:
    """Until nobody else is let in: the end has begun."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    raise TimeoutError("it is still listening")


def test_what_is_being_answered_is_finished_first(root: Path) -> None:
    with served(root) as (process, url):
        host, port = httpx.URL(url).host, httpx.URL(url).port
        assert port
        with socket.create_connection((host, port), timeout=20) as connection:
            body = b"email=ada%40example.org"
            head = f"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            head += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
            connection.sendall(head.encode() + body[:5])
            httpx.get(f"{url}health")  # by now the beginning has been read
            process.send_signal(signal.SIGTERM)
            _wait_until_closed(host, port)
            time.sleep(0.5)
            connection.sendall(body[5:])
            assert connection.recv(99).startswith(b"HTTP/1.1 200")
        process.wait(20)

        assert process.returncode == 0
    database = open_database("", root)
    with database.reading() as reading:
        waiting = len(reading.execute(NOTICES.select()).all())
    letters = list((root / "outbox" / "new").glob("*"))
    assert waiting + len(letters) == 1  # the postman was quick, or it waits for the next start
    database.close()


def test_the_postman_sends_what_has_been_asked_for(root: Path) -> None:
    with served(root) as (_, url):
        assert httpx.post(f"{url}subscribe", data={"email": "ada@example.org"}).status_code == 200
        outbox = root / "outbox" / "new"
        for _ in range(200):
            if outbox.is_dir() and list(outbox.iterdir()):
                break
            httpx.get(f"{url}health")
            time.sleep(0.05)

        (letter,) = outbox.iterdir()
        assert b"https://example.org/letters/c/" in letter.read_bytes().replace(b"=\n", b"")


@pytest.mark.parametrize("prefix", ["", "letters/"])
def test_a_proxy_may_take_the_beginning_of_the_path_off_or_leave_it(root: Path, prefix: str) -> None:
    database = open_database("", root)
    with database.writing() as connection:
        key = put(connection, "ada@example.org")
    database.close()
    token = open_tokens(root).way_out(WayOut(key))
    with served(root) as (_, url):
        page = httpx.get(f"{url}{prefix}u/{token}")
        assert f'action="/letters/u/{token}"' in page.text
        assert httpx.post(f"{url}{prefix}u/{token}", data=ONE_CLICK).status_code == 200


def told(root: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *arguments, "serve", "--root", str(root), "--port", "0"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )
    return done.returncode, done.stderr


def test_it_says_at_once_what_will_disappoint_out_there(root: Path) -> None:
    config = root / "partwork.toml"
    with served(root) as (process, _):
        assert process.stdout
        assert process.stdout.readline().startswith("letters to confirm go to the folder outbox, and to nobody")
    more = 'transport = "smtp"\n[smtp]\nhost = "smtp.example.org"\nusername = "ada"\n'
    config.write_text(config.read_text() + more)
    with served(root) as (process, _):
        assert process.stdout
        assert "PARTWORK_SMTP_PASSWORD" in process.stdout.readline()


def test_without_a_public_address_it_says_what_to_write(root: Path) -> None:
    config = root / "partwork.toml"
    config.write_text(config.read_text().replace(PUBLIC, ""))

    code, words = told(root, "-m", "pipeline")
    assert code == 1
    assert "`public_url` in [sending] is unset" in words


def test_without_the_extra_it_says_how_to_get_it(root: Path) -> None:
    without = (
        "import sys; sys.modules['starlette'] = None; from pipeline.cli import main; sys.exit(main(sys.argv[1:]))"
    )

    code, words = told(root, "-c", without)
    assert code == 1
    assert "pip install 'partwork[serve]'" in words


def test_a_port_that_is_taken_is_told_plainly(root: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "serve", "--root", root, "--port", str(taken.getsockname()[1])],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    assert done.returncode == 1
    assert (
        "cannot be used: Address already in use; stop what listens there, or choose another with --port"
        in done.stderr
    )
