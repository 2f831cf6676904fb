"""What libyaml says of a document that it cannot read, in a writer's words, with the cure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

_QUOTES = 'put the whole value into quotes: `title: "…"`'
_DATE = re.compile(r"\b\d{4}-\d\d?-\d\d?\b")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_BRACKETS = "close the list with `]`, the mapping with `}`, and put a comma between two entries"
# By what libyaml's message begins with (scanner.c and parser.c of 0.2.5).
_WORDS = {
    "mapping values are not allowed": (
        "there is a colon where none can be",
        'a value with a colon in it wants quotes, `title: "…"`; and keys stand straight below each other',
    ),
    "found unexpected end of stream": ("a quotation mark is opened here and never closed", "close it"),
    "found undefined alias": ("a value that begins with `*` means something else in YAML", _QUOTES),
    "could not determine a constructor": ("a value that begins with `!` means something else in YAML", _QUOTES),
    "found undefined tag": ("a value that begins with `!` means something else in YAML", _QUOTES),
    "did not find expected key": (
        "this does not fit here: a quotation has ended before, or a key is out of line",
        "a value with quotation marks in it wants the other kind around it; keys stand straight below each other",
    ),
    "did not find expected ','": ("a list or a mapping in brackets is not closed", _BRACKETS),
    "did not find expected node content": ("a value cannot begin like this", _QUOTES),
    "did not find expected '-'": (
        "a list and other lines are mixed up",
        "begin each item with `- `, straight below each other",
    ),
    "could not find expected ':'": (
        "this line is no `key: value`",
        "indent what goes on from the line before by two blanks",
    ),
    "block sequence entries are not allowed": ("a list cannot begin on the line of its key", "write `[one, two]`"),
    "found unknown escape": ("a backslash in double quotes means something else in YAML", "use single quotes"),
    "but found another document": ("there is a second line of hyphens", "take it out"),
}

# What libyaml notices at the end of: a writer wants to know where it begins.
_ASK_WHERE_IT_BEGAN = ("found unexpected end", "did not find expected ','", "could not find expected ':'")


@dataclass(frozen=True, slots=True)
class Explained:
    """What is wrong, where (the line from 0, the column from 1), and the cure."""

    message: str
    hint: str
    line: int
    column: int


def explained(error: Any, text: str) -> Explained:
    """A ``yaml.MarkedYAMLError`` as one would tell it to a writer."""
    problem = str(error.problem or error.context)
    mark = error.problem_mark or error.context_mark
    if problem.startswith(_ASK_WHERE_IT_BEGAN) and error.context_mark:
        mark = error.context_mark
    line, column = (mark.line, mark.column + 1) if mark else (0, 1)
    if problem.startswith("found character that cannot start"):
        return Explained(*_character(text, line, column), line, column)
    known = next((words for start, words in _WORDS.items() if problem.startswith(start)), None)
    message, hint = known or (f"this is not YAML: {problem}", _QUOTES)
    return Explained(message, hint, line, column)


def explained_value(error: Exception, text: str) -> Explained:
    """What stopped YAML without a place: a date that is none, a character that does not show, deep nesting."""
    if isinstance(error, RecursionError):
        return Explained("this is nested too deeply", "front matter needs no more than four levels", 0, 1)
    for number, line in enumerate(text.split("\n")):
        for match in _DATE.finditer(line):
            if _is_no_date(match.group()):
                message = f"the date {match.group()} is not in the calendar"
                return Explained(message, "write it as 2026-11-18", number, match.start() + 1)
        if found := _UNSEEN.search(line):
            message = f"a control character (U+{ord(found.group()):04X})"
            return Explained(message, "remove it; it usually comes from pasting", number, found.start() + 1)
    message = f"this cannot be read: {str(error).splitlines()[0] if str(error) else 'it is no YAML'}"
    return Explained(message, _QUOTES, 0, 1)


def _is_no_date(written: str) -> bool:
    try:
        date(*(int(number) for number in written.split("-")))
    except ValueError:
        return True
    return False


def _character(text: str, line: int, column: int) -> tuple[str, str]:
    written = text.split("\n")[line][column - 1 : column]
    if written == "\t":
        return "this line begins with a tab", "YAML is indented by blanks: put two in its place"
    return f"a value that begins with `{written}` means something else in YAML", _QUOTES
