"""Rows of a JSON file: objects in one array, or one after another (JSON lines), read a little at a time."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.subscribers.columns import Columns, columns_of, joined_tags
from pipeline.subscribers.rows import Row

_CHUNK = 1 << 16
_MOST = 1 << 20  # of one object
_NEAR = 12  # a literal or an escape that the end of a chunk has cut, is shorter
_BETWEEN = re.compile(r"[\s,\[\]]*")
_NO_OBJECT = "it is no JSON object"


@dataclass(slots=True)
class _Window:
    """What has been read of the file and not yet been taken; ``line`` is the number of the line at ``at``."""

    read: Callable[[int], str]
    text: str = ""
    at: int = 0
    line: int = 1
    is_over: bool = False

    def more(self) -> None:
        chunk = self.read(_CHUNK)
        self.is_over = not chunk
        self.text, self.at = self.text[self.at :] + chunk, 0

    def move(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def skip_line(self) -> None:
        """Go to the next line, however far away that is."""
        while (end := self.text.find("\n", self.at)) < 0 and not self.is_over:
            self.at = len(self.text)
            self.more()
        self.move(end + 1 if end >= 0 else len(self.text))


def json_rows(read: Callable[[int], str], given: Mapping[str, str]) -> Iterator[Row]:
    """Objects, wherever they begin and end; ``given`` says what their keys are, by name.

    Text that is no object is told, and reading goes on with the next line.
    """
    window = _Window(read)
    known: dict[tuple[str, ...], Columns] = {}
    decoder = json.JSONDecoder()
    while True:
        window.move(_end_of_gap(window))
        if window.at == len(window.text):
            if window.is_over:
                return
            window.more()
            continue
        start = window.line
        try:
            value, end = decoder.raw_decode(window.text, window.at)
        except (json.JSONDecodeError, RecursionError) as error:
            if _may_go_on(error, window):
                window.more()
                continue
            value, end = None, window.at
        if isinstance(value, dict):
            window.move(end)
            yield Row(start, window.line, _fields(value, known, given))
        else:
            window.skip_line()
            yield Row(start, start, error=_NO_OBJECT)


def _end_of_gap(window: _Window) -> int:
    found = _BETWEEN.match(window.text, window.at)
    return found.end() if found else window.at


def _may_go_on(error: Exception, window: _Window) -> bool:
    """Whether the text is not wrong, but only not whole yet."""
    if window.is_over or len(window.text) - window.at > _MOST or not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated string") or error.pos >= len(window.text) - _NEAR


def _fields(
    value: dict[str, object], known: dict[tuple[str, ...], Columns], given: Mapping[str, str]
) -> dict[str, str]:
    names = tuple(value)
    if names not in known:
        if len(known) > 1000:
            known.clear()
        known[names] = columns_of(list(names), given)
    texts = [_text(each) for each in value.values()]
    return {
        name: text
        for name, places in known[names].places.items()
        if (text := next((texts[k] for k in places if texts[k]), ""))
    }


def _text(value: object) -> str:
    match value:
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list():
            return joined_tags(_text(each.get("name") if isinstance(each, dict) else each) for each in value)
        case _:
            return ""
