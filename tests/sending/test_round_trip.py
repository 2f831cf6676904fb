"""What we send is what arrives: through a real Postfix into a Maildir, signatures and links and all."""

import os
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import dkim
import pytest

from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.personal import Addressee
from pipeline.sending.tokens import DeliveryName, WayOut
from pipeline.sending.transport import Copy, Result
from pipeline.settings import Security, SmtpSettings
from tests.email import postfix
from tests.email.builders import html, plain
from tests.sending.builders import TOKENS, Hold, original
from tests.sending.keys import SIGNERS, dns

NAMES = {1: "Zoë 👩‍🚀", 2: "", 3: "<b>x</b>\r\nBcc: all@example.org", 4: "李雷" * 40}
PAGE = "https://weekly.example.org/people/u/"


@pytest.fixture(scope="module")
def delivered() -> dict[int, tuple[Copy, bytes]]:
    """Copies by subscriber, as offered and as delivered."""
    why = postfix.missing()
    if why:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)
    made = original(signers=(SIGNERS["rsa"], SIGNERS["ed25519"]))
    copies = {
        number: made.copy_for(Addressee(number, f"r{number}@example.org", name)) for number, name in NAMES.items()
    }
    with postfix.running() as (port, inbox):
        session = SmtpTransport(SmtpSettings("127.0.0.1", port, Security.NONE)).open()
        for own in copies.values():
            assert isinstance(own, Copy)
            outcome = session.offer(own, Hold())
            assert (outcome.result, bool(outcome.remote_id)) == (Result.ACCEPTED, True), outcome
        session.close()
        postfix.wait_for(inbox, len(copies))
        arrived = [path.read_bytes() for path in (inbox / "new").iterdir()]
    by_id = {parsed(data)["Message-ID"]: data for data in arrived}
    assert len(arrived) == len(by_id) == len(copies)
    return {number: (own, by_id[own.message_id]) for number, own in copies.items() if isinstance(own, Copy)}


def parsed(data: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(data)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


Delivered = dict[int, tuple[Copy, bytes]]


@pytest.mark.program
def test_both_parts_arrive_as_they_left(delivered: Delivered) -> None:
    for own, data in delivered.values():
        offered, arrived = parsed(own.data), parsed(data)
        assert (plain(arrived), html(arrived)) == (plain(offered), html(offered))
        assert arrived["Bcc"] is None
        for name in set(offered.keys()):
            assert arrived.get_all(name) == offered.get_all(name)


@pytest.mark.program
def test_tokens_name_the_right_subscriber_and_no_other(delivered: Delivered) -> None:
    for number, (own, data) in delivered.items():
        message = parsed(data)
        link = message["List-Unsubscribe"].partition(">")[0].strip("<")
        local = message["Return-Path"].strip("<>").partition("@")[0]
        assert TOKENS.read_way_out(link.removeprefix(PAGE)) == WayOut(number, 7)
        assert TOKENS.read_delivery(local.partition("+")[2]) == DeliveryName(7, number)
        assert message["To"] == own.address == f"r{number}@example.org"
        others = [other for other in delivered if other != number]
        for other in others:
            strange = parsed(delivered[other][1])["List-Unsubscribe"].partition(">")[0].strip("<")
            assert strange.encode() not in data


@pytest.mark.program
def test_signatures_are_good_after_the_journey_and_bad_after_a_change(delivered: Delivered) -> None:
    for _, data in delivered.values():
        crlf = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        assert [dkim.DKIM(crlf).verify(idx=index, dnsfunc=dns) for index in (0, 1)] == [True, True]
        with pytest.raises(dkim.ValidationError, match="body hash"):
            dkim.DKIM(crlf.replace(b"Hello", b"Hallo")).verify(dnsfunc=dns)


@pytest.mark.program
def test_a_recipient_that_postfix_refuses_is_rejected_and_the_next_one_is_not() -> None:
    why = postfix.missing()
    if why:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)
    with postfix.running() as (port, inbox):
        session = SmtpTransport(SmtpSettings("127.0.0.1", port, Security.NONE)).open()
        good = original().copy_for(Addressee(2, "r2@example.org"))
        assert isinstance(good, Copy)
        bad = Copy(good.return_path, "r1@[999.1.1.1]", "<x@y>", good.data)
        hold = Hold()
        assert session.offer(bad, hold).result in {Result.REJECTED, Result.DEFERRED}
        assert hold.count == 0
        assert session.offer(good, hold).result is Result.ACCEPTED
        session.close()
        postfix.wait_for(inbox, 1)
