"""What a template is made of: tags, words, comments, and what Jinja says between them."""

import re
from dataclasses import dataclass

from pipeline.errors import Location
from pipeline.render.email.lint.source import Mark, Segment
from pipeline.render.email.lint.values import HOLE

_HELD = re.compile(f"(?:[{Mark.PRINT}{Mark.STATEMENT}{Mark.REMARK}]{Mark.FILLING}*)+")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: ``value`` as written, ``masked`` without Jinja; ``sometimes``: it stands in a condition."""

    place: Location
    name: str
    value: str | None
    masked: str
    quote: str
    prints: tuple[Segment, ...]
    sometimes: bool

    @property
    def holed(self) -> str:
        """The value with one ``HOLE`` for what Jinja writes."""
        return _HELD.sub(HOLE, self.masked)


@dataclass(frozen=True, slots=True)
class Tag:
    """``<name …>``, or ``<name … />`` when it ``closes`` itself. A name that Jinja writes is empty."""

    place: Location
    name: str
    attributes: tuple[Attribute, ...] = ()
    closes: bool = False
    prints: tuple[Segment, ...] = ()  # between the attributes, or in the name


@dataclass(frozen=True, slots=True)
class EndTag:
    """``</name>``. ``then`` is the element that the next end tag without a beginning of its own closes."""

    place: Location
    name: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words between tags. ``is_raw``: they stand in ``{% raw %}``."""

    place: Location
    text: str
    is_raw: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """``<!-- … -->``, or the beginning of a condition for Outlook: ``<!--[if mso]>``."""

    place: Location
    is_condition: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """``{{ … }}`` between tags."""

    place: Location
    segment: Segment


@dataclass(frozen=True, slots=True)
class Statement:
    """``{% … %}`` between tags."""

    place: Location
    segment: Segment


Item = Tag | EndTag | Text | Remark | Slot | Statement


def shortened(text: str, room: int = 60) -> str:
    """A text for a message: one line, and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= room else f"{line[: room - 1]}…"


def slotless(masked: str) -> bool:
    """Whether Jinja writes nothing here."""
    return not _HELD.search(masked)
