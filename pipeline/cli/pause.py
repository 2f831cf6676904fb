"""``partwork pause``: let nothing more of a campaign leave."""

from pathlib import Path

import click

from pipeline.cli.options import root_option
from pipeline.cli.part_names import correction_option, part_argument


@click.command("pause", epilog="Example:  partwork pause gut-and-immunity/3 --because 'a wrong figure'")
@root_option
@part_argument
@correction_option
@click.option("--because", "why", default="by hand", metavar="WORDS", help="Why, for whoever looks at it later.")
def command(root: Path, part: str, correction: int | None, why: str) -> None:
    """Stop a campaign at once, also one that another process is sending.

    Not one copy leaves after that, but those of which the last dot has left already. `partwork resume` goes on
    with it; `partwork cancel` ends it.
    """
    from pipeline.cli.part_names import campaign_at, named_in_command
    from pipeline.cli.terminal import say
    from pipeline.ledger.campaigns import pause
    from pipeline.ledger.counts import counts

    with campaign_at(root, part, correction) as (database, campaign):
        pause(database, campaign.id, why)
        number = counts(database, campaign.id)
        say(f"Paused: {number.accepted:,} have it, {number.left:,} are waiting.")
        say(f"To go on: partwork resume {named_in_command(campaign)}. To end it: partwork cancel.")
