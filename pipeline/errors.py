"""The two kinds of trouble: diagnostics (what the author wrote) and exceptions (what the world did).

A diagnostic is a value. It is located, collected over the whole publication, sorted and shown; it is never
raised. Exceptions are for the world, and are caught once, in ``cli``::

    PartworkError            exit code 1
    ├── ConfigError          no partwork.toml here, or it cannot be read
    ├── ContentError         the publication has errors; carries its diagnostics
    ├── DatabaseError        the database cannot be reached, or refused
    ├── LedgerError          the ledger does not let it happen: somebody else sends, or it is not in that state
    ├── SubscriberError      an address is none, or what was asked of a subscriber cannot be done
    ├── MailboxError         the mailbox that bounces come to cannot be reached, trusted or read
    ├── OutputError          the place to write to is refused, or the disk is
    ├── SendingError         a letter must not go out: its slot, its approval, or nobody to send it to
    ├── TransportError       no connection to what takes our messages
    └── RenderError          MJML, Jinja or a promise about an edition failed; names template and line
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad: an error stops the build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: its path from the publication's root, and line and column counted from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One located thing to tell the author. Diagnostics sort by place, then by code."""

    location: Location
    code: str
    severity: Severity
    message: str
    hint: str = ""

    def __str__(self) -> str:
        line = f"{self.location}: {self.severity} {self.code}: {self.message}"
        return f"{line}\n    hint: {self.hint}" if self.hint else line

    @property
    def is_error(self) -> bool:
        """Whether this one stops the build."""
        return self.severity is Severity.ERROR


class PartworkError(Exception):
    """Something in the world stopped partwork."""

    exit_code = 1


class ConfigError(PartworkError):
    """There is no publication here, or its configuration cannot be read."""


class DatabaseError(PartworkError):
    """The database cannot be reached, or refused what was asked. No message holds its address or password."""


class LedgerError(PartworkError):
    """The ledger does not let it happen: another runner sends, or a campaign is in no state for it."""


class SubscriberError(PartworkError):
    """An address is none, or what was asked of a subscriber cannot be done."""


class MailboxError(PartworkError):
    """The mailbox that bounces come to cannot be reached, trusted or read. No message holds its password."""


class OutputError(PartworkError):
    """The place to write to was refused, or the disk refused."""


class SendingError(PartworkError):
    """A letter must not go out: its slot has not come, nobody has approved it, or nobody is there to get it."""


class TransportError(PartworkError):
    """What takes our messages cannot be reached, cannot be trusted, or refuses the login.

    ``is_temporary``: it may go better later, with nothing changed here.
    """

    def __init__(self, message: str, *, is_temporary: bool = False) -> None:
        self.is_temporary = is_temporary
        super().__init__(message)


class RenderError(PartworkError):
    """A template failed, or an edition came out without something it must carry."""


class ContentError(PartworkError):
    """The publication has errors; ``diagnostics`` has all of them."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        count = sum(1 for diagnostic in diagnostics if diagnostic.is_error)
        super().__init__(f"{count} error{'s' if count != 1 else ''} in the publication")
