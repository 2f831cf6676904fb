"""A template as its linter reads it: Jinja's tags found by Jinja's own lexer and masked, each place still known.

The masked text is as long as the source, so an offset in one is an offset in the other. A tag leaves one mark that
says what kind it was, and filling; what it says can be looked up by where it begins.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import jinja2

from pipeline.errors import Location


class Mark(StrEnum):
    """What a masked tag was."""

    PRINT = "\ue000"  # {{ … }}
    STATEMENT = "\ue001"  # {% … %}
    REMARK = "\ue002"  # {# … #}, and the tags of {% raw %}
    FILLING = "\ue003"


_MARKS = re.compile("[\ue000-\ue004]")
_TOKEN = re.compile(r"pw(?:7k\d+z|[0-9a-f]{30})")
_BEGINS = {"variable_begin": Mark.PRINT, "block_begin": Mark.STATEMENT, "comment_begin": Mark.REMARK}
_ENDS = frozenset({"variable_end", "block_end", "comment_end"})
_ALONE = frozenset({"raw_begin", "raw_end"})
_INSIDE = re.compile(r"\A(?:\{\{|\{%)[-+]?\s*(.*?)\s*[-+]?(?:\}\}|%\})\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """One tag of Jinja: where it begins and ends in its source, and what stands inside it."""

    mark: Mark
    start: int
    end: int
    inside: str

    @property
    def keyword(self) -> str:
        """A statement's first word."""
        return self.inside.split(maxsplit=1)[0] if self.inside else ""

    @property
    def rest(self) -> str:
        """A statement without its first word."""
        return self.inside[len(self.keyword) :].strip()


@dataclass(frozen=True, slots=True)
class Source:
    """A template: its path from the publication's root, its text with even line ends, and the mask."""

    path: str
    text: str
    masked: str
    segments: Mapping[int, Segment]
    line_starts: tuple[int, ...]

    def at(self, offset: int) -> Location:
        """The line and column of an offset."""
        line = bisect_right(self.line_starts, offset)
        return Location(self.path, line, offset - self.line_starts[line - 1] + 1)

    def segments_in(self, start: int, end: int, mark: Mark) -> Iterator[Segment]:
        """The tags of a kind that begin between two offsets."""
        for match in re.finditer(mark.value, self.masked[start:end]):
            yield self.segments[start + match.start()]


def even_lines(text: str) -> str:
    """A text with one kind of line end, as Jinja reads it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_plain(path: str, text: str) -> Source:
    """A text without Jinja, such as what a template printed."""
    text = even_lines(text)
    starts = (0, *(match.end() for match in re.finditer("\n", text)))
    return Source(path, text, _MARKS.sub("\ufffd", text), {}, starts)


def read_printed(text: str) -> Source:
    """What a template printed; each token that stands for a value or for a reader's is masked like ``{{ … }}``."""
    plain = read_plain("", text)
    segments = {match.start(): Segment(Mark.PRINT, *match.span(), "") for match in _TOKEN.finditer(plain.masked)}
    masked = _TOKEN.sub(lambda match: Mark.PRINT + Mark.FILLING * (len(match.group()) - 1), plain.masked)
    return Source(plain.path, plain.text, masked, segments, plain.line_starts)


def read_template(path: str, text: str, environment: jinja2.Environment) -> Source:
    """A template with its tags masked.

    Raises:
        jinja2.TemplateSyntaxError: Jinja cannot take it apart.
    """
    plain = read_plain(path, text)
    masked = list(plain.masked)
    segments = {}
    for segment in _segments(plain.text, environment):
        segments[segment.start] = segment
        masked[segment.start : segment.end] = segment.mark + Mark.FILLING * (segment.end - segment.start - 1)
    return Source(plain.path, plain.text, "".join(masked), segments, plain.line_starts)


def _segments(text: str, environment: jinja2.Environment) -> Iterator[Segment]:
    """The tags in order. Jinja's lexer names no offsets, and drops white space beside ``-``: they are sought."""
    position = begun = 0
    mark = Mark.PRINT
    for _line, kind, value in environment.lex(text):
        start = text.find(value, position)
        if start < 0:
            return
        position = start + len(value)
        end = start + len(value.rstrip())
        if kind in _BEGINS:
            begun, mark = start, _BEGINS[kind]
        elif kind in _ENDS or kind in _ALONE:
            begun, mark = (start, Mark.REMARK) if kind in _ALONE else (begun, mark)
            inside = _INSIDE.match(text[begun:end])
            yield Segment(mark, begun, end, inside[1] if inside else "")
