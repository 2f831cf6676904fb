"""What stands in an output folder: which build made it, and whether it is still whole.

A build is made from the publication's files, the program, and a moment. When none of them has changed since the
last one, and no file that it wrote has been touched, there is nothing to build. When some have, those quires
(``pipeline.quire``) still stand whose fingerprints are the same and whose files are as they were left. The record
of all that is kept in ``.partwork/``, may be deleted at any time, and what is not believed is built anew.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.errors import Diagnostic, Location, Severity
from pipeline.lasting import Span
from pipeline.making.cache import HiddenFolder
from pipeline.making.ground import ground
from pipeline.making.manifest import MANIFEST, STAGING
from pipeline.model import Sources

_INSIDE = "built"
_QUIRES = ".quires"

Files = Mapping[str, list[int]]  # by path: what changes when one does


@dataclass(frozen=True, slots=True)
class Standing:
    """A build that was put down: what it was made from, for which moments it is right, and what it said.

    ``digest`` is that of its record.
    """

    key: str
    span: Span
    report: Mapping[str, Any]
    files: Files
    digest: str

    def is_whole(self, out: Path) -> bool:
        """Whether every file that was written is as it was left."""
        if os.path.lexists(out / STAGING):
            return False
        return all(_state(f"{out}/{path}") == left for path, left in self.files.items())


@dataclass(frozen=True, slots=True)
class Left:
    """What a quire has left: its files and drawings by path, its documents for the search, and what it told.

    Documents are files of the search's own folder, each with the digest of its bytes.
    """

    fingerprint: str
    files: tuple[str, ...]
    drawings: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
    told: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Remains:
    """What there is of the last build: its quires by name, and its files, as they were left."""

    quires: Mapping[str, Left]
    files: Files
    documents: Files


NOTHING = Remains({}, {}, {})


def key_of(sources: Sources, *flags: bool) -> str:
    """A digest of everything that a build is made from, but for the moment."""
    digest = hashlib.sha256(f"{ground()} {flags} {sources.refused}".encode("utf-8", "surrogatepass"))
    for files in (sources.files, sources.theme):
        for path, data in files.items():
            digest.update(f"\0{path}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def recall(root: Path, out: Path) -> Standing | None:
    """What was last put down in a folder, as far as it was remembered."""
    kept = HiddenFolder(root, _INSIDE).get(name_of(out)) or b""
    try:
        data = json.loads(kept)
        span = Span(*map(datetime.fromisoformat, data["span"]))
        return Standing(data["key"], span, data["report"], data["files"], hashlib.sha256(kept).hexdigest())
    except (ValueError, TypeError, KeyError):  # nothing, or what another version wrote
        return None


def recall_quires(root: Path, out: Path, shelf: Path) -> Remains:
    """What there is of the last build in a folder that is held: nothing that has been touched since.

    ``shelf`` is where the search's documents are.
    """
    standing = recall(root, out)
    if standing is None or _state(f"{out}/{MANIFEST}") != standing.files.get(MANIFEST):
        return NOTHING
    try:
        data = json.loads(HiddenFolder(root, _INSIDE).get(name_of(out) + _QUIRES) or b"")
        if data["of"] != standing.digest:
            return NOTHING
        quires = {name: _left(each) for name, each in data["quires"].items()}
        documents = data["documents"]
    except (ValueError, TypeError, KeyError, AttributeError):
        return NOTHING
    files = {path: left for path, left in standing.files.items() if _state(f"{out}/{path}") == left}
    whole = {path: left for path, left in documents.items() if _state(f"{shelf}/{path}") == left}
    return Remains({name: left for name, left in quires.items() if _is_there(left, files, whole)}, files, whole)


def _is_there(left: Left, files: Files, documents: Files) -> bool:
    return (
        all(path in files for path in left.files)
        and all(path in files for path in left.drawings)
        and all(path in documents for path, _ in left.documents)
    )


def states(folder: Path, paths: Iterable[str], known: Files) -> dict[str, list[int]] | None:
    """How files are now; those that are ``known`` are as they were. None when one is not there."""
    found = {path: known.get(path) or _state(f"{folder}/{path}") for path in paths}
    return None if None in found.values() else {path: state for path, state in found.items() if state}


def remember(
    root: Path,
    out: Path,
    standing: tuple[str, Span, Mapping[str, Any], Files],
    quires: Mapping[str, Left],
    documents: Files,
) -> None:
    """Write down what has just been put down. Where that cannot be, the next build is made in full."""
    key, span, report, files = standing
    moments = [span.since.isoformat(), span.until.isoformat()]
    data = json.dumps({"key": key, "span": moments, "report": report, "files": files}).encode()
    of = hashlib.sha256(data).hexdigest()
    lefts = {name: _as_data(left) for name, left in quires.items()}
    folder = HiddenFolder(root, _INSIDE)
    # First what says to which record it belongs: cut off in between, neither is believed.
    folder.put(name_of(out) + _QUIRES, json.dumps({"of": of, "quires": lefts, "documents": documents}).encode())
    folder.put(name_of(out), data)


def _as_data(left: Left) -> list[Any]:
    told = [
        [*astuple(each.location), each.code, each.severity.value, each.message, each.hint] for each in left.told
    ]
    return [left.fingerprint, left.files, left.drawings, left.documents, told]


def _left(data: list[Any]) -> Left:
    fingerprint, files, drawings, documents, told = data
    return Left(
        fingerprint,
        tuple(files),
        tuple(drawings),
        tuple((path, digest) for path, digest in documents),
        tuple(
            Diagnostic(Location(path, line, column), code, Severity(severity), message, hint)
            for path, line, column, code, severity, message, hint in told
        ),
    )


def name_of(out: Path) -> str:
    """What is remembered of an output folder goes by this name."""
    return hashlib.sha256(str(out.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _state(path: str) -> list[int] | None:
    """What changes when a file does: the time of its last change of any kind cannot be set by hand."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
