"""Quires: what a build is rendered in, piece by piece, so that a piece that stands need not be made again.

An issue's email is one, its page another, a series' own pages a third. Each names everything that it is made from
by a *fingerprint*; with the same one it always comes out the same, so what it gave last time still holds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.edition import Artifact, Drawing, SearchDocument
from pipeline.errors import Diagnostic
from pipeline.model import Channel


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
