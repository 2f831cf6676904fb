"""What `partwork doctor` says of the real public pages, behind a proxy that speaks TLS."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from pipeline.doctor.finding import Verdict
from pipeline.doctor.public_address import check_public_address
from pipeline.sending.tokens import WayOut
from tests.returns import certificates
from tests.serve.counter import Shop
from tests.servers import serving


def test_the_public_pages_pass_and_nobody_leaves_by_it(shop: Shop, tmp_path: Path) -> None:
    key = shop.join("ada@example.org")
    made = certificates.make(tmp_path)

    class Proxy(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kept = {"content-type": self.headers["Content-Type"]} if body else {}
            found = httpx.request(self.command, f"{shop.url.rstrip('/')}{self.path}", content=body, headers=kept)
            self.send_response(found.status_code)
            self.send_header("Content-Length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.socket = made.server().wrap_socket(server.socket, server_side=True)
    with serving(server) as port:
        url = f"https://127.0.0.1:{port}/"
        way_out = shop.tokens.way_out(WayOut(0, 0, "doctor"))
        found, there = check_public_address(url, way_out, shop.clock(), made.client())
        broken, _ = check_public_address(url, "a" * 40, shop.clock(), made.client())

    assert [one.verdict for one in found] == [Verdict.GOOD] * 3, found
    assert there is not None
    assert broken[2].verdict is Verdict.BAD  # a token by another secret
    assert shop.state(key) == "active"
