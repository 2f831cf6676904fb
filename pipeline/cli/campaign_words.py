"""What a campaign came to, in words: a table that adds up, what is in doubt and why, and what to do next."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.cli.part_names import named_in_command, shown_name
from pipeline.cli.terminal import say

if TYPE_CHECKING:
    from pipeline.database import Database
    from pipeline.ledger.campaigns import Campaign
    from pipeline.ledger.counts import Counts

_DOUBTS_SHOWN = 20
_DOUBT = """\
  The whole message had been handed over, and no clear answer came: the mail server may have it, or not. It is not
  sent again by itself, for whoever has it would get it twice. Look into the mail server's log, or ask them. Then:
    partwork resolve {name} --accepted ADDRESS       they have it
    partwork resolve {name} --not-accepted ADDRESS   they have not: it is sent to them again
    partwork resolve {name} --log mail.log           let the mail server's own log (Postfix) decide
  Where nobody can tell, say --accepted: one letter too few is better than one twice.
"""


def described(moment: datetime, zone: str) -> str:
    """A moment for people, as it was there: ``Tuesday 24 November 2026, 09:00``."""
    from pipeline import schedule

    return schedule.described(schedule.at(moment, zone or "UTC"))


def heading(campaign: "Campaign") -> str:
    """``gut-immunity/3: Its subject``."""
    what = f", correction {campaign.revision}" if campaign.revision else ""
    return f"{shown_name(campaign)}{what}: {campaign.subject}"


def how_to_go_on(campaign: "Campaign") -> str:
    """The command that sends what is left of a campaign."""
    return "partwork run --once" if campaign.revision else f"partwork send {shown_name(campaign)}"


def short(digest: str) -> str:
    """As much of a digest as tells two apart."""
    return digest[:12]


def joined_reasons(reasons: Sequence[tuple[str, int]], limit: int = 6) -> str:
    """``unsubscribed 7, paused 3``."""
    words = [f"{reason} {many:,}" for reason, many in reasons[:limit]]
    return ", ".join(words) + (" and others" if len(reasons) > limit else "")


def show_counts(database: "Database", campaign: "Campaign", counts: "Counts") -> None:
    """A table in which everybody is once, so that it adds up."""
    from pipeline.ledger.counts import reasons
    from pipeline.ledger.deliveries import State

    rejected = reasons(database, campaign.id, State.REJECTED) if counts.rejected else []
    excluded = reasons(database, campaign.id, State.EXCLUDED) if counts.excluded else []
    deferred = f"{counts.deferred:,} of them refused for now" if counts.deferred else ""
    rows = (
        ("accepted", counts.accepted, ""),
        ("rejected", counts.rejected, _cut(joined_reasons(rejected, 3))),
        ("uncertain", counts.uncertain, "see below" if counts.uncertain else ""),
        ("still waiting", counts.left, deferred),
        ("left out", counts.excluded, joined_reasons(excluded)),
    )
    for name, number, words in rows:
        colour = {"rejected": "yellow", "uncertain": "red"}.get(name) if number else None
        say(f"  {name:<14} {number:>9,}   {words}".rstrip(), fg=colour)
    say(f"  {'planned':<14} {counts.total:>9,}   all of these", bold=True)


def _cut(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def show_doubts(database: "Database", campaign: "Campaign") -> None:
    """Whose deliveries are uncertain, why, and what a person can do about it."""
    from pipeline.ledger.counts import who
    from pipeline.ledger.deliveries import State

    doubts = who(database, campaign.id, State.UNCERTAIN)
    for number, fate in enumerate(doubts):
        if number == _DOUBTS_SHOWN:
            say(f"    … and more: partwork who {named_in_command(campaign)} --state uncertain")
            break
        say(f"    {fate.address or f'subscriber {fate.subscriber_id}, forgotten since'}   {_cut(fate.reason)}")
    say(_DOUBT.format(name=named_in_command(campaign)).rstrip("\n"))


def next_steps(campaign: "Campaign", counts: "Counts", *, is_outbox: bool, outbox: str = "") -> Iterator[str]:
    """What to do now, one line each."""
    name = named_in_command(campaign)
    if campaign.state == "paused":
        yield f"It is paused: {campaign.why}. When that is mended: partwork resume {name}"
    elif campaign.state == "cancelled":
        yield "It is cancelled: whoever has not got it does not get it."
    elif counts.left:
        yield f"To go on: {how_to_go_on(campaign)}. A `partwork run` does it by itself."
    if counts.rejected:
        yield f"Who was rejected, and why: partwork who {name} --state rejected"
    if is_outbox and counts.accepted:
        yield f"The copies are in {outbox}/. Nobody gets anything from there, and the part counts as sent."
    elif counts.accepted and not counts.left:
        yield f"Who got it, and who did not: partwork who {name}"


def as_data(campaign: "Campaign", counts: "Counts") -> dict[str, Any]:
    """A campaign and its counts as JSON data."""
    return {
        "id": campaign.id,
        "series": campaign.series,
        "part": campaign.part,
        "number": campaign.number,
        "correction": campaign.revision,
        "subject": campaign.subject,
        "digest": campaign.edition_digest,
        "tag": campaign.tag,
        "state": campaign.state.value,
        "why": campaign.why,
        "slot": iso(campaign.slot),
        "planned_at": iso(campaign.planned_at),
        "finished_at": iso(campaign.finished_at),
        "counts": {**asdict(counts), "total": counts.total},
    }


def iso(moment: datetime | None) -> str | None:
    """A moment for programs."""
    return None if moment is None else moment.isoformat()
