"""A template's items nested by Jinja's blocks: what is always printed, what in one case, what again and again."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import Location
from pipeline.render.email.lint.items import EndTag, Item, Remark, Slot, Statement, Tag, Text


@dataclass(frozen=True, slots=True)
class Branches:
    """``if``: each condition with what it prints, then what is printed otherwise."""

    cases: tuple[tuple[str, "Nodes"], ...]
    otherwise: "Nodes"


@dataclass(frozen=True, slots=True)
class Loop:
    """``for``: ``head`` is what follows the word."""

    place: Location
    head: str
    body: "Nodes"
    otherwise: "Nodes"


@dataclass(frozen=True, slots=True)
class Around:
    """Any other block: ``with``, ``filter``, ``block``, ``macro``, ``call``, ``set`` with a body."""

    place: Location
    keyword: str
    head: str
    body: "Nodes"


@dataclass(frozen=True, slots=True)
class Single:
    """A statement without a body: ``include``, ``extends``, ``import``, ``from``, ``set``."""

    place: Location
    keyword: str
    head: str


Node = Tag | EndTag | Text | Remark | Slot | Branches | Loop | Around | Single
Nodes = tuple[Node, ...]

_AROUND = frozenset({"with", "filter", "autoescape", "block", "macro", "call"})


def nested(items: tuple[Item, ...]) -> Nodes:
    """The items of a template that Jinja can read, as a tree."""
    return _Nest(items).until(frozenset())[0]


def flat(nodes: Nodes) -> Iterator[Node]:
    """Every node of a tree."""
    for node in nodes:
        yield node
        match node:
            case Branches(cases, otherwise):
                for _condition, body in cases:
                    yield from flat(body)
                yield from flat(otherwise)
            case Loop(body=body, otherwise=otherwise):
                yield from flat(body)
                yield from flat(otherwise)
            case Around(body=body):
                yield from flat(body)


class _Nest:
    def __init__(self, items: tuple[Item, ...]) -> None:
        self._items = items
        self._next = 0

    def until(self, ends: frozenset[str]) -> tuple[Nodes, Statement | None]:
        """Nodes up to one of some statements, which is given, too."""
        nodes: list[Node] = []
        while self._next < len(self._items):
            item = self._items[self._next]
            self._next += 1
            if not isinstance(item, Statement):
                nodes.append(item)
            elif item.segment.keyword in ends:
                return tuple(nodes), item
            else:
                nodes.append(self._node(item))
        return tuple(nodes), None

    def _node(self, item: Statement) -> Node:
        keyword, rest = item.segment.keyword, item.segment.rest
        if keyword == "if":
            return self._branches(rest)
        if keyword == "for":
            body, end = self.until(frozenset({"else", "endfor"}))
            otherwise: Nodes = ()
            if end and end.segment.keyword == "else":
                otherwise = self.until(frozenset({"endfor"}))[0]
            return Loop(item.place, rest, body, otherwise)
        if keyword in _AROUND or (keyword == "set" and _captures(rest)):
            return Around(item.place, keyword, rest, self.until(frozenset({f"end{keyword}"}))[0])
        return Single(item.place, keyword, rest)

    def _branches(self, condition: str) -> Branches:
        cases: list[tuple[str, Nodes]] = []
        while True:
            body, end = self.until(frozenset({"elif", "else", "endif"}))
            cases.append((condition, body))
            if end is None or end.segment.keyword == "endif":
                return Branches(tuple(cases), ())
            if end.segment.keyword == "else":
                return Branches(tuple(cases), self.until(frozenset({"endif"}))[0])
            condition = end.segment.rest


def _captures(head: str) -> bool:
    """Whether ``set`` has a body: ``{% set name %}`` or ``{% set name | filter %}``, without ``=`` of its own."""
    depth = 0
    quote = ""
    for sign in head:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "=" and depth == 0:
            return False
    return True
