"""What was parsed as plain values, so that it can be kept between builds, and back again.

Plain is what ``marshal`` writes and reads: numbers, words, bytes, tuples, sets of words and dictionaries. Only
what is listed here is ever made from them, and nothing is run. A body becomes its gist, and its place in the file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from pipeline.errors import Diagnostic, Location, Severity
from pipeline.gist import Gist, SeenCite, SeenFence, SeenHeading, SeenImage, SeenLink, SeenMark
from pipeline.model import (
    Author,
    Block,
    BlockKind,
    DisclaimerChoice,
    Every,
    Part,
    Picture,
    Placement,
    Reference,
    RelatedLink,
    Schedule,
    Series,
)
from pipeline.parse.manuscript import Manuscript
from pipeline.placement import Cut
from pipeline.related import Terms

_RECORDS = (
    *(Part, Series, Block, Author, Schedule, Every, DisclaimerChoice, RelatedLink, Picture, Reference),
    *(Location, Diagnostic),
)
_ENUMS: tuple[type[StrEnum], ...] = (BlockKind, Placement, Severity)
_MOMENTS = (datetime, date, time)
_AS_THEY_ARE = frozenset({str, int, float, bool, bytes, type(None)})
_TUPLE, _SET, _KEYS, _BODY = "tuple", "set", "keys", "body"


def pack(value: Any) -> Any:
    """A value as a plain one: itself, or a tuple that begins with what it is.

    Raises:
        TypeError: it is of no kind that is kept.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE or value == ():
        return value
    if kind is tuple:
        return (_TUPLE, *map(pack, value))
    if kind is Manuscript:
        return (_BODY, value.start, value.first_line, value.key, _packed_gist(value.gist))
    if kind is frozenset:
        return (_SET, *sorted(map(pack, value)))
    if kind in _MOMENTS:
        return (kind.__name__, value.isoformat())
    if kind in _ENUMS:
        return (kind.__name__, str(value))
    if kind is dict:
        return (_KEYS, {name: (place.line, place.column) for name, place in value.items()})
    if kind in _RECORDS and is_dataclass(value):
        return (kind.__name__, *[pack(getattr(value, field.name)) for field in fields(value)])
    raise TypeError(f"{kind.__name__} is not kept")


def _packed_gist(gist: Gist) -> tuple[Any, ...]:
    terms = (gist.terms.line, gist.terms.counts, gist.terms.key)
    seen = (tuple(map(tuple, each)) for each in gist[5:11])
    cuts = tuple(map(_packed_cut, gist.cuts))
    return (gist.words, terms, gist.size, gist.middle, cuts, *seen, gist.anchors, gist.notes)


def _packed_cut(cut: Cut) -> tuple[Any, ...]:
    return (*cut[:4], tuple(map(_packed_cut, cut.inside)))


def unpack(packed: Any, path: str = "", text: str = "") -> Any:
    """What was packed, with its bodies at their place in the ``text`` of the file ``path``."""
    return _Unpacking(path, text).value(packed)


class _Unpacking:
    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text

    def value(self, packed: Any) -> Any:
        if type(packed) is not tuple or not packed:
            return packed
        kind = packed[0]
        record = _MADE_OF.get(kind)
        if record is not None:
            value = self.value
            return record(*[value(each) if each and type(each) is tuple else each for each in packed[1:]])
        if kind == _TUPLE:
            return tuple([self.value(each) for each in packed[1:]])
        if kind == _KEYS:
            return KeyPlaces(self._path, packed[1])
        if kind == _BODY:
            _, start, first_line, key, gist = packed
            return Manuscript(self._text, start, self._path, first_line, key, _gist(*gist))
        return frozenset(self.value(each) for each in packed[1:])


_MADE_OF: dict[str, Callable[..., Any]] = {
    **{record.__name__: record for record in _RECORDS},
    **{enum.__name__: enum for enum in _ENUMS},
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


def _gist(
    words: int,
    terms: tuple[str, bytes, bytes],
    size: int,
    middle: int | None,
    cuts: tuple[Any, ...],
    links: tuple[Any, ...],
    images: tuple[Any, ...],
    cites: tuple[Any, ...],
    headings: tuple[Any, ...],
    marks: tuple[Any, ...],
    fences: tuple[Any, ...],
    anchors: tuple[Any, ...],
    notes: int,
) -> Gist:
    return Gist(
        words,
        Terms(*terms),
        size,
        middle,
        tuple(map(_cut, cuts)),
        tuple(map(SeenLink._make, links)),
        tuple(map(SeenImage._make, images)),
        tuple(map(SeenCite._make, cites)),
        tuple(map(SeenHeading._make, headings)),
        tuple(map(SeenMark._make, marks)),
        tuple(map(SeenFence._make, fences)),
        anchors,
        notes,
    )


def _cut(packed: tuple[Any, ...]) -> Cut:
    cut = Cut._make(packed)
    return cut._replace(inside=tuple(map(_cut, cut.inside)))


class KeyPlaces(Mapping[str, Location]):
    """Where the keys of one file's front matter stand: each place is made when it is asked for."""

    __slots__ = ("_path", "_places")

    def __init__(self, path: str, places: dict[str, tuple[int, int]]) -> None:
        self._path = path
        self._places = places

    def __getitem__(self, key: str) -> Location:
        return Location(self._path, *self._places[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
