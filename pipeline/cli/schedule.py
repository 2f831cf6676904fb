"""``partwork schedule``: what comes out, and when."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import as_of_option, root_option
from pipeline.errors import ContentError

if TYPE_CHECKING:
    from pipeline.cli.schedule_calendar import Entry
    from pipeline.cli.schedule_letters import Standings
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
    slots of the last two are where they would come if nothing moved. Where there is a list of subscribers, it says
    what has become of each letter, too, and how many would get the next.
    """
    from pipeline.cli.schedule_calendar import as_ics, as_json, entries_of
    from pipeline.cli.schedule_letters import standing_of
    from pipeline.cli.terminal import show_diagnostics
    from pipeline.compose import compose_issues
    from pipeline.parse import parse_library
    from pipeline.read import read_sources

    sources = read_sources(root)
    parsed = parse_library(sources)
    if parsed.library is None:
        raise ContentError(parsed.diagnostics)
    composed = compose_issues(parsed.library, as_of)
    entries = entries_of(composed.issues)
    if form == "ics":
        click.echo(as_ics(entries, composed.issues), nl=False)
    elif form == "json":
        click.echo(as_json(entries, composed.issues, standing_of(root, sources, composed.issues)))
    else:
        _show(entries, composed.issues, standing_of(root, sources, composed.issues))
    errors = [d for d in (*parsed.diagnostics, *composed.diagnostics) if d.is_error]
    if errors:
        show_diagnostics(errors, sources.files, to_stderr=True)
        context.exit(1)


def _show(entries: Sequence["Entry"], issues: "Issues", standing: "Standings | None") -> None:
    from pipeline import schedule
    from pipeline.cli.proposal import people
    from pipeline.cli.terminal import say

    words = {} if standing is None else standing.letters
    width = max((len(each.words) for each in words.values()), default=0)
    for placed in issues.series:
        to = "" if standing is None else f", to {people(standing.audiences[placed.series.slug])}"
        say(f"{placed.series.title}  ({issues.publication.timezone}){to}", bold=True)
        mine = [entry for entry in entries if entry.series == placed.series.slug]
        for entry in mine:
            when = schedule.described(entry.slot) if entry.slot else "no date"
            title = entry.title or "to be written"
            colour = {"out": "green", "next": "cyan", "draft": "yellow"}.get(entry.state, "white")
            letter = f"{words[entry.address].words if entry.address in words else '':<{width}}  " if width else ""
            say(f"  {entry.number:>2}  {when:<36}  {entry.state:<9}  {letter}{title}", fg=colour)
        if not mine:
            say("      no parts yet")
        for issue, wanted in () if standing is None else standing.roundups:
            if issue.series.slug == placed.series.slug:
                when, word = schedule.described(issue.slot), words[issue.address].words
                what = f"{issue.part.subject}, to {people(wanted)}"
                say(f"      {when:<36}  {'round-up':<9}  {f'{word:<{width}}  ' if width else ''}{what}", fg="cyan")
    if not issues.series:
        say("There is no series yet. Start one with: partwork new series 'A title'")
