"""The disk, written: artifacts become files under an output folder, and stale files of earlier builds go.

Other people's files in that folder are never changed or removed, and a build that is cut off at any moment
leaves every page whole and every file accounted for. The order makes it so::

    1  lock         one build at a time in one folder
    2  put          each artifact as it is made: compared with what stands there; what changes is written, in
                    full, under .partwork-new/. Somebody else's file in the way, or a full disk, ends here, with
                    nothing touched
    3  promise      the manifest names the files of the old build and of the new one
    4  clear        remove stale files that stand where a folder must be, or the other way round
    5  move         put new files in place, then replace changed ones, each in one step (rename)
    6  remove       stale files, then the folders that they leave empty
    7  settle       the manifest names the files of the new build alone

Links work at every step, since what is new comes before what leads to it, and what is stale goes last. Cut off
in step 2, the next build throws the staged files away; cut off between 3 and 7, the manifest names too much,
never too little, and the next build puts it right.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.edition import Artifact
from pipeline.errors import OutputError
from pipeline.making.manifest import STAGING, is_clean_path, locked, read_manifest, write_manifest
from pipeline.making.move import move
from pipeline.making.out_folder import (
    Folders,
    Stands,
    by_path,
    is_all_ours,
    is_regular,
    once_each,
    place_key,
    places_of,
    prefixes,
    read_at_most,
    refuse_unsafe,
    status_of,
)

PATIENCE = 120.0  # seconds: another build, which holds the folder from its first file on, is over by then
# Plain descriptors: with thousands of small files, Python's file objects cost as much as the files.
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Written:
    """What writing did to the disk: paths under the output folder, sorted."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def write_artifacts(
    artifacts: Iterable[Artifact], out: Path, *, root: Path, patience: float = PATIENCE
) -> Written:
    """Make ``out`` hold exactly these artifacts and whatever in it is not ours.

    Only files whose bytes differ are written. ``root`` is the publication's, which ``out`` must keep away
    from. Another build in the same folder is waited for, at most ``patience`` seconds.

    Raises:
        OutputError: the folder is refused, holds somebody else's file in an artifact's place, or the disk fails.
    """
    new = by_path(artifacts)
    with OutFolder(out, root, patience=patience) as held:
        for path, data in new.items():
            held.put(Artifact(path, data))
        return held.settle()


class OutFolder:
    """An output folder, held alone while a build is put into it piece by piece; nothing moves before ``settle``.

    A process that is forked off may ``put`` as well; what it has ``taken`` is then ``added`` here.
    """

    def __init__(self, out: Path, root: Path, *, patience: float = PATIENCE) -> None:
        self._given, self._root, self._patience = out, root, patience
        self._held = ExitStack()
        self._changed: list[str] = []
        self._unchanged: list[str] = []
        self._kept: list[str] = []
        self._staged_folders: set[str] = set()

    def __enter__(self) -> Self:
        """Lock the folder.

        Raises:
            OutputError: the folder is refused, another build is still writing, or the disk fails.
        """
        self.folder = refuse_unsafe(self._given, self._root)
        with self._held, _worded(self.folder):
            is_new = not self.folder.exists()
            self.folder.mkdir(parents=True, exist_ok=True)
            if is_new:
                self._held.callback(_forget_empty, self.folder)
            self._held.enter_context(locked(self.folder, self._patience))
            sweep_staged(self.folder)
            self._old = read_manifest(self.folder)
            self._staging = self.folder / STAGING
            self._folders = Folders(self.folder)
            # On a disk that ignores case, an old file of another name would be taken for the new one.
            self._twins = {place_key(path): path for path in self._old}
            self._held = self._held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Throw away what was staged, and let go of the folder."""
        with self._held, _worded(self.folder):
            sweep_staged(self.folder)

    def put(self, artifact: Artifact) -> None:
        """Have an artifact ready to be moved to its place, unless it is there already.

        Raises:
            OutputError: its path is none, somebody else's file is in the way, or the disk fails.
        """
        path = artifact.path
        if not is_clean_path(path):
            raise OutputError(f"{path!r} cannot be the path of a file to write.")
        with _worded(self.folder):
            twin = self._twins.get(place_key(path), path)
            if _is_there(path, artifact.data, self._old, self._folders, "" if twin == path else twin):
                self._unchanged.append(path)
                return
            folder = path.rpartition("/")[0]
            if folder not in self._staged_folders:
                (self._staging / folder).mkdir(parents=True, exist_ok=True)
                self._staged_folders.add(folder)
            _create(f"{self._staging}/{path}", artifact.data)
            self._changed.append(path)

    def keep(self, paths: Iterable[str]) -> None:
        """Leave files of the last build as they are: they are this build's, too."""
        self._kept.extend(paths)

    def taken(self) -> tuple[list[str], list[str]]:
        """The paths that this process has put since it was last asked, changed and unchanged."""
        taken = self._changed, self._unchanged
        self._changed, self._unchanged = [], []
        return taken

    def added(self, taken: tuple[list[str], list[str]]) -> None:
        """Take over what another process has put."""
        self._changed += taken[0]
        self._unchanged += taken[1]

    def settle(self) -> Written:
        """The last step: everything goes to its place, and what is stale goes.

        Raises:
            OutputError: two artifacts have one place, or the disk fails.
        """
        new = once_each((*self._changed, *self._unchanged, *self._kept))
        with _worded(self.folder):
            return self._settled(new)

    def _settled(self, new: AbstractSet[str]) -> Written:
        old = self._old
        unchanged = tuple(sorted((*self._unchanged, *self._kept)))
        if not self._changed and old == new:
            return Written((), unchanged, ())
        in_the_way, stale = _gone(new, old)
        if not new <= old:
            write_manifest(self.folder, old | new)
        removed = _remove(in_the_way, self.folder)
        if self._changed:
            move(self._staging, self.folder)
        removed += _remove(stale, self.folder)
        if not old <= new:
            write_manifest(self.folder, new)
        return Written(tuple(sorted(self._changed)), unchanged, tuple(sorted(removed)))


@contextmanager
def _worded(out: Path) -> Iterator[None]:
    """What the disk refuses, as ours."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"Cannot write {error.filename or out}: {error.strerror or error}") from error


def _forget_empty(folder: Path) -> None:
    with suppress(OSError):  # something is in it: what was built
        folder.rmdir()


def sweep_staged(out: Path) -> None:
    """Throw away what was staged: by this build, or by one that was cut off."""
    if os.path.lexists(out / STAGING):
        shutil.rmtree(out / STAGING)


# --- 2: put -----------------------------------------------------------------------------------------------


def _is_there(path: str, data: bytes, old: AbstractSet[str], folders: Folders, twin: str) -> bool:
    """Whether a file has these bytes already. ``twin`` is an old path that differs in case alone.

    Raises:
        OutputError: what stands there, or in its folder's place, is not ours.
    """
    stands, obstacle = folders.look(path.rpartition("/")[0])
    if stands is not Stands.FOLDER:
        if stands is Stands.OBSTACLE and not (obstacle in old and is_regular(folders.out / obstacle)):
            raise _foreign(folders.out, obstacle)
        return False
    target = f"{folders.out}/{path}"
    status = status_of(target)
    if status is None or (stat.S_ISDIR(status.st_mode) and is_all_ours(folders.out, path, old)):
        return False
    if not stat.S_ISREG(status.st_mode):
        raise _foreign(folders.out, path)
    other_case = status_of(folders.out / twin) if twin else None
    if other_case is not None and os.path.samestat(status, other_case):
        return False
    if status.st_size == len(data) and read_at_most(target, len(data)) == data:
        return True
    if path not in old:
        raise _foreign(folders.out, path)
    return False


def _foreign(out: Path, path: str) -> OutputError:
    return OutputError(
        f"{out / path} is in the way, and no earlier build wrote it. "
        "Move it elsewhere, or choose another --out; nothing was changed."
    )


def _create(path: str, data: bytes) -> None:
    descriptor = os.open(path, _CREATE, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


# --- 4 and 6: remove --------------------------------------------------------------------------------------


def _gone(new: AbstractSet[str], old: AbstractSet[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is stale: first what stands where a folder must be, or under what becomes a file; then the rest."""
    gone = sorted(old - new)
    places = places_of(new) if gone else {}
    in_the_way = tuple(
        path
        for path in gone
        if any(places.get(place_key(p), (p, p == path)) != (p, p == path) for p in prefixes(path))
    )
    return in_the_way, tuple(sorted(set(gone).difference(in_the_way)))


def _remove(paths: Sequence[str], out: Path) -> list[str]:
    """Remove regular files at these paths, and the folders that this leaves empty. Gives what was there."""
    folders = Folders(out)
    removed = []
    for path in paths:
        if folders.is_folder(path.rpartition("/")[0]) and is_regular(out / path):
            (out / path).unlink()
            removed.append(path)
    emptied = {place for path in paths for place in prefixes(path) if place != path}
    for folder in sorted(emptied, key=lambda place: (-place.count("/"), place)):
        if folders.is_folder(folder):
            with suppress(OSError):  # it is not empty, or a mounted volume
                (out / folder).rmdir()
    return removed
