"""Quires: what a build is rendered in, piece by piece, so that a piece that stands need not be made again.

An issue's email is one, its page another, a series' own pages a third. Each names everything that it is made from
by a *fingerprint*; with the same one it always comes out the same, so what it gave last time still holds.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.edition import Artifact, Drawing, SearchDocument
from pipeline.errors import Diagnostic
from pipeline.model import Channel

_A_KIND = 8  # quires that are made alike, from which the first one is made before the others


@dataclass(frozen=True, slots=True)
class Printed:
    """What a quire gives: files, what is wrong with them, and what is still to be made from them.

    ``is_stopped`` says that a template failed: there are no files, and the one diagnostic says why.
    """

    artifacts: tuple[Artifact, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    search: tuple[SearchDocument, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Quire:
    """A piece of a build that is made in one go. Names are unique, and stay the same from build to build.

    ``fingerprint`` is a digest of all that ``make`` reads; an empty one says that it is quicker made than known.
    ``series`` is the slug of the one series that it is about, if it is about one. One that ``gathers`` takes what
    quires of several series have left for it, and is made after them.
    """

    name: str
    channel: Channel
    fingerprint: str
    make: Callable[[], Printed]
    series: str = ""
    gathers: bool = False


def shared(quires: Sequence[Quire], count: int) -> tuple[list[Quire], list[list[Quire]]]:
    """Quires that are made first, and a share of the others for each processor.

    The first of each kind goes first: what it compiles and imports is then there in all processes. A series stays
    in one share, as its feeds need the same entries.
    """
    kinds = Counter(_kind(quire) for quire in quires)
    first = {kind: quire.name for quire in reversed(quires) if kinds[kind := _kind(quire)] >= _A_KIND}
    opening = [quire for quire in quires if first.get(_kind(quire)) == quire.name]
    groups: dict[str, int] = Counter(quire.series or quire.name for quire in quires)
    loads = [0] * count
    share_of: dict[str, int] = {}
    for name, size in sorted(groups.items(), key=lambda group: (-group[1], group[0])):
        share_of[name] = loads.index(min(loads))
        loads[share_of[name]] += size
    shares: list[list[Quire]] = [[] for _ in loads]
    for quire in quires:
        if first.get(_kind(quire)) != quire.name:
            shares[share_of[quire.series or quire.name]].append(quire)
    return opening, shares


def _kind(quire: Quire) -> str:
    return quire.name.partition(" ")[0]
