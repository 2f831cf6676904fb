"""``partwork subscribers suppressed``: who must never be written to again, to look at and to take along."""

import sys
from pathlib import Path

import click

from pipeline.cli.database import opened
from pipeline.cli.options import root_option, shown
from pipeline.cli.private_file import private_file


@click.command("suppressed", epilog="Example:  partwork subscribers suppressed --out never.csv")
@root_option
@click.option("--out", metavar="FILE", help="Write to this file, which only you may read.  [default: print]")
@click.option("--json", "is_json", is_flag=True, help="As JSON, one object on each line, instead of CSV.")
def suppressed_command(root: Path, out: str | None, is_json: bool) -> None:
    """List the addresses that are never written to again: why, by whom, and since when.

    Of somebody who was forgotten there is no address, but the digest alone (SHA-256 of the address in lower case).
    """
    from pipeline.cli.terminal import say
    from pipeline.subscribers.suppressions import as_csv, as_json_lines, suppressions

    with opened(root) as database:
        listed = list(suppressions(database))
    lines = as_json_lines(iter(listed)) if is_json else as_csv(iter(listed))
    if out is None:
        sys.stdout.writelines(lines)
        return
    with private_file(Path(out)) as file:
        file.writelines(lines)
    say(f"{len(listed):,} address{'' if len(listed) == 1 else 'es'} in {shown(Path(out))}")
