"""``partwork doctor``: whether letters will arrive, and what to mend."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.database import looked_at
from pipeline.cli.environment import secrets
from pipeline.cli.options import root_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.database import Database
    from pipeline.doctor.finding import Finding
    from pipeline.sending.tokens import Tokens

_COLOURS = {"good": "green", "weak": "yellow", "unseen": "cyan", "bad": "red"}


@click.command("doctor", epilog="Example:  partwork doctor")
@root_option
@click.option("--offline", is_flag=True, help="Ask nobody: look at this machine alone, and say what was not seen.")
@click.option("--json", "is_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(context: click.Context, root: Path, offline: bool, is_json: bool) -> None:
    """Look over what decides whether letters arrive: sender, DNS, mail server, public address, this machine.

    Nothing is sent and nothing changed. Each thing is good, weak, bad, or unseen, which is never the same as good.
    The exit code is 1 where something is bad.
    """
    from pipeline.cli.configured import configured
    from pipeline.doctor.finding import Finding, Subject, Verdict
    from pipeline.doctor.looking_over import Patient, look_over
    from pipeline.doctor.machine import DATABASE_MEND
    from pipeline.doctor.names import Names

    publication = configured(root)
    tokens, trouble = _tokens(root)
    with ExitStack() as stack:
        database, broken = _database(root, stack)
        patient = Patient(
            publication=publication,
            root=root,
            database=database,
            tokens=tokens,
            names=None if offline else Names(),
            now=options.now(),
            clock=options.now,
            password=secrets().smtp_password,
            secret_trouble=trouble,
        )
        found = look_over(patient)
    if broken:
        bad = Finding(Subject.DATABASE, Verdict.BAD, broken, DATABASE_MEND)
        found = [bad if one.subject is Subject.DATABASE else one for one in found]
    if is_json:
        click.echo(json.dumps(_as_data(found), ensure_ascii=False, indent=2))
    else:
        _show(found)
    context.exit(1 if any(one.verdict is Verdict.BAD for one in found) else 0)


def _tokens(root: Path) -> "tuple[Tokens | None, str]":
    """Tokens where there is a secret (looking makes none), and what is wrong with it."""
    from pipeline.errors import ConfigError
    from pipeline.sending import keys

    secret = secrets().token
    if not secret.strip() and not (root / keys.FILE).exists():
        return None, ""
    try:
        return keys.open_tokens(root, secret), ""
    except ConfigError as error:
        return None, str(error)


def _database(root: Path, stack: ExitStack) -> "tuple[Database | None, str]":
    """The database where there is one (looking makes none), and why it cannot be opened."""
    from pipeline.errors import DatabaseError

    try:
        return stack.enter_context(looked_at(root)), ""
    except DatabaseError as error:
        return None, str(error)


def _as_data(found: "Sequence[Finding]") -> dict[str, object]:
    from pipeline.doctor.checklist import standings

    return {
        "findings": [
            {"subject": one.subject, "verdict": one.verdict, "seen": one.seen, "mend": one.mend} for one in found
        ],
        "demands": [
            {"demand": one.demand.words, "of": list(one.demand.providers), "verdict": one.verdict}
            for one in standings(found)
        ],
    }


def _show(found: "Sequence[Finding]") -> None:
    from pipeline.cli.terminal import say
    from pipeline.doctor.checklist import standings

    for one in found:
        say(f"{one.verdict:<6}  {one.subject:<14}  {one.seen}", fg=_COLOURS[one.verdict])
        if one.mend:
            say(f"{'':<24}{one.mend}")
    say()
    say("What providers ask of those who send to many:", bold=True)
    for standing in standings(found):
        asked = ", ".join(standing.demand.providers)
        say(f"{standing.verdict:<6}  {standing.demand.words} ({asked})", fg=_COLOURS[standing.verdict])
    say()
    counts = {word: sum(one.verdict == word for one in found) for word in _COLOURS}
    say(", ".join(f"{count} {word}" for word, count in counts.items() if count) + ".")
