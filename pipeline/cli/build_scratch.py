"""A folder for what a build puts aside while it goes on."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import OutputError


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder, gone afterwards.

    Raises:
        OutputError: there is no room for one.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="partwork-", ignore_cleanup_errors=True)
    except OSError as error:
        raise OutputError(
            f"Cannot write {error.filename or 'temporary files'}: {error.strerror or error}"
        ) from error
    with folder as name:
        yield Path(name)
