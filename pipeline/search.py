"""The search index: Pagefind's program over what a build wants searched, and what it made as artifacts.

Pagefind is a program of its own, so this stands in the shell: the documents are written into a folder, the program
runs there while the build goes on, and its files are read back. They are then put down like all others, so stale
ones go with the next build. Pagefind's own interfaces are left out, as the search page has one: only what a search
asks for is deployed.
"""

import tempfile
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from pipeline.edition import Artifact, SearchDocument
from pipeline.errors import PartworkError

FOLDER = "site/pagefind/"
PATIENCE = 600.0  # seconds
_FILE = "index.html"
_WANTED = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")
_WANTED_ENDINGS = (".pf_meta", ".pf_index", ".pf_fragment", ".pf_filter", ".pagefind")


class SearchError(PartworkError):
    """Pagefind could not be run, or failed."""


def is_installed() -> bool:
    """Whether the ``search`` extra is there."""
    return find_spec("pagefind_bin") is not None


def version_of() -> str:
    """Which Pagefind is installed."""
    from importlib.metadata import version  # 10 ms, and no build that still stands asks for it

    return version("pagefind_bin")


def index_documents(documents: Iterable[SearchDocument]) -> tuple[Artifact, ...]:
    """The index of some documents, under ``site/pagefind/``; none for none. The same in gives the same bytes.

    Raises:
        SearchError: Pagefind could not be run, or failed.
    """
    documents = tuple(documents)
    if not documents:
        return ()
    with tempfile.TemporaryDirectory(prefix="partwork-search-") as scratch:
        shelf = Shelf(Path(scratch) / "parts")
        for document in documents:
            shelf.put(document)
        with Indexing(shelf, Path(scratch) / "index") as indexing:
            return tuple(indexing.artifacts())


class Shelf:
    """A folder with the documents that are searched, as Pagefind reads them. It may be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, document: SearchDocument) -> str:
        """Add a document, or put it in the other's place; gives its file's path in the folder.

        Raises:
            SearchError: it cannot be written.
        """
        name = f"{document.path}{_FILE}"
        try:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(document.html)
        except OSError as error:
            raise SearchError(
                f"Cannot write {error.filename or self.folder}: {error.strerror or error}"
            ) from error
        return name

    def leave_only(self, names: AbstractSet[str]) -> None:
        """Remove what is none of these files."""
        for path in self.folder.rglob(_FILE):
            if path.relative_to(self.folder).as_posix() not in names:
                path.unlink()


class Indexing:
    """Pagefind, at work beside this process on what is on a shelf; ended with this, if it is not done by then."""

    def __init__(self, shelf: Shelf, made: Path) -> None:
        self._shelf = shelf
        self._made = made

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            SearchError: Pagefind could not be run.
        """
        import subprocess

        from pagefind_bin import get_executable

        source, made = str(self._shelf.folder), str(self._made)
        command = [str(get_executable()), "--site", source, "--output-path", made, "--silent"]
        try:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
        except OSError as error:
            raise SearchError(f"Pagefind could not be run: {error}") from error
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def artifacts(self) -> Iterator[Artifact]:
        """The index, as soon as it is made.

        Raises:
            SearchError: Pagefind failed, or took too long.
        """
        from subprocess import TimeoutExpired

        try:
            said = self._process.communicate(timeout=PATIENCE)[0]
        except TimeoutExpired as error:
            raise SearchError(f"Pagefind could not be run: {error}") from error
        if self._process.returncode:
            raise SearchError(f"Pagefind failed ({self._process.returncode}): {' '.join(said.split())}")
        yield from _artifacts(self._made)


def _artifacts(made: Path) -> Iterator[Artifact]:
    for path in sorted(made.rglob("*")):
        if path.is_file() and (path.name in _WANTED or path.name.endswith(_WANTED_ENDINGS)):
            yield Artifact(FOLDER + path.relative_to(made).as_posix(), path.read_bytes())
