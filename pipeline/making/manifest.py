"""What an output folder knows of earlier builds: the list of their files, and the lock of a running one.

The list is the one thing that tells our files from other people's. It is replaced in one step, reaches the
disk before any file that it names, and is sorted, so that two builds of the same sources are the same bytes.
"""

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import OutputError

MANIFEST = ".partwork-manifest.json"
LOCK = ".partwork-lock"
STAGING = ".partwork-new"
OWN_PREFIX = ".partwork-"

_VERSION = 1
_POLL_SECONDS = 0.05


def is_clean_path(path: str) -> bool:
    """Whether a path with ``/`` stays inside the folder it is joined to, on every system."""
    return (
        all(name not in ("", ".", "..") for name in path.split("/"))
        and not any(character in path for character in "\\\0")
        and not path.startswith(OWN_PREFIX)
        and not (os.name == "nt" and ":" in path)
    )


def read_manifest(out: Path) -> frozenset[str]:
    """The paths that earlier builds wrote, or may have been about to write; none without a manifest.

    Raises:
        OutputError: there is a manifest and it is not ours, so nothing can be told apart any more.
    """
    path = out / MANIFEST
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return frozenset()
    try:
        content = json.loads(data)
        files = content["files"]
        sound = content["version"] == _VERSION and isinstance(files, list)
    except (ValueError, TypeError, KeyError):
        sound, files = False, []
    if not sound or not all(isinstance(file, str) and is_clean_path(file) for file in files):
        raise OutputError(
            f"{path} cannot be understood, so files of earlier builds cannot be told from other files. "
            f"Delete {out} (or move what is yours out of it) and build again."
        )
    return frozenset(files)


def write_manifest(out: Path, files: Iterable[str]) -> None:
    """Replace the manifest in one step. It is on the disk when this returns, power cut or not."""
    text = json.dumps({"version": _VERSION, "files": sorted(files)}, ensure_ascii=False, indent=0)
    temporary = out / STAGING / MANIFEST
    temporary.parent.mkdir(exist_ok=True)
    with temporary.open("wb") as file:
        file.write(text.encode("utf-8") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(out / MANIFEST)


@contextmanager
def locked(out: Path, patience: float) -> Iterator[None]:
    """Hold the output folder alone; wait for another build at most ``patience`` seconds.

    The system lets go of the lock when its process ends, however it ends. The file goes with the lock: who
    then holds a deleted file finds that out and tries again.

    Raises:
        OutputError: another build is still writing.
    """
    path = out / LOCK
    until = time.monotonic() + patience
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            if _take(descriptor) and _is_at(descriptor, path):
                break
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if time.monotonic() > until:
            raise OutputError(f"Another build is writing to {out}. Wait for it, or choose another --out.")
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        if os.name != "nt":  # where an open file cannot be deleted, it stays, empty
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
