"""From a letter to a finished campaign: planned, sent with a bar, told in a table."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import UNCERTAIN, options
from pipeline.cli.bar import Bar, stoppable
from pipeline.cli.campaign_words import as_data, heading, next_steps, show_counts, show_doubts
from pipeline.cli.environment import has_died, holder
from pipeline.cli.part_names import named_in_command
from pipeline.cli.terminal import progress, say

if TYPE_CHECKING:
    from pipeline.cli.proposal import Proposal
    from pipeline.database import Database
    from pipeline.ledger.campaigns import Campaign
    from pipeline.ledger.lease import Lease
    from pipeline.sending.equipment import Equipment
    from pipeline.sending.errand import Ended

INTERRUPTED = 130
_A_WHILE = timedelta(minutes=1)  # for deliveries that may leave soon
_STOPPING = "Stopping: what is in flight is finished first. Ctrl-C again ends at once, and leaves doubts."


@dataclass(frozen=True, slots=True)
class Place:
    """Where letters are sent from."""

    root: Path
    database: "Database"
    equipment: "Equipment"

    @property
    def outbox(self) -> str:
        """The outbox's folder, where that is the transport; otherwise nothing."""
        settings = self.equipment.publication.sending
        return settings.outbox if self.equipment.transport.allows_unreachable else ""


def my_turn(place: Place, stack: ExitStack) -> "Lease":
    """The lease. Where the one who had it has died on this machine, wait until it runs out.

    Raises:
        LeaseTakenError: somebody else sends.
        LedgerError: nothing may be sent from this database.
    """
    from pipeline.ledger.lease import LASTS, LeaseTakenError
    from pipeline.ledger.witness import Witness
    from pipeline.sending.runner import only_runner

    is_told = False
    end = time.monotonic() + LASTS.total_seconds() + 5
    while True:
        mine = only_runner(place.database, Witness(place.root / ".partwork"), holder(), options.clock)
        try:
            return stack.enter_context(mine)
        except LeaseTakenError as taken:
            if not has_died(taken.holder) or time.monotonic() > end:
                raise
            if not is_told:
                say(f"{taken.holder} ended in the middle; its lease runs out soon: waiting …", to_stderr=True)
                is_told = True
            time.sleep(0.5)


def send_off(
    place: Place, lease: "Lease", campaign: "Campaign", *, is_quiet: bool = False
) -> "tuple[Ended, bool]":
    """Send what may leave of a campaign, with a bar; how it ended, and whether somebody asked it to stop.

    Raises:
        LedgerError: the ledger could not be written. Nothing left after that.
        RenderError: the campaign's letter was not kept whole.
    """
    from pipeline.ledger.counts import counts
    from pipeline.sending.sender import send

    found = counts(place.database, campaign.id)
    bar = Bar(found.audience, found.audience - found.left)
    equipment, database = place.equipment, place.database
    with ExitStack() as stack:
        stop = stack.enter_context(stoppable(_STOPPING))
        stack.callback(bar.end)
        stack.enter_context(equipment.transport)
        limit = stack.enter_context(equipment.limit(database, options.clock))
        errand = equipment.errand(database, campaign, lease, limit, options.clock, stop)
        errand = replace(errand, at_most=_A_WHILE, progress=errand.progress if is_quiet else bar)
        return send(errand, campaign), stop.is_set()


def told(place: Place, campaign: "Campaign", ended: "Ended | None", *, as_json: bool) -> int:
    """Say what a campaign has come to; the exit code."""
    from pipeline.cli.reports import json_text
    from pipeline.ledger.campaigns import campaign_by_id
    from pipeline.ledger.counts import counts

    found = campaign_by_id(place.database, campaign.id)
    reckoned = counts(place.database, campaign.id)
    if as_json:
        more = {} if ended is None else {"ending": ended.ending.value, "ending_words": ended.words}
        click.echo(json_text({**as_data(found, reckoned), **more}))
    else:
        say(f"{heading(found)} ({found.state.value})", bold=True)
        show_counts(place.database, found, reckoned)
        _show_ending(found, ended)
        if reckoned.uncertain:
            number = f"{reckoned.uncertain:,} deliver{'y is' if reckoned.uncertain == 1 else 'ies are'} uncertain:"
            say(number, fg="red", bold=True)
            show_doubts(place.database, found)
        for line in next_steps(found, reckoned, is_outbox=bool(place.outbox), outbox=place.outbox):
            say(line)
    if reckoned.uncertain:
        return UNCERTAIN
    return 0 if found.state in ("finished", "sending") and (ended is None or is_good(ended)) else 1


def is_good(ended: "Ended") -> bool:
    """Whether an ending is one that was wanted, or will come by itself."""
    from pipeline.sending.errand import Ending

    return ended.ending in (Ending.FINISHED, Ending.WAITING, Ending.STOPPED)


def _show_ending(campaign: "Campaign", ended: "Ended | None") -> None:
    from pipeline.cli.campaign_words import described
    from pipeline.sending.errand import Ending

    if ended is None:
        return
    match ended.ending:
        case Ending.UNREACHABLE:
            say(f"Nothing takes our letters at the moment: {ended.words}", fg="red")
        case Ending.WAITING if ended.next_at is not None:
            say(f"The next may leave on {described(ended.next_at, campaign.slot_zone)}.")
        case Ending.STOPPED:
            say("Stopped as you asked.")
        case _:
            pass


def plan_and_send(
    place: Place,
    proposal: "Proposal",
    stack: ExitStack,
    *,
    slipped: "Campaign | None",
    as_json: bool,
) -> int:
    """Freeze letter and audience, and send it; the exit code.

    Raises:
        LedgerError: nothing may be sent, or the ledger could not be written.
    """
    from pipeline.ledger.campaigns import unslip

    lease = _turn_or_none(place, stack)
    if slipped is not None:
        unslip(place.database, slipped.id)
    with progress("Planning"):
        campaign = proposal.plan(place.database, options.clock()).campaign
    return _driven(place, campaign, lease, as_json=as_json)


def go_on(place: Place, campaign: "Campaign", stack: ExitStack, *, as_json: bool) -> int:
    """Send what is left of a campaign; the exit code.

    Raises:
        LedgerError: nothing may be sent, or the ledger could not be written.
    """
    return _driven(place, campaign, _turn_or_none(place, stack), as_json=as_json)


def _turn_or_none(place: Place, stack: ExitStack) -> "Lease | None":
    """The lease; none where somebody else has it. What is planned is then sent by a runner, or by a second try."""
    from pipeline.ledger.lease import LeaseTakenError

    try:
        return my_turn(place, stack)
    except LeaseTakenError as taken:
        say(
            f"{taken.holder} is sending at the moment, and one at a time does. This is planned, and waits:",
            to_stderr=True,
        )
        say("a `partwork run` takes it along, or give the same command again later.", to_stderr=True)
        return None


def _driven(place: Place, campaign: "Campaign", lease: "Lease | None", *, as_json: bool) -> int:
    if lease is None:
        code = told(place, campaign, None, as_json=as_json)
        if not as_json:
            say(f"See how it goes: partwork campaign {named_in_command(campaign)}")
        return code
    ended, was_stopped = send_off(place, lease, campaign, is_quiet=as_json)
    code = told(place, campaign, ended, as_json=as_json)
    return INTERRUPTED if was_stopped and code == 0 else code
