"""Runs what a page shows: its files are written, its commands run in order, and what they say is compared.

A ``console`` block has commands after ``$ `` and under each what it prints; ``…`` stands for anything, in a line
or, alone, for any number of lines. A block with ``file=path`` is that file, a ``diff`` with it a change to it.
All of a page runs in one empty folder, with a clock that stands at ``NOW``.
"""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from time import monotonic

from pipeline.cli import main
from tests.docs.pages import ROOT, Block, blocks

# The day on which the pages are read, for them: a Sunday, nine days before the tutorial's first slot.
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ANYTHING = "…"
PICTURE = ROOT / "series" / "gut-and-immunity" / "images" / "tight-junction.png"

# The command line reads the clock in one place; here that place always says NOW.
_PARTWORK = """\
import sys
sys.path[:0] = {path!r}
from datetime import datetime, timedelta
from time import monotonic
import pipeline.cli.options as options
now, begun = datetime.fromisoformat({now!r}), monotonic()
options.now = lambda: now
options.clock = lambda: now + timedelta(seconds=monotonic() - begun)
from pipeline.cli import main
sys.exit(main())
"""
# What the Makefile does once its environment is there, with the programs that are here.
_MAKE = """\
test $# = 0 && exec partwork build --root {root} --out build --as-of {as_of}
"""


_FOR_THE_SHELL = re.compile(r"[|<>&;$*?~`]")


@contextmanager
def still_clock() -> Iterator[None]:
    """In this process the command line's clock says NOW, wherever it was imported to."""
    kept = [
        (module, module.now)
        for name in ("options", "new")
        if hasattr(module := import_module(f"pipeline.cli.{name}"), "now")
    ]
    for module, _ in kept:
        module.now = lambda: NOW
    options, begun = import_module("pipeline.cli.options"), monotonic()
    ticking, options.clock = options.clock, lambda: NOW + timedelta(seconds=monotonic() - begun)
    try:
        yield
    finally:
        options.clock = ticking
        for module, clock in kept:
            module.now = clock


@dataclass(frozen=True)
class Command:
    """A command line and what the page shows under it; where that stands in the page."""

    line: str
    shown: str
    start: int
    end: int


@dataclass
class Reader:
    """Somebody who follows a page: a home folder, the folder they are in, and how the last command ended."""

    home: Path
    here: Path = field(init=False)
    code: int = 0

    def __post_init__(self) -> None:
        self.here = self.home / "work"
        for folder in (self.here, self.home / "bin", self.home / "Pictures"):
            folder.mkdir(parents=True)
        (self.home / "Pictures" / "kettle.png").write_bytes(PICTURE.read_bytes())
        path = [str(ROOT), *(entry for entry in sys.path if entry)]
        command = self.home / "partwork.py"
        command.write_text(_PARTWORK.format(path=path, now=NOW.isoformat()), "utf-8")
        self._install("partwork", f'exec {shlex.quote(sys.executable)} {shlex.quote(str(command))} "$@"\n')
        self._install("make", _MAKE.format(root=shlex.quote(str(ROOT)), as_of=sample_day()))

    def _install(self, name: str, script: str) -> None:
        program = self.home / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}", "utf-8")
        program.chmod(0o755)

    def run(self, line: str) -> str:
        """What a command prints, to both streams, as a shell without colours shows it."""
        words = shlex.split(line)
        if words[0] == "partwork" and not _FOR_THE_SHELL.search(line):
            printed = io.StringIO()
            with still_clock(), chdir(self.here), redirect_stdout(printed), redirect_stderr(printed):
                self.code = main(words[1:])
            return printed.getvalue()
        return self._run_in_shell(line)

    def _run_in_shell(self, line: str) -> str:
        state = self.home / "state"
        script = f"(exit {self.code})\n{line}\nprintf '%s\\n%s' $? \"$PWD\" > {state}"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.here,
            env={
                "HOME": str(self.home),
                "PATH": os.pathsep.join((str(self.home / "bin"), os.environ.get("PATH", "/usr/bin:/bin"))),
                "LC_ALL": "C.UTF-8",
                "NO_COLOR": "1",
                "COLUMNS": "100",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=True,
            timeout=120,
        )
        code, folder = state.read_text("utf-8").split("\n", 1)
        self.code, self.here = int(code), Path(folder)
        return done.stdout.decode().replace("\r\n", "\n")

    def take(self, block: Block) -> None:
        """Write a file that the page gives, or change one as its diff says."""
        path = self.here / block.file
        if block.language != "diff":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
            return
        lines = [line if line.strip() else " \n" for line in block.text.splitlines(keepends=True)]
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"line {block.line}: {block.file} does not have once:\n{old}"
        path.write_text(text.replace(old, new), "utf-8")


def sample_day() -> str:
    """The day as of which the Makefile builds the sample."""
    found = re.search(r"^AS_OF \?= (\S+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert found
    return found[1]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block, each with the lines under it."""
    starts = [match.start() for match in re.finditer(r"^\$ ", block.text, re.MULTILINE)]
    for start, end in zip(starts, [*starts[1:], len(block.text)], strict=True):
        line, _, shown = block.text[start + 2 : end].partition("\n")
        yield Command(line, shown, block.start + start + 3 + len(line), block.start + end)


def is_as_shown(shown: str, printed: str) -> bool:
    """Whether what a page shows is what was printed, its ``…`` aside."""
    pieces = []
    for line in shown.splitlines(keepends=True):
        if line.strip() == ANYTHING:
            pieces.append(r"(?:.*\n)*?")
        else:
            pieces.append(".*?".join(re.escape(piece) for piece in line.split(ANYTHING)))
    return re.fullmatch("".join(pieces), printed) is not None


@dataclass(frozen=True)
class Difference:
    """A command of a page that prints something else than the page shows."""

    line: int
    command: Command
    printed: str
    code: int

    def __str__(self) -> str:
        return f"line {self.line}: $ {self.command.line}\n{self.printed}(exit code {self.code})"


def follow(text: str, reader: Reader) -> list[Difference]:
    """Do what a page says from top to bottom; what comes out otherwise."""
    different = []
    for block in blocks(text):
        if block.file:
            reader.take(block)
        elif block.language == "console":
            lines = list(commands(block))
            for command, following in zip_longest(lines, lines[1:]):
                printed = reader.run(command.line)
                # A command that fails in silence would puzzle the reader, unless the page goes on to say so.
                is_told = following is not None and following.line == "echo $?"
                is_silent = reader.code != 0 and not printed and not is_told
                if is_silent or not is_as_shown(command.shown, printed):
                    line = text.count("\n", 0, command.start)
                    different.append(Difference(line, command, printed, reader.code))
    return different


def corrected(text: str, different: list[Difference]) -> str:
    """The page with what its commands really print; lines whose ``…`` still fit stay as they are."""
    for each in reversed(different):
        text = text[: each.command.start] + _merged(each.command.shown, each.printed) + text[each.command.end :]
    return text


def _merged(shown: str, printed: str) -> str:
    dotted = [line for line in shown.splitlines(keepends=True) if ANYTHING in line and line.strip() != ANYTHING]
    return "".join(
        next((kept for kept in dotted if is_as_shown(kept, line)), line)
        for line in printed.splitlines(keepends=True)
    )
