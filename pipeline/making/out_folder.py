"""The output folder: whether it may be written to, which paths fit into it, and what stands in it already."""

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from pipeline.edition import Artifact
from pipeline.errors import OutputError
from pipeline.making.cache import FOLDER
from pipeline.making.manifest import is_clean_path

# Plain descriptors: with thousands of small files, Python's file objects cost as much as the files.
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def refuse_unsafe(out: Path, root: Path) -> Path:
    """The output folder with links resolved, when nothing precious is in the way of a build there.

    Raises:
        OutputError: it is ``/``, the home folder or above it, above the current folder, the publication's
            own folder or above it, among its sources, in its cache, another publication, or a file.
    """
    given, out, root = out, Path(os.path.realpath(out)), Path(os.path.realpath(root))
    here = Path(os.path.realpath(Path.cwd()))
    sources = (root / "series", root / "templates", root / ".git")
    kept = root / FOLDER
    if out.parent == out:
        reason = "the root of the disk"
    elif (home := _home()) and _holds(out, home):
        reason = "your home folder, or above it"
    elif _holds(out, root):
        reason = "the publication's own folder, or above it"
    elif any(_holds(out, folder) for folder in here.parents):
        reason = "above the current folder"
    elif any(_holds(folder, out) for folder in sources):
        reason = "among the publication's sources"
    elif _holds(kept, out):
        reason = "where partwork keeps what may be deleted at any time"
    elif os.path.lexists(out / "partwork.toml"):
        reason = "the folder of another publication"
    elif os.path.exists(out) and not os.path.isdir(out):  # noqa: PTH110, PTH112 - these never raise
        reason = "a file"
    else:
        return out
    raise OutputError(f"Will not write to {given}: it is {reason}. Choose another --out, such as `build`.")


def _home() -> Path | None:
    try:
        return Path(os.path.realpath(Path.home()))
    except RuntimeError:  # no HOME and no entry for this user, as in some containers
        return None


def _holds(folder: Path, inner: Path) -> bool:
    """Whether ``inner`` is ``folder`` or inside it; by identity too, for disks that ignore case."""
    if inner == folder or folder in inner.parents:
        return True
    try:
        status = folder.stat()
    except OSError:
        return False
    return any(_is_same(path, status) for path in (inner, *inner.parents))


def _is_same(path: Path, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), status)
    except OSError:
        return False


def by_path(artifacts: Iterable[Artifact]) -> dict[str, bytes]:
    """Artifacts by path, sorted; refused when they could not live in one folder on every system."""
    found: dict[str, bytes] = {}
    for artifact in artifacts:
        if not is_clean_path(artifact.path):
            raise OutputError(f"{artifact.path!r} cannot be the path of a file to write.")
        if artifact.path in found:
            raise _twice(artifact.path)
        found[artifact.path] = artifact.data
    places_of(found, strict=True)
    return dict(sorted(found.items()))


def once_each(paths: Iterable[str]) -> frozenset[str]:
    """Paths as a set; refused when one is there twice, or two could not live in one folder on every system."""
    found: set[str] = set()
    for path in paths:
        if path in found:
            raise _twice(path)
        found.add(path)
    places_of(sorted(found), strict=True)
    return frozenset(found)


def _twice(path: str) -> OutputError:
    return OutputError(f"Two different files would be written to {path}.")


def places_of(paths: Iterable[str], *, strict: bool = False) -> dict[str, tuple[str, bool]]:
    """Each path and each folder above it, by a key that ignores case and Unicode form: the name, and if a file.

    Raises:
        OutputError: when strict, two of them would be one place on a Mac or on Windows.
    """
    places: dict[str, tuple[str, bool]] = {}
    folders: set[str] = set()
    for path in paths:
        _place(path, places, is_file=True, strict=strict)
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            _place(folder, places, is_file=False, strict=strict)
            folder = folder.rpartition("/")[0]
    return places


def _place(place: str, places: dict[str, tuple[str, bool]], *, is_file: bool, strict: bool) -> None:
    known = places.setdefault(place_key(place), (place, is_file))
    if strict and known != (place, is_file):
        raise OutputError(
            f"{known[0]} and {place} cannot both be written: they are one place, at least on a Mac and on Windows."
        )


def prefixes(path: str) -> Iterator[str]:
    """Each folder above a path, from the top, and the path itself."""
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)
    yield path


def place_key(place: str) -> str:
    """What two names share when a disk that ignores case and Unicode form takes them for one."""
    return place.lower() if place.isascii() else unicodedata.normalize("NFC", place).casefold()


# --- what stands in the output folder -----------------------------------------------------------------------


class Stands(Enum):
    """What stands where a folder is wanted, or above it. No link is ever a folder."""

    FOLDER = 1
    NOTHING = 2
    OBSTACLE = 3


@dataclass(slots=True)
class Folders:
    """What is known of the folders under the output folder; each is looked at once."""

    out: Path
    known: dict[str, tuple[Stands, str]] = field(default_factory=lambda: {"": (Stands.FOLDER, "")})

    def look(self, folder: str) -> tuple[Stands, str]:
        """What stands there and, when it is an obstacle, its path."""
        known = self.known.get(folder)
        if known is None:
            known = self.look(folder.rpartition("/")[0])
            if known[0] is Stands.FOLDER:
                status = status_of(self.out / folder)
                if status is None:
                    known = (Stands.NOTHING, "")
                elif not stat.S_ISDIR(status.st_mode):
                    known = (Stands.OBSTACLE, folder)
            self.known[folder] = known
        return known

    def is_folder(self, folder: str) -> bool:
        """Whether it is a folder, with nothing but folders above it."""
        return self.look(folder)[0] is Stands.FOLDER


def is_all_ours(out: Path, folder: str, old: AbstractSet[str]) -> bool:
    """Whether a folder that must become a file holds only files of earlier builds."""
    for base, inner, files in os.walk(out / folder):
        place = Path(base).relative_to(out).as_posix()
        links = [name for name in inner if (Path(base) / name).is_symlink()]
        if links or any(f"{place}/{name}" not in old for name in files):
            return False
        if not any(path.startswith(f"{place}/") for path in old):
            return False
    return True


def read_at_most(path: str, size: int) -> bytes:
    """At most so many bytes of a file; never through a link."""
    descriptor = os.open(path, _READ)
    try:
        return os.read(descriptor, size)
    finally:
        os.close(descriptor)


def status_of(path: Path | str) -> os.stat_result | None:
    """What stands at a path, links not followed; none when nothing does."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_regular(path: Path) -> bool:
    """Whether a regular file, and no link to one, stands there."""
    status = status_of(path)
    return status is not None and stat.S_ISREG(status.st_mode)
