"""The public pages behind a real nginx and a real Caddy, by the examples of the documentation, over https."""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import sqlalchemy as sql

from pipeline.database import open_database
from pipeline.database.public import LIMITS
from pipeline.doctor.finding import Verdict
from pipeline.doctor.public_address import check_public_address
from pipeline.sending.keys import open_tokens
from pipeline.sending.tokens import WayOut
from pipeline.serve.doubts import stamped
from pipeline.serve.gate import LARGEST
from pipeline.serve.joining import _PER_NETWORK
from tests.database.postgresql import free_port
from tests.docs.pages import DOCS, blocks, code_spans, read
from tests.serve import proxies
from tests.serve.counter import ONE_CLICK, open_shop
from tests.serve.deployed import Deployed, deployed
from tests.serve.proxies import Proxy, replaced

pytestmark = pytest.mark.program

PUBLIC = "https://letters.example.org/"
BOTH = ("nginx", "caddy")
FORM = "application/x-www-form-urlencoded"
GUIDE = read(DOCS / "how-to" / "serve.md")


def needed(kind: str) -> None:
    if why := proxies.missing(kind):
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deployed(tmp_path_factory.mktemp("served"), PUBLIC) as started:
        yield started


@pytest.fixture(scope="module", params=BOTH)
def proxy(request: pytest.FixtureRequest, server: Deployed) -> Iterator[Proxy]:
    needed(request.param)
    with proxies.running(request.param, server.where) as started:
        yield started


# -- what one reads in the how-to is what is run here ------------------------------------------------------


@pytest.mark.parametrize("kind", BOTH)
def test_the_guide_shows_the_example_word_for_word(kind: str) -> None:
    assert proxies.example(kind) in [block.text for block in blocks(GUIDE)]


# -- pages -------------------------------------------------------------------------------------------------


def test_the_leave_page_opens_over_https_and_opening_it_changes_nothing(proxy: Proxy, server: Deployed) -> None:
    person, path = server.way_out()
    with proxy.visitor() as visitor:
        page, head = visitor.get(path), visitor.head(path)

    assert (page.status_code, head.status_code, head.content) == (200, 200, b"")
    assert head.headers["content-length"] == str(len(page.content))
    assert f'action="/{path}"' in page.text
    assert server.state(person) == "active"


def test_one_click_as_a_form_and_as_multipart_is_effective_at_once(proxy: Proxy, server: Deployed) -> None:
    bodies = ({"data": ONE_CLICK}, {"files": {name: (None, value) for name, value in ONE_CLICK.items()}})
    for body in bodies:
        person, path = server.way_out()
        with proxy.visitor() as visitor:
            answer = visitor.post(path, **body)  # type: ignore[arg-type]

        assert (answer.status_code, answer.history, "location" in answer.headers) == (200, [], False)
        assert server.state(person) == "unsubscribed"


def test_doctor_finds_the_public_address_good(proxy: Proxy, server: Deployed) -> None:
    way_out = open_tokens(server.root).way_out(WayOut(0, 0, "doctor"))
    found, there = check_public_address(proxy.url, way_out, datetime.now(UTC), proxy.certificate.client())

    assert [one.verdict for one in found] == [Verdict.GOOD] * 3, found
    assert there is not None


def test_every_security_header_arrives_once(proxy: Proxy, server: Deployed) -> None:
    _, path = server.way_out()
    with proxy.visitor() as visitor:
        for answer in (visitor.get(path), visitor.get("u/broken"), visitor.post("subscribe", content=b"x")):
            names = (
                "strict-transport-security",
                "content-security-policy",
                "x-content-type-options",
                "x-frame-options",
                "referrer-policy",
                "x-robots-tag",
                "cache-control",
                "permissions-policy",
                "cross-origin-opener-policy",
                "content-type",
                "date",
                "server",
            )
            assert {name: len(answer.headers.get_list(name)) for name in names} == dict.fromkeys(names, 1)
            assert "nginx/" not in answer.headers["server"]


def test_plain_http_is_sent_on_to_https(proxy: Proxy, server: Deployed) -> None:
    person, path = server.way_out()
    answer = httpx.post(f"{proxy.plain_url}{path}", data=ONE_CLICK)

    assert answer.status_code == 308  # which keeps the method, where 301 may not
    assert answer.headers["location"] == f"https://{proxies.NAME}/{path}"
    assert server.state(person) == "active"


def test_health_and_readiness_are_told(proxy: Proxy) -> None:
    with proxy.visitor() as visitor:
        assert [visitor.get(path).text for path in ("health", "ready")] == ["ok\n", "ready\n"]


# -- who visits --------------------------------------------------------------------------------------------


def test_the_limit_counts_the_visitor_and_nothing_that_they_say_of_themselves(
    proxy: Proxy, server: Deployed
) -> None:
    kind, tokens = BOTH.index(proxy.kind), open_tokens(server.root)
    with proxy.visitor(f"127.{kind}.7.1") as visitor, proxy.visitor(f"127.{kind}.8.1") as other:

        def asked(number: int, client: httpx.Client = visitor) -> int:
            own = f"198.51.{number}.{number}"  # another network each time
            said = {"X-Forwarded-For": own, "Forwarded": f"for={own}", "X-Real-IP": own}
            shown = stamped(tokens, datetime.now(UTC) - timedelta(minutes=1, seconds=number))
            data = {"email": f"somebody{number}@{proxy.kind}.example", "shown": shown}
            return client.post("subscribe", data=data, headers=said).status_code

        assert [asked(number) for number in range(_PER_NETWORK)] == [200] * _PER_NETWORK
        assert asked(_PER_NETWORK) == 429
        assert asked(_PER_NETWORK, other) == 200


# -- what is too much --------------------------------------------------------------------------------------


def test_bodies_that_are_too_large_are_refused(proxy: Proxy) -> None:
    with proxy.visitor() as visitor:
        for size in (LARGEST + 1, 400_000):
            answer = visitor.post("subscribe", content=b"x" * size, headers={"Content-Type": FORM})
            assert answer.status_code == 413


def test_what_amazon_tells_is_larger_and_comes_through(proxy: Proxy) -> None:
    with proxy.visitor() as visitor:
        answer = visitor.post("ses", content=b"x" * 250_000, headers={"Content-Type": "text/plain"})

    assert (answer.status_code, answer.text) == (400, "it is no JSON\n")


@pytest.mark.parametrize("kind", BOTH)
def test_bodies_without_an_end_are_ended(kind: str, tmp_path: Path) -> None:
    needed(kind)
    database = open_database("", tmp_path)

    def change(text: str) -> str:
        return replaced(text, ("read_body 30s", "read_body 1s")) if kind == "caddy" else text

    with open_shop(tmp_path, database, seconds=0.5) as shop:
        upstream = shop.url.removeprefix("http://").rstrip("/")
        with proxies.running(kind, upstream, change) as started:
            head = f"POST /subscribe HTTP/1.1\r\nHost: {proxies.NAME}\r\nContent-Type: {FORM}\r\n"
            chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode()
            silent = f"{head}Content-Length: 300\r\n\r\n".encode()
            big = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"

            assert answered(started, silent, b"", 1).startswith(b"HTTP/1.1 408")
            assert answered(started, chunked, b"1\r\nx\r\n", 0.1).startswith(b"HTTP/1.1 408")
            assert answered(started, chunked, big, 0.001).startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))
    database.close()


def answered(proxy: Proxy, head: bytes, piece: bytes, pause: float) -> bytes:
    """The first bytes of the answer to a head, and to pieces of a body again and again for ten seconds."""
    address = ("127.0.0.1", urlsplit(proxy.url).port)
    end = time.monotonic() + 10
    with (
        socket.create_connection(address, timeout=10) as plain,
        proxy.certificate.client().wrap_socket(plain, server_hostname=proxies.NAME) as connection,
    ):
        connection.sendall(head)
        while time.monotonic() < end:
            connection.settimeout(pause)
            try:
                return connection.recv(1200)
            except TimeoutError:
                connection.settimeout(10)
            try:
                connection.sendall(piece)
            except OSError:
                return connection.recv(1200)
    return b"none in time"


# -- what is kept ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BOTH)
def test_no_token_is_written_down_not_even_when_the_server_is_gone(kind: str, tmp_path: Path) -> None:
    needed(kind)
    token = "secrettoken2345"
    gone = f"127.0.0.1:{free_port()}"
    with proxies.running(kind, gone) as started, started.visitor() as visitor:
        huge = visitor.post(f"u/{token}", content=b"x" * 500_000, headers={"Content-Type": FORM})
        answers = [visitor.get(f"u/{token}"), visitor.post(f"u/{token}", data=ONE_CLICK), huge]
        httpx.get(f"{started.plain_url}u/{token}")
        told = started.written()

    assert [answer.status_code for answer in answers] == [502, 502, 413 if kind == "nginx" else 502]
    assert not any(word in told for word in (token, "GET /", "python-httpx"))


# -- many, and the end -------------------------------------------------------------------------------------


def test_some_hundred_requests_over_kept_connections_are_all_answered(proxy: Proxy, server: Deployed) -> None:
    ways = server.ways_out(20)

    def one(number: int) -> set[int]:
        _, path = ways[number]
        with proxy.visitor() as visitor:
            return {visitor.get(path).status_code for _ in range(15)} | {
                visitor.post(path, data=ONE_CLICK).status_code
            }

    with ThreadPoolExecutor(8) as pool:
        assert set().union(*pool.map(one, range(20))) == {200}
    states = server.states()
    assert {states[person] for person, _ in ways} == {"unsubscribed"}


@pytest.mark.parametrize("kind", BOTH)
def test_sigterm_loses_no_answer_to_anything_that_was_done(kind: str, tmp_path: Path) -> None:
    """Who asks after the end is told so by the proxy, and nothing was done for them."""
    needed(kind)
    with deployed(tmp_path, PUBLIC) as server, proxies.running(kind, server.where) as started:
        ways = server.ways_out(800)
        answered = [0] * len(ways)
        enough = threading.Semaphore(0)

        def some(first: int) -> None:
            """Every eighth, until nobody is there any more."""
            with started.visitor() as visitor:
                for number in range(first, len(ways), 8):
                    with suppress(httpx.RemoteProtocolError):  # it hung up, as it may, on a kept connection
                        answered[number] = visitor.post(ways[number][1], data=ONE_CLICK).status_code
                    enough.release()
                    if answered[max(first, number - 16) : number + 1 : 8] == [502] * 3:
                        return

        with ThreadPoolExecutor(8) as pool:
            done = [pool.submit(some, first) for first in range(8)]
            for _ in range(60):
                assert enough.acquire(timeout=20)
            server.ask_to_end()
            for each in done:
                each.result()
        server.process.wait(20)

        assert server.process.returncode == 0
        assert set(answered) <= {200, 502, 0}
        assert 60 <= answered.count(200) < len(ways)
        states = server.states()
    assert [status == 200 for status in answered] == [states[person] == "unsubscribed" for person, _ in ways]


# -- other ways to stand before it -------------------------------------------------------------------------

PREFIX = "https://example.org/letters/"


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deployed(tmp_path_factory.mktemp("below"), PREFIX) as started:
        yield started


WAYS = {  # by what is written in the guide
    ("nginx", "taken off"): ("location /letters/ {", "proxy_pass http://partwork/;"),
    ("nginx", "left on"): ("location /letters/ {", "proxy_pass http://partwork;"),
    ("caddy", "taken off"): ("handle_path /letters/* {",),
    ("caddy", "left on"): ("handle /letters/* {",),
}


@pytest.mark.parametrize(("kind", "path_is"), WAYS)
def test_below_a_path_every_link_leads_on(kind: str, path_is: str, below: Deployed) -> None:
    needed(kind)
    written = WAYS[kind, path_is]
    assert set(written) <= set(code_spans(GUIDE))

    def change(text: str) -> str:
        if kind == "nginx":
            return replaced(text, ("location / {", written[0]), ("proxy_pass http://partwork;", written[1]))
        begins, rest = text.split("\treverse_proxy", 1)
        return f"{begins}\t{written[0]}\n\treverse_proxy{rest.rstrip()}\n}}\n"

    person, path = below.way_out()
    with proxies.running(kind, below.where, change) as started, started.visitor() as visitor:
        page = visitor.get(f"letters/{path}")
        assert f'action="/letters/{path}"' in page.text
        style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert style.startswith("/letters/assets/")
        assert visitor.get(style).headers["content-type"] == "text/css; charset=utf-8"
        assert visitor.get(f"letters/{path}/choices").status_code == 200
        assert visitor.get("letters/health").text == "ok\n"
        assert visitor.post(f"letters/{path}", data=ONE_CLICK).status_code == 200
    assert below.state(person) == "unsubscribed"


FILES = {
    "nginx": "server unix:/run/partwork/serve.sock;",
    "caddy": "reverse_proxy unix//run/partwork/serve.sock {",
}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Where the proxy's user may enter, too."""
    with tempfile.TemporaryDirectory(prefix="serve-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("kind", BOTH)
def test_a_socket_file_serves_as_well_and_tells_who_visits(kind: str, open_folder: Path, tmp_path: Path) -> None:
    needed(kind)
    assert FILES[kind] in code_spans(GUIDE)
    file = open_folder / "serve.sock"
    with deployed(tmp_path, PUBLIC, "--uds", str(file)) as server:
        upstream = {"nginx": f"unix:{file}", "caddy": f"unix/{file}"}[kind]
        person, path = server.way_out()
        with (
            proxies.running(kind, upstream) as started,
            started.visitor("127.0.0.9") as one,
            started.visitor("127.0.9.9") as other,
        ):
            assert "strict-transport-security" in one.get(path).headers
            assert one.post(path, data=ONE_CLICK).status_code == 200
            for number, visitor in enumerate((one, one, other)):
                visitor.post("subscribe", data={"email": f"somebody{number}@example.org"})
        with server.database.reading() as connection:
            counts = connection.execute(sql.select(LIMITS.c.count).where(LIMITS.c.name.startswith("network ")))
            assert sorted(counts.scalars()) == [1, 2]
        assert server.state(person) == "unsubscribed"
    assert str(file) == server.where
