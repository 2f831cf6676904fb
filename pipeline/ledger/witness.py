"""A witness outside the database, which a restored backup cannot take back.

The ledger knows what has been sent, unless somebody restores an older copy of it. So before anything leaves, the
lease's epoch, which only ever goes up, is written into a small file beside the publication too. A database whose
epoch is behind the file has forgotten deliveries, and nothing is sent from it until a person has said so.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LedgerError

FILE = "sent-up-to"


class OlderDatabaseError(LedgerError):
    """The database is an older copy of the one that was sent from."""

    def __init__(self, known: int, seen: int) -> None:
        super().__init__(
            f"the database is older than what has been sent from here (it knows {known} runs of {seen}): was a "
            "backup restored? Sending from it could send twice. If so: partwork run --after-restore"
        )


@dataclass(frozen=True, slots=True)
class Witness:
    """The file, in a folder of the publication that is not put into git (``.partwork``)."""

    folder: Path

    def seen(self) -> int:
        """The highest epoch that it was told; 0 where there is no such file."""
        try:
            return int((self.folder / FILE).read_text("ascii"))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            raise LedgerError(f"{self.folder / FILE} cannot be read: {error}") from None

    def check(self, epoch: int) -> None:
        """Compare what a database knows, before its lease is taken.

        Raises:
            OlderDatabaseError: it is behind.
        """
        if epoch < self.seen():
            raise OlderDatabaseError(epoch, self.seen())

    def tell(self, epoch: int) -> None:
        """Write it down, on the disk when this returns.

        Raises:
            LedgerError: it cannot be written; then nothing may leave.
        """
        if self.seen() >= epoch:
            return
        try:
            self.folder.mkdir(exist_ok=True)
            fresh = self.folder / f"{FILE}.new"
            with fresh.open("w", encoding="ascii") as file:
                file.write(f"{epoch}\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.folder / FILE)
            descriptor = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise LedgerError(f"{self.folder / FILE} cannot be written: {error.strerror}") from None
