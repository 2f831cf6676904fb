"""What every build stands on beside its files: the program, Python, and the libraries, as one digest."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline import __version__

_LIBRARIES = ("site-packages", "dist-packages")


def ground() -> str:
    """A digest of what every build is made from beside its files: the program, and what it stands on."""
    digest = hashlib.sha256(f"{__version__} {sys.version}".encode())
    for part in (*_program(), *_libraries()):
        digest.update(part.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _program() -> Iterator[str]:
    """Each file of the program, by size and time: a checkout changes without a change of version."""
    top = Path(__file__).parents[1]
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
