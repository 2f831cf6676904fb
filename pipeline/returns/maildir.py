"""A Maildir on this disk: read from ``new`` and ``cur``, put away into a folder of its own (Maildir++)."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pipeline.errors import MailboxError
from pipeline.returns.taking_in import FOLDER, Message
from pipeline.returns.understanding import LARGEST


@dataclass(frozen=True, slots=True)
class Maildir:
    """A folder with ``new`` and ``cur`` in it."""

    path: Path
    kind: ClassVar[str] = "maildir"

    def messages(self) -> Iterator[Message]:
        """See ``Mailbox``. A message that another program takes away meanwhile is passed over."""
        try:
            names = [
                f"{place}/{entry.name}"
                for place in ("new", "cur")
                for entry in sorted(os.scandir(self.path / place), key=lambda entry: entry.name)
                if not entry.name.startswith(".")
            ]
        except OSError as error:
            raise MailboxError(f"{self.path} is no Maildir that can be read: {error.strerror}") from None
        for name in names:
            data = self._read(name)
            if data is not None:
                yield Message(name, data)

    def _read(self, name: str) -> bytes | None:
        try:
            descriptor = os.open(self.path / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                return None
            with os.fdopen(descriptor, "rb") as file:
                return file.read(LARGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MailboxError(f"{self.path / name} cannot be read: {error.strerror}") from None

    def leave(self, names: Sequence[str]) -> None:
        """See ``Mailbox``. Nothing here can be marked that mail programs do not show; reading again is cheap."""

    def put_away(self, names: Sequence[str]) -> None:
        """See ``Mailbox``. A message keeps its name; ``rename`` within one disk leaves it whole."""
        there = self.path / f".{FOLDER}"
        try:
            for each in (there, there / "tmp", there / "new", there / "cur"):
                each.mkdir(mode=0o700, exist_ok=True)
            (there / "maildirfolder").touch(mode=0o600)
            for name in names:
                base = name.partition("/")[2]
                kept = base if ":2," in base else f"{base}:2,S"
                try:
                    _move(self.path / name, there / "cur", kept)
                except FileNotFoundError:
                    continue  # another program has moved it: what it said is written down
        except OSError as error:
            raise MailboxError(f"{there} cannot be written to: {error.strerror}") from None


def _move(source: Path, folder: Path, name: str) -> None:
    """Rename, and over no other message: names in a Maildir are given once, but a restored one may have both."""
    target, number = folder / name, 0
    while target.exists() and not target.samefile(source):
        number += 1
        base, mark, flags = name.partition(":2,")
        target = folder / f"{base}.{number}{mark}{flags}"
    source.rename(target)
