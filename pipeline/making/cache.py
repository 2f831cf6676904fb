"""What is slow to make and always comes out the same, kept between builds in ``.partwork/cache/``.

A key names its content for ever: it is a digest of all that the content is made from. So an entry is never
changed, only written (in one step), read, and thrown away when it has not been used for long. The folder may be
deleted at any time, and two builds may use it at once. Nothing depends on it: what cannot be read is made again,
and what cannot be kept is not kept.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path

FOLDER = ".partwork"
_INSIDE = "cache"
_USED = "used"  # touched by every build: its time is the disk's own clock
_DAY = 86_400.0
_KEPT_DAYS = 60
_DIGEST = 32  # bytes of SHA-256 before each content: what was cut short, or changed, is not believed


class HiddenFolder:
    """A folder in a publication's ``.partwork/``, which git never sees. One that leads elsewhere is not used."""

    def __init__(self, root: Path, inside: str) -> None:
        self._top = root / FOLDER
        self.path = self._top / inside
        # Not Path.is_symlink: that one raises where another user's folder may not be looked into.
        self.is_ours = not any(os.path.islink(path) for path in (self._top, self.path))  # noqa: PTH114

    def make(self) -> None:
        """Have it there."""
        self.path.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), (self._top / ".gitignore").open("x") as ignored:
            ignored.write("*\n")

    def get(self, name: str) -> bytes | None:
        """What a file holds, whole as it was put; none when there is nothing, or something broken."""
        try:
            data = (self.path / name).read_bytes() if self.is_ours else b""
        except OSError:
            return None
        content = data[_DIGEST:]
        return content if hashlib.sha256(content).digest() == data[:_DIGEST] else None

    def put(self, name: str, content: bytes) -> None:
        """Write a file in one step. A full disk or a folder that cannot be written to is no trouble."""
        if not self.is_ours:
            return
        path = self.path / name
        with suppress(OSError):
            self.make()
            path.parent.mkdir(exist_ok=True)
            descriptor, staged = tempfile.mkstemp(prefix=".new-", dir=path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(hashlib.sha256(content).digest())
                    file.write(content)
                os.replace(staged, path)  # noqa: PTH105 - mkstemp gives a string
            except BaseException:
                os.unlink(staged)  # noqa: PTH108
                raise


class Cache:
    """The cache of one publication, whose folder is ``root``."""

    def __init__(self, root: Path) -> None:
        self._folder = HiddenFolder(root, _INSIDE)

    def get(self, key: str) -> bytes | None:
        """What is kept under a key; none when there is nothing, or something broken."""
        content = self._folder.get(_name(key))
        if content is not None:
            with suppress(OSError):
                path = self._folder.path / _name(key)
                if self._latest() - path.stat().st_mtime > _DAY:
                    os.utime(path)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep something, where it can be kept."""
        self._folder.put(_name(key), content)

    def sweep(self) -> None:
        """Begin a build: once a day, throw away what no build has used for sixty days."""
        if not self._folder.is_ours:
            return
        with suppress(OSError):
            self._folder.make()
            before = self._latest()
            (self._folder.path / _USED).touch()
            after = self._latest()
            if after - before > _DAY or not before:
                for path in self._folder.path.glob("??/*"):
                    with suppress(OSError):
                        if after - path.stat().st_mtime > _KEPT_DAYS * _DAY:
                            path.unlink()

    def _latest(self) -> float:
        """The time of the latest build, by the disk; zero before the first."""
        try:
            return (self._folder.path / _USED).stat().st_mtime
        except OSError:
            return 0.0


class CacheOf(MutableMapping[str, bytes]):
    """The cache as a mapping, for the core; what one ``ground`` has put into it no other one sees."""

    def __init__(self, cache: Cache, ground: str) -> None:
        self._cache = cache
        self._ground = ground

    def __getitem__(self, key: str) -> bytes:
        content = self._cache.get(f"{self._ground} {key}")
        if content is None:
            raise KeyError(key)
        return content

    def __setitem__(self, key: str, content: bytes) -> None:
        self._cache.put(f"{self._ground} {key}", content)

    def __delitem__(self, key: str) -> None:
        raise NotImplementedError("nothing is taken out of the cache but by its sweeping")

    def __iter__(self) -> Iterator[str]:
        return iter(())  # names are kept as digests alone

    def __len__(self) -> int:
        return 0


def _name(key: str) -> str:
    name = hashlib.sha256(key.encode()).hexdigest()
    return f"{name[:2]}/{name[2:]}"
