"""``partwork approve``: somebody has looked at a letter, and it may go out as it is."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.part_names import part_argument

if TYPE_CHECKING:
    from pipeline.cli.proposal import Proposal


@click.command("approve", epilog="Example:  partwork approve gut-and-immunity/3 --by Maren")
@options.root_option
@part_argument
@click.option("--by", "name", default="", metavar="NAME", help="Who has looked.  [default: your login's name]")
@click.option(
    "--message",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE.md",
    help="The next correction to the part, as `partwork errata` would send it.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(root: Path, part: str, name: str, message: str | None, yes: bool) -> None:
    """Say that a letter may go out as it is.

    What is written down is the digest of the letter, and what it said. With `approval = "required"` in [sending]
    nothing else goes out; a letter that has been changed since is refused, and the difference shown.
    """
    from pipeline.cli.campaign_words import short
    from pipeline.cli.database import opened
    from pipeline.cli.errata import proposal_of_correction
    from pipeline.cli.part_names import issue_to_send
    from pipeline.cli.prepared import prepared_or_exit
    from pipeline.cli.send import Wish, proposal_of
    from pipeline.cli.terminal import answered, say
    from pipeline.ledger.approvals import approve
    from pipeline.read import read_sources
    from pipeline.sending.approving import Standing, approval_of
    from pipeline.sending.letters import make_letter

    now, by = options.now(), name or _login()
    sources = read_sources(root)
    prepared = prepared_or_exit(sources, now)
    issue = issue_to_send(root, prepared, part, now)
    if message is not None and issue.is_roundup:
        raise click.UsageError("A correction is one to a part.")
    with opened(root) as database:
        if message is None:
            wish = Wish(part, "", now, True, False, yes, False)
            proposal = proposal_of(database, prepared, make_letter(prepared, issue), wish)
        else:
            proposal = proposal_of_correction(database, prepared, issue, Path(message), now)
        _show(proposal, root)
        if proposal.looked.standing is Standing.APPROVED:
            say("It is approved already, as it stands.")
            return
        answered("May it go out as it is?", yes=yes)
        approve(database, approval_of(proposal.letter, proposal.publication, by, options.clock()))
        say(f"Approved by {by}: {short(proposal.letter.digest)}.")


def _show(proposal: "Proposal", root: Path) -> None:
    """What would go out, how one looks at it (a correction here, a part elsewhere), and what is new in it."""
    from pipeline.cli.part_names import command_name
    from pipeline.cli.proposal import show_difference, show_text, where_to_look
    from pipeline.cli.terminal import say
    from pipeline.sending.approving import Standing

    proposal.show()
    if proposal.letter.revision:
        show_text(proposal)
    else:
        say(f"  {'look at it':<10} {where_to_look(root, proposal)}")
        say(f"  {'':<10} partwork send {command_name(proposal.letter.issue)} --test ADDRESS")
    if proposal.looked.standing is Standing.CHANGED:
        say("What has changed since it was last approved:", bold=True)
        show_difference(proposal)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without names
        return "somebody"
