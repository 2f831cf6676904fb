"""What stands in an output folder: which build made it, and whether it is still whole.

A build is made from the publication's files, the program, and a moment. When none of them has changed since the
last one, and no file that it wrote has been touched, there is nothing to build. The record of that is kept in
``.partwork/``, may be deleted at any time, and is believed only in full: anything else is built anew.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.cache import HiddenFolder
from pipeline.lasting import Span
from pipeline.manifest import MANIFEST, STAGING
from pipeline.model import Sources

_INSIDE = "built"
_LIBRARIES = ("site-packages", "dist-packages")


@dataclass(frozen=True, slots=True)
class Standing:
    """A build that was put down: what it was made from, for which moments it is right, and what it said."""

    key: str
    span: Span
    report: Mapping[str, Any]
    files: Mapping[str, list[int]]

    def is_whole(self, out: Path) -> bool:
        """Whether every file that was written is as it was left."""
        if os.path.lexists(out / STAGING):
            return False
        return all(_fingerprint(f"{out}/{path}") == left for path, left in self.files.items())


def key_of(sources: Sources, *flags: bool) -> str:
    """A digest of everything that a build is made from, but for the moment."""
    digest = hashlib.sha256(repr((__version__, sys.version, flags, sources.refused)).encode())
    for part in (*_program(), *_libraries()):
        digest.update(part.encode())
    for files in (sources.files, sources.theme):
        for path, data in files.items():
            digest.update(f"\0{path}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def recall(root: Path, out: Path) -> Standing | None:
    """What was last put down in a folder, as far as it was remembered."""
    kept = HiddenFolder(root, _INSIDE).get(_name(out))
    try:
        data = json.loads(kept or b"")
        span = Span(*map(datetime.fromisoformat, data["span"]))
        return Standing(data["key"], span, data["report"], data["files"])
    except (ValueError, TypeError, KeyError):  # nothing, or what another version wrote
        return None


def remember(root: Path, out: Path, key: str, span: Span, report: Mapping[str, Any], paths: Iterable[str]) -> None:
    """Write down what has just been put down. Where that cannot be, the next build is made in full."""
    files = {path: _fingerprint(f"{out}/{path}") for path in (MANIFEST, *paths)}
    if None in files.values():
        return
    data = {
        "key": key,
        "span": [span.since.isoformat(), span.until.isoformat()],
        "report": report,
        "files": files,
    }
    HiddenFolder(root, _INSIDE).put(_name(out), json.dumps(data).encode())


def _name(out: Path) -> str:
    return hashlib.sha256(str(out.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _fingerprint(path: str) -> list[int] | None:
    """What changes when a file does: the time of its last change of any kind cannot be set by hand."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _program() -> Iterator[str]:
    """Each file of the program, by size and time: a checkout changes without a change of version."""
    top = Path(__file__).parent
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", "theme"))
        for name in sorted(names):
            status = os.stat(os.path.join(folder, name))  # noqa: PTH116, PTH118 - some hundred, at each start
            yield f"{folder}/{name} {status.st_size} {status.st_mtime_ns}"


def _libraries() -> Iterator[str]:
    """The folders that libraries are installed in, which change when one of them does."""
    for folder in sys.path:
        if folder.endswith(_LIBRARIES):
            with suppress(OSError):
                yield f"{folder} {os.stat(folder).st_mtime_ns}"  # noqa: PTH116


def program_key() -> bytes:
    """A digest of what runs: the program, Python, and the libraries."""
    running = (__version__, sys.version, *_program(), *sorted(set(_libraries())))
    return hashlib.sha256("\0".join(running).encode("utf-8", "surrogateescape")).digest()
