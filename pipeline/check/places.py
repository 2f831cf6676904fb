"""Where in a file a thing is written: nodes know their line, and the source gives the column."""

import re
from collections.abc import Mapping

from pipeline.errors import Location

# A link's words may run over several lines before its target comes.
_LINES_AHEAD = 12


class Places:
    """Looks things up in the sources of a publication."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._lines: dict[str, list[str]] = {}
        self._columns: dict[tuple[str, int, str], list[int]] = {}

    def lines(self, path: str) -> list[str]:
        """A file's lines; none when its source is not at hand."""
        if path not in self._lines:
            self._lines[path] = self._texts.get(path, "").split("\n")
        return self._lines[path]

    def line(self, path: str, line: int) -> str:
        """One line, counted from 1; empty beyond the end."""
        lines = self.lines(path)
        return lines[line - 1] if 0 < line <= len(lines) else ""

    def find(self, path: str, line: int, written: str, nth: int = 0) -> Location:
        """The place of what is ``written`` on a line or soon after it; the ``nth`` time, from 0.

        A reference link's target is where it is defined. When it cannot be found (written with escapes or
        entities, say), the place is the first thing on the line.
        """
        if written:
            for ahead in range(_LINES_AHEAD):
                columns = self._columns_of(path, line + ahead, written)
                if nth < len(columns):
                    return Location(path, line + ahead, columns[nth])
                nth -= len(columns)
            defined = re.compile(rf" {{0,3}}\[[^\]]+\]:\s*<?(?={re.escape(written)})")
            for number, text in enumerate(self.lines(path), 1):
                if match := defined.match(text):
                    return Location(path, number, match.end() + 1)
        return self.start_of(path, line)

    def _columns_of(self, path: str, line: int, written: str) -> list[int]:
        """Where something is written on a line, as a whole: every column."""
        key = (path, line, written)
        if key not in self._columns:
            whole = re.finditer(rf"(?<![\w./-]){re.escape(written)}(?![\w/-])", self.line(path, line))
            self._columns[key] = [match.start() + 1 for match in whole]
        return self._columns[key]

    def start_of(self, path: str, line: int) -> Location:
        """The first thing on a line."""
        text = self.line(path, line)
        return Location(path, line, len(text) - len(text.lstrip()) + 1)

    def key(self, path: str, name: str) -> Location:
        """Where a TOML key is set; the file's first line when it is not."""
        for number, text in enumerate(self.lines(path), 1):
            if re.match(rf"\s*{re.escape(name)}\s*=", text):
                return self.start_of(path, number)
        return Location(path)
