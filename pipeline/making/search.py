"""The search index: Pagefind's program over what a build wants searched, and what it made as artifacts.

Pagefind is a program of its own, so this stands in the shell: the documents are written into a folder, the program
runs there while the build goes on, and its files are read back. They are then put down like all others, so stale
ones go with the next build. Pagefind's own interfaces are left out, as the search page has one: only what a search
asks for is deployed.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from typing import Any, Self

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


class Shelf:
    """A folder with the documents that are searched. It may be deleted at any time."""

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
    """Pagefind, at work beside this process on documents of a shelf; ended with this, if it is not done by then.

    It is given one document after another, by name, as its own Python package does it (``pagefind --service``:
    requests and answers are JSON in Base64, each with a comma behind it). Of a folder it would take them in the
    order in which the disk has them, and make another index of the same documents.
    """

    def __init__(self, shelf: Shelf, names: Iterable[str]) -> None:
        self._shelf = shelf
        self._names = sorted(names)
        self._made: list[Artifact] = []
        self._trouble = ""
        self._number = 0

    def __enter__(self) -> Self:
        """Begin.

        Raises:
            SearchError: Pagefind could not be run.
        """
        import subprocess
        from threading import Thread

        from pagefind_bin import get_executable

        command = [str(get_executable()), "--service"]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        except OSError as error:
            raise SearchError(f"Pagefind could not be run: {error}") from error
        self._thread = Thread(target=self._feed, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.kill()
        self._thread.join()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def artifacts(self) -> Iterator[Artifact]:
        """The index, as soon as it is made.

        Raises:
            SearchError: Pagefind failed, or took too long.
        """
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            raise SearchError(f"Pagefind took more than {PATIENCE:.0f} seconds")
        if self._trouble:
            raise SearchError(f"Pagefind failed: {self._trouble}")
        yield from self._made

    def _feed(self) -> None:
        """In a thread of its own, which mostly waits."""
        try:
            index = self._asked("NewIndex", config=None)["index_id"]
            for name in self._names:
                html = (self._shelf.folder / name).read_text("utf-8")
                self._asked("AddFile", index_id=index, file_path=name, url=None, file_contents=html)
            # Not WriteFiles: that answers before what it has written is on the disk.
            self._made = sorted(_wanted(self._asked("GetFiles", index_id=index)["files"]), key=attrgetter("path"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._trouble = " ".join(str(error).split()) or type(error).__name__

    def _asked(self, kind: str, **more: object) -> dict[str, Any]:
        """Send a request, and wait for the answer to it."""
        self._number += 1
        request = json.dumps({"message_id": self._number, "payload": {"type": kind, **more}})
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None  # noqa: S101 - for mypy: asked for above
        assert answered is not None  # noqa: S101
        asked.write(base64.b64encode(request.encode()) + b",")
        asked.flush()
        pieces = [b""]
        while not pieces[-1].endswith(b","):
            pieces.append(answered.read1(1 << 20))  # type: ignore[attr-defined]
            if not pieces[-1]:
                raise ValueError("it ended before its time")
        answer: dict[str, Any] = json.loads(base64.b64decode(b"".join(pieces)[:-1]))["payload"]
        if answer["type"] == "Error":
            raise ValueError(answer["message"])
        return answer


def _wanted(files: Iterable[Mapping[str, str]]) -> Iterator[Artifact]:
    for file in files:
        name = file["path"].rpartition("/")[2]
        if name in _WANTED or name.endswith(_WANTED_ENDINGS):
            yield Artifact(FOLDER + file["path"], base64.b64decode(file["content"]))
