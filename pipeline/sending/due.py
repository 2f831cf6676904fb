"""What is due: a pure decision from slots, what the ledger knows, and a moment."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from pipeline.issue import Issues, Slot
from pipeline.ledger.renaming import Names
from pipeline.schedule import at

_FIRST_ZONE = "Pacific/Kiritimati"  # UTC+14: nobody's clocks are ahead of these


@dataclass(frozen=True, slots=True)
class Departure:
    """A part, or a round-up, that is to go out, and when."""

    series: str
    part: str  # its slug
    number: int
    slot: Slot

    @property
    def is_roundup(self) -> bool:
        """Whether it is no part, but a round-up: that goes out at one moment for all."""
        return self.number == 0

    @property
    def key(self) -> tuple[str, str]:
        """What the ledger knows it by."""
        return self.series, self.part


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now. ``wake_at`` is when the next part is due, if one is to come."""

    plan: tuple[Departure, ...]
    slip: tuple[Departure, ...]
    wake_at: datetime | None


def departures(issues: Issues) -> tuple[Departure, ...]:
    """Every part that is no draft."""
    return tuple(Departure(i.series.slug, i.part.slug, i.number, i.slot) for i in issues.all)


def names_of(issues: Issues) -> Names:
    """By which slugs parts were known before."""
    return {(issue.series.slug, alias): issue.part.slug for issue in issues.all for alias in issue.part.aliases}


def due(
    them: Iterable[Departure],
    known: Collection[tuple[str, str]],
    now: datetime,
    max_late: timedelta,
    *,
    is_local: bool = False,
    since: datetime | None = None,
) -> Decision:
    """What to plan and what has slipped, in the order of slots.

    ``known`` is what the ledger has a campaign for, in whatever state: it is never planned again, even where the
    clock has been moved. A slot that is more than ``max_late`` ago has slipped; one before ``since`` was never
    meant for anybody, and is passed over. With ``is_local`` a part is due when its local time has come anywhere.
    """
    plan, slip, later = [], [], []
    for departure in sorted(them, key=lambda d: (d.slot.utc, d.series, d.number)):
        opens = opening(departure.slot) if is_local and not departure.is_roundup else departure.slot.utc
        if departure.key in known:
            continue
        if opens > now:
            later.append(opens)
        elif now - departure.slot.utc <= max_late:
            plan.append(departure)
        elif since is None or departure.slot.utc >= since:
            slip.append(departure)
    return Decision(tuple(plan), tuple(slip), min(later, default=None))


def opening(slot: Slot) -> datetime:
    """When a slot's local time comes first on any clock; never after the slot itself."""
    return min(slot.utc, on_their_clocks(slot)(_FIRST_ZONE))


def on_their_clocks(slot: Slot) -> Callable[[str], datetime]:
    """For a time zone the moment when it shows a slot's local time; the slot's own, where there is none such."""
    naive = slot.local.replace(tzinfo=None)

    def moment(zone: str) -> datetime:
        try:
            return at(naive, zone).utc if zone else slot.utc
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return slot.utc

    return moment
