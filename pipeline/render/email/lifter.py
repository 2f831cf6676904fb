"""Takes the words out of a template while Jinja runs: each thing that it prints gives way to a token.

So what reaches MJML is the theme's own markup and nothing of an author's: no title can break it, no body passes
through it (mrml raises on HTML that is not XML-clean, and backslashes quotes in attributes).

A value that a tag itself must read (a colour, a width) stays: pass it as ``Markup``, or write ``{{ … | safe }}``.
"""

import re
from collections.abc import Sequence
from itertools import count

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

TOKEN = re.compile(r"pw7k(\d+)z")


class FoundHereError(ValueError):
    """The place where a template prints the token that is looked for. Jinja says which line that is."""


class Body(Markup):
    """Finished HTML, whose elements want the theme's styles. Conditions and filters see it as it is."""

    __slots__ = ()


class Lifter:
    """Takes the words out of one rendering after the other. ``lift`` is Jinja's ``finalize``."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self.bodies: set[int] = set()
        self._wanted = ""
        self._is_idle = False

    def begin(self, wanted: int | None = None, *, is_idle: bool = False) -> None:
        """Start a new rendering; or the same once more, to stop where it prints the token of a number.

        When it ``is_idle``, words stay where they are.
        """
        self.values = []
        self.bodies = set()
        self._wanted = "" if wanted is None else token_of(wanted)
        self._is_idle = is_idle

    @pass_context  # so that Jinja does not fold constants through here when it compiles a template
    def lift(self, _context: Context, value: object) -> object:
        """A token for what a template prints; the theme's own markup passes as it is."""
        if self._is_idle:
            return value
        if isinstance(value, Body):
            self.bodies.add(len(self.values))
        elif isinstance(value, Markup):
            if self._wanted and self._wanted in value:
                raise FoundHereError
            return value
        number = len(self.values)
        self.values.append(value if isinstance(value, Markup) else escape(value))
        token = _TOKENS[number] if number < len(_TOKENS) else token_of(number)
        if token == self._wanted:
            raise FoundHereError
        return token


def token_of(number: int) -> str:
    """The token that stands for a value."""
    return f"pw7k{number}z"


_TOKENS = tuple(token_of(number) for number in range(200))


def fill_tokens(text: str, values: Sequence[str]) -> str:
    """A text with the values put back."""
    pieces = TOKEN.split(text)
    pieces[1::2] = [values[int(number)] for number in pieces[1::2]]
    return "".join(pieces)


def each_its_own(text: str) -> tuple[str, dict[int, int]]:
    """A text in which each token occurs once, and whose value each of them stands for.

    Of a value that is printed twice one place could be lost, or be another kind of place, and nobody would see it.
    """
    numbers = [int(number) for number in TOKEN.findall(text)]
    originals = {number: number for number in numbers}
    fresh = count(max(numbers, default=0) + 1)
    seen: set[int] = set()

    def own(match: re.Match[str]) -> str:
        number = int(match[1])
        if number not in seen:
            seen.add(number)
            return match.group()
        another = next(fresh)
        originals[another] = number
        return token_of(another)

    return TOKEN.sub(own, text), originals
