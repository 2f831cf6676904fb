"""A publication in a string: `-- path --` begins a file, and `-- expected --` what partwork says of it.

Each case is laid over `base.txt`, a small publication without a fault. Besides files there are

    -- path (removed) --         takes a file of the base away
    -- path (png 40x30) --       a picture of that size
    -- path (bytes) --           Python's escapes for bytes: \\xff, \\x00, \\r
    -- path (5000 times) --      the last line so many times
    -- path (link) --            a symbolic link to what follows
    -- as of 2026-11-20 --       the day on which the publication is built (2026-11-20 when there is none)
"""

import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from pipeline.model import Sources
from pipeline.read import read_sources, read_theme

HERE = Path(__file__).parent
HEADER = re.compile(r"^-- (.+?)(?: \((removed|bytes|link|\d+ times|png \d+x\d+)\))? --$", re.MULTILINE)
AS_OF = date(2026, 11, 20)


@dataclass(frozen=True)
class Case:
    """A publication's files and links, the day it is built, and what should be said of it."""

    files: dict[str, bytes]
    links: dict[str, str]
    as_of: date
    expected: str


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def read_case(path: Path) -> Case:
    """A case, laid over the base."""
    files = {} if path.name == "base.txt" else dict(read_case(HERE / "base.txt").files)
    links: dict[str, str] = {}
    as_of, expected = AS_OF, ""
    _, *pieces = HEADER.split(path.read_text(encoding="utf-8"))
    for name, how, following in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        text = following.removeprefix("\n")
        if name == "expected":
            expected = text.strip("\n")
        elif name.startswith("as of "):
            as_of = date.fromisoformat(name.removeprefix("as of "))
        elif how == "removed":
            del files[name]
        elif how == "bytes":
            files[name] = text.strip("\n").encode().decode("unicode_escape").encode("latin-1")
        elif how == "link":
            links[name] = text.strip()
        elif how and how.endswith(" times"):
            *first, last = text.rstrip("\n").split("\n")
            files[name] = "\n".join([*first, *[last] * int(how.removesuffix(" times"))]).encode() + b"\n"
        elif how:
            width, height = how.removeprefix("png ").split("x")
            files[name] = png(int(width), int(height))
        else:
            files[name] = text.rstrip("\n").encode() + b"\n"
    return Case(files, links, as_of, expected)


@cache
def theme() -> Mapping[str, bytes]:
    """The built-in templates."""
    return read_theme()


@pytest.fixture
def sources(tmp_path: Path) -> Callable[[Case], Sources]:
    """What a build reads: by way of the disk when there are links."""

    def read(case: Case) -> Sources:
        if not case.links:
            return Sources(case.files, theme())
        root = tmp_path / "publication"
        for path, data in case.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        for path, target in case.links.items():
            (root / path).symlink_to(target)
        return read_sources(root)

    return read


@pytest.fixture
def base() -> dict[str, bytes]:
    """The files of the publication without a fault."""
    return dict(read_case(HERE / "base.txt").files)


@pytest.fixture
def case() -> Callable[[str], Case]:
    """Reads a case by its file's name."""
    return lambda name: read_case(HERE / name)
