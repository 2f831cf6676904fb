"""What other sites, proxies and caches could be made to do: hosts that lie, forms elsewhere, double ends."""

import re
from collections.abc import Iterator

import h11
import pytest

from pipeline.database import open_database
from tests.serve.counter import ONE_CLICK, Shop, open_shop
from tests.serve.test_hostile import _connected
from tests.subscribers.people import put

ADA, EVIL = "ada@example.org", "evil.example"
FORM = "application/x-www-form-urlencoded"
LIES = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Prefix": f"//{EVIL}/",
    "X-Original-URL": f"https://{EVIL}/",
    "X-Rewrite-URL": "/d/other",
    "Forwarded": f"host={EVIL};proto=https",
    "X-HTTP-Method-Override": "DELETE",
    "Referer": f"https://{EVIL}/",
    "Origin": f"https://{EVIL}",
}
# What a browser says of a form that another site has made, with whatever it keeps for us.
CROSS_SITE = {"Origin": f"https://{EVIL}", "Sec-Fetch-Site": "cross-site", "Cookie": "session=1; token=x"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("cross-site")
    database = open_database("", root)
    with open_shop(root, database, seconds=3) as opened:
        with database.writing() as connection:
            put(connection, ADA)
        yield opened
    database.close()


def test_a_host_that_lies_appears_on_no_page_and_in_no_letter(shop: Shop) -> None:
    token = shop.token(1)
    for path in ("/", "/subscribe", f"/u/{token}", f"/u/{token}/choices", "/nowhere", "/c/x"):
        answer = shop.client.get(path, headers=LIES)
        assert EVIL not in answer.text
        assert EVIL not in str(answer.headers)
    shop.post("/subscribe", {"email": "grace@example.org"}, headers=LIES)
    shop.deliver()
    letter = shop.last_letter("grace@example.org").as_string()
    assert EVIL not in letter
    assert "https://letters.example.org/c/" in letter.replace("=\n", "")


@pytest.mark.parametrize(
    "target",
    [
        f"//{EVIL}/",
        f"//{EVIL}/..",
        f"/\\{EVIL}",
        f"/%2f%2f{EVIL}",
        f"https://{EVIL}/",
        "/subscribe/",
        "/u",
        "//u/x",
        "*",
    ],
)
def test_nothing_leads_to_another_host(shop: Shop, target: str) -> None:
    status, headers = said(shop, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())

    assert status == 404
    assert "location" not in headers


def test_the_one_redirect_goes_home_whoever_asks(shop: Shop) -> None:
    answer = shop.client.get(f"/?next=//{EVIL}", headers=LIES)

    assert (answer.status_code, answer.headers["location"]) == (303, "https://weekly.example.org/")


def test_another_sites_form_makes_nobody_leave_move_or_be_erased(shop: Shop) -> None:
    """There is no cookie and no session to use: a form without the token says nothing about anybody."""
    forms = [ONE_CLICK, {"do": "erase", "sure": "yes"}, {"do": "address", "email": f"me@{EVIL}"}, {"do": "series"}]
    for path in ("/u/", "/u/1", "/u/1/choices", "/d/1", "/a/1", "/c/1", "/subscribe"):
        for form in forms:
            answer = shop.post(path, {**form, "subscriber": "1", "token": "1"}, headers=CROSS_SITE)
            assert answer.status_code in (404, 410, 422) or path == "/subscribe"

    assert (shop.state(1), shop.events(1)) == ("active", [])


@pytest.mark.parametrize("path", ["/subscribe", "/u/{}", "/u/{}/choices", "/health", "/nowhere"])
def test_another_sites_script_reads_no_answer(shop: Shop, path: str) -> None:
    where = path.format(shop.token(1))
    asked = {**CROSS_SITE, "Access-Control-Request-Method": "POST"}
    for answer in (shop.client.get(where, headers=asked), shop.client.options(where, headers=asked)):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_no_cache_keeps_a_page_that_a_token_opens(shop: Shop) -> None:
    token = shop.token(1)
    for path in (f"/u/{token}", f"/u/{token}/choices", f"/u/{token}/choices?x.css", f"/u/{token}/style.css"):
        answer = shop.client.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers


@pytest.mark.parametrize(
    "more",
    [
        "Content-Length: 26\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 26\r\nContent-Length: 27\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Content-Length: +26\r\n",
        "Content-Length : 26\r\n",
    ],
)
def test_a_request_whose_end_can_be_read_in_two_ways_is_refused(shop: Shop, more: str) -> None:
    """A proxy that reads the other end would take the rest for the next visitor's request."""
    head = f"POST /u/{shop.token(1)} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n{more}\r\n"
    body = b"1a\r\nList-Unsubscribe=One-Click\r\n0\r\n\r\n" if "chunked" in more else b"List-Unsubscribe=One-Click"
    status, headers = said(shop, head.encode() + body)

    assert 400 <= status < 502
    assert headers.get("connection") == "close"
    assert shop.state(1) == "active"


@pytest.mark.parametrize("kinds", [("application/json", FORM), (FORM, "application/json")])
def test_a_request_of_two_kinds_is_no_form(shop: Shop, kinds: tuple[str, str]) -> None:
    body = "List-Unsubscribe=One-Click"
    head = "".join(f"Content-Type: {kind}\r\n" for kind in kinds)
    request = f"POST /u/{shop.token(1)} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{head}\r\n{body}"
    status, _ = said(shop, request.encode())

    assert status == 400
    assert shop.state(1) == "active"


def test_tokens_are_in_no_line_that_leads_away(shop: Shop) -> None:
    token = shop.token(1)
    for path in (f"/u/{token}", f"/u/{token}/choices"):
        page = shop.client.get(path)
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "location" not in page.headers
        for address in re.findall(r'(?:href|src|action)="(https?://[^"]*)"', page.text):
            assert token not in address


def said(shop: Shop, request: bytes) -> tuple[int, dict[str, str]]:
    """The status and the headers of the first answer."""
    with _connected(shop) as connection:
        connection.sendall(request)
        reader = h11.Connection(h11.CLIENT)
        while True:
            event = reader.next_event()
            if isinstance(event, h11.Response):
                return event.status_code, {name.decode(): value.decode() for name, value in event.headers}
            if event is h11.NEED_DATA:
                reader.receive_data(connection.recv(9999))
