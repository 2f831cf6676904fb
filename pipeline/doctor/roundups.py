"""Whether those who chose round-ups get them."""

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import SUBSCRIBERS
from pipeline.doctor.finding import Finding, Subject, Verdict
from pipeline.errors import DatabaseError
from pipeline.model import Publication
from pipeline.subscribers.rhythms import Rhythm
from pipeline.subscribers.states import State


def check_roundups(publication: Publication, database: Database | None) -> list[Finding]:
    """Nothing to say where nobody has chosen them and none are offered."""
    is_offered = publication.sending.roundup is not None
    try:
        number = 0 if database is None else _who_chose(database)
    except DatabaseError as error:
        return [Finding(Subject.ROUNDUPS, Verdict.UNSEEN, str(error))]
    people = f"{number:,} subscriber{' has' if number == 1 else 's have'} chosen round-ups"
    if is_offered:
        return [Finding(Subject.ROUNDUPS, Verdict.GOOD, people)]
    if not number:
        return []
    mend = 'write `[roundup]` with `every = "month"` into partwork.toml, or leave it so: they get every part'
    return [Finding(Subject.ROUNDUPS, Verdict.WEAK, f"{people}, and none are made", mend)]


def _who_chose(database: Database) -> int:
    people = SUBSCRIBERS.c
    theirs = (people.rhythm == Rhythm.ROUNDUP) & (people.state == State.ACTIVE)
    with database.reading() as connection:
        return int(connection.execute(sql.select(sql.func.count()).where(theirs)).scalar_one())
