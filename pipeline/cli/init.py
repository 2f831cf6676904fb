"""``partwork init``: a small publication that works, to change into one's own."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from pipeline.cli.options import moment, shown
from pipeline.errors import OutputError

# The day on which the sample's first part comes out, as its file says it.
_SAMPLE_START = b"start: 2026-01-06"
_SAMPLE_HOUR = 6  # UTC
# A wheel's builder and git would both obey a .gitignore inside the sample.
_LEFT_ALONE = ("README.md", ".gitignore")  # a fresh clone has its own
_RENAMED = {"gitignore": ".gitignore"}


@click.command("init", epilog="Example:  partwork init letters && cd letters && partwork build")
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(file_okay=False))
@click.option(
    "--as-of", callback=moment, default="now", metavar="T", help="Today, for the sample's dates.  [default: now]"
)
def command(directory: str, as_of: date | datetime) -> None:
    """Start a publication in DIR (this folder by default).

    It is a small one that works: a series of three parts, of which the first is out and the second comes
    out next week, a call to action and a disclaimer. No file is ever overwritten.
    """
    from pipeline.cli.terminal import say
    from pipeline.read import read_demo

    root = Path(directory)
    start = f"start: {_first_day(as_of).isoformat()}".encode("ascii")
    files = {_RENAMED.get(path, path): data.replace(_SAMPLE_START, start) for path, data in read_demo().items()}
    files = {path: data for path, data in files.items() if path not in _LEFT_ALONE or not (root / path).is_file()}
    present = [path for path in sorted(files) if os.path.lexists(root / path)]
    if present:
        names = ", ".join(shown(root / path) for path in present[:3])
        names += f" and {len(present) - 3} more" if len(present) > 3 else ""
        raise OutputError(f"Nothing was written, since this is there already: {names}")
    for path, data in files.items():
        create(root, path, data)
    where = "this folder" if root.resolve() == Path.cwd().resolve() else shown(root)
    say(f"A publication with one series is in {where}. Make it yours in {shown(root / 'partwork.toml')}.")
    change = f"cd {shown(root)} && " if root.resolve() != Path.cwd().resolve() else ""
    say(f"Next: {change}partwork build")


def create(root: Path, path: str, data: bytes) -> None:
    """Write a publication's file that is not there yet, and the folders above it; never through a link.

    Raises:
        OutputError: it is there, leads elsewhere, or cannot be written.
    """
    file = root / path
    for folder in file.parents[: path.count("/")]:
        if folder.is_symlink():
            raise OutputError(f"{shown(folder)} is a symbolic link, and links are not followed.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as opened:
            opened.write(data)
    except OSError as error:
        raise OutputError(f"Cannot write {error.filename or file}: {error.strerror or error}") from None


def _first_day(as_of: date | datetime) -> date:
    """The latest day whose six o'clock has passed: Part 1 is out, and Part 2 is less than a week away."""
    if not isinstance(as_of, datetime):
        return as_of
    there = as_of.astimezone(UTC) if as_of.tzinfo else as_of
    return (there - timedelta(hours=_SAMPLE_HOUR)).date()
