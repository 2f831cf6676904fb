"""Copies, letters and sessions for tests of what sends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from benchmarks.rough_server import RoughServer
from pipeline.issue import Issues
from pipeline.model import Publication
from pipeline.render.email.message import CompiledMessage
from pipeline.render.email.mime import compile_message
from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.dkim import Signer
from pipeline.sending.personal import Addressee, Original, terms_of
from pipeline.sending.smtp import SmtpSession, Timeouts
from pipeline.sending.tokens import Tokens
from pipeline.sending.transport import Copy, Outcome
from pipeline.settings import Security, SendingSettings, SmtpSettings
from tests import projects
from tests.email import builders

PLANNED = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRET = b"a secret that is long enough for all"
TOKENS = Tokens([SECRET])
SHORT = Timeouts(connect=20, command=0.5, data=0.5, block=0.5, dot=0.5, quit=0.5)
PATIENT = Timeouts(
    connect=20, command=20, data=20, block=20, dot=20, quit=20
)  # other programs run beside the tests
BODY = """\
Hello {{ first_name | there }}! A line with a dot at its end.

.. and one that begins with two, ä, “quoted”.
"""


@cache
def publication() -> Publication:
    own = builders.served(issues_of(BODY).publication)
    return replace(own, sending=SendingSettings(return_path="bounces@mail.example.org", feedback_id="weekly01"))


@cache
def issues_of(body: str, more: str = 'subject: "For {{ first_name | you }}"') -> Issues:
    return builders.placed(builders.publication(projects.part(1, body=body, more=more)))


@cache
def message(body: str = BODY, more: str = 'subject: "For {{ first_name | you }}"') -> CompiledMessage:
    issues = issues_of(body, more)
    own = builders.served(issues.publication)
    issues = replace(issues, library=replace(issues.library, publication=own))
    return compile_message(builders.email(issues), own)


def original(campaign: int = 7, signers: tuple[Signer, ...] = (), own: Publication | None = None) -> Original:
    terms = terms_of(own or publication(), PLANNED, campaign=campaign, series="small", part="part-1")
    return Original(message(), terms, TOKENS, signers)


def copy(number: int = 1, address: str = "", first_name: str = "Zoë") -> Copy:
    made = original().copy_for(Addressee(number, address or f"r{number}@example.org", first_name))
    assert isinstance(made, Copy), made
    return made


class Hold:
    """A ledger that counts, and may take its time: until the server has misbehaved."""

    def __init__(self, server: RoughServer | None = None) -> None:
        self.count = 0
        self.server = server

    def __call__(self) -> None:
        self.count += 1
        if self.server is None:
            return
        end = time.monotonic() + 10
        while not self.server.acts and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.2)  # what it has said, or not, has come here by now


@contextmanager
def session(server: RoughServer, messages: int = 100, timeouts: Timeouts = PATIENT) -> Iterator[SmtpSession]:
    settings = SmtpSettings("127.0.0.1", server.port, Security.NONE)
    opened = SmtpTransport(settings, messages_per_connection=messages, timeouts=timeouts).open()
    try:
        yield opened
    finally:
        opened.close()


def offered(
    server: RoughServer, hold: Hold | None = None, timeouts: Timeouts = PATIENT, number: int = 1
) -> tuple[Outcome, int, bool]:
    """One copy on a connection of its own: its outcome, how often it was held, and whether another may follow."""
    hold = hold or Hold()
    with session(server, timeouts=timeouts) as opened:
        outcome = opened.offer(copy(number), hold)
        return outcome, hold.count, opened.is_open
