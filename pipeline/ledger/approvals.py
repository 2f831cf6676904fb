"""Who looked at which edition, and what has changed since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import APPROVALS


@dataclass(frozen=True, slots=True)
class Approval:
    """That somebody has looked at an edition, and at which."""

    series: str
    part: str
    edition_digest: str
    subject: str
    text: str
    html: str
    approved_by: str
    approved_at: datetime
    revision: int = 0


def approve(database: Database, approval: Approval) -> None:
    """Write it down. Earlier ones stay; the latest counts."""
    with database.writing() as connection:
        values = {name: getattr(approval, name) for name in Approval.__slots__}
        connection.execute(APPROVALS.insert().values(values))


def latest_approval(database: Database, series: str, part: str, revision: int = 0) -> Approval | None:
    """The approval that counts."""
    a = APPROVALS.c
    here = (a.series == series) & (a.part == part) & (a.revision == revision)
    columns = [a[name] for name in Approval.__slots__]
    with database.reading() as connection:
        row = connection.execute(sql.select(*columns).where(here).order_by(a.id.desc()).limit(1)).one_or_none()
    return None if row is None else Approval(*row)


def changes_since(approval: Approval, subject: str, text: str, html: str) -> Iterator[str]:
    """What has changed since somebody looked, as a unified diff; the HTML only where nothing else has."""
    before, after = [f"Subject: {approval.subject}", "", *approval.text.splitlines()], text.splitlines()
    plain = list(_diff(before, [f"Subject: {subject}", "", *after]))
    yield from plain or _diff(approval.html.splitlines(), html.splitlines())


def _diff(before: list[str], after: list[str]) -> Iterator[str]:
    return unified_diff(before, after, "approved", "now", lineterm="", n=2)
