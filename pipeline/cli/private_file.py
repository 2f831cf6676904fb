"""Files that hold addresses of people: only their owner may read them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pipeline.cli.options import shown
from pipeline.errors import OutputError


@contextmanager
def private_file(path: Path) -> Iterator[TextIO]:
    """A text file to write, in UTF-8; line ends stay as they are written.

    Raises:
        OutputError: it cannot be written.
    """

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    try:
        with open(path, "w", encoding="utf-8", newline="", opener=opener) as file:
            yield file
    except OSError as error:
        raise OutputError(f"{shown(path)} cannot be written: {error.strerror}") from error
