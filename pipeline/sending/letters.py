"""From sources to the letter of one part: checked as a build checks it, rendered as a build renders it, frozen.

Only that one letter is rendered; a publication of hundreds of parts sends as quickly as one of three. What stops a
build stops a letter, too: nothing goes out of a publication that could not be put on the web.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.edition import EmailEdition
from pipeline.errors import ContentError, Diagnostic
from pipeline.examine import examine
from pipeline.issue import Issue, Issues
from pipeline.ledger.campaigns import Letter
from pipeline.model import Publication, Sources
from pipeline.render.email.editions import broken_promises, email_diagnostics
from pipeline.render.email.mime import compile_message
from pipeline.render.email.room import EmailRoom
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.sending.frozen import digest, freeze
from pipeline.sending.roundups import told_in

EMAIL_FOLDER = "email"  # where a build puts the letters that one looks at


@dataclass(frozen=True, slots=True)
class Prepared:
    """A publication, placed as of a moment, without an error. ``diagnostics`` are its warnings."""

    issues: Issues
    diagnostics: tuple[Diagnostic, ...]

    @property
    def publication(self) -> Publication:
        """The publication."""
        return self.issues.publication


@dataclass(frozen=True, slots=True)
class MadeLetter:
    """The letter of one part, as it would go out: its edition, and that frozen, with its digest.

    ``has_roundups`` says that a round-up will tell of it, too.
    """

    issue: Issue
    edition: EmailEdition
    frozen: bytes
    digest: str
    diagnostics: tuple[Diagnostic, ...] = ()
    revision: int = 0
    has_roundups: bool = False

    @property
    def file(self) -> str:
        """Where a build writes it to be looked at, under its output folder and without ``.html``."""
        return f"{EMAIL_FOLDER}/{self.issue.file}"

    def planned(self, tag: str = "") -> Letter:
        """The same for the ledger."""
        issue = self.issue
        return Letter(
            series=issue.series.slug,
            part=issue.part.slug,
            number=issue.number,
            subject=self.edition.subject,
            edition_digest=self.digest,
            message=self.frozen,
            revision=self.revision,
            tag=tag,
            slot=issue.slot.utc,
            slot_local=f"{issue.slot.local:%Y-%m-%d %H:%M}",
            slot_zone=issue.slot.zone,
            is_owed=self.has_roundups and not (tag or self.revision or issue.is_roundup),
            tells=told_in(issue),
        )


def prepare(sources: Sources, as_of: datetime, *, drafts: bool = False) -> Prepared:
    """Read what the author wrote, place it, check all of it.

    Raises:
        ContentError: it has errors; nothing of it is sent.
    """
    examined = examine(sources, as_of, drafts=drafts)
    if examined.issues is None:
        raise ContentError(examined.diagnostics)
    return Prepared(examined.issues, without_errors(examined.diagnostics))


def make_letter(prepared: Prepared, issue: Issue) -> MadeLetter:
    """One issue's letter.

    Raises:
        ContentError: a template failed, or the letter lacks what every letter must carry.
        RenderError: premailer could not work, or a text holds a merge place of ours.
    """
    publication, library = prepared.publication, prepared.issues.library
    try:
        room = EmailRoom(library, Templates(library.templates), for_roundups=issue.is_roundup)
        edition = room.render(issue)
        found = [
            *broken_promises(issue, edition, publication, room.template),
            *email_diagnostics(issue, edition, publication),
            *room.diagnostics,
        ]
    except TemplateFailedError as failed:
        raise ContentError((failed.diagnostic,)) from failed
    frozen = freeze(compile_message(edition, publication))
    has_roundups = publication.sending.roundup is not None
    return MadeLetter(issue, edition, frozen, digest(frozen), without_errors(found), has_roundups=has_roundups)


def without_errors(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in order and each once.

    Raises:
        ContentError: one of them is an error.
    """
    told = tuple(sorted(set(found)))
    if any(diagnostic.is_error for diagnostic in told):
        raise ContentError(told)
    return told
