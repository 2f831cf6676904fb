"""Getting a certificate from Amazon's: from whom is trusted, without redirects, and no flood."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeline.returns.fetching import fetch
from tests.returns import certificates
from tests.servers import serving


@contextmanager
def answering(status: int, body: bytes, made: certificates.Certificate) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "https://evil.example/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = made.server().wrap_socket(server.socket, server_side=True)
    with serving(server) as port:
        yield port


@pytest.mark.parametrize(("status", "body"), [(302, b""), (404, b""), (200, b"x" * 200_000)])
def test_fetching_follows_no_redirect_and_takes_no_flood(tmp_path: Path, status: int, body: bytes) -> None:
    made = certificates.make(tmp_path)
    with answering(status, body, made) as port, pytest.raises(OSError, match="not wanted"):
        fetch(f"https://127.0.0.1:{port}/x.pem", made.client())


def test_fetching_gets_what_is_there_from_whom_it_trusts_alone(tmp_path: Path) -> None:
    made = certificates.make(tmp_path)
    with answering(200, b"pem", made) as port:
        assert fetch(f"https://127.0.0.1:{port}/x.pem", made.client()) == b"pem"
        with pytest.raises(OSError, match="certificate"):
            fetch(f"https://127.0.0.1:{port}/x.pem")
    with pytest.raises(OSError, match="only https"):
        fetch("http://127.0.0.1/x.pem")
