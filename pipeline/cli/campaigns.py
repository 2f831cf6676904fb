"""``partwork campaigns``: everything that has been sent, or is being sent."""

from pathlib import Path

import click

from pipeline.cli.options import root_option


@click.command("campaigns", epilog="Example:  partwork campaigns --json")
@root_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(root: Path, as_json: bool) -> None:
    """Show every campaign, the newest first: a part that has been sent to the list, and corrections."""
    from pipeline.cli.campaign_words import as_data
    from pipeline.cli.database import looked_at
    from pipeline.cli.part_names import shown_name
    from pipeline.cli.reports import json_text
    from pipeline.cli.terminal import say
    from pipeline.ledger.campaigns import campaigns
    from pipeline.ledger.counts import counts

    with looked_at(root) as database:
        found = [] if database is None else [(each, counts(database, each.id)) for each in campaigns(database)]
    if as_json:
        click.echo(json_text({"campaigns": [as_data(*each) for each in found]}))
        return
    if not found:
        say("Nothing has been sent yet. See what would go out: partwork send SERIES/PART --dry-run")
        return
    rows: list[tuple[str, ...]] = [
        ("part", "state", "planned", "accepted", "rejected", "uncertain", "waiting", "left out", "subject")
    ]
    for each, number in found:
        name = shown_name(each) + (f" +{each.revision}" if each.revision else "")
        figures = (number.total, number.accepted, number.rejected, number.uncertain, number.left, number.excluded)
        rows.append((name, each.state.value, *(f"{figure:,}" for figure in figures), each.subject))
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]) - 1)]
    for line, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), row[1].ljust(widths[1])]
        cells += [row[k].rjust(widths[k]) for k in range(2, len(row) - 1)]
        say("  ".join((*cells, row[-1])).rstrip(), bold=line == 0)
