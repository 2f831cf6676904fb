"""The public address as mail programs meet it: a real web server, over TLS."""

from pathlib import Path

import pytest

from pipeline.doctor.finding import Finding, Verdict
from pipeline.doctor.public_address import check_public_address
from tests.doctor import web_server
from tests.doctor.builders import NOW, verdicts
from tests.doctor.web_server import Web
from tests.returns import certificates


def looked(web: Web, made: certificates.Certificate, way_out: str = "token") -> list[Finding]:
    with web_server.running(web, made) as url:
        return check_public_address(url, way_out, NOW, made.client())[0]


def test_a_good_public_address_is_good_and_is_asked_as_mail_programs_do(tmp_path: Path) -> None:
    web = Web()

    found = looked(web, certificates.make(tmp_path))

    assert set(verdicts(found).values()) == {"good"}
    method, path, body, headers = web.asked[-1]
    assert (method, path, body) == ("POST", "/u/token", "List-Unsubscribe=One-Click")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Cookie" not in headers


@pytest.mark.parametrize(
    ("status", "words"),
    [(302, "sent elsewhere"), (404, "answered 404"), (405, "answered 405"), (500, "answered 500")],
)
def test_a_click_that_is_not_answered_with_yes_is_bad(tmp_path: Path, status: int, words: str) -> None:
    found = looked(Web({"POST": status}), certificates.make(tmp_path))

    assert (found[2].verdict, words in found[2].seen) == (Verdict.BAD, True)


def test_what_is_not_partwork_serve_is_told(tmp_path: Path) -> None:
    assert looked(Web({"GET": 404}), certificates.make(tmp_path))[0].verdict is Verdict.BAD


def test_a_certificate_that_ends_soon_is_weak(tmp_path: Path) -> None:
    assert looked(Web(), certificates.make(tmp_path, days=5))[1].verdict is Verdict.WEAK


@pytest.mark.parametrize("names", [("elsewhere.example",), ()])
def test_a_certificate_that_is_not_good_is_bad_and_nothing_else_is_called_good(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    made = certificates.make(tmp_path, *names, days=90 if names else -0.5)
    web = Web()

    assert verdicts(looked(web, made)) == {"public address": "unseen", "certificate": "bad", "one-click": "unseen"}
    assert web.asked == []


def test_an_address_that_nobody_answers_at_is_bad() -> None:
    found, there = check_public_address("https://127.0.0.1:1/", "token", NOW)

    assert verdicts(found) == {"public address": "bad", "certificate": "unseen", "one-click": "unseen"}
    assert there is None


@pytest.mark.parametrize("url", ["http://letters.example.org/", "http://127.0.0.1:8025/"])
def test_an_address_without_https_is_told_what_it_lacks(url: str) -> None:
    found, _ = check_public_address(url, "token", NOW)

    assert verdicts(found) == {"public address": "bad", "certificate": "unseen", "one-click": "bad"}
    assert "is not https" in found[0].seen
    assert "write https://" in found[0].mend


def test_without_a_secret_no_click_is_tried(tmp_path: Path) -> None:
    web = Web()

    assert looked(web, certificates.make(tmp_path), way_out="")[2].verdict is Verdict.UNSEEN
    assert [asked[0] for asked in web.asked] == ["GET"]
