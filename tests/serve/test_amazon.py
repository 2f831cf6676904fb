"""Amazon's notifications as they come to the public pages: larger than forms, plain text, from strangers."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from pipeline.database import Database
from pipeline.serve.amazon import Amazon
from tests.returns import builders as b
from tests.returns import certificates
from tests.returns.test_webhook import TOPIC, bounce
from tests.returns.test_webhook import Amazon as Signer
from tests.serve.counter import START, Shop, open_shop

PLAIN = {"content-type": "text/plain; charset=UTF-8"}


def test_a_bounce_that_amazon_signed_is_heeded(database: Database, tmp_path: Path) -> None:
    made = certificates.make(tmp_path, begins=START - timedelta(days=30), days=60)
    amazon = Signer(made.pem)
    name = b.sent(database)
    with open_shop(tmp_path, database, more=f'[ses]\ntopic = "{TOPIC}"\n') as shop:
        token = shop.tokens.delivery(name)
        body = amazon.notification(bounce(token), Timestamp=shop.clock().isoformat())
        routes = [Route("/ses", Amazon(shop.counter.desk, amazon.fetch).hear, methods=["POST"])]

        async def told() -> httpx.Response:
            transport = httpx.ASGITransport(app=Starlette(routes=routes))
            async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.org") as client:
                return await client.post("/ses", content=body, headers=PLAIN)

        with ThreadPoolExecutor(1) as apart:  # a browser's test leaves a loop running in this thread
            answer = apart.submit(lambda: asyncio.run(told())).result()

    assert (answer.status_code, answer.text) == (200, "dead\n")
    assert b.state_of(database, name.subscriber) == "bounced"


def test_strangers_are_refused_and_bodies_bounded(shop: Shop) -> None:
    def status(size: int, kind: str = "text/plain") -> int:
        headers = {"content-type": kind}
        return shop.client.post("/ses", content=b"x" * size, headers=headers).status_code

    assert [status(10), status(200_000), status(300_001)] == [400, 400, 413]
    assert status(10, "application/json") == 400
    assert status(10, "text/html") == 415
    body = Signer(b"").notification("x", Timestamp=shop.clock().isoformat())
    assert shop.client.post("/ses", content=body, headers=PLAIN).status_code == 403  # no topic is configured
    assert shop.client.get("/ses").status_code == 405


def test_no_other_page_takes_what_only_amazon_sends(shop: Shop) -> None:
    for path in ("/subscribe", "/u/token", "/ses/", "//ses"):
        assert shop.client.post(path, content=b"x", headers=PLAIN).status_code in (404, 415)
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert shop.client.post(path, content=b"x" * 20_000, headers=form).status_code == 413
