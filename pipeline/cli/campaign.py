"""``partwork campaign``: one campaign, and what is in doubt of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import root_option
from pipeline.cli.part_names import correction_option, part_argument

if TYPE_CHECKING:
    from pipeline.database import Database
    from pipeline.ledger.campaigns import Campaign


@click.command("campaign", epilog="Example:  partwork campaign gut-and-immunity/3")
@root_option
@part_argument
@correction_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(context: click.Context, root: Path, part: str, correction: int | None, as_json: bool) -> None:
    """Show how a part's campaign stands: counts, pace, why it is paused, and whose delivery is uncertain.

    The exit code is 3 where a delivery is uncertain.
    """
    from pipeline.cli import UNCERTAIN
    from pipeline.cli.campaign_words import as_data, heading, next_steps, show_counts, show_doubts
    from pipeline.cli.part_names import campaign_at
    from pipeline.cli.reports import json_text
    from pipeline.cli.terminal import say
    from pipeline.ledger.counts import counts, who
    from pipeline.ledger.deliveries import State

    with campaign_at(root, part, correction) as (database, campaign):
        number = counts(database, campaign.id)
        if as_json:
            doubts = [
                {"address": fate.address, "reason": fate.reason}
                for fate in who(database, campaign.id, State.UNCERTAIN)
            ]
            click.echo(json_text({**as_data(campaign, number), "uncertain": doubts}))
        else:
            say(heading(campaign), bold=True)
            for name, words in _lines(database, campaign):
                say(f"  {name:<10} {words}")
            show_counts(database, campaign, number)
            if number.uncertain:
                say("Uncertain:", fg="red", bold=True)
                show_doubts(database, campaign)
            for line in next_steps(campaign, number, is_outbox=False):
                say(line)
    if number.uncertain:
        context.exit(UNCERTAIN)


def _lines(database: "Database", campaign: "Campaign") -> list[tuple[str, str]]:
    from pipeline.cli.campaign_words import described, short
    from pipeline.ledger.campaigns import campaigns
    from pipeline.ledger.tempo import tempo

    zone = campaign.slot_zone
    state = campaign.state.value + (f": {campaign.why}" if campaign.why else "")
    lines = [("state", state)]
    if campaign.slot is not None:
        lines.append(("slot", f"{described(campaign.slot, zone)} ({zone})"))
    whom = f"for the tag `{campaign.tag}`" if campaign.tag else ""
    if campaign.revision:
        whom = "for those who got the part"
    lines.append(("planned", f"{described(campaign.planned_at, zone)} {whom}".rstrip()))
    if campaign.finished_at is not None:
        lines.append(("finished", described(campaign.finished_at, zone)))
    if (pace := tempo(database, campaign.id)) is not None and pace.a_second is not None and pace.is_telling:
        rate = f"{pace.a_second:,.0f} a second" if pace.a_second >= 1 else f"{pace.a_second * 60:,.1f} a minute"
        first, last = (f"{moment:%H:%M:%S}" for moment in (pace.first, pace.last))
        lines.append(("pace", f"{rate}, from {first} to {last} UTC"))
    if campaign.edition_digest:
        lines.append(("edition", short(campaign.edition_digest)))
    same = [each for each in campaigns(database) if each.address == campaign.address and each.revision]
    if same and not campaign.revision:
        times = "once: --correction 1" if len(same) == 1 else f"{len(same)} times: --correction 1 and on"
        lines.append(("corrected", times))
    return lines
