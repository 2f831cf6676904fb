"""What the world tells later of a delivery: that it was taken after all."""

from datetime import datetime

import sqlalchemy as sql

from pipeline.database.tables import CAMPAIGNS, DELIVERIES, RETURNS
from pipeline.ledger.deliveries import State


def address_of(connection: sql.Connection, campaign: int, subscriber: int) -> str | None:
    """The address that a delivery went to (empty once it is forgotten); none where there is no such delivery."""
    d = DELIVERIES.c
    here = (d.campaign_id == campaign) & (d.subscriber_id == subscriber)
    found: str | None = connection.execute(sql.select(d.address).where(here)).scalar()
    return found


def taken_after_all(connection: sql.Connection, campaign: int, subscriber: int, words: str, at: datetime) -> bool:
    """Settle a delivery that something proves to have been taken; whether that was news.

    Only our letter carries its token, so whoever shows it has had the letter. A doubt is settled by that. So is a
    plan: a server had said no and taken it, or this database was restored, and a second copy would follow. What a
    runner has in its hands is left to it; what is rejected stays so, for it says what became of it in the end.
    """
    d = DELIVERIES.c
    here = (d.campaign_id == campaign) & (d.subscriber_id == subscriber)
    open_ = here & d.state.in_([State.UNCERTAIN, State.PLANNED])
    values = {"state": State.ACCEPTED, "reason": words, "settled_at": at}
    return connection.execute(DELIVERIES.update().where(open_).values(values)).rowcount == 1


def settle_what_came_back(connection: sql.Connection, at: datetime) -> int:
    """Settle doubts of which something came back before they were doubts: a bounce outran a crash. How many."""
    d, r = DELIVERIES.c, RETURNS.c
    told = sql.exists().where((r.campaign_id == d.campaign_id) & (r.subscriber_id == d.subscriber_id))
    under_way = sql.text("state IN ('claimed', 'offered', 'uncertain', 'rejected')")
    # By campaign, for the index of deliveries under way begins with it.
    doubts = d.campaign_id.in_(sql.select(CAMPAIGNS.c.id)) & under_way & (d.state == State.UNCERTAIN) & told
    values = {"state": State.ACCEPTED, "reason": "something came back", "settled_at": at}
    return connection.execute(DELIVERIES.update().where(doubts).values(values)).rowcount
