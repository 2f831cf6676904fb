"""What is sent is what arrives: through Python's own parser, and through real mail servers into a Maildir."""

import mailbox
import os
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.compose import compose_issues
from pipeline.edition import EmailEdition
from pipeline.model import Library, Publication
from pipeline.parse import parse_library
from pipeline.read import read_sources
from pipeline.render.email import merge
from pipeline.render.email.mime import compile_message
from pipeline.render.email.room import EmailRoom
from tests import projects
from tests.email import builders, postfix

LONGEST = 998  # RFC 5322, 2.1.1
LETTER = "".join(f"Wort{k}" for k in range(400))
NASTY = {
    "accents": ("Füße, naïveté & “quotes”", "Zoë läuft – schön… ½ £ €"),
    "emoji": ("👩‍👩‍👧‍👦 🏳️‍🌈 🇬🇧", "👩🏽‍🚀 " * 300),
    "long title": ("A title " * 37 + "end", "Text."),
    "unbroken title": ("ü" * 300, "Text."),
    "long words": ("Long words", f"{LETTER} and [{LETTER}](https://e.org/{LETTER})"),
    "arabic": ("قصة الزونولين بين الفكرة والاختبار", "قصة " * 400),
    "chinese": ("中文标题，很长" * 20, "中文。" * 500),
    "dots": (".. dots ..", ".\n\n..\n\n...\n\n```\n.\n..\nFrom me\n```"),
    "boundaries": ("--=_partwork", "--=_partwork\n\n--\n\n=3D =\n\n=?utf-8?q?x?="),
    "blanks": ("Blanks", "```\n  a   \n\t\tb\t\n```\n\na  \nb"),
    "name": ("{{ x }}", "Hello {{ first_name | there }}!" * 40),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """An edition, and one reader's copy of it."""

    edition: EmailEdition
    own: Publication
    reader: merge.Reader
    data: bytes


def sent(edition: EmailEdition, own: Publication, number: int) -> Sent:
    reader = merge.Reader(f"r{number}@{postfix.DOMAIN}", f"https://weekly.example.org/u/{'t' * 43}", "Zoë 👩‍🚀")
    return Sent(edition, own, reader, compile_message(edition, own).message_for(reader))


@cache
def letters() -> dict[str, Sent]:
    """The sample's every edition in every theme, and nasty ones."""
    made: list[tuple[str, EmailEdition, Publication]] = []
    for theme in builders.themes():
        library = builders.themed(sample(), theme)
        room = EmailRoom(library, builders.templates(library))
        issues = compose_issues(library, datetime(2026, 11, 18)).issues  # noqa: DTZ001 - as an author writes it
        made += [(f"{theme} {issue.address}", room.render(issue), library.publication) for issue in issues.all]
    parts = [
        projects.part(number, slug=f"n{number}", title="T", body=body)
        for number, (_, body) in enumerate(NASTY.values(), 1)
    ]
    issues = builders.placed(builders.publication(*parts, of=30))
    room = builders.room(issues.library)
    for issue, (name, (title, _)) in zip(issues.all, NASTY.items(), strict=True):
        named = replace(issue, part=replace(issue.part, title=title, summary=title))
        made.append((name, room.render(named), issues.publication))
    return {name: sent(edition, own, number) for number, (name, edition, own) in enumerate(made)}


def sample() -> Library:
    library = parse_library(read_sources(projects.ROOT)).library
    assert library is not None
    return library


def links(html: str) -> list[str]:
    return [str(node.get("href") or node.get("src")) for node in builders.parsed(html).iter("a", "img")]


def assert_unharmed(received: EmailMessage, was: Sent) -> None:
    """Subject, preheader, bodies, links and the headers that lists live by, to the last character."""
    html = merge.fill(was.edition.html, merge.html_values(was.own, was.reader))

    assert received["Subject"] == merge.fill(was.edition.subject, merge.values(was.own, was.reader))
    assert builders.plain(received) == merge.fill(was.edition.text, merge.values(was.own, was.reader))
    assert builders.html(received) == html
    assert was.edition.preheader in "".join(builders.parsed(builders.html(received)).itertext())
    assert links(builders.html(received)) == links(html)
    assert received["To"] == was.reader.address
    assert received["List-Unsubscribe"].split(", ")[0] == f"<{was.reader.unsubscribe_url}>"
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert received["List-Id"].endswith(f"<{was.edition.list_id}>")
    assert received["Message-ID"].startswith("<")
    assert received.defects == []


def assert_short_lines(data: bytes) -> None:
    assert max(map(len, data.split(b"\n"))) <= LONGEST
    assert data.isascii()


def test_there_are_letters_of_every_kind() -> None:
    assert len(letters()) >= 9 * len(builders.themes()) + len(NASTY)
    assert max(len(was.edition.subject) for was in letters().values()) >= 300


def test_every_letter_comes_through_pythons_parser() -> None:
    for was in letters().values():
        assert_short_lines(was.data)
        assert_unharmed(builders.read(was.data), was)


class IntoMaildir:
    """An SMTP server's handler that keeps messages as they came."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self._box.add(envelope.content)
        return "250 OK"


@pytest.fixture
def smtp_server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    from aiosmtpd.controller import Controller

    folder = tmp_path / "inbox"
    server = Controller(IntoMaildir(folder), hostname="127.0.0.1", port=postfix.free_port())
    server.start()
    yield server.port, folder
    server.stop()


def deliver(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        for was in letters().values():
            client.sendmail(f"bounces@{postfix.DOMAIN}", [was.reader.address], was.data)


def received_in(folder: Path) -> dict[str, tuple[bytes, EmailMessage]]:
    """Every message of a Maildir by whom it is to, as bytes and as a mail program reads it."""
    parser = BytesParser(policy=policy.default)
    box = mailbox.Maildir(folder, create=False)
    found = [(data, parser.parsebytes(data)) for data in map(box.get_bytes, box.keys())]
    return {str(message["To"]): (data, message) for data, message in found}


def assert_all_arrived(folder: Path) -> None:
    received = received_in(folder)

    assert len(received) == len(letters())
    for was in letters().values():
        data, message = received[was.reader.address]
        assert_short_lines(data)
        assert_unharmed(message, was)


def test_every_letter_comes_through_an_smtp_server_into_a_maildir(smtp_server: tuple[int, Path]) -> None:
    port, folder = smtp_server
    deliver(port)

    assert_all_arrived(folder)


@pytest.mark.program
def test_every_letter_comes_through_postfix_into_a_maildir() -> None:
    why = postfix.missing()
    if why:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)
    with postfix.running() as (port, folder):
        deliver(port)
        postfix.wait_for(folder, len(letters()))

        assert_all_arrived(folder)
