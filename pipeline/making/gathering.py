"""A build, gathered: quires that stand from the last one are kept, the others are made and put down at once.

Nothing is held longer than it takes to write it, and where there is much to make, every processor has a hand in it
(``pipeline.making.hands``). Whatever stands and however many hands there are, the same bytes come out.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from pipeline.build import Plan, printed, told
from pipeline.edition import Drawing
from pipeline.errors import Diagnostic
from pipeline.lasting import Span
from pipeline.making import search, standing
from pipeline.making.cache import Cache, HiddenFolder
from pipeline.making.drawing import draw, filled, light
from pipeline.making.hands import Hands
from pipeline.making.manifest import MANIFEST
from pipeline.making.search import Indexing, Shelf
from pipeline.making.spool import Spool
from pipeline.making.standing import Left
from pipeline.making.write import OutFolder, Written
from pipeline.model import Channel
from pipeline.quire import Printed, Quire, shared

MANY = 150  # quires from which another process is worth its start
_INDEX = "search index"
_SHELF = "search"


@dataclass(slots=True)
class _Sheaf:
    """What came of some quires of one channel, as one process tells another.

    ``stopped`` are those that a template stopped. ``taken`` has the paths that were put, ``pieces`` where what
    other quires need was put aside, and ``seconds`` are on the wall and of CPU.
    """

    channel: Channel
    left: dict[str, Left] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    drawings: dict[str, Drawing] = field(default_factory=dict)
    taken: tuple[list[str], list[str]] = ([], [])
    pieces: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    seconds: tuple[float, float] = (0.0, 0.0)


class Gathering:
    """A build in the making, in an output folder that is held alone: print, draw, index, and then settle it.

    An error that has been told by then stops it, and leaves the folder as it was.
    """

    def __init__(self, planned: Plan, root: Path, out: Path, spool: Spool, scratch: Path) -> None:
        self._planned = planned
        self._root = root
        self._out = out
        self._spool = spool
        self._scratch = scratch
        self._held = OutFolder(out, root)
        self._stack = ExitStack()
        self._left: dict[str, Left] = {}
        self._stopped: set[str] = set()
        self._drawings: dict[str, Drawing] = {}
        self._drawn: set[str] = set()
        self._told: list[Diagnostic] = []
        self._indexing: Indexing | None = None

    def __enter__(self) -> Self:
        """Hold the folder, and look at what stands there.

        Raises:
            OutputError: the folder is refused, another build is still writing, or the disk fails.
        """
        self._stack.enter_context(self._held)
        self._shelf = Shelf(_shelf_of(self._root, self._out) or self._scratch / "parts")
        self._remains = standing.recall_quires(self._root, self._out, self._shelf.folder)
        self._standing = {
            quire.name: left
            for quire in self._planned.quires
            if (left := self._remains.quires.get(quire.name)) and left.fingerprint == quire.fingerprint != ""
        }
        self.missing = tuple(quire for quire in self._planned.quires if quire.name not in self._standing)
        self._left.update(self._standing)
        return self

    def __exit__(self, *error: object) -> None:
        """Let go of the folder, and of everything that is not settled."""
        self._stack.close()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything there is to tell."""
        made = [
            Printed(diagnostics=self._left[quire.name].told, is_stopped=quire.name in self._stopped)
            for quire in self._planned.quires
            if quire.name in self._left
        ]
        return tuple(sorted({*told(self._planned, made), *self._told}))

    @property
    def has_errors(self) -> bool:
        """Whether anything stops the publication."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)

    # -- print -----------------------------------------------------------------------------------------

    def print(self, count: int, took: Callable[[str, float, float], None]) -> None:
        """Make the quires that are missing, on so many processors; ``took`` is told of each channel's seconds.

        Raises:
            OutputError: somebody else's file is in the way, or the disk fails.
            RenderError: a library could not work.
            HandLostError: one of the processes was ended from outside.
        """
        seconds: dict[Channel, tuple[float, float]] = {}
        for sheaf in self._sheaves(count):
            wall, used = seconds.get(sheaf.channel, (0.0, 0.0))
            seconds[sheaf.channel] = (max(wall, sheaf.seconds[0]), used + sheaf.seconds[1])
            self._left.update(sheaf.left)
            self._stopped |= sheaf.stopped
            self._drawings.update(sheaf.drawings)
        for channel, (wall, used) in seconds.items():
            took(channel.value, wall, used)

    def _sheaves(self, count: int) -> Iterator[_Sheaf]:
        apart = [quire for quire in self.missing if not quire.gathers]
        if count > 1 and len(apart) >= MANY:
            first, shares = shared(apart, count)
            yield from self._made(first)
            yield from self._made_by_hands(shares)
        else:
            yield from self._made(apart)
        self._begin_index()
        if not self._stopped:
            yield from self._made([quire for quire in self.missing if quire.gathers])

    def _made(self, quires: Sequence[Quire]) -> Iterator[_Sheaf]:
        """A sheaf for each channel, in order, as far as a template lets them be."""
        for channel, some in groupby(quires, key=lambda quire: quire.channel):
            sheaf = self._sheaf(channel, some)
            yield sheaf
            if sheaf.stopped:
                return

    def _made_by_hands(self, shares: Sequence[Sequence[Quire]]) -> Iterator[_Sheaf]:
        waiting = len(shares)
        with Hands(self._work).doing(shares) as given:
            for sheaf in given:
                self._held.added(sheaf.taken)
                self._spool.added(sheaf.pieces)
                yield sheaf
                waiting -= sheaf.channel is Channel.WEB
                if not waiting:
                    self._begin_index()

    def _work(self, share: Sequence[Quire], give: Callable[[_Sheaf], None]) -> None:
        """One hand's share, in a process of its own."""
        self._held.taken()
        self._spool.taken()
        by_channel = {channel: list(some) for channel, some in groupby(share, key=lambda quire: quire.channel)}
        for channel in (Channel.WEB, Channel.EMAIL, Channel.FEED):
            sheaf = self._sheaf(channel, by_channel.get(channel, ()))
            sheaf.taken, sheaf.pieces = self._held.taken(), self._spool.taken()
            give(sheaf)
            if sheaf.stopped:
                return

    def _sheaf(self, channel: Channel, quires: Iterable[Quire]) -> _Sheaf:
        sheaf, since = _Sheaf(channel), _clocks()
        for quire in quires:
            made = printed(quire)
            for artifact in made.artifacts:
                self._held.put(artifact)
            documents = [(self._shelf.put(each), hashlib.sha256(each.html).hexdigest()) for each in made.search]
            sheaf.left[quire.name] = Left(
                quire.fingerprint,
                tuple(artifact.path for artifact in made.artifacts),
                tuple(drawing.path for drawing in made.drawings),
                tuple(documents),
                made.diagnostics,
            )
            sheaf.drawings.update((drawing.path, light(drawing)) for drawing in made.drawings)
            if made.is_stopped:
                sheaf.stopped.add(quire.name)
                break
        wall, used = _clocks()
        sheaf.seconds = (wall - since[0], used - since[1])
        return sheaf

    # -- draw ------------------------------------------------------------------------------------------

    @property
    def ordered(self) -> tuple[Drawing, ...]:
        """The drawings that are not there yet."""
        missing = (self._drawings[path] for path in sorted(self._drawings.keys() - self._remains.files.keys()))
        library = self._planned.issues.library if self._planned.issues else None
        return tuple(filled(drawing, library) for drawing in missing) if library else ()

    def draw(self) -> None:
        """Have the missing drawings made."""
        ordered = self.ordered
        if not ordered:
            return
        drawn = draw(ordered, Cache(self._root))
        self._told += drawn.diagnostics
        for artifact in drawn.artifacts:
            self._held.put(artifact)
            self._drawn.add(artifact.path)

    # -- index -----------------------------------------------------------------------------------------

    def _documents(self) -> dict[str, str]:
        """What is searched: the digest of each document, by its file."""
        lefts = (self._left[quire.name] for quire in self._planned.quires if quire.name in self._left)
        return {name: digest for left in lefts for name, digest in left.documents}

    def _begin_index(self) -> None:
        """Have Pagefind begin as soon as its documents are there, if they are not those of the last build."""
        documents = self._documents()
        if self._indexing or not documents or self._stopped:
            return
        text = "\0".join(f"{name} {digest}" for name, digest in sorted(documents.items()))
        fingerprint = hashlib.sha256(f"{search.version_of()} {text}".encode()).hexdigest()
        there = self._remains.quires.get(_INDEX)
        if there and there.fingerprint == fingerprint:
            self._left[_INDEX] = self._standing[_INDEX] = there
        elif _INDEX not in self._left:
            self._shelf.leave_only(documents.keys())
            self._left[_INDEX] = Left(fingerprint, ())
            self._indexing = self._stack.enter_context(Indexing(self._shelf, documents))

    def index(self) -> None:
        """Put down the index that a search asks, once Pagefind has made it.

        Raises:
            SearchError: Pagefind could not be run, or failed.
        """
        if self._indexing is None:
            return
        paths = []
        for artifact in self._indexing.artifacts():
            self._held.put(artifact)
            paths.append(artifact.path)
        self._left[_INDEX] = replace(self._left[_INDEX], files=tuple(paths))

    # -- settle ----------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many files the build has."""
        return sum(len(left.files) for left in self._left.values()) + len(self._all_drawings())

    def _all_drawings(self) -> set[str]:
        return {path for left in self._left.values() for path in left.drawings}

    def settle(self, key: str, span: Span, report: Callable[[Written], Mapping[str, Any]]) -> Mapping[str, Any]:
        """Move everything to its place, and remember it with the report on it, which is given back.

        Raises:
            OutputError: two files have one place, or the disk fails.
        """
        drawings = self._all_drawings()
        kept = {path for left in self._standing.values() for path in left.files} | (drawings - self._drawn)
        self._held.keep(kept)
        told = report(self._held.settle())
        paths = {path for left in self._left.values() for path in left.files} | drawings
        whole = {path: self._remains.files[path] for path in kept}
        names = {quire: left.documents for quire, left in self._left.items()}
        there = {name for quire in self._standing for name, _ in names[quire]}
        shelved = [name for documents in names.values() for name, _ in documents]
        files = standing.states(self._out, (MANIFEST, *sorted(paths)), whole)
        known = {name: self._remains.documents[name] for name in there}
        documents = standing.states(self._shelf.folder, shelved, known)
        if files is not None and documents is not None:
            standing.remember(self._root, self._out, (key, span, told, files), self._left, documents)
        return told


def _shelf_of(root: Path, out: Path) -> Path | None:
    """Where the documents of a build in ``out`` stay from one build to the next, if they can."""
    folder = HiddenFolder(root, _SHELF)
    if not folder.is_ours:
        return None
    with suppress(OSError):
        folder.make()
        shelf = folder.path / standing.name_of(out)
        if not shelf.is_symlink():
            shelf.mkdir(exist_ok=True)
            return shelf
    return None


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()
