"""The search index: Pagefind's program over what a build wants searched, and what it made as artifacts.

Pagefind is a program of its own, so this stands in the shell: it writes the documents into a temporary folder,
runs the program there and reads its files back. They are then put down like all others, so stale ones go with the
next build. Pagefind's own interfaces are left out, as the search page has one: only what a search asks for is
deployed.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cache import Cache
from pipeline.edition import Artifact
from pipeline.errors import PartworkError

if TYPE_CHECKING:
    from pipeline.edition import SearchDocument

FOLDER = "site/pagefind/"
PATIENCE = 600.0  # seconds
_WANTED = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")
_WANTED_ENDINGS = (".pf_meta", ".pf_index", ".pf_fragment", ".pf_filter", ".pagefind")


class SearchError(PartworkError):
    """Pagefind could not be run, or failed."""


def is_installed() -> bool:
    """Whether the ``search`` extra is there."""
    return find_spec("pagefind_bin") is not None


def index_documents(documents: Iterable["SearchDocument"], cache: Cache | None = None) -> tuple[Artifact, ...]:
    """The index of some documents, under ``site/pagefind/``; none for none. The same in gives the same bytes.

    With a ``cache`` the same documents are indexed once: the program takes seconds for a thousand.

    Raises:
        SearchError: Pagefind could not be run, or failed.
    """
    documents = tuple(documents)
    if not documents:
        return ()
    key = _key_of(documents) if cache else ""
    kept = cache.get(key) if cache else None
    if kept is not None:
        return _unpacked(kept)
    made = _indexed(documents)
    if cache:
        cache.put(key, _packed(made))
    return made


def _key_of(documents: Iterable["SearchDocument"]) -> str:
    from importlib.metadata import version  # 10 ms, and no build that still stands asks for it

    digest = hashlib.sha256()
    for document in documents:
        digest.update(f"\0{document.path}\0{len(document.html)}\0".encode())
        digest.update(document.html)
    return f"search {version('pagefind_bin')} {digest.hexdigest()}"


def _packed(made: tuple[Artifact, ...]) -> bytes:
    """Files one after another, behind a line of JSON with their paths and sizes."""
    head = json.dumps([[artifact.path, len(artifact.data)] for artifact in made])
    return b"\n".join([head.encode(), b"".join(artifact.data for artifact in made)])


def _unpacked(kept: bytes) -> tuple[Artifact, ...]:
    head, _, rest = kept.partition(b"\n")
    made, start = [], 0
    for path, size in json.loads(head):
        made.append(Artifact(path, rest[start : start + size]))
        start += size
    return tuple(made)


def _indexed(documents: Iterable["SearchDocument"]) -> tuple[Artifact, ...]:
    with tempfile.TemporaryDirectory(prefix="partwork-search-") as scratch:
        source, made = Path(scratch) / "parts", Path(scratch) / "index"
        for document in documents:
            folder = source / document.path
            folder.mkdir(parents=True)
            (folder / "index.html").write_bytes(document.html)
        _run(source, made)
        return tuple(_artifacts(made))


def _run(source: Path, made: Path) -> None:
    import subprocess

    from pagefind_bin import get_executable

    command = [str(get_executable()), "--site", str(source), "--output-path", str(made), "--silent"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SearchError(f"Pagefind could not be run: {error}") from error
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise SearchError(f"Pagefind failed ({done.returncode}): {said}")


def _artifacts(made: Path) -> Iterator[Artifact]:
    for path in sorted(made.rglob("*")):
        if path.is_file() and (path.name in _WANTED or path.name.endswith(_WANTED_ENDINGS)):
            yield Artifact(FOLDER + path.relative_to(made).as_posix(), path.read_bytes())
