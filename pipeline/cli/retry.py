"""``partwork retry``: try again whoever was refused."""

from pathlib import Path

import click

from pipeline.cli import options
from pipeline.cli.part_names import correction_option, part_argument


@click.command("retry", epilog="Example:  partwork retry gut-and-immunity/3")
@options.root_option
@part_argument
@correction_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(root: Path, part: str, correction: int | None, yes: bool) -> None:
    """Plan again whoever was rejected, and at once whoever was refused for now.

    Never those whose delivery is uncertain: they may have the part. See `partwork resolve`. Who is suppressed by
    now is left out.
    """
    from pipeline.cli.campaign_words import how_to_go_on
    from pipeline.cli.part_names import campaign_at, named_in_command
    from pipeline.cli.terminal import answered, say
    from pipeline.ledger.afterwards import retry
    from pipeline.ledger.counts import counts

    with campaign_at(root, part, correction) as (database, campaign):
        number = counts(database, campaign.id)
        if not number.rejected and not number.deferred:
            say("Nobody was rejected, and nobody waits because of a refusal: there is nothing to try again.")
        else:
            answered(f"Try {number.rejected:,} rejected and {number.deferred:,} deferred again?", yes=yes)
            again = retry(database, campaign.id, options.clock())
            say(f"{again:,} planned again. To send them: {how_to_go_on(campaign)}")
        if number.uncertain:
            say(f"{number.uncertain:,} uncertain stay as they are: partwork campaign {named_in_command(campaign)}")
