"""A mail server to log in to, over TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from pipeline.settings import Security, SendingSettings, SmtpSettings, TransportKind
from tests.email import postfix
from tests.returns import certificates


class _Authenticator:
    def __call__(
        self, server: object, session: object, envelope: object, mechanism: str, data: object
    ) -> AuthResult:
        good = getattr(data, "password", b"") == b"open sesame"
        return AuthResult(success=good, handled=good)


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[tuple[SendingSettings, certificates.Certificate]]:
    made = certificates.make(tmp_path)
    controller = Controller(
        object(),
        hostname="127.0.0.1",
        port=postfix.free_port(),
        tls_context=made.server(),
        require_starttls=True,
        authenticator=_Authenticator(),
        auth_required=True,
    )
    controller.start()
    smtp = SmtpSettings("127.0.0.1", controller.port, Security.STARTTLS, "letters")
    yield SendingSettings(TransportKind.SMTP, smtp=smtp), made
    controller.stop()
