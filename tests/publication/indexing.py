"""An index at once, of documents that a build wants searched."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from pipeline.edition import Artifact, SearchDocument
from pipeline.making.search import Indexing, Shelf


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
        names = [shelf.put(document) for document in documents]
        with Indexing(shelf, names) as indexing:
            return tuple(indexing.artifacts())
