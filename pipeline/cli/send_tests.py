"""Copies to look at, in one's own inbox: marked in their subject, and counted nowhere."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.database import looked_at
from pipeline.cli.environment import secrets
from pipeline.cli.part_names import find, issue_to_send
from pipeline.cli.prepared import prepared_or_exit
from pipeline.cli.terminal import progress, say
from pipeline.read import read_sources

if TYPE_CHECKING:
    from pipeline.sending.equipment import Equipment
    from pipeline.sending.letters import MadeLetter
    from pipeline.sending.transport import Outcome


def send_tests(root: Path, part: str, addresses: Sequence[str], now: datetime, *, as_json: bool) -> int:
    """A copy for each address, of a draft too; the exit code.

    Raises:
        SubscriberError: an address is none.
        TransportError: nothing takes our letters.
    """
    from pipeline.cli.reports import json_text
    from pipeline.sending.equipment import equip, where_to
    from pipeline.sending.letters import make_letter
    from pipeline.sending.transport import Result
    from pipeline.subscribers.addresses import parse_address

    parsed = [parse_address(address) for address in addresses]
    sources = read_sources(root)
    with progress("Making the letter"):
        prepared = prepared_or_exit(sources, now)
        parts = [each for series in prepared.issues.library.series for each in series.parts]
        found = find(part, parts)
        if found is not None and found.draft:
            prepared = prepared_or_exit(sources, now, drafts=True)
            say(f"{found.address} is a draft: only such copies of it can be sent.", to_stderr=True, fg="yellow")
        letter = make_letter(prepared, issue_to_send(root, prepared, part, now))
    equipment = equip(prepared.publication, root, secrets())
    with progress("Sending"):
        people = [(each.address, _name_of(root, each.address)) for each in parsed]
        outcomes = _offered(equipment, letter, people, now)
    if as_json:
        told = [
            {"address": each.address, "result": outcome.result.value, "code": outcome.code, "words": outcome.words}
            for each, outcome in zip(parsed, outcomes, strict=True)
        ]
        click.echo(json_text({"subject": letter.edition.subject, "digest": letter.digest, "tests": told}))
    else:
        for each, outcome in zip(parsed, outcomes, strict=True):
            words = f"{outcome.code or ''} {outcome.words}".strip()
            say(f"{each.address}: {outcome.result.value}{f' ({words})' if words else ''}")
        say(f"Marked [TEST], and counted nowhere. Sent through {where_to(prepared.publication)}.")
    return 0 if all(outcome.result is Result.ACCEPTED for outcome in outcomes) else 1


def _offered(
    equipment: "Equipment", letter: "MadeLetter", people: Sequence[tuple[str, str]], now: datetime
) -> "list[Outcome]":
    from pipeline.sending.personal import Addressee
    from pipeline.sending.transport import Outcome

    made = equipment.test_original(letter.frozen, letter.issue.series.slug, now)
    outcomes = []
    with equipment.transport as transport:
        session = transport.open()
        try:
            for address, name in people:
                if not session.is_open:
                    session.close()
                    session = transport.open()
                copy = made.copy_for(Addressee(0, address, name))
                outcomes.append(copy if isinstance(copy, Outcome) else session.offer(copy, lambda: None))
        finally:
            session.close()
    return outcomes


def _name_of(root: Path, address: str) -> str:
    """Their first name, where they are on the list."""
    from pipeline.subscribers.addresses import parse_address
    from pipeline.subscribers.keeping import find as find_person

    with looked_at(root) as database:
        if database is None:
            return ""
        with database.reading() as connection:
            person = find_person(connection, parse_address(address))
    return "" if person is None else str(person["first_name"])
