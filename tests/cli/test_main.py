"""The command itself: exit codes, help, errors in words, and quiet ends."""

import os
import subprocess
import sys

import pytest

from pipeline import __version__
from pipeline.cli import BROKEN_PIPE, INTERRUPTED, main
from pipeline.errors import ConfigError
from pipeline.making.manifest import locked

EVERY = [(), ("init",), ("new",), ("new", "series"), ("new", "part"), ("check",), ("build",), ("schedule",)]
ON_A_PUBLICATION = EVERY[5:]
EVERY += [("subscribers",)]
EVERY += [("subscribers", name) for name in ("import", "add", "list", "export", "suppress", "forget")]
EVERY += [("subscribers", name) for name in ("stats", "tag", "untag", "suppressed")]
EVERY += [(name,) for name in ("approve", "send", "run", "campaigns", "campaign", "who", "retry", "resolve")]
EVERY += [(name,) for name in ("pause", "resume", "cancel", "errata", "serve", "bounces", "doctor")]
PROGRAM = [sys.executable, "-m", "pipeline"]


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_every_command_explains_itself_with_an_example(partwork, command):
    run = partwork(*command, "--help")
    assert run.code == 0
    assert f"Usage: partwork {' '.join(command)}".rstrip() in run.out
    assert "Example:  partwork " in run.out
    assert run.err == ""


def test_every_command_is_listed_and_tested_here(partwork):
    listed = partwork("--help").out.split("Commands:\n")[1].split("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines()] == [names[0] for names in EVERY if len(names) == 1]


@pytest.mark.parametrize("command", ON_A_PUBLICATION, ids=" ".join)
def test_every_command_on_a_publication_takes_a_root(partwork, publication, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    assert partwork(*command, "--root", publication, "--as-of", "2026-11-18").code == 0


def test_the_version(partwork):
    assert partwork("--version").out == f"partwork, version {__version__}\n"


def test_help_loads_nothing_that_takes_long(environment):
    code = (
        "import sys\nfrom pipeline.cli import main\nassert main(['--help']) == 0\n"
        "slow = {'jinja2', 'lxml', 'yaml', 'premailer', 'pyromark', 'slugify', 'mjml', 'pipeline.parse', "
        "'pipeline.build', 'pipeline.read', 'zoneinfo', 'concurrent'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {slow}' if slow else 0)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("biuld",), "There is no command `biuld`. Did you mean `build`?"),
        (("frobnicate",), "There is no command `frobnicate`."),
        (("build", "--as-off", "now"), "No such option"),
        (("build", "--root", "/nonexistent"), "Directory '/nonexistent' does not exist."),
        (("check", "--format", "xml"), "'xml' is not one of"),
        (("build", "--as-of", "tomorrow"), "'tomorrow' is no moment. Write 2026-11-18,"),
        (("build", "--as-of", "2026-02-30"), "'2026-02-30' is no moment: day"),
        (("build", "--as-of", "2026-11-18T25:00"), "is no moment: hour must be in 0..23"),
        (("build", "--as-of", "20261118"), "is no moment"),
        (("build", "--as-of", "2026-W47-3"), "is no moment"),
        (("build", "--as-of", "0001-01-01"), "not between the years 1970 and 8999"),
        (("build", "--as-of", "9999-12-31T23:59"), "not between the years 1970 and 8999"),
        (("new", "series", "  "), "A title is needed."),
        (("new", "series", "bell \a"), "A title cannot have control characters."),
        (("new", "series", "???"), "No address can be made from '???'. Choose one with --slug."),
        (
            ("new", "part", "three-evening", "X"),
            "There is no series `three-evening`. Did you mean `three-evenings`?",
        ),
        (("new", "part", "other", "X"), "There is no series `other`. Start it with `partwork new series`."),
        (("new", "part", "three-evenings"), "Missing argument 'TITLE'."),
    ],
)
def test_wrong_usage_is_2_and_says_what_is_right(partwork, publication, arguments, message):
    run = partwork(*arguments)
    assert run.code == 2
    assert message in " ".join(run.err.split())
    assert run.out == ""
    assert "Traceback" not in run.err


@pytest.mark.parametrize("command", ["check", "build", "schedule"])
def test_a_folder_without_a_publication_is_an_error_in_words(partwork, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    run = partwork(command)
    assert run.code == 1
    assert run.err == (
        f"error: There is no partwork.toml in {tmp_path}. Run `partwork init` to start a publication there, "
        "or say where it is with --root DIR.\n"
    )


def test_debug_shows_where_an_error_came_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"There is no partwork\.toml"):
        main(["--debug", "check"])


def test_the_publication_is_found_from_a_folder_inside_it(partwork, publication, monkeypatch):
    monkeypatch.chdir(publication / "series" / "three-evenings")
    assert partwork("build", "--as-of", "2026-11-18").code == 0
    assert (publication / "build" / "site" / "index.html").exists()


def test_an_interrupt_is_130_and_quiet(publication, environment):
    out = publication / "build"
    out.mkdir()
    code = (
        "import os, signal, sys, threading\nfrom pipeline.cli import main\n"
        "threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "sys.exit(main(['build']))\n"
    )
    with locked(out, 0):  # so that the build waits
        run = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
    assert (run.returncode, run.stdout, run.stderr) == (INTERRUPTED, "", "")


@pytest.mark.parametrize("arguments", [("schedule", "--json"), ("--help",), ("check", "--format", "sarif")])
def test_a_reader_that_goes_away_is_no_trouble(publication, environment, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    run = subprocess.run(
        [*PROGRAM, *arguments], env=environment, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (run.returncode, run.stderr) == (BROKEN_PIPE, "")


def test_letters_that_a_terminal_cannot_show_do_not_end_the_program(publication, environment, partwork):
    assert partwork("new", "series", "Größe → 雨").code == 0
    run = subprocess.run(
        [*PROGRAM, "schedule"], env={**environment, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False
    )
    assert run.returncode == 0
    assert b"Gr\\xf6\\xdfe \\u2192" in run.stdout
