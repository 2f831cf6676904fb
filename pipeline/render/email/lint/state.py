"""Where the linter is: which elements are open, on which way through a template's conditions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.errors import Location
from pipeline.render.email.lint.elements import Holds

FRAGMENT = "?"  # a template by itself: what stands around it is not known
MOST_STATES = 48  # ways that are followed at once; what is beyond goes unlooked at


@dataclass(frozen=True, slots=True)
class Frame:
    """An open element: ``children`` are those that its kind counts, or nothing when they cannot be counted."""

    name: str
    place: Location
    holds: Holds
    owner: str = ""  # the MJML element that it stands in, or is
    children: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class State:
    """The open elements from the outermost, and the conditions that hold here."""

    stack: tuple[Frame, ...] = ()
    given: frozenset[tuple[str, bool]] = frozenset()
    owed: tuple[str, ...] = ()  # elements that were closed by another's end tag, and whose own may follow

    @property
    def top(self) -> Frame | None:
        """The innermost element."""
        return self.stack[-1] if self.stack else None

    def pushed(self, frame: Frame) -> "State":
        """With one more element open."""
        return replace(self, stack=(*self.stack, frame))

    def cut(self, length: int) -> "State":
        """With so many elements open."""
        return replace(self, stack=self.stack[:length])

    def counting(self, child: str) -> "State":
        """With one more child of the innermost element."""
        top = self.stack[-1]
        if top.children is None:
            return self
        return replace(self, stack=(*self.stack[:-1], replace(top, children=(*top.children, child))))

    def may(self, condition: str, *, holds: bool) -> bool:
        """Whether a condition can hold, or not hold, on this way."""
        name, sign = _straight(condition)
        return (name, holds is not sign) not in self.given

    def assuming(self, condition: str, *, holds: bool) -> "State":
        """The way on which a condition holds, or does not."""
        name, sign = _straight(condition)
        return replace(self, given=self.given | {(name, holds is sign)})

    @property
    def way(self) -> str:
        """The conditions, for a message."""
        return " and ".join(f"`{name}`" if holds else f"not `{name}`" for name, holds in sorted(self.given))


def merged(states: Iterable[State]) -> list[State]:
    """States with the same open elements as one; of their conditions what they have in common."""
    found: dict[tuple[tuple[str, tuple[str, ...] | None], ...], State] = {}
    for state in states:
        key = tuple((frame.name, frame.children) for frame in state.stack)
        known = found.get(key)
        found[key] = replace(known, given=known.given & state.given) if known else state
    return list(found.values())[:MOST_STATES]


def with_given(states: Iterable[State], given: frozenset[tuple[str, bool]]) -> Iterator[State]:
    """States with only those conditions that held before."""
    for state in states:
        yield replace(state, given=state.given & given)


def _straight(condition: str) -> tuple[str, bool]:
    """A condition without ``not`` before it, and whether it had none."""
    text, sign = " ".join(condition.split()), True
    while match := re.fullmatch(r"not ([\w.]+)", text):
        text, sign = match[1], not sign
    return text, sign
