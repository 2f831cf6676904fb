"""``partwork errata``: a correction, to those who got a part."""

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.part_names import part_argument

if TYPE_CHECKING:
    from pipeline.cli.proposal import Proposal
    from pipeline.cli.send_campaign import Place
    from pipeline.database import Database
    from pipeline.issue import Issue
    from pipeline.ledger.campaigns import Campaign
    from pipeline.sending.letters import Prepared


@click.command("errata", epilog="Example:  partwork errata gut-and-immunity/3 --message correction.md")
@options.root_option
@part_argument
@click.option(
    "--message",
    required=True,
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE.md",
    help="What to say, in Markdown; with `title`, `summary` and `subject` in front matter, or without any.",
)
@click.option("--dry-run", is_flag=True, help="Show what would go to whom; send and keep nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON; needs --yes or --dry-run.")
@click.pass_context
def command(
    context: click.Context, root: Path, part: str, message: str, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Send a correction to those who got a part, or may have.

    It looks like the part's letter, with its number, its disclaimers and its way out, and without teaser and
    calls to action. It changes no page and no feed: mend the part itself in its file. The same text again goes on
    with what was interrupted, or does nothing.
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json reports and cannot ask: add --yes or --dry-run.")
    context.exit(_send(root, part, Path(message), is_dry=dry_run, is_sure=yes, as_json=as_json))


def _send(root: Path, part: str, message: Path, *, is_dry: bool, is_sure: bool, as_json: bool) -> int:
    from pipeline.cli.environment import secrets
    from pipeline.cli.part_names import campaign_at, issue_named
    from pipeline.cli.prepared import prepared_or_exit
    from pipeline.cli.proposal import people, refuse_unapproved, show_text
    from pipeline.cli.reports import json_text
    from pipeline.cli.send_campaign import Place, plan_and_send
    from pipeline.cli.terminal import answered, say
    from pipeline.errors import SendingError
    from pipeline.read import read_sources
    from pipeline.sending.equipment import equip, refuse_without_way_out

    now = options.now()
    prepared = prepared_or_exit(read_sources(root), now)
    issue = issue_named(prepared, part)
    if not is_dry:
        refuse_without_way_out(prepared.publication)
    with ExitStack() as stack:
        database, _ = stack.enter_context(campaign_at(root, issue.address))
        proposal = proposal_of_correction(database, prepared, issue, message, now)
        if before := _same(database, proposal):
            place = Place(root, database, equip(proposal.publication, root, secrets()))
            return _again(place, before, stack, is_dry=is_dry, as_json=as_json)
        if not as_json:
            proposal.show()
            show_text(proposal)
        elif is_dry:
            click.echo(json_text(proposal.as_data()))
        refuse_unapproved(proposal, f"{issue.series.slug}/{issue.number} --message {options.shown(message)}")
        if is_dry:
            say("Nothing was sent, and nothing kept.", to_stderr=as_json)
            return 0
        if not proposal.forecast.wanted:
            raise SendingError(f"nobody got {issue.address}, so there is nobody to correct it to")
        answered(f"Send this correction to {people(proposal.forecast.wanted)} now?", yes=is_sure)
        place = Place(root, database, equip(proposal.publication, root, secrets()))
        return plan_and_send(place, proposal, stack, slipped=None, as_json=as_json)


def _same(database: "Database", proposal: "Proposal") -> "Campaign | None":
    """The campaign of this very correction, if there has been one."""
    from pipeline.ledger.campaigns import campaigns

    letter = proposal.letter
    same = (each for each in campaigns(database) if each.revision and each.address == letter.issue.address)
    return next((each for each in same if each.edition_digest == letter.digest), None)


def _again(place: "Place", campaign: "Campaign", stack: ExitStack, *, is_dry: bool, as_json: bool) -> int:
    """A correction that has been planned before: go on with it, or say what has become of it."""
    from pipeline.cli.send_campaign import go_on, told
    from pipeline.cli.terminal import say
    from pipeline.ledger.campaigns import CampaignState

    is_under_way = campaign.state is CampaignState.SENDING
    if not as_json:
        how = "under way: going on" if is_under_way else campaign.state.value
        say(f"This very correction is {how}. Another one is another text.")
    if is_under_way and not is_dry:
        return go_on(place, campaign, stack, as_json=as_json)
    return told(place, campaign, None, as_json=as_json)


def proposal_of_correction(
    database: "Database", prepared: "Prepared", issue: "Issue", message: Path, now: datetime
) -> "Proposal":
    """The next correction to a part, for those who got it.

    Raises:
        UsageError: the part has not been sent.
        ContentError: something is wrong with the text.
        OutputError: the file cannot be read.
    """
    from pipeline.cli.part_names import campaign_named
    from pipeline.cli.proposal import Proposal
    from pipeline.errors import OutputError
    from pipeline.ledger.afterwards import audience_of_correction, next_revision
    from pipeline.sending.approving import looked
    from pipeline.sending.corrections import make_correction
    from pipeline.sending.forecast import forecast
    from pipeline.subscribers.audience import audience

    campaign = campaign_named(database, issue.address)
    try:
        text = message.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise OutputError(f"{options.shown(message)} cannot be read: {reason}") from None
    revision = next_revision(database, campaign.series, campaign.part)
    letter = make_correction(prepared, issue, text, message.name, revision, now)
    chosen = audience_of_correction(database, campaign.id, audience(campaign.series, at=now))
    return Proposal(
        publication=prepared.publication,
        letter=letter,
        audience=chosen,
        forecast=forecast(database, chosen),
        looked=looked(database, letter),
        tag="",
        now=now,
        at_once=True,
        remarks=tuple(f"{each.location.path}: {each.message}" for each in letter.diagnostics),
    )
