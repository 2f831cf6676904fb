"""Whole publications in, whole trees out. `make golden` accepts what is; a person reads the difference."""

import os
import struct
import zlib
from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.model import Sources
from tests.projects import files, theme

HERE = Path(__file__).parent
CASES = {"every-feature": datetime(2026, 11, 18, 12, 0)}  # noqa: DTZ001 - wall-clock time, as an author writes it


def dot() -> bytes:
    """A PNG of four brown points, made here so that the publication stays one text file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\x00" + b"\x8a\x3b\x12" * 2 for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pieces = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 0)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


def built(name: str, as_of: date | datetime) -> dict[str, bytes]:
    text = (HERE / "publications" / f"{name}.txt").read_text()
    made = build(Sources({**files(text), "series/bread/images/dot.png": dot()}, theme()), as_of)

    assert [str(diagnostic) for diagnostic in made.diagnostics if diagnostic.is_error] == []
    return {artifact.path: artifact.data for artifact in made.artifacts}


@pytest.mark.parametrize("name", CASES)
def test_a_publication_comes_out_as_it_was_accepted(name: str) -> None:
    expected = HERE / "expected" / name
    made = built(name, CASES[name])
    if os.environ.get("UPDATE_GOLDEN"):
        accept(made, expected)
    there = {path.relative_to(expected).as_posix(): path for path in expected.rglob("*") if path.is_file()}

    assert sorted(made) == sorted(there)
    changed = [path for path, data in made.items() if there[path].read_bytes() != data]
    for path in changed[:1]:
        assert made[path].decode(errors="replace") == there[path].read_bytes().decode(errors="replace")
    assert changed == []


def accept(made: dict[str, bytes], expected: Path) -> None:
    for path in sorted(expected.rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
        else:
            path.rmdir()
    for path, data in made.items():
        target = expected / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
