"""``partwork subscribers``: who gets the letters."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import options
from pipeline.cli.database import opened
from pipeline.cli.options import root_option, shown
from pipeline.cli.private_file import private_file

if TYPE_CHECKING:
    from pipeline.subscribers.looking import Filter, Person

SOURCE = "command line"
_STATES = ("pending", "active", "unsubscribed", "bounced", "complained")
_SHOWN = 50

_state = click.option("--state", type=click.Choice(_STATES), help="Those in this state.")
_tag = click.option("--tag", default="", metavar="TAG", help="Those with this tag.")
_as_json = click.option("--json", "is_json", is_flag=True, help="As JSON.")


class _Subcommands(click.Group):
    """``import`` and ``suppressed`` are in files of their own, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return ["import", *self.commands, "suppressed"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "import":
            from pipeline.cli.subscribers_import import import_command

            return import_command
        if cmd_name == "suppressed":
            from pipeline.cli.subscribers_suppressed import suppressed_command

            return suppressed_command
        return super().get_command(ctx, cmd_name)


@click.group("subscribers", cls=_Subcommands, epilog="Example:  partwork subscribers import people.csv")
def command() -> None:
    """Keep the list: who gets the letters, who has left.

    It is in `partwork.db` in the publication's folder, or where the environment's PARTWORK_DATABASE says.
    """


@command.command("add", epilog="Example:  partwork subscribers add ada@example.org --name Ada --tag early")
@root_option
@click.argument("address")
@click.option("--name", default="", metavar="NAME", help="Their first name.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; may be given several times.")
@click.option("--state", type=click.Choice(_STATES), help="Their state.  [default: active]")
@click.option("--consent", default="", metavar="WORDS", help="What they agreed to.")
@click.option("--source", default=SOURCE, show_default=True, metavar="WORDS", help="Where they come from.")
@click.option("--again", is_flag=True, help="They had left, and have asked for the letters again.")
def add(
    root: Path, address: str, name: str, tags: tuple[str, ...],
    state: str | None, consent: str, source: str, again: bool,
) -> None:  # fmt: skip
    """Add one subscriber, or add to what is known of one.

    Who has left stays away, unless you say with --again that they asked to come back. A suppressed address is
    refused: see `partwork subscribers suppress --lift`.
    """
    from pipeline.cli.terminal import say
    from pipeline.errors import SubscriberError
    from pipeline.subscribers import keeping
    from pipeline.subscribers.addresses import parse_address
    from pipeline.subscribers.entries import Defaults, entry_of
    from pipeline.subscribers.importing import write_one
    from pipeline.subscribers.states import State
    from pipeline.subscribers.writing import Outcome

    at = options.now()
    defaults = Defaults(source, frozenset(tags), State(state) if state else None, consent)
    fields = {"address": address, "first_name": name} if name else {"address": address}
    entry, _ = entry_of(fields, defaults)
    with opened(root) as database:
        outcome, why = write_one(database, entry, at=at)
        if outcome is Outcome.HELD and again:
            with database.writing() as connection:
                person = keeping.find(connection, parse_address(address))
                if person:
                    keeping.come_back(connection, person["id"], at=at, source=source, words=consent)
            say(f"{entry.address.address} is back.")
            return
    if outcome is Outcome.HELD:
        raise SubscriberError(f"{entry.address.address}: {why.partition(',')[0]}. Have they asked? Then --again")
    if outcome is Outcome.REJECTED:
        raise SubscriberError(f"{entry.address.address}: {why}")
    say(f"{entry.address.address}: {outcome}.")


@command.command("list", epilog="Example:  partwork subscribers list --state bounced")
@root_option
@_state
@_tag
@click.option("--search", default="", metavar="TEXT", help="Those with this text in their address.")
@click.option("--limit", type=click.IntRange(1), default=_SHOWN, show_default=True, help="How many to show.")
@_as_json
def list_(root: Path, state: str | None, tag: str, search: str, limit: int, is_json: bool) -> None:
    """Show subscribers, in the order in which they came."""
    from pipeline.cli.terminal import say
    from pipeline.subscribers.looking import people

    with opened(root) as database:
        found = list(people(database, _filter(state, tag, search), limit + 1))
    if is_json:
        click.echo(json.dumps([one.as_data() for one in found[:limit]], ensure_ascii=False, indent=2))
        return
    width = max((len(one.address) for one in found[:limit]), default=0)
    for one in found[:limit]:
        say(f"{one.address:<{width}}  {_words(one)}".rstrip())
    if not found:
        say("There is nobody.")
    elif len(found) > limit:
        say("… and more: --limit, or partwork subscribers export")


def _words(one: "Person") -> str:
    word = "suppressed" if one.is_suppressed else one.state
    more = [one.first_name, ", ".join(one.tags)]
    return "  ".join([f"{word:<12}", *(text for text in more if text)])


def _filter(state: str | None, tag: str, text: str = "") -> "Filter":
    from pipeline.subscribers.looking import Filter
    from pipeline.subscribers.states import State

    return Filter(State(state) if state else None, tag, text)


@command.command("export", epilog="Example:  partwork subscribers export --state active --out people.csv")
@root_option
@_state
@_tag
@click.option("--out", metavar="FILE", help="Write to this file, which only you may read.  [default: print]")
@click.option("--json", "is_json", is_flag=True, help="As JSON, one object on each line, instead of CSV.")
def export(root: Path, state: str | None, tag: str, out: str | None, is_json: bool) -> None:
    """Write subscribers into a file that `import` takes in again, with nothing lost.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it, which `import` takes off.
    """
    from pipeline.cli.terminal import say
    from pipeline.subscribers.looking import as_csv, as_json_lines, people

    with opened(root) as database:
        listed = people(database, _filter(state, tag))
        lines = as_json_lines(listed) if is_json else as_csv(listed)
        if out is None:
            sys.stdout.writelines(lines)
            return
        count = 0 if is_json else -1  # the names of the columns
        with private_file(Path(out)) as file:
            for line in lines:
                file.write(line)
                count += 1
    say(f"{count:,} subscriber{'' if count == 1 else 's'} in {shown(Path(out))}")


@command.command("suppress", epilog="Example:  partwork subscribers suppress ada@example.org")
@root_option
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@click.option("--lift", is_flag=True, help="Let them be written to again.")
def suppress(root: Path, addresses: tuple[str, ...], lift: bool) -> None:
    """Never write to these addresses again, whether they are on the list or not.

    No import brings them back, and the suppression outlives `forget`: what is kept is a digest, not the address.
    """
    from pipeline.cli.terminal import say
    from pipeline.subscribers import keeping
    from pipeline.subscribers.addresses import parse_address

    parsed = [parse_address(text) for text in addresses]
    with opened(root) as database, database.writing() as connection:
        for address in parsed:
            if lift:
                done = keeping.lift(connection, address, source=SOURCE, at=options.now())
                say(f"{address.address}: {'may be written to again' if done else 'was not suppressed'}.")
            else:
                done = keeping.suppress(connection, address, reason="by hand", source=SOURCE, at=options.now())
                say(f"{address.address}: {'suppressed' if done else 'was suppressed already'}.")


@command.command("forget", epilog="Example:  partwork subscribers forget ada@example.org")
@root_option
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(root: Path, addresses: tuple[str, ...], yes: bool) -> None:
    """Delete all that is known of somebody; this cannot be taken back.

    What stays is a digest of the address, so that no old file brings them back, and that a letter was delivered,
    without saying to whom.
    """
    from pipeline.cli.terminal import say
    from pipeline.subscribers import keeping
    from pipeline.subscribers.addresses import parse_address

    parsed = [parse_address(text) for text in addresses]
    if not yes:
        named = ", ".join(address.address for address in parsed)
        click.confirm(f"Delete all that is known of {named}?", abort=True)
    with opened(root) as database, database.writing() as connection:
        for address in parsed:
            done = keeping.forget(connection, address, source=SOURCE, at=options.now())
            say(f"{'Forgotten' if done else 'Nobody was known by that address; it is suppressed now'}.")


@command.command("stats", epilog="Example:  partwork subscribers stats")
@root_option
@_as_json
def stats(root: Path, is_json: bool) -> None:
    """Count the list: by state, by tag, and what the last 30 days have brought."""
    from dataclasses import asdict

    from pipeline.cli.terminal import say
    from pipeline.subscribers.looking import stats as counted

    with opened(root) as database:
        found = counted(database, at=options.now())
    if is_json:
        click.echo(json.dumps(asdict(found) | {"total": found.total}, ensure_ascii=False, indent=2))
        return
    rows = [("subscribers", found.total), *((f"  {name}", count) for name, count in found.states.items())]
    rows += [("paused", found.paused), ("suppressed addresses", found.suppressed)]
    rows += [("joined in 30 days", found.joined), ("left in 30 days", found.left)]
    rows += [(f"tag {name}", count) for name, count in found.tags.items()]
    width = max(len(name) for name, _ in rows)
    for name, count in rows:
        say(f"{name:<{width}}  {count:>9,}")


def _tagging(name: str, words: str) -> click.Command:
    @click.command(name, epilog=f"Example:  partwork subscribers {name} early ada@example.org")
    @root_option
    @click.argument("tag")
    @click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
    def tagging(root: Path, tag: str, addresses: tuple[str, ...]) -> None:
        from pipeline.cli.terminal import say
        from pipeline.subscribers import keeping
        from pipeline.subscribers.addresses import parse_address
        from pipeline.subscribers.entries import clean

        parsed = [parse_address(text) for text in addresses]
        function = keeping.tag if name == "tag" else keeping.untag
        with opened(root) as database, database.writing() as connection:
            count = function(connection, parsed, clean(tag))
        say(f"{count} of {len(parsed)} changed.")

    tagging.help = words
    return tagging


command.add_command(_tagging("tag", "Give subscribers a tag."))
command.add_command(_tagging("untag", "Take a tag from subscribers."))
