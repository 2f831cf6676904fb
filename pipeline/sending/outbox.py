"""The default transport: a Maildir on this disk, to look at, or for a program that sends on its own.

Written as the Maildir rules say: whole in ``tmp``, on the disk, then renamed into ``new``. A copy's name is drawn
from its Message-ID, so that one that is offered twice is there once.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.errors import TransportError
from pipeline.sending.transport import Copy, Outcome, Result


@dataclass(frozen=True, slots=True)
class OutboxTransport:
    """A folder; made when it is not there. Letters whose way out is by email alone may go to it."""

    folder: Path
    name: str = "outbox"
    allows_unreachable: bool = True

    def open(self) -> "OutboxSession":
        """Look that it can be written to.

        Raises:
            TransportError: it cannot.
        """
        try:
            for part in ("tmp", "new", "cur"):
                (self.folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            read = frozenset(path.name.partition(":")[0] for path in (self.folder / "cur").iterdir())
        except OSError as error:
            raise TransportError(f"the outbox {self.folder.name} cannot be used: {error.strerror}") from None
        return OutboxSession(self.folder, read)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to let go of."""


class OutboxSession:
    """``read`` are the names that a mail program has moved on."""

    is_open = True

    def __init__(self, folder: Path, read: frozenset[str] = frozenset()) -> None:
        self._folder, self._read = folder, read

    def offer(self, copy: Copy, hold: Callable[[], None]) -> Outcome:
        """Write a copy down, the rename after ``hold``."""
        name = f"{hashlib.sha256(copy.message_id.encode()).hexdigest()[:40]}.partwork"
        draft, kept = self._folder / "tmp" / name, self._folder / "new" / name
        try:
            _write(draft, _as_kept(copy))
        except OSError as error:
            draft.unlink(missing_ok=True)
            return Outcome(Result.DEFERRED, words=f"the outbox cannot be written to: {error.strerror}")
        try:
            hold()
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        try:
            if name in self._read:
                draft.unlink()
            else:
                draft.replace(kept)
        except OSError as error:
            return Outcome(Result.DEFERRED, words=f"the outbox cannot be written to: {error.strerror}")
        try:
            _sync(kept.parent)
        except OSError as error:
            return Outcome(Result.UNCERTAIN, words=f"the disk did not say whether it is kept: {error.strerror}")
        return Outcome(Result.ACCEPTED, words="written", remote_id=name)

    def close(self) -> None:
        """Nothing to let go of."""


def _as_kept(copy: Copy) -> bytes:
    """As a mail server would leave it: the envelope in two fields of its own, and this system's line ends."""
    envelope = f"Return-Path: <{copy.return_path}>\nDelivered-To: {copy.address}\n"
    return envelope.encode() + copy.data.replace(b"\r\n", b"\n")


def _write(path: Path, data: bytes) -> None:
    # One that a crash left behind is written anew.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
