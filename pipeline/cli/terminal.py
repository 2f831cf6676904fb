"""What people see and are asked: colour and progress on a terminal, plain lines everywhere else."""

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

import click

from pipeline.errors import ContentError, Diagnostic, PartworkError

CLEAR_LINE = "\r\x1b[2K"


def is_fancy(stream: IO[str]) -> bool:
    """Whether colour and movement are wanted there (https://no-color.org; CI logs keep every byte)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("CI") or os.environ.get("TERM") == "dumb"
    return not plain and stream.isatty()


def say(text: str = "", *, to_stderr: bool = False, **style: bool | str | None) -> None:
    """Print a line; styles as in ``click.style``, on a terminal only."""
    stream = sys.stderr if to_stderr else sys.stdout
    clean = printable(text)
    fancy = is_fancy(stream)
    click.echo(click.style(clean, **style) if style and fancy else clean, file=stream, color=fancy)  # type: ignore[arg-type]


def printable(text: str) -> str:
    """Text whose control characters cannot move the cursor or change a terminal's title."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def answered(question: str, *, yes: bool) -> None:
    """Ask, unless that was answered with ``--yes``.

    Raises:
        Exit: the answer is no, or there is nobody to ask.
    """
    if yes:
        return
    try:
        if click.confirm(question):
            return
    except click.Abort:
        say()
        say("Nobody answered: nothing was done. Add --yes where nobody can be asked.", to_stderr=True)
        raise click.exceptions.Exit(1) from None
    say("Nothing was done.")
    raise click.exceptions.Exit(1)


def show_error(error: PartworkError) -> None:
    """An exception, for people."""
    if isinstance(error, ContentError):
        show_diagnostics(error.diagnostics, {}, to_stderr=True)
    fancy = is_fancy(sys.stderr)
    head = click.style("error:", fg="red", bold=True) if fancy else "error:"
    click.echo(f"{head} {printable(str(error))}", err=True, color=fancy)


def show_diagnostics(
    diagnostics: Sequence[Diagnostic], files: Mapping[str, bytes], *, to_stderr: bool = False
) -> None:
    """Diagnostics, one after another: with the source line on a terminal, in one line and a hint elsewhere."""
    stream = sys.stderr if to_stderr else sys.stdout
    fancy = is_fancy(stream)
    for diagnostic in diagnostics:
        text = _illustrated(diagnostic, files) if fancy else printable(str(diagnostic))
        click.echo(text, file=stream, color=fancy)


def _illustrated(diagnostic: Diagnostic, files: Mapping[str, bytes]) -> str:
    colour = "red" if diagnostic.is_error else "yellow"
    head = click.style(f"{diagnostic.location}: ", bold=True)
    kind = click.style(f"{diagnostic.severity} {diagnostic.code}: ", fg=colour, bold=True)
    lines = [head + kind + printable(diagnostic.message)]
    lines += _excerpt(diagnostic, files, colour)
    if diagnostic.hint:
        lines.append(f"    {click.style('hint:', fg='cyan')} {printable(diagnostic.hint)}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic, files: Mapping[str, bytes], colour: str) -> list[str]:
    """The line that a diagnostic is about, with a caret under its column; nothing when there is no such line."""
    place = diagnostic.location
    text = files.get(place.path, b"").decode("utf-8-sig", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if place.line > len(lines) or not lines[place.line - 1].strip():
        return []
    line, column = _window(printable(lines[place.line - 1]).replace("\t", " "), place.column - 1)
    gutter = click.style(f"{place.line:>6} │ ", dim=True)
    below = click.style("       │ ", dim=True)
    caret = click.style("^", fg=colour, bold=True)
    return [f"{gutter}{line}", f"{below}{' ' * _width(line[:column])}{caret}"]


def _window(line: str, column: int) -> tuple[str, int]:
    """As much of a line as fits on the terminal, with the column in it, and where the column then is."""
    room = max(shutil.get_terminal_size().columns - 12, 20)
    column = min(column, len(line))
    if len(line) <= room:
        return line, column
    start = min(max(0, column - room // 2), len(line) - room)
    end = "…" if start + room < len(line) else ""
    begin = "…" if start else ""
    return f"{begin}{line[start : start + room]}{end}", column - start + len(begin)


def _width(text: str) -> int:
    """How many cells of a terminal a text takes: none for what combines, two for wide East Asian letters."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


@contextmanager
def progress(doing: str) -> Iterator[None]:
    """Say what is being done while it is done, on a terminal; the words are gone afterwards."""
    fancy = is_fancy(sys.stderr)
    if fancy:
        click.echo(f"{CLEAR_LINE}{doing} …", nl=False, err=True, color=True)
    try:
        yield
    finally:
        if fancy:
            click.echo(CLEAR_LINE, nl=False, err=True, color=True)
