"""The trial of benchmarks/crash.py, short: processes are killed, and the server says what everybody got."""

import os
import sys

import pytest

from benchmarks import crash, cut_power
from tests.database import postgresql

SHORT = crash.Trial(people=400, kills=4, connections=4)


def checked(found: crash.Found) -> None:
    assert (found.twice, found.lost, found.wrong) == (0, 0, [])
    assert found.accepted > SHORT.people * 0.8


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def test_whoever_kills_the_sender_makes_nobody_get_it_twice_or_never(tmp_path) -> None:
    checked(crash.run(SHORT, 101, "", tmp_path))


@pytest.mark.program
def test_a_power_cut_makes_nobody_get_it_twice_or_never(tmp_path) -> None:
    if cut_power.compiler() is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)("needs a C compiler (Debian: gcc)")
    trial = crash.Trial(people=400, kills=4, connections=4, power_cut=True)
    checked(crash.run(trial, 102, "", tmp_path))


@pytest.mark.program
def test_two_runners_that_fight_send_nobody_two(tmp_path, postgresql_server: postgresql.Server) -> None:
    trial = crash.Trial(people=400, kills=4, connections=4, runners=2)
    checked(crash.run(trial, 103, postgresql_server.new(), tmp_path))
