"""Taking in a mailbox: read, understand, write down, and only then put away. Nothing is deleted.

A message is put away after the commit that holds what it said. Whatever stops us in between, it is read again, and
is known by its fingerprint. Whatever is not believed stays where it lies, for it may be a reader's answer: not
everybody has a mailbox for bounces alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Protocol

from pipeline.database import Database
from pipeline.ledger.evidence import settle_what_came_back
from pipeline.returns.record import Effect, record
from pipeline.returns.returned import Kind, Returned
from pipeline.returns.understanding import understand
from pipeline.sending.tokens import Tokens

FOLDER = "partwork-read"  # where messages go that were taken in
_GROUP = 50


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a mailbox: its name there, and its bytes."""

    name: str
    data: bytes


class Mailbox(Protocol):
    """Where returns lie."""

    @property
    def kind(self) -> str:
        """``maildir`` or ``imap``."""

    def messages(self) -> Iterator[Message]:
        """Every message that has not been put away. What comes in meanwhile may wait for the next time.

        Raises:
            MailboxError: it cannot be read.
        """

    def leave(self, names: Sequence[str]) -> None:
        """Leave messages where they are, and where that can be marked, do not read them again.

        Raises:
            MailboxError: the mailbox is gone.
        """

    def put_away(self, names: Sequence[str]) -> None:
        """Move messages into ``FOLDER``, made when it is not there.

        Raises:
            MailboxError: it cannot be done.
        """


@dataclass(frozen=True, slots=True)
class Read:
    """One message of a report. No address stands in it."""

    message: str
    returned: Returned
    effect: Effect

    @property
    def is_taken(self) -> bool:
        """Whether it was understood and believed, now or earlier."""
        return not self.effect.why


@dataclass(slots=True)
class Report:
    """What a mailbox held."""

    read: list[Read] = field(default_factory=list)
    settled: int = 0  # doubts that earlier returns settle now

    def count(self, *kinds: Kind) -> int:
        """How many new ones of these kinds were taken in."""
        return sum(
            1 for one in self.read if one.is_taken and one.effect.is_new and one.returned.told.kind in kinds
        )

    @property
    def left(self) -> list[Read]:
        """What was not taken in."""
        return [one for one in self.read if not one.is_taken]


def take_in(database: Database, mailbox: Mailbox, tokens: Tokens, now: datetime) -> Report:
    """Read a whole mailbox.

    Raises:
        MailboxError: it cannot be read, or messages cannot be put away. What was read is written down.
        DatabaseError: nothing of the last group is written down, and its messages stay where they are.
    """
    report = Report()
    waiting = mailbox.messages()
    # One message at a time is in memory, whatever a group holds.
    while found := [(each.name, understand(each.data, tokens)) for each in islice(waiting, _GROUP)]:
        with database.writing() as connection:
            read = [Read(name, one, record(connection, one, mailbox.kind, now)) for name, one in found]
        if taken := [one.message for one in read if one.is_taken]:
            mailbox.put_away(taken)
        if left := [one.message for one in read if not one.is_taken]:
            mailbox.leave(left)
        report.read += read
    with database.writing() as connection:
        report.settled = settle_what_came_back(connection, now)
    return report
