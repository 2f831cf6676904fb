"""``partwork cancel``: end a campaign for good."""

from pathlib import Path

import click

from pipeline.cli.options import root_option
from pipeline.cli.part_names import correction_option, part_argument


@click.command("cancel", epilog="Example:  partwork cancel gut-and-immunity/3 --because 'sent by mistake'")
@root_option
@part_argument
@correction_option
@click.option("--because", "why", default="by hand", metavar="WORDS", help="Why, for whoever looks at it later.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(root: Path, part: str, correction: int | None, why: str, yes: bool) -> None:
    """End a campaign for good: whoever has not got it does not get it.

    The part cannot be sent by email after that; those who have it can be sent a correction.
    """
    from pipeline.cli.part_names import campaign_at
    from pipeline.cli.terminal import answered, say
    from pipeline.ledger.campaigns import cancel
    from pipeline.ledger.counts import counts

    with campaign_at(root, part, correction) as (database, campaign):
        number = counts(database, campaign.id)
        answered(f"End it for good? {number.left:,} are waiting and would not get it.", yes=yes)
        cancel(database, campaign.id, why)
        say(f"Cancelled: {number.accepted:,} have it, {number.left:,} do not get it.")
