"""Rows of a CSV file: each with the lines on which it stands, what it says, or why it cannot be read.

Rows tile the file: every line that is not blank is in one of them, and in no two.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.errors import SubscriberError
from pipeline.subscribers.addresses import AddressError, parse_address
from pipeline.subscribers.cells import unguarded
from pipeline.subscribers.columns import Columns, columns_of

_MOST_LINES = 200  # of one record: an open quotation mark must not eat the file


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on lines ``line`` to ``last``: ``fields`` by our names, or ``error``."""

    line: int
    last: int
    fields: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(slots=True)
class _Source:
    """Lines, with a record of those that were taken, and a way to put some back."""

    lines: Iterator[str]
    taken: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # the next one last
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.waiting.pop() if self.waiting else next(self.lines)
        self.number += 1
        self.taken.append(line)
        return line

    def start(self) -> None:
        self.taken.clear()

    def keep_first(self) -> None:
        """Put back all but the first of the lines taken."""
        self.waiting.extend(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]


# --- CSV --------------------------------------------------------------------------------------------------


def csv_rows(lines: Iterator[str], given: Mapping[str, str]) -> tuple[Columns, Iterator[Row]]:
    """The columns of a CSV file and its rows; ``given`` says what columns are, by their names.

    Comma, semicolon, tab or bar: what the first line has most of. A first line that holds an address is no
    header, and the column of addresses is where that stands.

    Raises:
        SubscriberError: no column holds addresses.
    """
    source = _Source(lines)
    first = next((line for line in source if line.strip()), "")
    stated = re.match(r"sep=(.)\r?\n?\Z", first, re.IGNORECASE)  # as Excel says it
    if stated:
        first = next(source, "")
    delimiter = stated[1] if stated else max(",;\t|", key=re.sub(r'"[^"]*"', "", first).count)
    source.waiting.append(first)
    source.number -= 1
    source.start()
    records = _records(source, delimiter)
    head = next(records, None)
    if head is None:
        raise SubscriberError("the file is empty")
    columns = columns_of([unguarded(cell) for cell in head[2]] if not head[3] else [], given)
    if columns.is_headless:
        place = _place_of_address(head[2])
        columns = Columns({"address": (place,)}, width=len(head[2]), is_headless=True)
        return columns, _rows(_again(head, records), columns)
    return columns, _rows(records, columns)


Record = tuple[int, int, list[str], str]


def _again(head: Record, records: Iterator[Record]) -> Iterator[Record]:
    yield head
    yield from records


def _place_of_address(cells: list[str]) -> int:
    for place, cell in enumerate(cells):
        try:
            parse_address(unguarded(cell))
        except AddressError:
            continue
        return place
    raise SubscriberError("no column holds addresses: say which with --map 'NAME OF COLUMN=address'")


def _records(source: _Source, delimiter: str) -> Iterator[Record]:
    """First line, last line, cells, and what is wrong. After trouble reading goes on with the second line."""
    while True:
        reader = csv.reader(source, delimiter=delimiter)
        trouble = False
        while not trouble:
            source.start()
            try:
                cells = next(reader, None)
            except csv.Error:
                cells, trouble = [], True
            if cells is None:
                return
            if len(source.taken) > 1:
                quotes = sum(line.count('"') for line in source.taken)
                trouble = trouble or quotes % 2 == 1 or len(source.taken) > _MOST_LINES
            if trouble:
                source.keep_first()
                yield source.number, source.number, [], "a quotation mark opens here, and is never closed"
            elif cells:
                yield source.number - len(source.taken) + 1, source.number, cells, ""


def _rows(records: Iterator[Record], columns: Columns) -> Iterator[Row]:
    places = tuple(columns.places.items())
    width = columns.width
    for line, last, cells, error in records:
        if error:
            yield Row(line, last, error=error)
            continue
        count = len(cells)
        if count > width and any(cell.strip() for cell in cells[width:]):
            yield Row(line, last, error=f"it has {count} cells, and the first line {width}")
            continue
        fields = {}
        for name, indices in places:
            for index in indices:
                if index < count and (cell := cells[index].strip()):
                    fields[name] = unguarded(cell) if cell[0] == "'" else cell
                    break
        if fields or any(cell.strip() for cell in cells):
            if line != last and (name := _swallowed(fields)):
                yield Row(line, last, error=f"a quotation mark opens here, and `{name}` goes on to line {last}")
            else:
                yield Row(line, last, fields)


def _swallowed(fields: Mapping[str, str]) -> str:
    """A name that holds a line end and an address has eaten somebody."""
    return next((n for n, text in fields.items() if "@" in text and ("\n" in text or "\r" in text)), "")
