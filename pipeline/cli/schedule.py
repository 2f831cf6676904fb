"""``partwork schedule``: what comes out, and when."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import as_of_option, root_option
from pipeline.errors import ContentError

if TYPE_CHECKING:
    from pipeline.cli.calendar import Entry
    from pipeline.issue import Issues


@click.command("schedule", epilog="Example:  partwork schedule --ics > letters.ics")
@root_option
@as_of_option
@click.option("--json", "form", flag_value="json", help="As JSON.")
@click.option("--ics", "form", flag_value="ics", help="As a calendar file (RFC 5545) to subscribe to or import.")
@click.pass_context
def command(context: click.Context, root: Path, as_of: date | datetime, form: str | None) -> None:
    """Show the calendar of every series: each part's slot, and whether it is out.

    A part is out, next, scheduled, a draft, or planned (counted in `parts_planned` and not yet written). The
    slots of the last two are where they would come if nothing moved.
    """
    from pipeline.cli import calendar
    from pipeline.cli.terminal import show_diagnostics
    from pipeline.compose import compose_issues
    from pipeline.parse import parse_library
    from pipeline.read import read_sources

    sources = read_sources(root)
    parsed = parse_library(sources)
    if parsed.library is None:
        raise ContentError(parsed.diagnostics)
    composed = compose_issues(parsed.library, as_of)
    entries = calendar.entries_of(composed.issues)
    if form == "ics":
        click.echo(calendar.as_ics(entries, composed.issues), nl=False)
    elif form == "json":
        click.echo(calendar.as_json(entries, composed.issues))
    else:
        _show(entries, composed.issues)
    errors = [d for d in (*parsed.diagnostics, *composed.diagnostics) if d.is_error]
    if errors:
        show_diagnostics(errors, sources.files, to_stderr=True)
        context.exit(1)


def _show(entries: Sequence["Entry"], issues: "Issues") -> None:
    from pipeline import schedule
    from pipeline.cli.terminal import say

    for placed in issues.series:
        say(f"{placed.series.title}  ({issues.publication.timezone})", bold=True)
        mine = [entry for entry in entries if entry.series == placed.series.slug]
        for entry in mine:
            when = schedule.described(entry.slot) if entry.slot else "no date"
            title = entry.title or "to be written"
            colour = {"out": "green", "next": "cyan", "draft": "yellow"}.get(entry.state, "white")
            say(f"  {entry.number:>2}  {when:<36}  {entry.state:<9}  {title}", fg=colour)
        if not mine:
            say("      no parts yet")
    if not issues.series:
        say("There is no series yet. Start one with: partwork new series 'A title'")
