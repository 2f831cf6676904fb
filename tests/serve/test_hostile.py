"""Strangers with bad intent: nothing that they send changes anything, ends the server, or shows a trace."""

import contextlib
import inspect
import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import h11
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.database import Database, open_database
from pipeline.sending.tokens import DeliveryName, Purpose, Tokens, WayOut
from pipeline.serve.server import _Patient
from pipeline.subscribers.addresses import parse_address
from tests.serve.counter import ONE_CLICK, START, Shop, open_shop
from tests.subscribers.people import put

ADA = "ada@example.org"
FORGED = (
    *("tampered", "tampered at the end", "truncated", "lengthened", "in capitals", "doubled", "empty padding"),
    *("of another", "of another purpose", "expired", "of a form", "nothing", "up the tree", "with a NUL"),
    *("not ASCII", "very long"),
)
PATHS = ("/u/{}", "/u/{}/choices", "/c/{}", "/a/{}", "/d/{}")


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for many questions that must change nothing."""
    root = tmp_path_factory.mktemp("hostile")
    database: Database = open_database("", root)
    with open_shop(root, database, seconds=1.5) as opened:
        with database.writing() as connection:
            put(connection, ADA)
            put(connection, "grace@example.org")
        yield opened
    database.close()


@pytest.fixture
def unchanged(sqlite: Shop) -> Iterator[Shop]:
    before = [(row, sqlite.events(row[0])) for row in sqlite.people()]
    sqlite.told.clear()
    yield sqlite
    assert [(row, sqlite.events(row[0])) for row in sqlite.people()] == before
    assert not [line for line in sqlite.told if "fault" in line]


def forged(shop: Shop) -> dict[str, str]:
    good = shop.token(1)
    later = START + timedelta(days=1)
    stranger = Tokens([b"another secret, of somebody else's"])
    return {
        "tampered": ("b" if good[0] == "a" else "a") + good[1:],
        "tampered at the end": good[:-3] + ("bcd" if good[-3:] != "bcd" else "efg"),
        "truncated": good[:-1],
        "lengthened": good + "a",
        "in capitals": good.upper(),
        "doubled": good + good,
        "empty padding": good + "=",
        "of another": stranger.way_out(WayOut(1)),
        "of another purpose": shop.tokens.delivery(DeliveryName(1, 1)),
        "expired": shop.tokens.expiring(
            Purpose.CONFIRM, f"1 {parse_address(ADA).mark} 0 all", START - timedelta(days=1)
        ),
        "of a form": shop.tokens.expiring(Purpose.FORM, "1", later),
        "nothing": "x",
        "up the tree": "..%2f..%2fetc%2fpasswd",
        "with a NUL": "a%00b",
        "not ASCII": "%C3%A9",
        "very long": "a" * 700,
    }


@pytest.mark.parametrize("kind", FORGED)
def test_a_token_that_is_not_good_opens_nothing(unchanged: Shop, kind: str) -> None:
    token = forged(unchanged)[kind]
    for path in PATHS:
        for answer in (
            unchanged.client.get(path.format(token)),
            unchanged.post(path.format(token), {**ONE_CLICK, "do": "erase", "sure": "yes"}),
        ):
            assert answer.status_code in (404, 410)
            assert "Traceback" not in answer.text


def test_each_kind_of_link_opens_its_own_page_alone(unchanged: Shop) -> None:
    later = unchanged.clock() + timedelta(days=1)
    tokens = {
        "/u/{}": unchanged.token(1),
        "/c/{}": unchanged.tokens.expiring(Purpose.CONFIRM, f"1 {parse_address(ADA).mark} 0 all", later),
        "/a/{}": unchanged.tokens.expiring(Purpose.CHANGE, "1 old", later),
        "/d/{}": unchanged.tokens.expiring(Purpose.DATA, f"1 {parse_address(ADA).mark}", later),
    }
    for path in tokens:
        for of, token in tokens.items():
            if path != of:
                assert unchanged.client.get(path.format(token)).status_code in (404, 410)
                answer = unchanged.post(path.format(token), {**ONE_CLICK, "do": "erase", "sure": "yes"})
                assert answer.status_code in (404, 410)


def test_ones_own_token_lets_nobody_else_leave(shop: Shop) -> None:
    with shop.database.writing() as connection:
        ada, grace = put(connection, ADA), put(connection, "grace@example.org")
    shop.post(f"/u/{shop.token(ada)}", {**ONE_CLICK, "subscriber": str(grace), "token": shop.token(grace)})

    assert (shop.state(ada), shop.state(grace)) == ("unsubscribed", "active")


# --- bodies -----------------------------------------------------------------------------------------------


def test_ten_megabytes_are_refused_before_they_are_read(unchanged: Shop) -> None:
    for path in ("/subscribe", f"/u/{unchanged.token(1)}", "/nowhere"):
        assert _said(unchanged, _head(path, "Content-Length: 10485760")) == 413


def test_a_body_without_an_end_is_cut_off(unchanged: Shop) -> None:
    with _connected(unchanged) as connection:
        connection.sendall(_head("/subscribe", "Transfer-Encoding: chunked"))
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 50_000_000:
                connection.sendall(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")
                sent += 0x1000

    assert sent < 20_000_000  # what the kernel's buffers hold, and no more


@pytest.mark.parametrize(
    ("path", "kind", "piece", "many"),
    [
        ("/subscribe", "application/x-www-form-urlencoded", b"a=" + b"x" * 1000 + b"&", 20),
        ("/ses", "text/plain", b"x" * 10_000, 31),
    ],
)
def test_a_body_that_says_no_size_is_counted_as_it_comes(
    unchanged: Shop, path: str, kind: str, piece: bytes, many: int
) -> None:
    """Each field would be small enough, and their number, too."""
    pieces = iter([piece] * many)  # sent in chunks, without a length
    answer = unchanged.client.post(path, content=pieces, headers={"content-type": kind})

    assert answer.status_code == 413


def test_a_body_that_says_less_than_comes_is_cut_off_too(unchanged: Shop) -> None:
    with _connected(unchanged) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert connection.recv(9999).startswith(b"HTTP/1.1 200")
        with pytest.raises(OSError):  # noqa: PT011 - reset or broken pipe, as the kernel likes
            connection.sendall((b"1000\r\n" + b"a" * 0x1000 + b"\r\n") * 5000)


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/xml", "", "multipart/mixed; boundary=x"]
)
def test_what_is_no_form_is_refused(unchanged: Shop, kind: str) -> None:
    answer = unchanged.client.post(
        f"/u/{unchanged.token(1)}", content=b"List-Unsubscribe=One-Click", headers={"Content-Type": kind}
    )

    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "G" * 40])
def test_methods_that_do_not_belong_are_refused(unchanged: Shop, method: str) -> None:
    path = "x:1" if method == "CONNECT" else f"/u/{unchanged.token(1)}"
    assert _said(unchanged, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) == 405


@pytest.mark.parametrize("path", ["/health", "/ready", "/robots.txt", "/assets/x", "/"])
def test_nothing_is_posted_to_a_page_that_only_shows(unchanged: Shop, path: str) -> None:
    answer = unchanged.post(path)

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\n",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="do"; filename="a"\r\n\r\nOne-Click\r\n--x--\r\n',
        b"nothing of the kind",
        b"--x\r\n" + b"A: b\r\n" * 500 + b"\r\n\r\n--x--",
        b"",
    ],
)
def test_a_broken_multipart_is_a_bad_request(unchanged: Shop, body: bytes) -> None:
    answer = unchanged.client.post(
        f"/u/{unchanged.token(1)}", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )

    assert answer.status_code == 400


def test_a_form_of_a_thousand_fields_is_a_bad_request(unchanged: Shop) -> None:
    body = "&".join(f"f{k}=1" for k in range(1000))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert unchanged.client.post("/subscribe", content=body, headers=headers).status_code == 400


# --- heads and slowness -----------------------------------------------------------------------------------


def test_a_head_of_a_megabyte_is_refused(unchanged: Shop) -> None:
    with _connected(unchanged) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(b"GET / HTTP/1.1\r\n" + b"A: " + b"a" * 1_000_000)
        with contextlib.suppress(OSError):
            assert connection.recv(999).startswith(b"HTTP/1.1 400")


def test_an_address_that_is_too_long_is_refused(unchanged: Shop) -> None:
    assert unchanged.client.get("/u/" + "a" * 2000).status_code == 414


def test_who_sends_a_head_a_byte_at_a_time_is_hung_up_on(unchanged: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Patient, "head_seconds", 0.5)
    with _connected(unchanged) as connection:
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            for byte in b"GET /health HTTP/1.1\r\nHost: x\r\n" * 10:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)

        assert time.monotonic() - begun < 10


def test_who_connects_and_says_nothing_is_hung_up_on(unchanged: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Patient, "head_seconds", 0.5)
    with _connected(unchanged) as connection, contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""


def test_who_sends_a_body_a_byte_at_a_time_is_told_so(unchanged: Shop) -> None:
    with _connected(unchanged) as connection:
        connection.sendall(_head("/subscribe", "Content-Length: 1000"))
        connection.sendall(b"email=")
        assert connection.recv(9999).startswith(b"HTTP/1.1 408")


def test_others_are_answered_while_many_are_slow(unchanged: Shop) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            slow = stack.enter_context(_connected(unchanged))
            slow.sendall(b"GET /u/")
        begun = time.monotonic()
        assert unchanged.client.get(f"/u/{unchanged.token(1)}").status_code == 200
        assert time.monotonic() - begun < 2


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: everybody@example.org",
        "ada@example.org%0d%0aBcc: x@example.org",
        "ada@example.org\nContent-Type: text/html",
        "ada@example.org\x00",
        "<ada@example.org>, <grace@example.org>",
        "ada@example.org\u2028Bcc: x@example.org",
        "a" * 300 + "@example.org",
        "\ud800@example.org".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_an_address_brings_no_header_along(unchanged: Shop, address: str) -> None:
    assert unchanged.post("/subscribe", {"email": address}).status_code == 422


def test_html_in_what_is_typed_stays_words(shop: Shop) -> None:
    answer = shop.post("/subscribe", {"email": '"<img src=x onerror=alert(1)>" <ada@example.org>'})

    assert "<img src=x" not in answer.text
    named = shop.post("/subscribe", {"email": '"&lt;b&gt;" <ada@example.org>'})
    assert named.status_code == 200
    assert "lt;b" not in named.text
    again = shop.post("/subscribe", {"email": "<b>bold</b>"})
    assert "<b>bold" not in again.text


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["/subscribe", "/u/{}", "/u/{}/choices", "/c/{}", "/a/{}", "/d/{}", "/{}", "/assets/{}"]),
    st.text(max_size=40),
    st.dictionaries(
        st.sampled_from(["do", "email", "series", "until", "new", "wish", "website", "x"]), st.text(max_size=60)
    ),
)
def test_nothing_that_is_sent_is_a_fault_of_ours(
    unchanged: Shop, path: str, token: str, fields: dict[str, str]
) -> None:
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    where = path.format(quote(token.encode("utf-8", "replace"), safe=""))
    for answer in (unchanged.client.get(where), unchanged.post(where, clean)):
        assert answer.status_code < 500


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300),
    st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]),
)
def test_no_body_is_a_fault_of_ours(unchanged: Shop, body: bytes, kind: str) -> None:
    for path in ("/subscribe", f"/u/{unchanged.token(77)}", f"/u/{unchanged.token(77)}/choices"):
        answer = unchanged.client.post(path, content=body, headers={"Content-Type": kind})

        assert answer.status_code < 500


# --- what every answer says of itself ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/u/{}", "/subscribe", "/nowhere", "/u/broken", "/health", "/c/x"])
def test_every_answer_is_kept_by_nobody_and_framed_by_nobody(unchanged: Shop, path: str) -> None:
    headers = unchanged.client.get(path.format(unchanged.token(1))).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "server" not in headers
    assert "set-cookie" not in headers


def test_the_style_sheet_may_be_kept_and_nothing_else_is_there(unchanged: Shop) -> None:
    page = unchanged.client.get("/subscribe").text
    style = re.search(r'href="(/assets/style\.\w+\.css)"', page)
    assert style
    answer = unchanged.client.get(style[1])
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    for path in (
        "/assets/../partwork.toml",
        "/assets/..%2f..%2fpartwork.toml",
        "/assets/%2e%2e/partwork.key",
        "/partwork.db",
    ):
        assert unchanged.client.get(path).status_code == 404


def test_pages_have_no_script_and_no_style_of_their_own(unchanged: Shop) -> None:
    for path in ("/u/{}", "/u/{}/choices", "/subscribe", "/nowhere"):
        text = unchanged.client.get(path.format(unchanged.token(1))).text

        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", text)


def test_what_operators_are_told_names_no_token_no_address_and_nobody(unchanged: Shop) -> None:
    token = unchanged.token(1)
    unchanged.client.get(f"/u/{token}?email={ADA}")
    unchanged.client.get(f"/{ADA}")
    unchanged.post("/subscribe", {"email": "not an address at all", "website": ADA})

    told = "\n".join(unchanged.told)
    assert re.search(r"^GET /u/\{token\} 200 \d+ ms$", told, re.MULTILINE)
    assert not re.search(f"{token}|ada|example|127\\.0", told)


def test_a_fault_of_ours_shows_no_trace(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    with open_shop(tmp_path, database) as shop:
        with database.writing() as connection:
            key = put(connection, ADA)
        token = shop.token(key)
        database.close()
        (tmp_path / "partwork.db").unlink()
        (tmp_path / "partwork.db").mkdir()
        answer = shop.post(f"/u/{token}", ONE_CLICK)

        assert answer.status_code == 503
        assert shop.client.get("/ready").status_code == 503
        assert shop.client.get("/health").status_code == 200
        for words in ("Traceback", "sqlite", "partwork.db", str(tmp_path)):
            assert words not in answer.text


def test_who_is_no_proxy_of_ours_cannot_say_where_they_come_from(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    with open_shop(tmp_path, database, proxies="192.0.2.99") as shop:
        answers = [
            shop.client.post(
                "/subscribe",
                data={"email": f"a{k}@example.org", "shown": shop.stamp(timedelta(seconds=60 + k))},
                headers={"X-Forwarded-For": f"10.0.{k}.1"},
            ).status_code
            for k in range(61)
        ]
    database.close()

    assert (answers.count(200), answers[-1]) == (60, 429)


def test_comparing_tokens_takes_as_long_wherever_they_differ() -> None:
    """Not timed, for that would be noise: the comparison is the library's constant-time one, and the only one."""
    assert "compare_digest" in inspect.getsource(Tokens._verified)


# --- sockets ----------------------------------------------------------------------------------------------


def _connected(shop: Shop) -> socket.socket:
    host, port = shop.client.base_url.host, shop.client.base_url.port
    return socket.create_connection((host, port or 80), timeout=15)


def _head(path: str, more: str) -> bytes:
    kind = "Content-Type: application/x-www-form-urlencoded"
    return f"POST {path} HTTP/1.1\r\nHost: x\r\n{kind}\r\n{more}\r\n\r\n".encode()


def _said(shop: Shop, request: bytes) -> int:
    """The status of the answer; the connection is closed after it."""
    with _connected(shop) as connection:
        connection.sendall(request)
        reader = h11.Connection(h11.CLIENT)
        while True:
            event = reader.next_event()
            if isinstance(event, h11.Response):
                return event.status_code
            if event is h11.NEED_DATA:
                reader.receive_data(connection.recv(9999))
