"""A part as one names it on the command line: ``series/3``, ``series/slug`` or ``series/03-slug``."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Protocol, TypeVar

import click

_NUMBERED = re.compile(r"(\d{1,4})(?:-(.+))?\Z")


class Named(Protocol):
    """What has a part's name: an issue, a part, a campaign."""

    @property
    def number(self) -> int:
        """The part's number."""

    @property
    def address(self) -> str:
        """``series/slug``."""


Found = TypeVar("Found", bound=Named)

part_argument = click.argument("part", metavar="SERIES/PART")


def find(name: str, among: Iterable[Found]) -> Found | None:
    """What the name stands for, if it is there. A path is taken for the part in it."""
    there = list(among)
    series, slash, rest = name.removeprefix("series/").removesuffix(".md").strip("/").partition("/")
    if not slash:
        return None
    exactly = next((each for each in there if each.address == f"{series}/{rest}"), None)
    match = _NUMBERED.match(rest)
    if exactly is not None or match is None:
        return exactly
    number, slug = int(match[1]), match[2]
    for each in there:
        its_series, _, its_slug = each.address.partition("/")
        if its_series == series and each.number == number and slug in (None, its_slug):
            return each
    return None


def unknown(name: str, among: Sequence[Named], what: str) -> click.UsageError:
    """There is no such part: what one may have meant."""
    names = [f"{each.address.partition('/')[0]}/{each.number}" for each in among]
    addresses = [each.address for each in among]
    near = get_close_matches(name, [*addresses, *names], 1, 0.5)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    if not hint and names:
        hint = f" A part is named like `{names[-1]}`."
    return click.UsageError(f"{what} `{name}`.{hint}")
