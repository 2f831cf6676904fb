"""Cells of CSV that no spreadsheet reads as formulas (OWASP, CSV injection): guarded, and unguarded again."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(cell: str) -> str:
    """A cell with an apostrophe before ``= + - @``; one that has apostrophes there gets one more."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that ``guarded`` has put before it."""
    return cell[1:] if _GUARDED.match(cell) else cell


def csv_lines(names: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Lines of CSV, the first with names, all other cells guarded."""
    kept = io.StringIO()
    writer = csv.writer(kept)

    def line(cells: Iterable[str]) -> str:
        kept.seek(0)
        kept.truncate()
        writer.writerow(cells)
        return kept.getvalue()

    yield line(names)
    for cells in rows:
        yield line(guarded(cell) for cell in cells)
