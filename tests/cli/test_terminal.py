"""What a person sees on a terminal, and what a pipe gets instead."""

import os
import subprocess
import sys

import pytest

from pipeline.cli.terminal import printable
from tests.cli.conftest import PART, spoil

pty = pytest.importorskip("pty", reason="there are no terminals as on Unix")
RED, RESET, CLEAR = "\x1b[31m", "\x1b[0m", "\r\x1b[2K"


def on_a_terminal(*arguments, environment, code=0, **more):
    """Run ``partwork`` with a terminal for both outputs; what appears on it."""
    master, slave = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *arguments],
        env={**environment, "COLUMNS": "60", **more},
        stdout=slave,
        stderr=slave,
        stdin=slave,
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not piece:
            break
        seen += piece
    os.close(master)
    assert program.wait() == code, seen
    return seen.decode("utf-8").replace("\r\n", "\n")


def test_colour_and_progress_are_for_terminals(publication, environment):
    seen = on_a_terminal("build", environment=environment)
    assert f"{CLEAR}Planning …" in seen
    assert "\x1b[1mThe Kitchen Table" in seen
    assert seen.count(CLEAR) % 2 == 0  # every line of progress is wiped out again


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_who_wants_none_gets_none(publication, environment, plain):
    seen = on_a_terminal("build", environment=environment, **plain)
    assert "\x1b" not in seen
    assert "Planning" not in seen


def test_an_empty_no_color_is_none(publication, environment):
    assert "\x1b[1m" in on_a_terminal("build", environment=environment, NO_COLOR="")


def test_a_pipe_gets_plain_lines(publication, environment, partwork):
    run = partwork("build")
    assert "\x1b" not in run.out + run.err
    assert "\r" not in run.out + run.err


def test_an_error_shows_its_line_with_a_caret(publication, environment):
    spoil(publication, "subtitle: ", "subtitel: ")
    lines = on_a_terminal("check", environment=environment, code=1).replace(CLEAR, "").split("\n")
    start = next(n for n, line in enumerate(lines) if "PW203" in line)
    assert lines[start].startswith(f"Checking …\x1b[1m{PART}:3:1: {RESET}") or f"{PART}:3:1: " in lines[start]
    assert RED in lines[start]
    assert lines[start + 1].replace(RESET, "").endswith("   3 │ subtitel: The first evening is for looking")
    assert lines[start + 2].replace(RESET, "").endswith("│ \x1b[31m\x1b[1m^")


def test_the_caret_stands_under_its_letter_whatever_is_before_it(publication, environment):
    spoil(publication, "Tonight we do not slide.", "雨\te\u0301 ![](images/none.png)")
    seen = on_a_terminal("check", environment=environment, code=1)
    line, below = next(
        (a, b)
        for a, b in zip(seen.split("\n"), seen.split("\n")[1:], strict=False)
        if "none.png)" in a and "│" in a
    )
    before = line.split("│ ")[1].removeprefix(RESET).split("images/none")[0]
    assert before == "雨 e\u0301 ![]("
    caret = below.replace(RESET, "").split("│ ")[1].split("\x1b")[0]
    assert len(caret) == len("xx x ![](")  # two cells for the first letter, one for the third


def test_a_long_line_is_cut_around_its_column(publication, environment):
    spoil(publication, "Tonight we do not slide.", "word " * 40 + "![](images/none.png)" + " word" * 40)
    seen = on_a_terminal("check", environment=environment, code=1)
    line = next(line for line in seen.split("\n") if "none.png)" in line and "│" in line)
    shown = line.split("│ ")[1].replace(RESET, "")
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 50


def test_what_is_in_a_file_cannot_command_the_terminal(publication, environment):
    spoil(publication, "subtitle: ", 'subtitel: "\x1b]0;owned\x07\x1b[2J" # ')
    seen = on_a_terminal("check", environment=environment, code=1)
    assert "\x1b]0;" not in seen
    assert "\x1b[2J" not in seen
    assert "\x07" not in seen


def test_control_characters_are_shown_as_such():
    assert printable("a\x1b[2Jb\x9b\ud800\tc\n") == "a\ufffd[2Jb\ufffd\ufffd\tc\n"
