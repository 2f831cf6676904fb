"""Reaching a mail server: encrypted and verified, or not at all; and passwords that stay where they are."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from benchmarks.rough_server import DROP, STALL, Act, Manner, Phase, RoughServer, Then, once
from pipeline.errors import TransportError
from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.smtp import Timeouts
from pipeline.sending.transport import Result
from pipeline.settings import Security, SmtpSettings
from tests.email.postfix import free_port
from tests.sending.builders import PATIENT, SHORT, Hold, copy
from tests.sending.certificates import Authority

PASSWORD = "korrekt-pferd-batterie"
EXTENSIONS = ("PIPELINING", "SIZE 1000000")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def transport(
    port: int, security: Security, trusted: ssl.SSLContext | None = None, login: str = "", password: str = ""
) -> SmtpTransport:
    settings = SmtpSettings("localhost", port, security, login)
    return SmtpTransport(settings, password=password, timeouts=PATIENT, trusted=trusted)


@contextmanager
def encrypted(security: Security, context: ssl.SSLContext) -> Iterator[RoughServer]:
    manner = Manner(EXTENSIONS, starttls=context if security is Security.STARTTLS else None)
    with RoughServer(manner=manner, tls=context if security is Security.TLS else None) as server:
        yield server


BOTH = pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])


@BOTH
def test_a_verified_server_gets_copies(security: Security, authority: Authority) -> None:
    with encrypted(security, authority.server("localhost")) as server:
        session = transport(server.port, security, authority.trusting).open()
        results = [session.offer(copy(number), Hold()).result for number in range(5)]
        assert session.is_open
        session.close()

    assert results == [Result.ACCEPTED] * 5
    assert len(server.taken) == 5


@BOTH
@pytest.mark.parametrize(
    ("host", "days", "is_known", "words"),
    [
        ("mail.example.org", 2, True, "localhost"),
        ("localhost", 2, False, "verify|issuer|self"),
        ("localhost", -1, True, "expired"),
    ],
    ids=["wrong name", "unknown authority", "expired"],
)
def test_a_certificate_that_is_no_good_is_refused(
    security: Security, authority: Authority, host: str, days: int, is_known: bool, words: str
) -> None:
    trusted = authority.trusting if is_known else None
    refused = pytest.raises(TransportError, match=f"not to be trusted.*({words})")
    with encrypted(security, authority.server(host, days)) as server, refused as found:
        transport(server.port, security, trusted, "me", PASSWORD).open()

    assert not found.value.is_temporary
    assert not any("AUTH" in line for line in server.commands)


def test_no_starttls_no_letter_and_no_password() -> None:
    manner = Manner((*EXTENSIONS, "AUTH PLAIN"))
    with RoughServer(manner=manner) as server, pytest.raises(TransportError, match="STARTTLS"):
        transport(server.port, Security.STARTTLS, None, "me", PASSWORD).open()

    assert [line.partition(" ")[0].upper() for line in server.commands] == ["EHLO"]


@BOTH
@pytest.mark.parametrize("act", [DROP, STALL], ids=["drop", "stall"])
def test_after_the_dot_tls_is_as_uncertain(security: Security, act: Act, authority: Authority) -> None:
    with encrypted(security, authority.server("localhost")) as server:
        server.script = once(Phase.RECORDED, act)
        session = replace(transport(server.port, security, authority.trusting), timeouts=SHORT).open()
        assert session.offer(copy(), Hold()).result is Result.UNCERTAIN
        assert not session.is_open


def test_before_the_dot_tls_may_be_tried_again(authority: Authority) -> None:
    with encrypted(Security.TLS, authority.server("localhost")) as server:
        server.script = once(Phase.BODY, DROP)
        session = transport(server.port, Security.TLS, authority.trusting).open()
        assert session.offer(copy(), Hold(server)).result is Result.DEFERRED


class Handler(Message):
    """Keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.got.append(envelope)
        return "250 2.0.0 Ok: queued as 4abcDEF1"

    def handle_message(self, message: object) -> None:
        raise NotImplementedError


@contextmanager
def asking(authority: Authority, password: str = PASSWORD) -> Iterator[tuple[int, Handler]]:
    """aiosmtpd, which wants a login and has TLS."""

    def authenticate(
        server: object, session: object, envelope: object, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password.decode() == password, handled=False)

    handler = Handler()
    controller = Controller(
        handler,
        "127.0.0.1",
        free_port(),
        tls_context=authority.server("localhost"),
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
    )
    controller.start()
    try:
        yield controller.port, handler
    finally:
        controller.stop()


def test_a_server_with_a_login_takes_what_we_send(authority: Authority) -> None:
    with asking(authority) as (port, handler):
        session = transport(port, Security.STARTTLS, authority.trusting, "me", PASSWORD).open()
        own = copy()
        outcome = session.offer(own, Hold())
        session.close()

    assert (outcome.result, outcome.remote_id) == (Result.ACCEPTED, "4abcDEF1")
    assert handler.got[0].content == own.data
    assert (handler.got[0].mail_from, handler.got[0].rcpt_tos) == (own.return_path, [own.address])


def test_a_refused_login_is_told_without_the_password(authority: Authority) -> None:
    with (
        asking(authority, "another") as (port, _),
        pytest.raises(TransportError, match="refuses the login: 535") as found,
    ):
        transport(port, Security.STARTTLS, authority.trusting, "me", PASSWORD).open()

    assert PASSWORD not in repr(found.value)
    assert found.value.__cause__ is None
    assert not found.value.is_temporary


def test_a_password_that_cannot_be_said_is_not_shown(authority: Authority) -> None:
    with asking(authority) as (port, _), pytest.raises(TransportError, match="not ASCII") as found:
        transport(port, Security.STARTTLS, authority.trusting, "me", "pässwörd").open()

    assert "wörd" not in str(found.value)
    assert found.value.__suppress_context__


def test_a_login_without_a_password_is_told_before_anybody_is_called() -> None:
    with pytest.raises(TransportError, match="PARTWORK_SMTP_PASSWORD"):
        transport(free_port(), Security.STARTTLS, login="me").open()


def test_a_transport_does_not_show_its_password() -> None:
    assert PASSWORD not in repr(transport(1, Security.TLS, None, "me", PASSWORD))


def test_nobody_there_may_be_there_later() -> None:
    with pytest.raises(TransportError, match="cannot be reached: Connection refused") as found:
        transport(free_port(), Security.NONE).open()

    assert found.value.is_temporary


@pytest.mark.parametrize(
    ("phase", "act", "is_temporary"),
    [
        (Phase.GREETING, Act(b"554 5.7.1 go away\r\n"), False),
        (Phase.GREETING, Act(b"421 4.3.2 busy\r\n", Then.DROP), True),
        (Phase.GREETING, DROP, True),
        (Phase.GREETING, Act(b"\x00\xff\r\n"), True),
        (Phase.EHLO, DROP, True),
    ],
)
def test_a_server_that_does_not_want_us_is_an_error(phase: Phase, act: Act, *, is_temporary: bool) -> None:
    with RoughServer(once(phase, act)) as server, pytest.raises(TransportError) as found:
        transport(server.port, Security.NONE).open()

    assert found.value.is_temporary is is_temporary


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    assert SmtpTransport(SmtpSettings()).timeouts.connect == 30
    with RoughServer(once(Phase.GREETING, STALL)) as server, pytest.raises(TransportError) as found:
        replace(transport(server.port, Security.NONE), timeouts=Timeouts(connect=0.3)).open()

    assert found.value.is_temporary
