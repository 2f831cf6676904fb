"""Whether somebody has looked at a letter as it is, and what has changed since they did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.database import Database
from pipeline.ledger.approvals import Approval, changes_since, latest_approval
from pipeline.model import Publication
from pipeline.render.email import merge
from pipeline.sending.letters import MadeLetter


class Standing(StrEnum):
    """How a letter stands with those who approve."""

    APPROVED = "approved"
    MISSING = "not approved"
    CHANGED = "changed since it was approved"


@dataclass(frozen=True, slots=True)
class Looked:
    """How a letter stands, with the approval that counts, if there is one."""

    standing: Standing
    approval: Approval | None = None


def looked(database: Database, letter: MadeLetter) -> Looked:
    """Whether somebody approved this very letter.

    Raises:
        DatabaseError: the database refused.
    """
    found = latest_approval(database, letter.issue.series.slug, letter.issue.part.slug, letter.revision)
    if found is None:
        return Looked(Standing.MISSING)
    is_same = found.edition_digest == letter.digest
    return Looked(Standing.APPROVED if is_same else Standing.CHANGED, found)


def approval_of(letter: MadeLetter, publication: Publication, by: str, at: datetime) -> Approval:
    """That somebody approves a letter, with all that they looked at, as a sample reader gets it."""
    subject, text, html = _seen(letter, publication)
    return Approval(
        series=letter.issue.series.slug,
        part=letter.issue.part.slug,
        edition_digest=letter.digest,
        subject=subject,
        text=text,
        html=html,
        approved_by=by,
        approved_at=at,
        revision=letter.revision,
    )


def difference(approval: Approval, letter: MadeLetter, publication: Publication) -> Iterator[str]:
    """What has changed since, line by line."""
    return changes_since(approval, *_seen(letter, publication))


def _seen(letter: MadeLetter, publication: Publication) -> tuple[str, str, str]:
    """Subject, text and HTML for a reader who does not exist."""
    reader, edition = merge.sample_reader(publication), letter.edition
    plain = merge.values(publication, reader)
    return (
        merge.fill(edition.subject, plain),
        merge.fill(edition.text, plain),
        merge.fill(edition.html, merge.html_values(publication, reader)),
    )
