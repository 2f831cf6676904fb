"""The systemd units of docs/examples: systemd finds them sound and tight, and what they start does start."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import ROOT

UNITS = sorted((ROOT / "docs" / "examples").glob("*.service"))
TIMERS = sorted((ROOT / "docs" / "examples").glob("*.timer"))
PROGRAM, FOLDER = "/srv/partwork/bin/partwork", "/srv/letters"
LOOSEST = 15  # of 100, where a unit that says nothing has 96


def lines(unit: Path) -> list[str]:
    return [line for line in unit.read_text().splitlines() if line and not line.startswith("#")]


def values(unit: Path, key: str) -> list[str]:
    return [line.partition("=")[2] for line in lines(unit) if line.startswith(f"{key}=")]


def systemd_analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    found = shutil.which("systemd-analyze")
    if not found:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(
            "needs systemd-analyze (Debian: apt-get install --no-install-recommends systemd)"
        )
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": ""}
    return subprocess.run([found, *arguments], capture_output=True, text=True, check=False, env=environment)


@pytest.mark.program
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in (*UNITS, *TIMERS):
        # It looks whether the program is there, which on this machine is another.
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, sys.executable))
    done = systemd_analyze("verify", *sorted(tmp_path.iterdir()))

    said = [line for line in (done.stdout + done.stderr).splitlines() if "partwork-" in line]
    assert (done.returncode, said) == (0, [])


@pytest.mark.program
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_systemd_rates_a_unit_as_tight(unit: Path) -> None:
    done = systemd_analyze("security", "--offline=true", f"--threshold={LOOSEST}", unit)

    assert done.returncode == 0, done.stdout[-2000:]


def test_all_units_are_boxed_in_alike() -> None:
    boxes = {"\n".join(lines(unit)).partition("ReadWritePaths=")[2].partition("\n[Install]")[0] for unit in UNITS}
    assert len(boxes) == 1
    for unit in UNITS:
        assert values(unit, "ReadWritePaths") == [FOLDER]
        assert values(unit, "User") == ["partwork"]
        assert values(unit, "UMask") == ["0077"]


def test_a_timer_starts_a_unit_that_is_there_and_nothing_else_starts() -> None:
    for timer in TIMERS:
        service = timer.with_suffix(".service")
        assert values(service, "Type") == ["oneshot"]
        assert values(service, "WantedBy") == []
        assert values(timer, "WantedBy") == ["timers.target"]
    for unit in set(UNITS) - {timer.with_suffix(".service") for timer in TIMERS}:
        assert values(unit, "WantedBy") == ["multi-user.target"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_what_a_unit_starts_runs_and_ends_as_systemd_ends_it(unit: Path, tmp_path: Path) -> None:
    """Its own line, but for where the program and the publication are, and a port that is free."""
    root = tmp_path / "letters"
    shutil.copytree(ROOT / "templates" / "demo", root)
    config = root / "partwork.toml"
    more = '[sending]\npublic_url = "https://letters.example.org/"\n'
    more += '[imap]\nhost = "imap.example.org"\nusername = "bounces"\n'
    config.write_text(re.sub(r"\n\[sending\][^\[]*", "\n", config.read_text()) + more)
    (line,) = values(unit, "ExecStart")
    program, *arguments = shlex.split(line)
    assert program == PROGRAM
    arguments = [{FOLDER: str(root), "8025": "0"}.get(word, word) for word in arguments]
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    first = process.stdout.readline()
    if values(unit, "Type") != ["oneshot"]:
        process.send_signal(signal.SIGTERM)
    rest = process.communicate(timeout=30)[0]

    said = {
        "partwork-bounces": (1, "error: nothing has been sent from here, so nothing of it can have come back"),
        "partwork-once": (0, "next: "),
        "partwork-run": (0, "stopped, as asked"),
        "partwork-serve": (0, "Ended."),
    }
    code, words = said[unit.stem]
    assert process.returncode == code, first + rest
    assert words in first + rest
