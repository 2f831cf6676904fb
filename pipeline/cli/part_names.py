"""What commands are about, by name: a part or its campaign, ``series/3``, ``series/slug``, ``series/03-slug``."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import click

from pipeline.cli.database import looked_at

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.database import Database
    from pipeline.issue import Issue
    from pipeline.ledger.campaigns import Campaign
    from pipeline.sending.letters import Prepared

_NUMBERED = re.compile(r"(\d{1,4})(?:-(.+))?\Z")


class Named(Protocol):
    """What has a part's name: an issue, a part, a campaign."""

    @property
    def number(self) -> int:
        """The part's number."""

    @property
    def address(self) -> str:
        """``series/slug``."""


Found = TypeVar("Found", bound=Named)

part_argument = click.argument("part", metavar="SERIES/PART")
correction_option = click.option(
    "--correction", type=click.IntRange(1), default=None, metavar="N", help="The Nth correction to the part."
)


def find(name: str, among: Iterable[Found]) -> Found | None:
    """What the name stands for, if it is there. A path is taken for the part in it."""
    there = list(among)
    series, slash, rest = name.removeprefix("series/").removesuffix(".md").strip("/").partition("/")
    if not slash:
        return None
    exactly = next((each for each in there if each.address == f"{series}/{rest}"), None)
    match = _NUMBERED.match(rest)
    if exactly is not None or match is None:
        return exactly
    number, slug = int(match[1]), match[2]
    for each in there:
        its_series, _, its_slug = each.address.partition("/")
        if its_series == series and each.number == number > 0 and slug in (None, its_slug):
            return each
    return None


def unknown(name: str, among: Sequence[Named], what: str) -> click.UsageError:
    """There is no such part: what one may have meant."""
    names = [f"{each.address.partition('/')[0]}/{each.number}" for each in among if each.number]
    addresses = [each.address for each in among]
    near = get_close_matches(name, [*addresses, *names], 1, 0.5)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    if not hint and names:
        hint = f" A part is named like `{names[-1]}`."
    return click.UsageError(f"{what} `{name}`.{hint}")


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


def issue_to_send(root: Path, prepared: "Prepared", name: str, now: "datetime") -> "Issue":
    """The same, or the round-up that a name stands for.

    Raises:
        UsageError: there is none.
        ConfigError: it is a draft; round-ups are not offered, or there is nothing to tell.
    """
    from pipeline import urls
    from pipeline.sending.roundups import roundup_of

    series, _, slug = name.strip("/").partition("/")
    if not urls.ROUNDUP.match(slug):
        return issue_named(prepared, name)
    with looked_at(root) as database:
        return roundup_of(prepared.issues, database, series, slug, now)


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
def campaign_at(root: Path, name: str, correction: int | None = None) -> Iterator["tuple[Database, Campaign]"]:
    """The database, open, and the campaign that a name stands for.

    Raises:
        UsageError: there is none.
    """
    with looked_at(root) as database:
        if database is None:
            raise unknown(name, [], "Nothing has been sent yet: there is no campaign")
        yield database, campaign_named(database, name, correction)


def shown_name(campaign: "Campaign") -> str:
    """A campaign as one names it in a command."""
    return campaign.address if campaign.is_roundup else f"{campaign.series}/{campaign.number}"


def command_name(issue: "Issue") -> str:
    """The same of an issue."""
    return issue.address if issue.is_roundup else f"{issue.series.slug}/{issue.number}"


def named_in_command(campaign: "Campaign") -> str:
    """The same with the option that a correction needs."""
    return shown_name(campaign) + (f" --correction {campaign.revision}" if campaign.revision else "")
