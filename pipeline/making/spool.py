"""Bytes put aside in files while a build goes on: they need no memory, and hands can leave them for others."""

import os
from collections.abc import Iterator, MutableMapping
from pathlib import Path

from pipeline.errors import OutputError

_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
_Places = dict[str, tuple[str, int, int]]  # file, offset, length


class Spool(MutableMapping[str, bytes]):
    """Bytes by name, in a folder that belongs to one build. Each process writes into a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: _Places = {}
        self._own: _Places = {}
        self._writing: tuple[int, int, int] = (0, 0, 0)  # process, descriptor, size
        self._reading: dict[str, int] = {}

    def __getitem__(self, name: str) -> bytes:
        file, offset, length = self._places[name]
        if file not in self._reading:
            self._reading[file] = os.open(self._folder / file, os.O_RDONLY)
        descriptor = self._reading[file]
        if hasattr(os, "pread"):  # of a file that several processes have open
            return os.pread(descriptor, length, offset)
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, length)

    def __setitem__(self, name: str, data: bytes) -> None:
        process, descriptor, size = self._writing
        try:
            if process != os.getpid():
                process, size, self._own = os.getpid(), 0, {}
                descriptor = os.open(self._folder / str(process), _APPEND, 0o600)
            os.write(descriptor, data)
        except OSError as error:
            raise OutputError(f"Cannot write {self._folder}: {error.strerror or error}") from error
        self._writing = (process, descriptor, size + len(data))
        self._places[name] = self._own[name] = (str(process), size, len(data))

    def __delitem__(self, name: str) -> None:
        del self._places[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def taken(self) -> _Places:
        """Where this process has put things since it was last asked."""
        taken, self._own = self._own, {}
        return taken

    def added(self, taken: _Places) -> None:
        """Know what another process has put."""
        self._places.update(taken)
