"""How many readers have complained, as far as we were told."""

from datetime import datetime, timedelta

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import CAMPAIGNS, DELIVERIES, RETURNS
from pipeline.doctor.finding import Finding, Subject, Verdict, unseen
from pipeline.returns.returned import Kind

_SPAN = timedelta(days=30)
_FEWEST = 1_000  # letters, below which a share says nothing
_TOO_MANY, _MANY = 0.003, 0.001  # Gmail and Yahoo: below 0.3 percent, better 0.1
_GMAIL = "Gmail tells nobody but in its Postmaster Tools: look there"


def check_complaints(database: Database | None, now: datetime) -> Finding:
    """The share of letters of the last thirty days that came back as complaints.

    Raises:
        DatabaseError: it refused.
    """
    if database is None:
        return unseen(Subject.COMPLAINTS, "nothing has been sent yet", _GMAIL)
    d, c, r = DELIVERIES.c, CAMPAIGNS.c, RETURNS.c
    recent = sql.select(c.id).where(c.planned_at >= now - _SPAN)
    taken = sql.select(sql.func.count()).where(d.campaign_id.in_(recent), d.state == "accepted")
    told = sql.select(sql.func.count(sql.distinct(r.subscriber_id))).where(
        r.campaign_id.in_(recent), r.kind == Kind.COMPLAINED
    )
    with database.reading() as connection:
        letters, complained = connection.execute(taken).scalar() or 0, connection.execute(told).scalar() or 0
    seen = f"{complained:,} of {letters:,} letters in 30 days"
    if letters < _FEWEST and not complained:
        return unseen(Subject.COMPLAINTS, f"{seen}: too few to say", _GMAIL)
    share = complained / max(letters, 1)
    if share < _MANY or letters < _FEWEST:
        return Finding(Subject.COMPLAINTS, Verdict.WEAK if letters < _FEWEST else Verdict.GOOD, seen, _GMAIL)
    verdict = Verdict.BAD if share >= _TOO_MANY else Verdict.WEAK
    return Finding(Subject.COMPLAINTS, verdict, seen, "write less often, and to those alone who asked for it")
