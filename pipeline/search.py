"""The search index: Pagefind's program over what a build wants searched, and what it made as artifacts.

Pagefind is a program of its own, so this stands in the shell: it writes the documents into a temporary folder,
runs the program there and reads its files back. They are then put down like all others, so stale ones go with the
next build. Pagefind's own interfaces are left out, as the search page has one: only what a search asks for is
deployed.
"""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from pipeline.edition import Artifact
from pipeline.errors import PartworkError
from pipeline.render.web.finding import SearchDocument

FOLDER = "site/pagefind/"
PATIENCE = 600.0  # seconds
_WANTED = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")
_WANTED_ENDINGS = (".pf_meta", ".pf_index", ".pf_fragment", ".pf_filter", ".pagefind")


class SearchError(PartworkError):
    """Pagefind could not be run, or failed."""


def is_installed() -> bool:
    """Whether the ``search`` extra is there."""
    return find_spec("pagefind_bin") is not None


def index_documents(documents: Iterable[SearchDocument]) -> tuple[Artifact, ...]:
    """The index of some documents, under ``site/pagefind/``; none for none. The same in gives the same bytes.

    Raises:
        SearchError: Pagefind could not be run, or failed.
    """
    documents = tuple(documents)
    if not documents:
        return ()
    with tempfile.TemporaryDirectory(prefix="partwork-search-") as scratch:
        source, made = Path(scratch) / "parts", Path(scratch) / "index"
        for document in documents:
            folder = source / document.path
            folder.mkdir(parents=True)
            (folder / "index.html").write_bytes(document.html)
        _run(source, made)
        return tuple(_artifacts(made))


def _run(source: Path, made: Path) -> None:
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
