"""The runner, one turn at a time: plans what is due, sends what may leave, and says when the next turn is.

It may be started at any time and any number of times, late, after a crash, or beside another: what has been
planned is never planned again, and one at a time sends.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import SUBSCRIBERS
from pipeline.errors import DatabaseError
from pipeline.ledger import campaigns, lease, renaming
from pipeline.ledger.campaigns import Campaign, CampaignState, Letter
from pipeline.ledger.lease import Lease, LeaseTakenError
from pipeline.ledger.renaming import Names
from pipeline.ledger.witness import Witness
from pipeline.sending.due import Departure, due, on_their_clocks
from pipeline.sending.errand import Ended, Ending, Errand
from pipeline.sending.sender import recover, send

_SHARE = timedelta(minutes=1)  # of the time, for each of several campaigns
_UNREACHABLE = timedelta(minutes=5)  # before a server that is gone is tried again
RESTORED = "the database was restored after its slot: it may have been sent"


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that a runner needs to know.

    ``departures`` looks at the publication anew. ``letter`` makes what is to be planned, or says why it is held
    back (it is not approved, say); it is asked again every time. ``audience`` is a series' (and tag's), as a
    select; ``errand`` is what the sender is given for a campaign. ``holder`` tells people who we are, and
    ``names`` by which slugs parts were known before.
    """

    database: Database
    witness: Witness
    departures: Callable[[], Sequence[Departure]]
    letter: Callable[[Departure], Letter | str]
    audience: Callable[[Letter], sql.Select[tuple[int, str, str, str, str]]]
    errand: Callable[[Campaign, Lease], Errand]
    max_late: timedelta
    clock: Callable[[], datetime]
    holder: str
    is_local: bool = False
    names: Callable[[], Names] = dict


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn has done.

    ``held`` are parts that are due, and why they do not leave; ``wake_at`` is when to come again, ``waits_for``
    the runner that sends at the moment.
    """

    planned: tuple[Campaign, ...] = ()
    slipped: tuple[Campaign, ...] = ()
    held: tuple[tuple[Departure, str], ...] = ()
    ended: tuple[tuple[Campaign, Ended], ...] = ()
    wake_at: datetime | None = None
    waits_for: str = ""


def take_turn(office: Office) -> Turn:
    """Plan what is due, and send what may leave.

    Raises:
        OlderDatabaseError: a backup was restored; see ``accept_restored``.
        LedgerError: the ledger could not be written.
    """
    office.witness.check(lease.epoch_of(office.database))
    turn = _planned(office)
    waiting = [c for c in campaigns.campaigns(office.database) if c.state is CampaignState.SENDING]
    if not waiting:
        return turn
    try:
        with only_runner(office.database, office.witness, office.holder, office.clock) as held:
            ended = tuple(_driven(office, held, waiting, turn.wake_at))
    except LeaseTakenError as taken:
        until = min(taken.until, turn.wake_at) if turn.wake_at else taken.until
        return replace(turn, wake_at=until, waits_for=taken.holder)
    again = [moment for campaign in ended if (moment := _next_moment(office, campaign[1]))]
    return replace(
        turn, ended=ended, wake_at=min([*again, *([turn.wake_at] if turn.wake_at else [])], default=None)
    )


@contextmanager
def only_runner(
    database: Database, witness: Witness, holder: str, clock: Callable[[], datetime]
) -> Iterator[Lease]:
    """Be the one who sends; what a runner before left behind has been put right.

    Raises:
        LeaseTakenError: somebody else is.
        OlderDatabaseError: a backup was restored; see ``accept_restored``.
    """
    witness.check(lease.epoch_of(database))
    held = lease.take(database, holder, clock())
    try:
        # Before anything leaves, it stands outside the database that something may.
        witness.tell(held.epoch)
        recover(database, held, clock())
        yield held
    finally:
        with suppress(DatabaseError):  # it runs out by itself
            witness.tell(lease.give_back(database, held))


def _planned(office: Office) -> Turn:
    database, now = office.database, office.clock()
    began = _began(database)
    known = _known(office)
    decision = due(office.departures(), known, now, office.max_late, is_local=office.is_local, since=began)
    if began is None:  # nobody is there to send to
        return Turn(wake_at=decision.wake_at)
    planned, held = [], []
    for departure in decision.plan:
        letter = office.letter(departure)
        if isinstance(letter, str):
            held.append((departure, letter))
            continue
        local = on_their_clocks(departure.slot) if office.is_local and not departure.is_roundup else None
        plan = campaigns.plan(database, letter, office.audience(letter), now, local)
        planned += [plan.campaign] if plan.is_new else []
    slipped = [slipped for each in decision.slip if (slipped := _slip(database, each, now, office.max_late))]
    return Turn(tuple(planned), tuple(slipped), tuple(held), wake_at=decision.wake_at)


def _known(office: Office) -> set[tuple[str, str]]:
    """What there is a campaign for, by the names that parts have now: a new name is no reason to send again."""
    renaming.follow(office.database, office.names())
    return {(c.series, c.part) for c in campaigns.campaigns(office.database)}


def _slip(database: Database, departure: Departure, now: datetime, max_late: timedelta) -> Campaign | None:
    why = f"it was looked at {_hours(now - departure.slot.utc)} after its slot, and {_hours(max_late)} are allowed"
    plan = campaigns.slip(database, _unsent(departure), now, why)
    return plan.campaign if plan.is_new else None


def _unsent(departure: Departure) -> Letter:
    slot = departure.slot
    local = slot.local.strftime("%Y-%m-%d %H:%M")
    return Letter(
        departure.series,
        departure.part,
        departure.number,
        *("", "", b""),
        slot=slot.utc,
        slot_local=local,
        slot_zone=slot.zone,
    )


def _hours(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes // 60} h {minutes % 60:02} min"


def _began(database: Database) -> datetime | None:
    """When somebody was put on the list for the first time."""
    with database.reading() as connection:
        first = sql.select(SUBSCRIBERS.c.added_at).order_by(SUBSCRIBERS.c.id).limit(1)
        return connection.execute(first).scalar()


def _driven(
    office: Office, held: Lease, waiting: Sequence[Campaign], wake_at: datetime | None
) -> list[tuple[Campaign, Ended]]:
    """Send each, the newest first; and none for so long that another, or the next slot, would have to wait."""
    done: list[tuple[Campaign, Ended]] = []
    for campaign in waiting:
        errand = office.errand(campaign, held)
        ends = [moment for moment in (errand.until, wake_at) if moment is not None]
        if len(waiting) > 1:
            ends.append(office.clock() + _SHARE)
        errand = replace(errand, until=min(ends, default=None), at_most=timedelta(0))
        done.append((campaign, send(errand, campaign)))
        if done[-1][1].ending in (Ending.STOPPED, Ending.UNREACHABLE):
            break
    return done


def _next_moment(office: Office, ended: Ended) -> datetime | None:
    if ended.ending is Ending.UNREACHABLE:
        return office.clock() + _UNREACHABLE
    return ended.next_at


def accept_restored(office: Office) -> list[Campaign]:
    """Go on with a restored database, because a person says so; which campaigns that concerns.

    Whatever was under way is paused, for some of it may have been sent since the backup, and whatever is due by
    now has slipped, for it may have been sent altogether. Both can be sent by hand.
    """
    database, now = office.database, office.clock()
    concerned = [c for c in campaigns.campaigns(database) if c.state is CampaignState.SENDING]
    for campaign in concerned:
        campaigns.pause(database, campaign.id, RESTORED)
    known = _known(office)
    for departure in due(office.departures(), known, now, timedelta.max, is_local=office.is_local).plan:
        plan = campaigns.slip(database, _unsent(departure), now, RESTORED)
        concerned += [plan.campaign] if plan.is_new else []
    held = lease.take(database, office.holder, now, at_least=office.witness.seen())
    office.witness.tell(lease.give_back(database, held))
    return concerned
