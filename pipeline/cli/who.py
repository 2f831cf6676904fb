"""``partwork who``: who got a part, who did not, and why."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import root_option
from pipeline.cli.part_names import correction_option, part_argument

if TYPE_CHECKING:
    from pipeline.ledger.counts import Fate

_STATES = ("accepted", "rejected", "uncertain", "waiting", "excluded")
_COLUMNS = ("address", "state", "reason", "code", "attempts", "at", "remote_id")


@click.command("who", epilog="Example:  partwork who gut-and-immunity/3 --state rejected")
@root_option
@part_argument
@correction_option
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="Only those; may be repeated.")
@click.option("--csv", "form", flag_value="csv", help="As CSV.")
@click.option("--json", "form", flag_value="json", help="As JSON, one object on each line.")
def command(root: Path, part: str, correction: int | None, states: tuple[str, ...], form: str | None) -> None:
    """Show who got a part, who did not, and why.

    accepted: a mail server took it. rejected: refused for good. uncertain: nobody knows. waiting: still to be
    sent. excluded: left out, because they had left, were suppressed, did not want the series, or chose round-ups.
    Who joined the list after the part was planned is not in it.
    """
    from pipeline.cli.part_names import campaign_at
    from pipeline.ledger.counts import who
    from pipeline.ledger.deliveries import State

    wanted = [
        state
        for name in states
        for state in ((State.PLANNED, State.CLAIMED, State.OFFERED) if name == "waiting" else (State(name),))
    ]
    with campaign_at(root, part, correction) as (database, campaign):
        fates = who(database, campaign.id, *wanted)
        lines = {"csv": _as_csv, "json": _as_json}.get(form or "", _as_text)(fates)
        is_empty = True
        for line in lines:
            is_empty = False
            click.echo(line, nl=False)
        if is_empty and form is None:
            click.echo("There is nobody.")


def _row(fate: "Fate") -> dict[str, str | int]:
    from pipeline.ledger.deliveries import State

    is_waiting = fate.state in (State.PLANNED, State.CLAIMED, State.OFFERED)
    return {
        "address": fate.address or f"subscriber {fate.subscriber_id}, forgotten since",
        "state": "waiting" if is_waiting else fate.state.value,
        "reason": fate.reason,
        "code": fate.code or "",
        "attempts": fate.attempts,
        "at": fate.settled_at.isoformat() if fate.settled_at else "",
        "remote_id": fate.remote_id,
    }


def _as_text(fates: "Iterable[Fate]") -> Iterator[str]:
    from pipeline.cli.terminal import printable

    for fate in fates:
        row = _row(fate)
        words = f"{row['code']} {row['reason']}".strip() if fate.code else row["reason"]
        yield printable(f"{row['address']!s:<40}  {row['state']!s:<9}  {words}".rstrip()) + "\n"


def _as_csv(fates: "Iterable[Fate]") -> Iterator[str]:
    from pipeline.subscribers.cells import csv_lines

    return csv_lines(_COLUMNS, (map(str, _row(fate).values()) for fate in fates))


def _as_json(fates: "Iterable[Fate]") -> Iterator[str]:
    for fate in fates:
        yield json.dumps({**_row(fate), "code": fate.code or None}) + "\n"
