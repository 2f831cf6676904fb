"""A part that has another slug by now is still the part that was sent: the ledger follows it to its new name."""

from collections.abc import Mapping

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import APPROVALS, CAMPAIGNS, ROUNDUP_PARTS

Names = Mapping[tuple[str, str], str]
"""For a series and a slug that a part had (its ``aliases``), the slug that it has now."""


def follow(database: Database, names: Names) -> None:
    """Know by its new name what was planned, approved or is owed under an old one.

    What was sent under both names (they were two parts, or the alias came too late) stays as it is.

    Raises:
        DatabaseError: the database refused.
    """
    if not names:
        return
    with database.reading() as connection:
        known = _known(connection)
    moved = {old: new for old, new in names.items() if old in known and (old[0], new) not in known}
    if not moved:
        return
    with database.writing() as connection:
        known = _known(connection)
        for (series, old), new in sorted(moved.items()):
            if (series, new) in known:
                continue
            for table in (CAMPAIGNS, APPROVALS, ROUNDUP_PARTS):
                here = (table.c.series == series) & (table.c.part == old)
                connection.execute(table.update().where(here).values(part=new))
            known.add((series, new))


def _known(connection: sql.Connection) -> set[tuple[str, str]]:
    """Every part that a campaign is about, a slipped one too, or an approval."""
    found: set[tuple[str, str]] = set()
    for table in (CAMPAIGNS, APPROVALS):
        rows = connection.execute(sql.select(table.c.series, table.c.part).distinct())
        found.update((series, part) for series, part in rows)
    return found
