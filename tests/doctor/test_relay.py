"""The mail server: one that logs in over TLS, a real Postfix, and what Amazon says."""

import json
import os

import pytest

from pipeline.doctor.relay import check_ses, check_smtp
from pipeline.settings import Security, SendingSettings, SesSettings, SmtpSettings, TransportKind
from tests.doctor.builders import verdicts
from tests.email import postfix
from tests.returns import certificates
from tests.servers import serving


def test_a_login_that_is_taken_is_good(mail: tuple[SendingSettings, certificates.Certificate]) -> None:
    settings, made = mail

    assert verdicts(check_smtp(settings, "open sesame", made.client())) == {"transport": "good", "TLS": "good"}


def test_a_login_that_is_refused_is_bad_and_tells_no_password(
    mail: tuple[SendingSettings, certificates.Certificate],
) -> None:
    settings, made = mail
    found = check_smtp(settings, "the wrong word", made.client())

    assert verdicts(found) == {"transport": "bad", "TLS": "unseen"}
    assert "the wrong word" not in str(found)


def test_a_server_that_proves_nothing_is_bad(mail: tuple[SendingSettings, certificates.Certificate]) -> None:
    assert verdicts(check_smtp(mail[0], "open sesame")) == {"transport": "bad", "TLS": "unseen"}


@pytest.mark.program
def test_a_real_postfix_lets_us_in() -> None:
    if why := postfix.missing():
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)
    with postfix.running() as (port, _):
        settings = SendingSettings(smtp=SmtpSettings("127.0.0.1", port, Security.NONE))

        assert verdicts(check_smtp(settings, "")) == {"transport": "good", "TLS": "unseen"}


@pytest.mark.parametrize(
    ("account", "verdict"),
    [
        ({"SendingEnabled": True, "ProductionAccessEnabled": True}, "good"),
        ({"SendingEnabled": True, "ProductionAccessEnabled": False}, "bad"),
        ({"SendingEnabled": False, "ProductionAccessEnabled": True}, "bad"),
        ({}, "bad"),
        (None, "unseen"),
    ],
)
def test_what_amazon_says_of_the_account_is_told(
    monkeypatch: pytest.MonkeyPatch, account: dict[str, bool] | None, verdict: str
) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({} if account is None else account).encode()
            self.send_response(403 if account is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        settings = SendingSettings(TransportKind.SES, ses=SesSettings("eu-west-1"))
        found = check_ses(settings, f"http://127.0.0.1:{port}")

    assert found[0].verdict == verdict
