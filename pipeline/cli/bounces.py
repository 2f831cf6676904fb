"""``partwork bounces``: take in what came back."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.database import opened
from pipeline.cli.options import root_option

if TYPE_CHECKING:
    from pipeline.returns.taking_in import Read, Report

_SHOWN = 20


@click.command("bounces", epilog="Example:  partwork bounces --maildir /var/mail/bounces")
@root_option
@click.option("--maildir", metavar="DIR", help="Read this Maildir.")
@click.option("--imap", "is_imap", is_flag=True, help="Read the mailbox of [imap].  [default, where there is one]")
@click.option("--json", "is_json", is_flag=True, help="As JSON, with every message.")
def command(root: Path, maildir: str | None, is_imap: bool, is_json: bool) -> None:
    """Take in bounces and complaints from a mailbox, and stop writing to addresses that are dead.

    Only what carries the token of a letter of ours is believed. It is moved to the folder `partwork-read` once it
    is written down; everything else stays where it is. The password for IMAP is PARTWORK_IMAP_PASSWORD.
    """
    from pipeline.cli.configured import configured
    from pipeline.cli.environment import secrets
    from pipeline.errors import LedgerError
    from pipeline.ledger.campaigns import campaigns
    from pipeline.returns.imap import ImapMailbox
    from pipeline.returns.maildir import Maildir
    from pipeline.returns.taking_in import take_in
    from pipeline.sending.keys import open_tokens

    publication = configured(root)
    if maildir is not None and is_imap:
        raise click.UsageError("Say --maildir DIR or --imap, not both.")
    if maildir is None and not is_imap and not publication.sending.imap.host:
        raise click.UsageError("Say where bounces lie: --maildir DIR, or `host` in [imap] of partwork.toml.")
    tokens = open_tokens(root, secrets().token)
    now = options.now()
    with opened(root) as database:
        if not campaigns(database):
            raise LedgerError("nothing has been sent from here, so nothing of it can have come back")
        if maildir is not None:
            report = take_in(database, Maildir(Path(maildir)), tokens, now)
        else:
            password = os.environ.get("PARTWORK_IMAP_PASSWORD", "")
            with ImapMailbox(publication.sending.imap, password) as mailbox:
                report = take_in(database, mailbox, tokens, now)
    if is_json:
        click.echo(json.dumps(_as_data(report), ensure_ascii=False, indent=2))
    else:
        _show(report)


def _as_data(report: "Report") -> dict[str, object]:
    return {
        "read": len(report.read),
        "taken_in": len(report.read) - len(report.left),
        "left": len(report.left),
        "settled": report.settled + sum(one.effect.is_settled for one in report.read),
        "messages": [_message_data(one) for one in report.read],
    }


def _message_data(one: "Read") -> dict[str, object]:
    name, told, effect = one.returned.name, one.returned.told, one.effect
    is_named = one.is_taken and name is not None
    return {
        "message": one.message,
        "kind": told.kind,
        "status": told.status,
        "words": told.words,
        "campaign": name.campaign if name and is_named else None,
        "subscriber": name.subscriber if name and is_named else None,
        "is_new": effect.is_new and one.is_taken,
        "subscriber_is_now": effect.left,
        "is_suppressed": effect.is_suppressed,
        "is_settled": effect.is_settled,
        "why_left": effect.why,
    }


def _show(report: "Report") -> None:
    from pipeline.cli.terminal import say
    from pipeline.returns import prose
    from pipeline.returns.returned import Kind
    from pipeline.returns.rule import LETTERS

    words = {
        Kind.DEAD: "there is no such address: bounced, never written to again",
        Kind.COMPLAINED: "told their provider it is spam: never written to again",
        Kind.REFUSED: f"full, switched off or silent: bounced after {LETTERS} letters",
        Kind.OURS: "refused for what we sent or who we are: see `partwork doctor`",
        Kind.DELAYED: "a server is still trying",
        Kind.ARRIVED: "has arrived",
        Kind.AUTOMATIC: "a holiday notice",
    }
    say(f"{_counted(len(report.read), 'message')} read, {len(report.read) - len(report.left):,} taken in.")
    for kind, meaning in words.items():
        if count := report.count(kind):
            say(f"  {kind:<11} {count:>6,}  {meaning}")
    known = sum(1 for one in report.read if one.is_taken and not one.effect.is_new)
    if known:
        say(f"  {'known':<11} {known:>6,}  read before")
    if bounced := sum(one.effect.left == "bounced" for one in report.read):
        say(f"{_counted(bounced, 'subscriber')} bounced.")
    if settled := report.settled + sum(one.effect.is_settled for one in report.read):
        say(f"{_counted(settled, 'uncertain delivery', 'uncertain deliveries')} settled: something came back.")
    for one in report.left[:_SHOWN]:
        say(f"left where it is: {one.message}: {one.effect.why}")
    if len(report.left) > _SHOWN:
        say(f"… and {len(report.left) - _SHOWN:,} more: --json")
    if report.left and not prose.is_there():
        say("Bounces that are no reports need flufl.bounce: pip install 'partwork[bounces]'", to_stderr=True)


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
