"""One opening tag, from its name to its ``>``, with its attributes; what Jinja writes in it is part of it."""

import re
from collections.abc import Callable

from pipeline.render.email.lint.items import Attribute, Tag, slotless
from pipeline.render.email.lint.source import Mark, Segment, Source
from pipeline.render.email.lint.values import HOLE

NAME = re.compile(rf"<([A-Za-z_{Mark.PRINT}][\w:.\-{Mark.PRINT}{Mark.FILLING}]*)")
_PRINT = re.compile(f"{Mark.PRINT}{Mark.FILLING}*")
_GAP = re.compile(rf"\s+|[{Mark.STATEMENT}{Mark.REMARK}]{Mark.FILLING}*")
_ATTRIBUTE = re.compile(rf"[A-Za-z_:{Mark.PRINT}][\w:.\-{Mark.PRINT}{Mark.FILLING}]*")
_EQUALS = re.compile(r"\s*=\s*")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_UNQUOTED = re.compile(r"[^\s>\"']+")
_SWALLOWED = re.compile(r"</|<mj-|<[a-z]+[ >]")
_OPENERS = frozenset({"if", "for", "with", "filter", "autoescape", "block", "macro", "call"})


class TagReader:
    """Reads one opening tag; ``position`` is then behind it."""

    def __init__(self, source: Source, start: re.Match[str], fault: Callable[[int, str, str], None]) -> None:
        self.position = start.end()
        self._source = source
        self._masked = source.masked
        self._start = start.start()
        self._name = start[1] if slotless(start[1]) else ""
        self._fault = fault
        self._attributes: list[Attribute] = []
        self._prints = list(source.segments_in(start.start(), start.end(), Mark.PRINT))
        self._depth = 0

    def read(self) -> Tag:
        """The tag. What breaks it is told to ``fault``."""
        masked = self._masked
        closes = is_done = False
        while not is_done:
            before = self.position
            self._pass_over()
            rest = masked[self.position : self.position + 2]
            is_done = True
            if rest == "/>":
                self.position += 2
                closes = True
            elif rest.startswith(">"):
                self.position += 1
            elif not rest or rest[0] == "<":
                self._fault(self._start, f"`<{self._name}` has no `>`", "close the tag with `>`")
            else:
                is_done = False
                self._attribute(is_apart=any(sign.isspace() for sign in masked[before : self.position]))
        return Tag(self._source.at(self._start), self._name, tuple(self._attributes), closes, tuple(self._prints))

    def _pass_over(self) -> None:
        """White space and Jinja between attributes, up to what names an attribute."""
        masked = self._masked
        while True:
            match = _GAP.match(masked, self.position)
            if not match:
                match = _PRINT.match(masked, self.position)
                named = _ATTRIBUTE.match(masked, self.position)
                if not match or (named and named.end() > match.end()) or _EQUALS.match(masked, match.end()):
                    return
                self._prints.append(self._source.segments[self.position])
            elif masked[self.position] == Mark.STATEMENT:
                self._count(self._source.segments[self.position])
            self.position = match.end()

    def _count(self, segment: Segment) -> None:
        if segment.keyword in _OPENERS:
            self._depth += 1
        elif segment.keyword.startswith("end"):
            self._depth -= 1

    def _attribute(self, *, is_apart: bool) -> None:
        match = _ATTRIBUTE.match(self._masked, self.position)
        if not match:
            self._fault(self.position, f"`{self._source.text[self.position]}` begins no attribute", "take it out")
            self.position += 1
            return
        if not is_apart:
            self._fault(self.position, "no space between two attributes", "put a space before it")
        start, name = match.start(), match.group()
        self.position = match.end()
        equals = _EQUALS.match(self._masked, self.position)
        if not equals:
            self._add(start, name, None, "")
            return
        self.position = equals.end()
        quoted = _QUOTED.match(self._masked, self.position)
        if not quoted:
            self._unquoted(start, name)
            return
        inside = quoted[1] if quoted[1] is not None else quoted[2]
        if _SWALLOWED.search(inside):
            self._runs_on(start, name, inside)
            return
        begin = self.position + 1
        self.position = quoted.end()
        self._add(start, name, (begin, self.position - 1), quoted.group()[0])

    def _unquoted(self, start: int, name: str) -> None:
        match = _UNQUOTED.match(self._masked, self.position)
        if self._masked[self.position : self.position + 1] in ("'", '"'):
            self._fault(self.position, f"the value of `{name}` has no closing quote", "close the quote")
            self.position += 1
            self._add_broken(start, name)
            return
        self._fault(self.position, f"the value of `{name}` stands in no quotes", 'put it in quotes: `"…"`')
        end = match.end() if match else self.position
        self._add(start, name, (self.position, end), '"')
        self.position = max(end, self.position)

    def _runs_on(self, start: int, name: str, inside: str) -> None:
        self._fault(start, f"the value of `{name}` runs into the next tag", "close the quote")
        stop = inside.find(">")
        begin = self.position + 1
        self.position = begin + (stop if stop >= 0 else len(inside))
        self._add_broken(start, name)

    def _add_broken(self, start: int, name: str) -> None:
        """An attribute whose value cannot be told."""
        self._attributes.append(Attribute(self._source.at(start), name, "", HOLE, '"', (), sometimes=True))

    def _add(self, start: int, name: str, span: tuple[int, int] | None, quote: str) -> None:
        begin, end = span or (start, start)
        self._attributes.append(
            Attribute(
                self._source.at(start),
                name if slotless(name) else "",
                self._source.text[begin:end] if span else None,
                self._masked[begin:end],
                quote,
                tuple(self._source.segments_in(begin, end, Mark.PRINT)),
                self._depth > 0,
            )
        )


def is_whole(statements: list[Segment]) -> bool:
    """Whether every block that begins here ends here, too."""
    depth = 0
    for statement in statements:
        if statement.keyword in _OPENERS:
            depth += 1
        elif statement.keyword.startswith("end") or (depth == 0 and statement.keyword in ("elif", "else")):
            depth -= 1
        if depth < 0:
            return False
    return depth == 0
