"""What the commands about letters to people share: list and ledger, environment, and what is asked for."""

import os
import re
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.opened import looked_at
from pipeline.cli.part_names import find, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pipeline.database import Database
    from pipeline.issue import Issue
    from pipeline.ledger.campaigns import Campaign
    from pipeline.model import Publication, Sources
    from pipeline.sending.equipment import Secrets
    from pipeline.sending.letters import Prepared

_HERE = re.compile(r"(.+), process (\d+)\Z")
UNCERTAIN = 3  # the exit code where the fate of a delivery is not known

correction_option = click.option(
    "--correction", type=click.IntRange(1), default=None, metavar="N", help="The Nth correction to the part."
)


def secrets() -> "Secrets":
    """What the environment has for us."""
    from pipeline.sending.equipment import Secrets

    return Secrets(os.environ.get("PARTWORK_SECRET", ""), os.environ.get("PARTWORK_SMTP_PASSWORD", ""))


def holder() -> str:
    """Who we are, for somebody else who wants to send: this machine, and the process."""
    return f"{socket.gethostname()}, process {os.getpid()}"


def has_died(name: str) -> bool:
    """Whether a lease's holder was a process of this machine that is no more."""
    match = _HERE.match(name)
    if match is None or match[1] != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(int(match[2]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False


def read_publication(root: Path) -> "Sources":
    """The publication's files.

    Raises:
        ConfigError: there is no publication.
    """
    from pipeline.read import read_sources

    return read_sources(root)


def prepared_publication(root: Path) -> "Publication":
    """The publication alone: its parts may have errors.

    Raises:
        ContentError: partwork.toml has errors.
    """
    from pipeline.errors import ContentError
    from pipeline.parse import parse_library

    parsed = parse_library(read_publication(root))
    if parsed.library is None:
        raise ContentError(parsed.diagnostics)
    return parsed.library.publication


def prepared_or_exit(sources: "Sources", now: "datetime", *, drafts: bool = False) -> "Prepared":
    """The publication without errors; with one, everything is told, and that is all.

    Raises:
        Exit: it has errors.
    """
    from pipeline.cli.reports import tally
    from pipeline.cli.terminal import say, show_diagnostics
    from pipeline.errors import ContentError
    from pipeline.sending.letters import prepare

    try:
        return prepare(sources, now, drafts=drafts)
    except ContentError as error:
        show_diagnostics(error.diagnostics, sources.files, to_stderr=True)
        say(f"nothing is sent of a publication with errors: {tally(error.diagnostics)}", to_stderr=True, fg="red")
        raise click.exceptions.Exit(1) from None


def issue_named(prepared: "Prepared", name: str) -> "Issue":
    """The issue that a name stands for.

    Raises:
        UsageError: there is none.
        ConfigError: it is a draft.
    """
    from pipeline.errors import ConfigError

    issue = find(name, prepared.issues.all)
    if issue is not None:
        return issue
    parts = [part for series in prepared.issues.library.series for part in series.parts]
    part = find(name, parts)
    if part is None:
        raise unknown(name, parts, "There is no part")
    raise ConfigError(f"{part.address} is a draft: take `draft: true` out of {part.path} when it is finished")


def campaign_named(database: "Database", name: str, correction: int | None = None) -> "Campaign":
    """The campaign that a name stands for, or that of a correction.

    Raises:
        UsageError: there is none.
    """
    from pipeline.ledger.campaigns import campaigns

    mine = [each for each in campaigns(database) if each.revision == (correction or 0)]
    found = find(name, mine)
    if found is None:
        what = "There is no campaign" if correction is None else f"There is no correction {correction} to"
        raise unknown(name, mine, what)
    return found


@contextmanager
def campaign_at(root: Path, name: str, correction: int | None = None) -> "Iterator[tuple[Database, Campaign]]":
    """The database, open, and the campaign that a name stands for.

    Raises:
        UsageError: there is none.
    """
    with looked_at(root) as database:
        if database is None:
            raise unknown(name, [], "Nothing has been sent yet: there is no campaign")
        yield database, campaign_named(database, name, correction)


def short(digest: str) -> str:
    """As much of a digest as tells two apart."""
    return digest[:12]


def shown_name(campaign: "Campaign") -> str:
    """A campaign as one names it in a command."""
    return f"{campaign.series}/{campaign.number}"


def named_in_command(campaign: "Campaign") -> str:
    """The same with the option that a correction needs."""
    return shown_name(campaign) + (f" --correction {campaign.revision}" if campaign.revision else "")


def how_to_go_on(campaign: "Campaign") -> str:
    """The command that sends what is left of a campaign."""
    return "partwork run --once" if campaign.revision else f"partwork send {shown_name(campaign)}"


def answered(question: str, *, yes: bool) -> None:
    """Ask, unless that was answered with ``--yes``.

    Raises:
        Exit: the answer is no, or there is nobody to ask.
    """
    from pipeline.cli.terminal import say

    if yes:
        return
    try:
        if click.confirm(question):
            return
    except click.Abort:
        say()
        say("Nobody answered: nothing was done. Add --yes where nobody can be asked.", to_stderr=True)
        raise click.exceptions.Exit(1) from None
    say("Nothing was done.")
    raise click.exceptions.Exit(1)


def joined_reasons(reasons: "Sequence[tuple[str, int]]", limit: int = 6) -> str:
    """``unsubscribed 7, paused 3``."""
    words = [f"{reason} {many:,}" for reason, many in reasons[:limit]]
    return ", ".join(words) + (" and others" if len(reasons) > limit else "")
