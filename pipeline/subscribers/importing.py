"""Importing: a file's rows into the database, in batches that are each whole, with word on every row refused.

A batch is one transaction, so an import that is cut off has lost nothing of what it told to be done, and the same
file given again completes it: whoever is there already is found unchanged.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TypeVar

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.errors import SubscriberError
from pipeline.subscribers.entries import Defaults, Entry, entry_of, shortened
from pipeline.subscribers.files import Text, open_text
from pipeline.subscribers.json_rows import json_rows
from pipeline.subscribers.rows import Row, csv_rows
from pipeline.subscribers.writing import Outcome, write

ROWS_AT_ONCE = 5_000
Item = TypeVar("Item")
_Done = tuple[Row, Outcome, str, str]  # and why, and what was left out


@dataclass(frozen=True, slots=True)
class Told:
    """Something to say of a row: rejected, held, or imported with something left out (``is_note``)."""

    line: int
    last: int
    outcome: Outcome
    address: str
    why: str
    is_note: bool = False


@dataclass(slots=True)
class Counts:
    """How many rows; ``read`` is the sum of the outcomes."""

    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    notes: int = 0

    @property
    def read(self) -> int:
        """Rows of the file, blank lines aside."""
        return sum(self.outcomes.values())

    @property
    def added(self) -> int:
        """New subscribers."""
        return self.outcomes[Outcome.ADDED]

    @property
    def changed(self) -> int:
        """Subscribers of whom the file knew something new."""
        return self.outcomes[Outcome.CHANGED]

    @property
    def rejected(self) -> int:
        """Rows that could not be taken."""
        return self.outcomes[Outcome.REJECTED]


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose columns are known: its rows, and what is left alone."""

    text: Text
    rows: Iterator[Row]
    unused: tuple[str, ...] = ()
    is_headless: bool = False

    def close(self) -> None:
        """Let go of the file, which stays open."""
        self.text.stream.detach()


def open_source(file: BinaryIO, given: Mapping[str, str]) -> Source:
    """Find out what a file is: JSON when it begins with a brace or a bracket, else CSV.

    ``given`` says what columns are, by their names, where we would not know.

    Raises:
        SubscriberError: it is no such file, or no column holds addresses.
    """
    text = open_text(file)
    try:
        return _source(text, given)
    except BaseException:
        text.stream.detach()
        raise


def _source(text: Text, given: Mapping[str, str]) -> Source:
    start = ""
    while not start.strip("\ufeff \t\r\n") and (chunk := text.stream.read(1)):
        start = chunk
    text.stream.seek(0)
    if start in ("{", "["):
        return Source(text, json_rows(text.stream.read, given))
    columns, rows = csv_rows(text.lines(), given)
    return Source(text, rows, columns.unused, columns.is_headless)


def import_rows(
    database: Database,
    rows: Iterable[Row],
    defaults: Defaults,
    *,
    at: datetime,
    tell: Callable[[Told], None],
    is_dry: bool = False,
    progress: Callable[[Counts], None] = lambda _counts: None,
) -> Counts:
    """Import rows; what there is to say of one is told once its batch is in the database.

    ``is_dry`` does all of it in one transaction that is taken back at the end.

    Raises:
        DatabaseError: the database refused. Batches before stay; give the file again to go on.
    """
    counts = Counts()
    if is_dry:
        with database.writing() as connection:
            for bundle in _bundles(rows):
                _count(_imported(connection, bundle, defaults, at), counts, tell)
                progress(counts)
            if transaction := connection.get_transaction():
                transaction.rollback()
        return counts
    for bundle in _bundles(rows):
        with database.writing() as connection:
            done = _imported(connection, bundle, defaults, at)
        _count(done, counts, tell)
        progress(counts)
    return counts


def write_one(database: Database, entry: Entry, *, at: datetime) -> tuple[Outcome, str]:
    """One subscriber, by the rules of an import that updates: what became of it, and why where that needs words.

    Raises:
        DatabaseError: the database refused.
    """
    with database.writing() as connection:
        return write(connection, [entry], at, is_update=True)[0]


def _bundles(rows: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(rows)
    while bundle := list(islice(iterator, ROWS_AT_ONCE)):
        yield bundle


def _imported(connection: sql.Connection, bundle: list[Row], defaults: Defaults, at: datetime) -> list[_Done]:
    entries: list[Entry] = []
    found: list[tuple[Row, str]] = []  # what is wrong with a row; none where there is an entry
    notes: list[str] = []
    for row in bundle:
        error, note = row.error, ""
        if not error:
            try:
                entry, note = entry_of(row.fields, defaults)
            except SubscriberError as refused:
                error = str(refused)
            else:
                entries.append(entry)
        found.append((row, error))
        notes.append(note)
    outcomes = iter(write(connection, entries, at, is_update=defaults.is_update))
    done: list[_Done] = []
    for (row, error), note in zip(found, notes, strict=True):
        outcome, why = (Outcome.REJECTED, error) if error else next(outcomes)
        done.append((row, outcome, why, note))
    return done


def _count(done: list[_Done], counts: Counts, tell: Callable[[Told], None]) -> None:
    for row, outcome, why, note in done:
        counts.outcomes[outcome] += 1
        if why:
            tell(Told(row.line, row.last, outcome, shortened(row.fields.get("address", "")), why))
        elif note:
            counts.notes += 1
            tell(Told(row.line, row.last, outcome, shortened(row.fields["address"]), note, is_note=True))
