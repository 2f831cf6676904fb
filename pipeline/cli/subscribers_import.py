"""``partwork subscribers import``: a file of people into the list, with word on each line that is refused."""

import csv
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from pipeline.cli import options
from pipeline.cli.database import opened
from pipeline.cli.options import root_option, shown
from pipeline.cli.private_file import private_file

if TYPE_CHECKING:
    from pipeline.subscribers.importing import Counts, Source, Told

_MOST = 20  # lines told on the terminal
_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}


def _mapping(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in value]
    if any(not column or not field for column, _, field in pairs):
        raise click.BadParameter("write --map 'COLUMN=field', as in --map 'Mail=address'")
    return {column: field for column, _, field in pairs}


@click.command("import", epilog="Example:  partwork subscribers import people.csv --source 'Mailchimp, 2026'")
@root_option
@click.argument("file", metavar="FILE")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    callback=_mapping,
    metavar="COLUMN=FIELD",
    help="What a column is (address, first_name, state, tags …; - to leave it alone); may be repeated.",
)
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag for everybody; may be repeated.")
@click.option("--source", metavar="WORDS", help="Where they come from.  [default: the file's name]")
@click.option("--consent", default="", metavar="WORDS", help="What they agreed to, for who has no words.")
@click.option(
    "--state",
    type=click.Choice(("pending", "active", "unsubscribed", "bounced", "complained")),
    help="Their state where the file does not say it.  [default: active]",
)
@click.option("--update", is_flag=True, help="Names and time zones of the file replace those that are known.")
@click.option("--report", metavar="FILE", help="Write every line that is told into this file, as CSV.")
@click.option("--dry-run", is_flag=True, help="Change nothing; only say what would be.")
@click.option("--json", "is_json", is_flag=True, help="The counts and all that is told, as JSON lines.")
def import_command(
    root: Path, file: str, mapping: dict[str, str], tags: tuple[str, ...],
    source: str | None, consent: str, state: str | None, update: bool,
    report: str | None, dry_run: bool, is_json: bool,
) -> None:  # fmt: skip
    """Add the people of a CSV or JSON file to the list; - is what is piped in.

    The exports of Mailchimp, listmonk and Substack are known by the names of their columns. Every line that
    cannot be taken is told with the reason: the first 20 here, all of them in a file.

    The same file again changes nothing. Who has left stays away, whatever the file says; a suppressed address is
    rejected. An import that is cut off is completed by giving the file again.
    """
    from pipeline.errors import SubscriberError
    from pipeline.subscribers.entries import Defaults
    from pipeline.subscribers.importing import import_rows, open_source
    from pipeline.subscribers.states import State

    name = "standard input" if file == "-" else Path(file).name
    defaults = Defaults(source or name, frozenset(tags), State(state) if state else None, consent, update)
    with opened(root) as database, _open(file) as opened_file:
        found = open_source(opened_file, mapping)
        told = Report(Path(report or f"{Path(name).stem}-not-imported.csv"), bool(report), is_json)
        with closing(found), told.open:
            counts = import_rows(
                database,
                found.rows,
                defaults,
                at=options.now(),
                tell=told,
                is_dry=dry_run,
                progress=_progress(),
            )
    _clear()
    if is_json:
        click.echo(json.dumps(_as_data(counts, found, is_dry=dry_run), ensure_ascii=False))
    else:
        _show(name, found, counts, told, is_dry=dry_run)
    if counts.read and counts.read == counts.rejected:
        raise SubscriberError("no row could be taken")


@contextmanager
def _open(file: str) -> Iterator[BinaryIO]:
    from pipeline.errors import SubscriberError

    if file == "-":  # it is read twice, first to find out how it is encoded
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            kept.seek(0)
            yield kept
        return
    try:
        with Path(file).open("rb") as stream:
            yield stream
    except OSError as error:
        raise SubscriberError(f"{shown(Path(file))} cannot be read: {error.strerror}") from error


@dataclass
class Report:
    """All that is told of lines: the first ones are kept to be shown; all go into a file when there are more."""

    path: Path
    is_asked: bool  # for the file, however few they are
    is_json: bool
    first: "list[Told]" = field(default_factory=list)
    count: int = 0
    waiting: "list[Told]" = field(default_factory=list)
    open: ExitStack = field(default_factory=ExitStack)
    writer: Any = None

    def __call__(self, told: "Told") -> None:
        """Take one in."""
        self.count += 1
        if self.is_json:
            click.echo(json.dumps(_told_data(told), ensure_ascii=False))
        if len(self.first) < _MOST:
            self.first.append(told)
        self.waiting.append(told)
        if self.is_asked or (self.count > _MOST and not self.is_json):
            self._write()
        elif self.is_json:
            self.waiting.clear()

    def _write(self) -> None:
        from pipeline.subscribers.cells import guarded

        if self.writer is None:
            self.writer = csv.writer(self.open.enter_context(private_file(self.path)))
            self.writer.writerow(("line", "outcome", "address", "why"))
        for each in self.waiting:
            cells = (_lines(each), _word(each), each.address, each.why)
            self.writer.writerow([guarded(cell) for cell in cells])
        self.waiting.clear()


def _progress() -> Any:
    from pipeline.cli.terminal import CLEAR_LINE, is_fancy

    fancy = is_fancy(sys.stderr)

    def show(counts: "Counts") -> None:
        if fancy:
            click.echo(f"{CLEAR_LINE}{counts.read:,} rows …", nl=False, err=True, color=True)

    return show


def _clear() -> None:
    from pipeline.cli.terminal import CLEAR_LINE, is_fancy

    if is_fancy(sys.stderr):
        click.echo(CLEAR_LINE, nl=False, err=True, color=True)


def _show(name: str, source: "Source", counts: "Counts", report: Report, *, is_dry: bool) -> None:
    from pipeline.cli.terminal import say

    encoding = _ENCODINGS.get(source.text.encoding, "UTF-16")
    say(f"{name}: {counts.read:,} row{'' if counts.read == 1 else 's'}, read as {encoding}")
    if source.text.is_guessed:
        say("  It does not say how it is encoded. Look at a name with an accent; UTF-8 is always right.")
    if source.is_headless:
        say("  Its first line holds an address, so it is taken as having no names of columns.")
    if source.unused:
        say(f"  Columns left alone: {', '.join(source.unused)}")
    for outcome, count in counts.outcomes.items():
        if count:
            say(f"  {outcome:<10} {count:>9,}")
    for told in report.first:
        place = f"line {_lines(told)}"
        say(f"{place}: {_word(told)}: {told.address + ': ' if told.address else ''}{told.why}")
    if report.writer is not None and report.count > len(report.first):
        say(f"… and {report.count - len(report.first):,} more: all of them are in {shown(report.path)}")
    if is_dry:
        say("This was a dry run: nothing has changed.")
    elif not counts.added and not counts.changed:
        say("Nothing has changed.")


def _lines(told: "Told") -> str:
    return str(told.line) if told.line == told.last else f"{told.line} to {told.last}"


def _word(told: "Told") -> str:
    return f"{told.outcome}, in part" if told.is_note else str(told.outcome)


def _told_data(told: "Told") -> Mapping[str, Any]:
    return {
        "line": told.line,
        "last": told.last,
        "outcome": str(told.outcome),
        "is_note": told.is_note,
        "address": told.address,
        "why": told.why,
    }


def _as_data(counts: "Counts", source: "Source", *, is_dry: bool) -> Mapping[str, Any]:
    return {
        "read": counts.read,
        **{str(outcome): count for outcome, count in counts.outcomes.items()},
        "encoding": source.text.encoding,
        "unused": list(source.unused),
        "is_dry_run": is_dry,
    }
