"""The real command in processes of its own: killed in the middle, started twice, read out of a real Maildir."""

import mailbox
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from benchmarks.rough_server import Act, Phase
from pipeline.database import open_database
from pipeline.sending.keys import open_tokens
from tests.email import postfix
from tests.letters.conftest import PART, START

_PARTWORK = """\
import sys
from datetime import datetime, timedelta
from time import monotonic
import pipeline.cli.options as options
at, begun = datetime.fromisoformat(sys.argv[1]), monotonic()
options.clock = lambda: at + timedelta(seconds=monotonic() - begun)
options.now = lambda: options.clock().replace(microsecond=0)
from pipeline.cli import main
sys.exit(main(sys.argv[2:]))
"""


def start(shop, *arguments: str) -> "subprocess.Popen[str]":
    """The command, with a clock that stands where the test's does."""
    return subprocess.Popen(
        [sys.executable, "-c", _PARTWORK, shop.clock().isoformat(), *arguments],
        cwd=shop.root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def slowly(phase: Phase, _at: object) -> Act | None:
    return Act(seconds=0.01) if phase is Phase.RECORDED else None


def many(shop, number: int) -> None:
    """Instead of three people."""
    (shop.root / "partwork.db").unlink()
    now = shop.clock.at
    shop.clock.set(now.replace(hour=1))
    shop.people(number)
    shop.clock.set(now)


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM])
def test_a_send_that_is_killed_in_the_middle_is_finished_by_run_and_nobody_gets_it_twice(shop, server, way):
    many(shop, 300)
    sink = server(slowly)
    shop.through(sink.port, "connections = 4\nmax_rejected = 100\n")
    sending = start(shop, "send", PART, "--yes")
    while len(sink.taken) < 60 and sending.poll() is None:
        time.sleep(0.005)
    sending.send_signal(way)
    out, _ = sending.communicate(timeout=30)
    assert 60 <= len(sink.taken) < 300, out
    if way is signal.SIGTERM:
        assert sending.returncode == 130, out
        assert "Stopped as you asked" in out
        assert f"To go on: partwork send {PART}" in out
        assert "uncertain" not in shop.states()
    shop.clock.set(shop.clock() + timedelta(seconds=31))  # the lease of the dead has run out
    again = start(shop, "run", "--once")
    out, _ = again.communicate(timeout=60)
    copies = Counter(each.addresses[0] for each in sink.taken)
    states = Counter(shop.states())
    assert max(copies.values()) == 1
    assert states["accepted"] + states["uncertain"] == 300, out
    doubts = states["uncertain"]
    assert doubts <= 4
    assert len(copies) >= 300 - doubts
    assert again.returncode == (3 if doubts else 0), out


def test_two_that_run_at_once_send_everybody_one_copy(shop, server):
    many(shop, 200)
    sink = server(slowly)
    shop.through(sink.port)
    both = [start(shop, "run", "--once") for _ in range(2)]
    told = [each.communicate(timeout=60)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], told
    start(shop, "run", "--once").communicate(timeout=60)
    assert Counter(each.addresses[0] for each in sink.taken) == {f"r{k}@example.org": 1 for k in range(1, 201)}
    assert shop.states() == ["accepted"] * 200
    assert sum("planned for 200" in each for each in told) == 1


@pytest.mark.program
def test_through_postfix_everybody_finds_both_parts_and_a_token_of_their_own(shop):
    if why := postfix.missing():
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)
    with postfix.running() as (port, inbox):
        shop.through(port, 'return_path = "bounces@mail.example.org"\nfeedback_id = "kitchen"\n')
        run = shop("send", PART, "--yes")
        assert run.code == 0, run.out
        postfix.wait_for(inbox, 3)
        copies = read(inbox)
    tokens, database = open_tokens(shop.root), open_database("", shop.root)
    database.close()
    people = {fate.subscriber_id: fate.address for fate in shop.fates()}
    seen = {}
    for copy in copies:
        assert not copy.defects
        assert [part.get_content_type() for part in copy.iter_parts()] == ["text/plain", "text/html"]
        assert "Where it goes" in copy.get_body(("plain",)).get_content()
        assert "</html>" in copy.get_body(("html",)).get_content()
        assert len(copy.get_all("Message-ID")) == len(copy.get_all("Subject")) == 1
        assert copy["Feedback-ID"] == "where-it-goes:three-evenings:part:kitchen"
        link = copy["List-Unsubscribe"].split(">")[0].removeprefix("<")
        seen[copy["To"]] = people[tokens.read_way_out(link.rpartition("/")[2]).subscriber]
        path = copy["Return-Path"].strip("<>")
        assert tokens.read_delivery(path.partition("+")[2].partition("@")[0]).subscriber in people
    assert seen == {address: address for address in people.values()}


def read(inbox: Path):
    parser = BytesParser(policy=policy.default)
    box = mailbox.Maildir(inbox, factory=parser.parse, create=False)  # type: ignore[arg-type]
    try:
        return list(box)
    finally:
        box.close()


def test_the_terminal_shows_a_bar_and_leaves_the_table(shop, server):
    if shutil.which("script") is None:
        pytest.skip("needs script(1)")
    many(shop, 60)
    shop.through(server(slowly).port, "connections = 1\n")
    command = " ".join(
        f"'{word}'" for word in (sys.executable, "-m", "pipeline", "send", PART, "--yes", "--root", str(shop.root))
    )
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI", "TERM")}
    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        cwd=shop.root,
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert "█" in done.stdout
    assert "a second" in done.stdout
    assert done.returncode == 0, done.stdout


def test_a_runner_waits_for_the_slot_and_ends_cleanly_when_it_is_asked_to(shop):
    shop.clock.set(START - timedelta(seconds=4))
    running = start(shop, "run")
    deadline = time.monotonic() + 40
    while len(shop.outbox()) < 3 and time.monotonic() < deadline and running.poll() is None:
        time.sleep(0.1)
    second = start(shop, "run")
    told, _ = second.communicate(timeout=30)
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=30)
    assert running.returncode == 0, out
    lines = [line.split(" ", 2)[2] for line in out.splitlines() if line.startswith("2026")]
    assert lines == [
        "next: Wednesday 18 November 2026, 06:00",
        "three-evenings/1: planned for 3, 0 left out",
        "three-evenings/1: finished; 3 accepted, 0 rejected, 0 uncertain, 0 waiting, 0 left out",
        "next: Wednesday 25 November 2026, 06:00",
        "stopped, as asked",
    ]
    assert second.returncode == 0
    assert f"partwork run is at it already (process {running.pid})" in told
