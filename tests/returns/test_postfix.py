"""A bounce that a real Postfix has made of a real letter, read out of the Maildir that it came back to."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.database import open_database
from pipeline.ledger.counts import who
from pipeline.returns.maildir import Maildir
from pipeline.returns.returned import Kind
from pipeline.returns.taking_in import FOLDER, take_in
from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.personal import Addressee, Original, terms_of
from pipeline.sending.transport import Result
from pipeline.settings import Security, SendingSettings, SmtpSettings
from tests.email import postfix
from tests.returns import builders as b
from tests.sending.builders import PLANNED, message, publication

pytestmark = pytest.mark.program


def nothing() -> None:
    """Nobody holds the dot."""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Path]]:
    if why := postfix.missing():
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)
    with ExitStack() as stack:
        yield stack.enter_context(postfix.running())


def test_a_real_bounce_is_taken_in_and_settles_a_doubt(server: tuple[int, Path], tmp_path: Path) -> None:
    """Both letters are in doubt when they come back: one to an address that is dead, one to a full mailbox."""
    port, inbox = server
    database = open_database("", tmp_path)
    of = b.campaign(database)
    addresses = [f"ada@{postfix.DEAD}", f"zoe@{postfix.FULL}"]
    people = [b.ada(database, address) for address in addresses]
    names = [
        b.delivery(database, of, person, "uncertain", address)
        for person, address in zip(people, addresses, strict=True)
    ]
    sending = SendingSettings(return_path=f"bounces@{postfix.DOMAIN}")
    own = replace(publication(), sending=sending)
    original = Original(message(), terms_of(own, PLANNED, campaign=of, series="small", part="part-1"), b.TOKENS)
    with SmtpTransport(SmtpSettings("127.0.0.1", port, Security.NONE)) as transport:
        session = transport.open()
        for person, address in zip(people, addresses, strict=True):
            copy = original.copy_for(Addressee(person, address, "Ada"))
            assert session.offer(copy, nothing).result is Result.ACCEPTED  # type: ignore[arg-type]
        session.close()
    postfix.wait_for(inbox, 2)

    report = take_in(database, Maildir(inbox), b.TOKENS, b.NOW)

    assert (report.count(Kind.DEAD), report.count(Kind.REFUSED), report.left) == (1, 1, [])
    assert [b.state_of(database, person) for person in people] == ["bounced", "active"]
    assert [b.fate_of(database, name)[0] for name in names] == ["accepted"] * 2
    assert {str(fate.state) for fate in who(database, of)} == {"accepted"}
    assert len(list((inbox / f".{FOLDER}" / "cur").iterdir())) == 2
    database.close()
