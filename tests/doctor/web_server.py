"""A web server of one's own, over TLS: it answers as it is told, and writes down what it is asked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.returns.certificates import Certificate
from tests.servers import serving


@dataclass
class Web:
    """Answers by method; `Location` for a redirect, `date` instead of today's."""

    status: Mapping[str, int] = field(default_factory=dict)
    date: str = ""
    asked: list[tuple[str, str, str, Mapping[str, str]]] = field(default_factory=list)


@contextmanager
def running(web: Web, certificate: Certificate) -> Iterator[str]:
    """The server; its address."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            web.asked.append((self.command, self.path, body, dict(self.headers)))
            status = web.status.get(self.command, 200)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "https://elsewhere.example/")
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"ok\n")

        do_GET = do_POST = answer  # noqa: N815

        def date_time_string(self, timestamp: float | None = None) -> str:
            return web.date or super().date_time_string(timestamp)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = certificate.server().wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    with serving(server) as port:
        yield f"https://127.0.0.1:{port}/"
