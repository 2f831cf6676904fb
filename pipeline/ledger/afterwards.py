"""What a person decides once a campaign has run: try again, settle a doubt, or send a correction."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import CAMPAIGNS, DELIVERIES
from pipeline.errors import LedgerError
from pipeline.ledger.campaigns import CampaignState, campaign_by_id
from pipeline.ledger.counts import Fate, who
from pipeline.ledger.deliveries import State
from pipeline.ledger.relay_log import taken_by_relay

_UNDER_WAY = sql.text("state IN ('claimed', 'offered', 'uncertain', 'rejected')")
_PLANNED = sql.text("state = 'planned'")
_GROUP = 500


def retry(database: Database, campaign: int, now: datetime) -> int:
    """Plan again whoever was rejected, and at once whoever was deferred; how many.

    Never the uncertain: they may have it. Who is suppressed by now is excluded when their turn comes.

    Raises:
        LedgerError: the campaign was cancelled, or has slipped.
    """
    d = DELIVERIES.c
    again = {"state": State.PLANNED, "not_before": now, "attempts": 0, "settled_at": None}
    with database.writing() as connection:
        rejected = (d.campaign_id == campaign) & _UNDER_WAY & (d.state == State.REJECTED)
        number = connection.execute(DELIVERIES.update().where(rejected).values(again)).rowcount
        deferred = (d.campaign_id == campaign) & _PLANNED & (d.not_before > now) & (d.attempts > 0)
        number += connection.execute(DELIVERIES.update().where(deferred).values(again)).rowcount
        if number:
            _reopen(connection, campaign)
    return number


def resolve(
    database: Database,
    campaign: int,
    subscribers: Collection[int],
    now: datetime,
    words: str,
    *,
    is_accepted: bool,
) -> int:
    """Settle doubts by hand; how many there were. What was not accepted is planned, and so sent, again.

    Raises:
        LedgerError: the campaign was cancelled, or has slipped, and something would have to be sent.
    """
    values: dict[str, object] = {"state": State.ACCEPTED, "reason": words, "settled_at": now}
    if not is_accepted:
        values = {"state": State.PLANNED, "reason": words, "settled_at": None, "not_before": now}
    with database.writing() as connection:
        number = sum(
            connection.execute(DELIVERIES.update().where(_doubts(campaign, group)).values(values)).rowcount
            for group in _groups(sorted(subscribers))
        )
        if number and not is_accepted:
            _reopen(connection, campaign)
    return number


def resolve_from_log(
    database: Database, campaign: int, lines: Iterable[str], message_id: Callable[[Fate], str], now: datetime
) -> int:
    """Settle doubts by a relay's log (Postfix); how many.

    What it says it has taken is accepted. What it does not name stays in doubt: a log may have been turned over,
    and a relay may still finish what began before its client was gone.
    """
    doubts = {message_id(fate): fate.subscriber_id for fate in who(database, campaign, State.UNCERTAIN)}
    taken: Mapping[str, str] = taken_by_relay(lines, doubts.keys())
    number = 0
    for each, words in taken.items():
        number += resolve(database, campaign, [doubts[each]], now, f"relay's log: {words}", is_accepted=True)
    return number


def _doubts(campaign: int, subscribers: Collection[int]) -> sql.ColumnElement[bool]:
    d = DELIVERIES.c
    return (d.campaign_id == campaign) & (d.state == State.UNCERTAIN) & d.subscriber_id.in_(subscribers)


def _groups(found: list[int]) -> Iterable[list[int]]:
    return (found[k : k + _GROUP] for k in range(0, len(found), _GROUP))


def _reopen(connection: sql.Connection, campaign: int) -> None:
    c = CAMPAIGNS.c
    finished = (c.id == campaign) & (c.state == CampaignState.FINISHED)
    connection.execute(CAMPAIGNS.update().where(finished).values(state=CampaignState.SENDING, finished_at=None))
    state = connection.execute(sql.select(c.state).where(c.id == campaign)).scalar()
    if state not in (CampaignState.SENDING, CampaignState.PAUSED):
        raise LedgerError(f"campaign {campaign} is {state}: nothing of it is sent any more")


def audience_of_correction(
    database: Database, campaign: int, audience: sql.Select[tuple[int, str, str, str, str]]
) -> sql.Select[tuple[int, str, str, str, str]]:
    """Of an audience, those who got a part, or may have: accepted and uncertain.

    Who is in doubt is among them, for a correction that corrects nothing harms less than an error that stands.
    A correction of a correction goes to whoever got the part itself.

    Raises:
        LedgerError: there is no such campaign.
    """
    found = campaign_by_id(database, campaign)
    c, d = CAMPAIGNS.c, DELIVERIES.c
    same = (c.series == found.series) & (c.part == found.part) & (c.revision == 0)
    got = (
        sql.select(d.subscriber_id)
        .join(CAMPAIGNS, c.id == d.campaign_id)
        .where(same & d.state.in_([State.ACCEPTED, State.UNCERTAIN]))
    )
    them = audience.subquery("everybody")
    return sql.select(*them.c).where(next(iter(them.c)).in_(got))


def next_revision(database: Database, series: str, part: str) -> int:
    """The number of the next correction: 1 for the first."""
    c = CAMPAIGNS.c
    last = sql.select(sql.func.max(c.revision)).where((c.series == series) & (c.part == part))
    with database.reading() as connection:
        found = connection.execute(last).scalar()
    return 1 if found is None else found + 1
