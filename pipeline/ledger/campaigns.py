"""Campaigns: one email edition and its frozen audience, and what can become of them.

A campaign is planned in one transaction: its message, the message's digest, and one delivery for everybody whom it
could be meant for (those who must not get it too, excluded, with the reason). ``UNIQUE(series, part, revision)``
makes a second trigger do nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.bulk import insert_new
from pipeline.database.tables import CAMPAIGNS, DELIVERIES, milliseconds
from pipeline.errors import LedgerError
from pipeline.ledger import roundups


class CampaignState(StrEnum):
    """Where a campaign stands."""

    SENDING = "sending"  # planned, and under way whenever a runner runs
    PAUSED = "paused"  # nothing leaves until somebody resumes it
    FINISHED = "finished"  # every delivery is settled
    SLIPPED = "slipped"  # its slot had passed too long ago: never sent, and has no deliveries
    CANCELLED = "cancelled"  # for good; what was not sent is excluded


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be planned: an edition as a message, and what people want to know of it later.

    ``message`` is compiled, and in a form that whoever makes copies of it can read; ``edition_digest`` is its
    digest. ``tag`` says whom it is for, none for all. ``revision`` is 0, or counts the corrections. ``is_owed``
    says that a round-up is to tell of the part, and ``tells`` are the parts that a round-up tells of itself.
    """

    series: str
    part: str
    number: int
    subject: str
    edition_digest: str
    message: bytes
    revision: int = 0
    tag: str = ""
    slot: datetime | None = None
    slot_local: str = ""
    slot_zone: str = ""
    is_owed: bool = False
    tells: tuple[str, ...] = ()

    @property
    def is_roundup(self) -> bool:
        """Whether it is no part, but a round-up."""
        return self.number == 0

    def columns(self) -> dict[str, object]:
        """What is kept of it in its own row."""
        names = (name for name in Letter.__slots__ if name not in ("is_owed", "tells"))
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as the ledger has it, without its message (``message_of``)."""

    id: int
    series: str
    part: str
    number: int
    revision: int
    subject: str
    edition_digest: str
    tag: str
    state: CampaignState
    why: str
    slot: datetime | None
    slot_local: str
    slot_zone: str
    planned_at: datetime
    finished_at: datetime | None

    @property
    def address(self) -> str:
        """``series/part``."""
        return f"{self.series}/{self.part}"

    @property
    def is_roundup(self) -> bool:
        """Whether it is no part's, but a round-up's."""
        return self.number == 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The campaign of a letter; ``is_new`` says whether it was this call that made it."""

    campaign: Campaign
    is_new: bool


_SEEN = [column for column in CAMPAIGNS.c if column.name != "message"]


def plan(
    database: Database,
    letter: Letter,
    audience: sql.Select[tuple[int, str, str, str, str]],
    now: datetime,
    local: Callable[[str], datetime] | None = None,
) -> Plan:
    """Freeze a letter and its audience, in one transaction; or do nothing where that has been done.

    ``audience`` gives id, address, first name, time zone, and why they must not get it, or nothing. ``local``
    gives for a time zone (none for the publication's) the moment before which nobody there is written to.
    """
    with database.writing() as connection:
        values = {**letter.columns(), "state": CampaignState.SENDING, "planned_at": now}
        key = _insert(connection, values)
        if key is not None:
            _freeze(connection, key, audience, local)
            if letter.is_owed:
                roundups.owe(connection, letter.series, letter.part, now)
            if letter.tells:
                roundups.tell(connection, key, letter.series, letter.tells)
        return Plan(_found(connection, letter.series, letter.part, letter.revision), key is not None)


def slip(database: Database, letter: Letter, now: datetime, why: str) -> Plan:
    """Write down that a part is not sent, because its slot has passed; nothing where it is a campaign already."""
    with database.writing() as connection:
        values = letter.columns() | {
            "message": None,
            "state": CampaignState.SLIPPED,
            "planned_at": now,
            "why": why,
        }
        key = _insert(connection, values)
        return Plan(_found(connection, letter.series, letter.part, letter.revision), key is not None)


def unslip(database: Database, key: int) -> None:
    """Forget that a part has slipped, because somebody sends it all the same. It has no deliveries."""
    c = CAMPAIGNS.c
    with database.writing() as connection:
        connection.execute(CAMPAIGNS.delete().where((c.id == key) & (c.state == CampaignState.SLIPPED)))


def _insert(connection: sql.Connection, values: Mapping[str, object]) -> int | None:
    statement = insert_new(connection, CAMPAIGNS).values(dict(values))
    added = statement.on_conflict_do_nothing(index_elements=["series", "part", "revision"])
    return connection.execute(added.returning(CAMPAIGNS.c.id)).scalar()


def _freeze(
    connection: sql.Connection,
    campaign: int,
    audience: sql.Select[tuple[int, str, str, str, str]],
    local: Callable[[str], datetime] | None,
) -> None:
    them = audience.subquery("them")
    ids, addresses, names, zones, reasons = list(them.c)
    not_before: sql.ColumnElement[int] = sql.literal(0, sql.BigInteger)
    if local is not None:
        # The commonest first: a CASE is gone through from its beginning for everybody.
        common = sql.select(zones).group_by(zones).order_by(sql.func.count().desc())
        moments = {zone: milliseconds(local(zone)) for zone in connection.execute(common).scalars()}
        if moments:
            not_before = sql.case(moments, value=zones, else_=0)
    state = sql.case((reasons == "", "planned"), else_="excluded")
    chosen = sql.select(sql.literal(campaign), ids, addresses, names, state, reasons, not_before)
    into = ["campaign_id", "subscriber_id", "address", "first_name", "state", "reason", "not_before"]
    connection.execute(DELIVERIES.insert().from_select(into, chosen))


def _found(connection: sql.Connection, series: str, part: str, revision: int) -> Campaign:
    c = CAMPAIGNS.c
    here = (c.series == series) & (c.part == part) & (c.revision == revision)
    return _campaign(connection.execute(sql.select(*_SEEN).where(here)).one())


def _campaign(row: sql.Row[tuple[object, ...]]) -> Campaign:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row by its columns
    return Campaign(**{**values, "state": CampaignState(values["state"])})


def campaigns(database: Database) -> list[Campaign]:
    """Every campaign, the newest first."""
    with database.reading() as connection:
        return [_campaign(row) for row in connection.execute(sql.select(*_SEEN).order_by(CAMPAIGNS.c.id.desc()))]


def campaign_of(database: Database, series: str, part: str, revision: int = 0) -> Campaign | None:
    """The campaign of a part, or of a correction to it."""
    return next(
        (c for c in campaigns(database) if (c.series, c.part, c.revision) == (series, part, revision)), None
    )


def campaign_by_id(database: Database, key: int) -> Campaign:
    """One campaign.

    Raises:
        LedgerError: there is none of that number.
    """
    with database.reading() as connection:
        row = connection.execute(sql.select(*_SEEN).where(CAMPAIGNS.c.id == key)).one_or_none()
    if row is None:
        raise LedgerError(f"there is no campaign {key}")
    return _campaign(row)


def message_of(database: Database, key: int) -> bytes:
    """The frozen message."""
    with database.reading() as connection:
        message = connection.execute(sql.select(CAMPAIGNS.c.message).where(CAMPAIGNS.c.id == key)).scalar()
    if message is None:
        raise LedgerError(f"campaign {key} has no message")
    return bytes(message)


def pause(database: Database, key: int, why: str) -> None:
    """Let nothing more leave: not even what a runner has in its hands, unless its dot has left.

    Raises:
        LedgerError: it is over, or there is none.
    """
    _turn(database, key, {CampaignState.SENDING, CampaignState.PAUSED}, CampaignState.PAUSED, why)


def resume(database: Database, key: int) -> None:
    """Go on with a paused campaign.

    Raises:
        LedgerError: it is not paused.
    """
    _turn(database, key, {CampaignState.PAUSED, CampaignState.SENDING}, CampaignState.SENDING, "")


def cancel(database: Database, key: int, why: str) -> None:
    """End a campaign for good: whoever has not got it is excluded, with the reason.

    Where nobody can have got a round-up, its parts are owed again.

    Raises:
        LedgerError: it is over, or there is none.
    """
    _turn(database, key, {CampaignState.SENDING, CampaignState.PAUSED}, CampaignState.CANCELLED, why)
    with database.writing() as connection:
        d = DELIVERIES.c
        waiting = (d.campaign_id == key) & sql.text("state = 'planned'")
        connection.execute(
            DELIVERIES.update().where(waiting).values(state="excluded", reason=f"cancelled: {why}".rstrip(": "))
        )
        got = sql.exists().where((d.campaign_id == key) & d.state.not_in(["planned", "excluded", "rejected"]))
        if not connection.execute(sql.select(got)).scalar():
            roundups.owe_again(connection, key)


def _turn(database: Database, key: int, before: set[CampaignState], after: CampaignState, why: str) -> None:
    c = CAMPAIGNS.c
    with database.writing() as connection:
        here = (c.id == key) & c.state.in_(sorted(before))
        if connection.execute(CAMPAIGNS.update().where(here).values(state=after, why=why)).rowcount:
            return
    found = campaign_by_id(database, key)
    raise LedgerError(f"{found.address} is {found.state}: it cannot be {after}")


def finish(connection: sql.Connection, key: int, now: datetime) -> bool:
    """End a campaign of which every delivery is settled; whether it is over now."""
    d, c = DELIVERIES.c, CAMPAIGNS.c
    waiting = sql.exists().where((d.campaign_id == key) & sql.text("state = 'planned'"))
    open_ = sql.exists().where(
        (d.campaign_id == key)
        & d.state.in_(["claimed", "offered"])
        & sql.text("state IN ('claimed', 'offered', 'uncertain', 'rejected')")
    )
    here = (c.id == key) & (c.state == CampaignState.SENDING) & ~waiting & ~open_
    done = CAMPAIGNS.update().where(here).values(state=CampaignState.FINISHED, finished_at=now, why="")
    return connection.execute(done).rowcount == 1
