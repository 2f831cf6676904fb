"""Notices as messages: what is sent is what arrives, and mail programs and filters find nothing to object to."""

import os
import shutil
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import check_spamassassin
from pipeline.database import Database
from pipeline.render.email.merge import unsubscribe_mailto
from pipeline.render.email.notices import NoticeRoom
from pipeline.render.email.occasions import KINDS
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.sending.equipment import Secrets, equip
from pipeline.sending.tokens import Tokens
from pipeline.sending.transport import Copy
from pipeline.serve.catalogue import Catalogue
from pipeline.serve.counter import open_counter
from pipeline.serve.letters import Letters
from pipeline.subscribers.notices import Kind, Notice
from tests.email import postfix
from tests.email.builders import themed
from tests.email.test_notices import NASTY, ONE_LINE
from tests.email.test_round_trip import links
from tests.serve.counter import COMPILED, SECRET, START, library

URL = "https://letters.example.org/"
TITLES = {"plain": "", "nasty": NASTY, "long": "Wort" * 80, "dots": ".. dots ..\n.", "arabic": "قصة الزونولين"}
SAID = {Kind.WELCOME: "all", Kind.KNOWN: "all", Kind.CONFIRM: "series:gut-and-immunity"}
every_kind = pytest.mark.parametrize("kind", KINDS)


def letters(theme: str = "letter", title: str = "") -> Letters:
    of = themed(library(URL), theme)
    of = replace(of, publication=replace(of.publication, title=title or of.publication.title))
    room = NoticeRoom(of, Templates(of.templates, COMPILED))
    return Letters(of.publication, room, Tokens([SECRET.encode()]), Catalogue(of, lambda: START), ())


def copy(kind: str, theme: str = "letter", title: str = "", address: str = "ada@example.org") -> Copy:
    notice = Notice(7, Kind(kind), 3, address, SAID.get(Kind(kind), "3 0"), "", START, 0)
    return letters(theme, title).copy_of(notice)


def read(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def every_copy() -> Iterator[Copy]:
    """Each kind under each title, each to somebody of their own."""
    for name, title in TITLES.items():
        made = letters("magazine" if name == "plain" else "letter", title)
        for number, kind in enumerate(KINDS):
            said = SAID.get(Kind(kind), "3 0")
            notice = Notice(number, Kind(kind), 3, f"{name}-{kind}@{postfix.DOMAIN}", said, "", START, 0)
            yield made.copy_of(notice)


def assert_well_made(data: bytes) -> None:
    """Seven bits, short lines, no line that SMTP would change, and each field once."""
    message = read(data)

    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    head, _, body = data.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    # An address in List-Unsubscribe is never folded (RFC 2369, 2); all else in the head is.
    assert [line for line in head.split(b"\r\n") if len(line) > 76 and b"<https:" not in line] == []
    assert not [line for line in data.split(b"\r\n") if line.startswith((b".", b"From "))]
    assert message.defects == []
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted"):
        assert len(message.get_all(name) or ()) == 1, name


def test_every_notice_is_seven_bits_in_short_lines_whatever_the_title_is() -> None:
    for each in every_copy():
        assert_well_made(each.data)
        assert "Bcc" not in read(each.data)
        assert read(each.data)["To"] == each.address


@every_kind
def test_nobodys_holiday_notice_answers_and_only_the_list_has_a_way_out(kind: str) -> None:
    message = read(copy(kind).data)
    is_of_the_list = kind in ("known", "welcome")

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["Precedence"] is None  # it would put a letter to confirm among the bulk
    for name in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"):
        assert (message[name] is not None) == is_of_the_list, name
    if is_of_the_list:
        page, mailto = message["List-Unsubscribe"].split(", ")
        assert page.startswith(f"<{URL}u/")
        assert mailto == f"<{unsubscribe_mailto(library(URL).publication)}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_subject_with_anything_in_it_is_one_subject() -> None:
    assert read(copy("change-new", title=NASTY).data)["Subject"] == f"Should your letters from {ONE_LINE} move?"


def test_the_same_notice_is_the_same_bytes() -> None:
    assert copy("welcome") == copy("welcome")


def test_an_address_with_anything_in_it_is_shown_as_it_is() -> None:
    made = read(copy("confirm", address="a&b'c@example.org").data)

    assert "a&amp;b&#39;c@example.org" in made.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "a&b'c@example.org" in made.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_server_does_not_start_with_a_fault_in_a_notice(database: Database, tmp_path: Path) -> None:
    """It is told to whoever starts it, and not to a stranger's mailbox hours later."""
    name = "email/letter/notice.mjml.j2"
    of = themed(library(URL), "letter")
    faulty = replace(of, templates={**of.templates, name: of.templates[name].replace("notice.url", "notice.link")})
    equipment = equip(of.publication, tmp_path, Secrets(SECRET))

    with pytest.raises(TemplateFailedError) as failed:
        open_counter(faulty, database, equipment, clock=lambda: START, tell=print)

    assert failed.value.diagnostic.location.path == f"templates/{name}"
    assert "`notice` has no `link`" in failed.value.diagnostic.message


class IntoFolder:
    """An SMTP server's handler that keeps messages as they came, by whom they are to."""

    def __init__(self) -> None:
        self.taken: dict[str, bytes] = {}

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken[envelope.rcpt_tos[0]] = envelope.content
        return "250 OK"


def test_every_notice_comes_through_an_smtp_server_unharmed() -> None:
    from aiosmtpd.controller import Controller

    handler = IntoFolder()
    server = Controller(handler, hostname="127.0.0.1", port=postfix.free_port())
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
            for each in every_copy():
                client.sendmail(each.return_path, [each.address], each.data)
    finally:
        server.stop()

    assert len(handler.taken) == len(TITLES) * len(KINDS)
    for each in every_copy():
        sent, came = read(each.data), read(handler.taken[each.address])
        assert_well_made(handler.taken[each.address])
        assert came["Subject"] == sent["Subject"]
        for kind in ("plain", "html"):
            bodies = [part.get_body((kind,)).get_content() for part in (sent, came)]  # type: ignore[union-attr]
            assert bodies[0] == bodies[1]
        html = came.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert [link for link in links(html) if link.startswith(URL)]


@pytest.mark.program
def test_spamassassin_finds_nothing_to_count() -> None:
    if shutil.which("spamassassin") is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)("needs spamassassin")
    copies = [copy(kind, theme).data for theme in ("letter", "magazine") for kind in KINDS]
    found, why = check_spamassassin.points("spamassassin", copies)

    assert why == ""
    assert [spam for spam in found if spam.points > 0.0] == []
    assert len(found) == len(copies)
