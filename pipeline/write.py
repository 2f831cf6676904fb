"""The disk, written: artifacts become files under an output folder, and stale files of earlier builds go.

Other people's files in that folder are never changed or removed, and a build that is cut off at any moment
leaves every page whole and every file accounted for. The order makes it so::

    1  lock         one build at a time in one folder
    2  compare      find what changes; refuse, with nothing touched, when somebody else's file is in the way
    3  stage        write all that changes, in full, under .partwork-new/ (a full disk ends here: nothing touched)
    4  promise      the manifest names the files of the old build and of the new one
    5  clear        remove stale files that stand where a folder must be, or the other way round
    6  move         put new files in place, then replace changed ones, each in one step (rename)
    7  remove       stale files, then the folders that they leave empty
    8  settle       the manifest names the files of the new build alone

Links work at every step, since what is new comes before what leads to it, and what is stale goes last. Cut off
in step 3, the next build throws the staged files away; cut off between 4 and 8, the manifest names too much,
never too little, and the next build puts it right.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.edition import Artifact
from pipeline.errors import OutputError
from pipeline.manifest import STAGING, locked, read_manifest, write_manifest
from pipeline.out_folder import (
    Folders,
    Stands,
    by_path,
    is_all_ours,
    is_regular,
    place_key,
    places_of,
    prefixes,
    read_at_most,
    refuse_unsafe,
    status_of,
)

_MANY = 64  # from so many files on, threads are worth their start
_THREADS = 4
# Plain descriptors: with thousands of small files, Python's file objects cost as much as the files.
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Written:
    """What writing did to the disk: paths under the output folder, sorted."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def write_artifacts(artifacts: Iterable[Artifact], out: Path, *, root: Path, patience: float = 30.0) -> Written:
    """Make ``out`` hold exactly these artifacts and whatever in it is not ours.

    Only files whose bytes differ are written. ``root`` is the publication's, which ``out`` must keep away
    from. Another build in the same folder is waited for, at most ``patience`` seconds.

    Raises:
        OutputError: the folder is refused, holds somebody else's file in an artifact's place, or the disk fails.
    """
    new = by_path(artifacts)
    out = refuse_unsafe(out, root)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with locked(out, patience):
            return _write(new, out)
    except OSError as error:
        raise OutputError(f"Cannot write {error.filename or out}: {error.strerror or error}") from error


def _write(new: Mapping[str, bytes], out: Path) -> Written:
    """The steps from 2 on, with the lock held."""
    _sweep(out)
    old = read_manifest(out)
    plan = _compare(new, old, out)
    if not plan.changed and old == new.keys():
        return Written((), plan.unchanged, ())
    try:
        _stage({path: new[path] for path in plan.changed}, out / STAGING)
        if not new.keys() <= old:
            write_manifest(out, old | new.keys())
        removed = _remove(plan.in_the_way, out)
        _move(out / STAGING, out)
        removed += _remove(plan.stale, out)
        if not old <= new.keys():
            write_manifest(out, new)
    finally:
        _sweep(out)
    return Written(plan.changed, plan.unchanged, tuple(sorted(removed)))


def _sweep(out: Path) -> None:
    """Throw away what was staged: by this build, or by one that was cut off."""
    if os.path.lexists(out / STAGING):
        shutil.rmtree(out / STAGING)


# --- 2: compare -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    in_the_way: tuple[str, ...]  # stale, and where a folder must be, or under what becomes a file
    stale: tuple[str, ...]  # the other stale ones


def _compare(new: Mapping[str, bytes], old: AbstractSet[str], out: Path) -> _Plan:
    """Find what must be written and what must go, and that nothing of anybody else's is in the way."""
    gone = sorted(old - new.keys())
    places = places_of(new) if gone else {}
    in_the_way = tuple(
        path
        for path in gone
        if any(places.get(place_key(p), (p, p == path)) != (p, p == path) for p in prefixes(path))
    )
    twins = {place_key(path): path for path in in_the_way}
    folders = Folders(out)
    changed: list[str] = []
    unchanged: list[str] = []
    for path, data in new.items():
        same = _is_there(path, data, old, folders, twins.get(place_key(path), ""))
        (unchanged if same else changed).append(path)
    stale = set(gone).difference(in_the_way)
    return _Plan(tuple(changed), tuple(unchanged), in_the_way, tuple(sorted(stale)))


def _is_there(path: str, data: bytes, old: AbstractSet[str], folders: Folders, twin: str) -> bool:
    """Whether a file has these bytes already. ``twin`` is a stale path that differs in case alone.

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


# --- 3: stage ---------------------------------------------------------------------------------------------


def _stage(files: Mapping[str, bytes], staging: Path) -> None:
    """Write files in full under the staging folder. Modes are what the umask says, as for any new file."""
    staging.mkdir()
    for folder in sorted({path.rpartition("/")[0] for path in files}):
        (staging / folder).mkdir(parents=True, exist_ok=True)

    def put(paths: Sequence[str]) -> None:
        for path in paths:
            _create(f"{staging}/{path}", files[path])

    paths = list(files)
    if len(paths) < _MANY:
        put(paths)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(put, [paths[first::_THREADS] for first in range(_THREADS)]):
            pass


def _create(path: str, data: bytes) -> None:
    descriptor = os.open(path, _CREATE, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


# --- 5 and 7: remove --------------------------------------------------------------------------------------


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


# --- 6: move ----------------------------------------------------------------------------------------------


def _move(staging: Path, out: Path) -> None:
    """Move everything staged to its place: first what is new, whole folders at once, then what changes."""
    replacements: list[tuple[Path, Path]] = []
    _move_new(staging, out, replacements)
    for staged, target in replacements:
        _replace(staged, target)


def _move_new(staging: Path, target: Path, replacements: list[tuple[Path, Path]]) -> None:
    for staged in sorted(staging.iterdir()):
        place = target / staged.name
        status = status_of(place)
        if status is None:
            _replace(staged, place)
        elif staged.is_dir():
            _move_new(staged, place, replacements)
        else:
            replacements.append((staged, place))


def _replace(staged: Path, target: Path) -> None:
    try:
        staged.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _carry_over(staged, target)


def _carry_over(staged: Path, target: Path) -> None:
    """Move to another disk: a folder of the output may be a mounted volume."""
    if staged.is_dir():
        target.mkdir()
        for inner in sorted(staged.iterdir()):
            _carry_over(inner, target / inner.name)
        return
    beside = target.parent / f"{STAGING}-file"
    try:
        shutil.copyfile(staged, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
