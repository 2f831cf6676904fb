"""What Amazon SES tells of letters, by a topic of SNS: taken in by the same rule as any bounce."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pipeline.returns.fetching import fetch
from pipeline.returns.sns import Certificates, Fetch
from pipeline.returns.webhook import Hearing, handle
from pipeline.serve.desk import Desk


class Amazon:
    """``/ses``: open to everybody, and heard for one topic alone (``[ses] topic``)."""

    def __init__(self, desk: Desk, ask: Fetch = fetch) -> None:
        self._desk = desk
        topic = desk.publication.sending.ses.topic
        self._hearing = Hearing(desk.database, desk.tokens, topic, Certificates(ask))

    async def hear(self, request: Request) -> Response:
        """One notification."""
        body = await request.body()
        found = await self._desk.ask(lambda: handle(body, request.headers, self._hearing, self._desk.clock()))
        return PlainTextResponse(f"{found.words}\n", found.status)
