"""The options that commands share, and what they mean: a root, and a moment."""

import os
import re
import shlex
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., object])

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?\Z")
_YEARS = range(1970, 9000)  # room on both sides for a zone's offset


def now() -> datetime:
    """The clock, to the second. Nothing but the command line reads it."""
    return datetime.now(UTC).replace(microsecond=0)


def clock() -> datetime:
    """The clock as it is, for what is waited for and measured. Nothing else reads it, either."""
    return datetime.now(UTC)


def moment(context: click.Context, parameter: click.Parameter, value: str) -> date | datetime:
    """What ``--as-of`` means: a bare date is the end of that day, and a time without an offset is local.

    Both in the publication's zone, which is known only later.
    """
    if value == "now":
        return now()
    if not _MOMENT.match(value):
        raise click.BadParameter(
            f"{value!r} is no moment. Write 2026-11-18, 2026-11-18T09:00, 2026-11-18T09:00+01:00 or now.",
            context,
            parameter,
        )
    try:
        found = date.fromisoformat(value) if len(value) == len("2026-11-18") else datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no moment: {error}.", context, parameter) from None
    if found.year not in _YEARS:
        raise click.BadParameter(f"{value!r} is not between the years 1970 and 8999.", context, parameter)
    return found


def _root(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Path:
    from pipeline.read import find_root  # not above: --help needs no disk

    return Path(value) if value else find_root(Path.cwd())


def root_option(command: Function) -> Function:
    """``--root DIR``: the publication's folder; without it, the nearest one above the current folder."""
    return click.option(
        "--root",
        type=click.Path(exists=True, file_okay=False),
        callback=_root,
        metavar="DIR",
        help="The publication's folder.  [default: this one, or the nearest one above it]",
    )(command)


def as_of_option(command: Function) -> Function:
    """``--as-of T``: the only clock that anything built depends on."""
    return click.option(
        "--as-of",
        callback=moment,
        default="now",
        show_default=True,
        metavar="T",
        help="The moment that decides what is out: 2026-11-18 (the end of that day), 2026-11-18T09:00.",
    )(command)


def shown(path: Path) -> str:
    """A path as one would type it here: from the current folder where that is shorter, quoted for a shell."""
    try:
        near = os.path.relpath(path)
    except ValueError:  # another drive
        near = str(path)
    return shlex.quote(near if len(near) < len(str(path.absolute())) else str(path.absolute()))
