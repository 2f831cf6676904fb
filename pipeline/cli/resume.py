"""``partwork resume``: go on with a paused campaign."""

from pathlib import Path

import click

from pipeline.cli.options import root_option
from pipeline.cli.part_names import correction_option, part_argument


@click.command("resume", epilog="Example:  partwork resume gut-and-immunity/3")
@root_option
@part_argument
@correction_option
def command(root: Path, part: str, correction: int | None) -> None:
    """Let a paused campaign go on. What was planned goes out as it was planned."""
    from pipeline.cli.campaign_words import how_to_go_on
    from pipeline.cli.part_names import campaign_at
    from pipeline.cli.terminal import say
    from pipeline.ledger.campaigns import resume
    from pipeline.ledger.counts import counts

    with campaign_at(root, part, correction) as (database, campaign):
        resume(database, campaign.id)
        say(f"Resumed: {counts(database, campaign.id).left:,} are waiting.")
        say(f"To send it to them: {how_to_go_on(campaign)}. A `partwork run` does it by itself.")
