"""``partwork resolve``: settle what is uncertain, by hand or by a mail server's log."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.part_names import correction_option, part_argument

if TYPE_CHECKING:
    from pipeline.database import Database
    from pipeline.ledger.campaigns import Campaign
    from pipeline.ledger.counts import Fate


@click.command("resolve", epilog="Example:  partwork resolve gut-and-immunity/3 --accepted ada@example.org")
@options.root_option
@part_argument
@correction_option
@click.option("--accepted", "fate", flag_value="accepted", help="These have it.")
@click.option("--not-accepted", "fate", flag_value="not", help="These have not: it is sent to them again.")
@click.option("--log", metavar="FILE", help="Whoever this log of Postfix says was sent has it; `-` reads stdin.")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS...]")
@click.pass_context
def command(
    context: click.Context,
    root: Path,
    part: str,
    correction: int | None,
    fate: str | None,
    log: str | None,
    addresses: tuple[str, ...],
) -> None:
    """Settle deliveries of which nobody knew whether the mail server took them.

    Nothing else ever settles them: what is uncertain is not sent again by itself. The exit code is 3 while some
    are left.
    """
    from pipeline.cli import UNCERTAIN
    from pipeline.cli.campaign_words import how_to_go_on, show_doubts
    from pipeline.cli.part_names import campaign_at
    from pipeline.cli.terminal import say
    from pipeline.ledger.counts import counts

    if (log is None) == (fate is None) or bool(addresses) != (fate is not None):
        raise click.UsageError("Say --accepted ADDRESS..., --not-accepted ADDRESS..., or --log FILE.")
    with campaign_at(root, part, correction) as (database, campaign):
        if log is not None:
            settled = _by_log(root, database, campaign, log)
        else:
            settled = _by_hand(database, campaign, addresses, is_accepted=fate == "accepted")
        left = counts(database, campaign.id).uncertain
        say(f"{settled:,} settled, {left:,} uncertain {'is' if left == 1 else 'are'} left.")
        if settled and fate == "not":
            say(f"To send it to them: {how_to_go_on(campaign)}")
        if left:
            show_doubts(database, campaign)
            context.exit(UNCERTAIN)


def _by_hand(database: "Database", campaign: "Campaign", addresses: tuple[str, ...], *, is_accepted: bool) -> int:
    from pipeline.errors import LedgerError
    from pipeline.ledger.afterwards import resolve
    from pipeline.ledger.counts import who
    from pipeline.ledger.deliveries import State
    from pipeline.subscribers.addresses import parse_address

    wanted = {parse_address(address).key: address for address in addresses}
    doubts = {
        parse_address(fate.address).key: fate.subscriber_id
        for fate in who(database, campaign.id, State.UNCERTAIN)
        if fate.address
    }
    if missing := [address for key, address in wanted.items() if key not in doubts]:
        raise LedgerError(f"nothing is uncertain of {', '.join(missing)}: nothing was changed")
    words = "settled by hand: it was accepted" if is_accepted else "settled by hand: it was not accepted"
    ids = [doubts[key] for key in wanted]
    return resolve(database, campaign.id, ids, options.clock(), words, is_accepted=is_accepted)


def _by_log(root: Path, database: "Database", campaign: "Campaign", path: str) -> int:
    from pipeline.ledger.afterwards import resolve_from_log

    with _opened_log(path) as lines:
        name = _message_ids(root, database, campaign)
        return resolve_from_log(database, campaign.id, lines, name, options.clock())


@contextmanager
def _opened_log(path: str) -> Iterator[IO[str]]:
    from pipeline.errors import OutputError

    if path == "-":
        yield sys.stdin
        return
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            yield file
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror}") from None


def _message_ids(root: Path, database: "Database", campaign: "Campaign") -> "Callable[[Fate], str]":
    """What the Message-ID of somebody's copy is."""
    from pipeline.cli.configured import configured
    from pipeline.cli.environment import secrets
    from pipeline.ledger.campaigns import message_of
    from pipeline.sending.equipment import equip
    from pipeline.sending.personal import Addressee
    from pipeline.sending.transport import Copy

    equipment = equip(configured(root), root, secrets())
    original = equipment.original_of(campaign, message_of(database, campaign.id))

    def message_id(fate: "Fate") -> str:
        copy = original.copy_for(Addressee(fate.subscriber_id, fate.address))
        return copy.message_id if isinstance(copy, Copy) else ""

    return message_id
