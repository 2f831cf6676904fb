"""``partwork send``: a part to its subscribers, each at most once."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.part_names import part_argument

if TYPE_CHECKING:
    from pipeline.cli.proposal import Proposal
    from pipeline.database import Database
    from pipeline.ledger.campaigns import Campaign
    from pipeline.sending.letters import MadeLetter, Prepared


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody has asked for."""

    part: str
    tag: str
    now: datetime
    is_dry: bool
    is_early: bool
    is_sure: bool
    as_json: bool


@click.command("send", epilog="Example:  partwork send gut-and-immunity/3 --test me@example.org")
@options.root_option
@part_argument
@click.argument("more", nargs=-1, metavar="")
@click.option("--to", "tag", default="", metavar="TAG", help="Only to subscribers with this tag.")
@click.option(
    "--test", "tests", multiple=True, metavar="ADDRESS...", help="Only a copy to look at, to these addresses."
)
@click.option("--dry-run", is_flag=True, help="Show what would go to whom; send and keep nothing.")
@click.option("--early", is_flag=True, help="Send it although its slot is still to come.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON; needs --yes, --test or --dry-run.")
@click.pass_context
def command(
    context: click.Context,
    root: Path,
    part: str,
    more: tuple[str, ...],
    tag: str,
    tests: tuple[str, ...],
    dry_run: bool,
    early: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Send a part to its subscribers, each at most once.

    SERIES/PART is like `gut-and-immunity/3`, or `gut-and-immunity/roundup-2026-11` for a round-up. It shows what
    would go to whom, and asks. Run again after an interruption it goes on where it stopped, and run again after
    that it does nothing. The exit code is 3 where it is uncertain whether somebody got their copy.
    """
    if more and not tests:
        raise click.UsageError(f"One part at a time: what is `{more[0]}`? Addresses for a look come after --test.")
    if as_json and not (yes or tests or dry_run):
        raise click.UsageError("--json reports and cannot ask: add --yes, --dry-run or --test ADDRESS.")
    if tests:
        from pipeline.cli.send_tests import send_tests

        context.exit(send_tests(root, part, (*tests, *more), options.now(), as_json=as_json))
    context.exit(_send(root, Wish(part, tag, options.now(), dry_run, early, yes, as_json)))


def _send(root: Path, wish: Wish) -> int:
    from pipeline.cli.database import looked_at
    from pipeline.cli.part_names import issue_to_send
    from pipeline.cli.prepared import prepared_or_exit
    from pipeline.cli.terminal import progress
    from pipeline.errors import SendingError
    from pipeline.ledger.campaigns import CampaignState, campaign_of
    from pipeline.ledger.renaming import follow
    from pipeline.read import read_sources
    from pipeline.sending.due import names_of
    from pipeline.sending.equipment import refuse_without_way_out
    from pipeline.sending.letters import make_letter

    sources = read_sources(root)
    with progress("Making the letter"):
        prepared = prepared_or_exit(sources, wish.now)
        letter = make_letter(prepared, issue_to_send(root, prepared, wish.part, wish.now))
    if letter.issue.is_roundup and (wish.tag or wish.is_early):
        raise click.UsageError("A round-up goes out to all who chose it, and not before its moment.")
    if not wish.is_dry:
        refuse_without_way_out(prepared.publication)
    with ExitStack() as stack:
        database = stack.enter_context(looked_at(root))
        if database is None:
            raise SendingError("there is nobody to send it to yet: partwork subscribers import people.csv")
        issue = letter.issue
        follow(database, names_of(prepared.issues))
        before = campaign_of(database, issue.series.slug, issue.part.slug)
        if before is not None and before.state is not CampaignState.SLIPPED:
            return _again(root, database, prepared, letter, before, wish, stack)
        proposal = proposal_of(database, prepared, letter, wish)
        return _first(root, database, proposal, before, wish, stack)


def proposal_of(database: "Database", prepared: "Prepared", letter: "MadeLetter", wish: Wish) -> "Proposal":
    """A part's letter to everybody, or to those with a tag."""
    from pipeline.cli.proposal import Proposal
    from pipeline.sending.approving import looked
    from pipeline.sending.forecast import forecast
    from pipeline.sending.roundups import audience_of

    issue, publication = letter.issue, prepared.publication
    chosen = audience_of(publication, issue.series.slug, wish.tag, is_roundup=issue.is_roundup, at=wish.now)
    return Proposal(
        publication=prepared.publication,
        letter=letter,
        audience=chosen,
        forecast=forecast(database, chosen),
        looked=looked(database, letter),
        tag=wish.tag,
        now=wish.now,
        at_once=wish.is_early,
        remarks=tuple(_remarks(database, letter, wish)),
    )


def _remarks(database: "Database", letter: "MadeLetter", wish: Wish) -> "list[str]":
    from pipeline.ledger.campaigns import CampaignState, campaign_of

    issue, found = letter.issue, []
    if issue.previous is not None and issue.previous.number == issue.number - 1:
        slug = issue.previous.address.partition("/")[2]
        before = campaign_of(database, issue.series.slug, slug)
        if before is None or before.state is CampaignState.SLIPPED:
            found.append(f"Part {issue.previous.number}, which this one refers to, has not been sent.")
    if wish.tag:
        found.append(f"A part goes out once: whoever lacks the tag `{wish.tag}` will not get it by email.")
    found += [f"{each.location.path}: {each.message}" for each in letter.diagnostics]
    return found


def _first(
    root: Path,
    database: "Database",
    proposal: "Proposal",
    slipped: "Campaign | None",
    wish: Wish,
    stack: ExitStack,
) -> int:
    """A part that has not been sent: show it, ask, plan it, send it."""
    from pipeline.cli.environment import secrets
    from pipeline.cli.part_names import command_name
    from pipeline.cli.proposal import people, refuse_unapproved
    from pipeline.cli.reports import json_text
    from pipeline.cli.send_campaign import Place, plan_and_send
    from pipeline.cli.terminal import answered, say
    from pipeline.errors import SendingError
    from pipeline.sending.equipment import equip
    from pipeline.subscribers.audience import IN_ROUNDUP

    name = command_name(proposal.letter.issue)
    if not wish.as_json:
        proposal.show()
    elif wish.is_dry:
        click.echo(json_text(proposal.as_data()))
    _refuse_too_early(proposal, name, wish)
    refuse_unapproved(proposal, name)
    if wish.is_dry:
        say("Nothing was sent, and nothing kept.", to_stderr=wish.as_json)
        return 0
    if not proposal.forecast.wanted and IN_ROUNDUP not in proposal.forecast.left_out:
        who = f"has the tag `{wish.tag}` and may be written to" if wish.tag else "is active on the list"
        raise SendingError(f"nobody {who}: partwork subscribers stats shows the list")
    answered(f"Send it to {people(proposal.forecast.wanted)} now?", yes=wish.is_sure)
    equipment = equip(proposal.publication, root, secrets())
    for warning in equipment.warnings:
        say(f"warning: {warning}", to_stderr=True, fg="yellow")
    place = Place(root, database, equipment)
    return plan_and_send(place, proposal, stack, slipped=slipped, as_json=wish.as_json)


def _refuse_too_early(proposal: "Proposal", name: str, wish: Wish) -> None:
    """Make sure that a part's slot has come.

    Raises:
        SendingError: it has not.
    """
    from pipeline.cli.campaign_words import described
    from pipeline.errors import SendingError
    from pipeline.sending.due import opening

    issue = proposal.letter.issue
    opens = opening(issue.slot) if proposal.is_local else issue.slot.utc
    if wish.is_early or opens <= wish.now:
        return
    told = f"{name} comes out on {described(issue.slot.utc, issue.slot.zone)}: partwork run sends it then."
    if issue.is_roundup:
        raise SendingError(told)
    how = f"To send it now, before its page and its feed entry are out: partwork send {name} --early"
    raise SendingError(f"{told} {how}")


def _again(
    root: Path,
    database: "Database",
    prepared: "Prepared",
    letter: "MadeLetter",
    campaign: "Campaign",
    wish: Wish,
    stack: ExitStack,
) -> int:
    """A part that has been planned before: go on with it, or say what has become of it."""
    from pipeline.cli.environment import secrets
    from pipeline.cli.part_names import shown_name
    from pipeline.cli.send_campaign import Place, go_on, told
    from pipeline.cli.terminal import say
    from pipeline.ledger.campaigns import CampaignState
    from pipeline.sending.equipment import equip

    place = Place(root, database, equip(prepared.publication, root, secrets()))
    name = shown_name(campaign)
    if not wish.as_json:
        _explain(database, campaign, name)
        if campaign.edition_digest != letter.digest:
            say("The part has been edited since. What was planned goes out as it was.", fg="yellow")
    if campaign.state is not CampaignState.SENDING or wish.is_dry:
        return told(place, campaign, None, as_json=wish.as_json)
    return go_on(place, campaign, stack, as_json=wish.as_json)


def _explain(database: "Database", campaign: "Campaign", name: str) -> None:
    from pipeline.cli.campaign_words import described
    from pipeline.cli.proposal import people
    from pipeline.cli.terminal import say
    from pipeline.ledger.campaigns import CampaignState
    from pipeline.ledger.counts import counts

    number = counts(database, campaign.id)
    what = "A round-up" if campaign.is_roundup else "A part"
    when = described(campaign.planned_at, campaign.slot_zone)
    match campaign.state:
        case CampaignState.FINISHED:
            say(f"{name} has been sent, on {when}, to {people(number.accepted)}. {what} goes out once.")
            if not campaign.is_roundup:
                say(f"To tell them of an error in it: partwork errata {name} --message correction.md")
        case CampaignState.PAUSED:
            say(f"{name} was begun on {when} and is paused: {campaign.why}")
        case CampaignState.CANCELLED:
            say(f"{name} was begun on {when} and cancelled: {campaign.why}. It is not sent again.")
        case _:
            say(f"{name} was begun on {when}; {people(number.left)} still wait for it. Going on.")
