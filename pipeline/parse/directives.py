"""The ``:::`` lines of a body, lifted out before the Markdown parser sees them.

pyromark reads a ``:::`` line under a paragraph as a definition, so each directive line (at column 0, outside
fenced code) gives way to an HTML comment that carries its line number. Lines keep their numbers.
"""

import re
from dataclasses import dataclass

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.model import Channel

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_DIRECTIVE = re.compile(r":::[ \t]*(.*?)[ \t]*(:::)?[ \t]*$")
_MARK = re.compile(r"<!--partwork:(\d+)-->\n?\Z")


@dataclass(frozen=True, slots=True)
class CtaLine:
    """``::: cta slug :::``."""

    slug: str


@dataclass(frozen=True, slots=True)
class OnlyLine:
    """``::: only email``: the start of a fence."""

    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CloseLine:
    """``:::``: the end of a fence."""


Directive = CtaLine | OnlyLine | CloseLine


@dataclass(frozen=True, slots=True)
class Lifted:
    """A body whose directive lines have been replaced by marks, and the directives by line (from 1)."""

    text: str
    directives: dict[int, Directive]
    diagnostics: tuple[Diagnostic, ...]


def lift(text: str, path: str, first_line: int) -> Lifted:
    """Take the directive lines out of a body that starts at ``first_line`` of its file."""
    if ":::" not in text:
        return Lifted(text, {}, ())
    lines = text.split("\n")
    directives: dict[int, Directive] = {}
    diagnostics: list[Diagnostic] = []
    fence = ""
    for index, line in enumerate(lines):
        fence = _fence_after(fence, line)
        if fence or not line.startswith(":::"):
            continue
        directive = _read(line)
        if directive is None:
            place = Location(path, first_line + index)
            diagnostics.append(
                rules.UNKNOWN_DIRECTIVE.at(
                    place,
                    f"`{line.strip()}` is no directive",
                    "write `::: cta <slug> :::`, or `::: only email` … `:::` (email, web or feed)",
                )
            )
        else:
            directives[index + 1] = directive
        lines[index] = f"<!--partwork:{index + 1}-->"
    return Lifted("\n".join(lines), directives, tuple(diagnostics))


def marked_line(html: str) -> int | None:
    """The line whose directive a comment stands for, or none when it is an author's own HTML."""
    match = _MARK.match(html)
    return int(match.group(1)) if match else None


def _fence_after(fence: str, line: str) -> str:
    """The code fence that is open after this line: its characters, or nothing (CommonMark 0.31, 4.5)."""
    match = _FENCE.match(line)
    if not match:
        return fence
    marks, rest = match.groups()
    if not fence:
        return "" if marks[0] == "`" and "`" in rest else marks
    closes = marks[0] == fence[0] and len(marks) >= len(fence) and not rest.strip()
    return "" if closes else fence


def _read(line: str) -> Directive | None:
    match = _DIRECTIVE.match(line)
    words = match.group(1).split() if match else []
    match words:
        case []:
            return CloseLine()
        case ["cta", slug]:
            return CtaLine(slug)
        case ["only", *channels] if channels and all(name in set(Channel) for name in channels):
            return OnlyLine(tuple(channels))
        case _:
            return None
