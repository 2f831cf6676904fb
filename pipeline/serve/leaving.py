"""Leaving: by one click from a mail program (RFC 8058), or by the button on a page."""

from starlette.requests import Request
from starlette.responses import Response

from pipeline.sending.tokens import WayOut
from pipeline.serve.desk import Desk, form_of
from pipeline.subscribers import keeping
from pipeline.subscribers.states import State

FIELD, VALUE = "List-Unsubscribe", "One-Click"
BROKEN = "The link was not copied whole. Open it from the letter again, or write to us."


class Leaving:
    """``/u/TOKEN``. The token is in every letter and never expires; it says who, and in which letter it stood."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: Request) -> Response:
        """A page with one button. Opening it changes nothing: programs that look at links open them, too.

        It says nothing of who it is about: letters are passed on.
        """
        token = request.path_params["token"]
        if self._desk.tokens.read_way_out(token) is None:
            return self._desk.trouble(404, BROKEN)
        return self._desk.page("leave", token=token, is_done=False)

    async def leave(self, request: Request) -> Response:
        """Leave everything, at once: what a mail program's button promises (RFC 8058, 3.1)."""
        token = request.path_params["token"]
        way = self._desk.tokens.read_way_out(token)
        if way is None:
            return self._desk.trouble(404, BROKEN)
        form = await form_of(request)
        if form.get(FIELD) != VALUE:
            return self._desk.trouble(400, "Nothing was changed. Open the page again, and press its button.")
        await self._desk.ask(lambda: let_leave(self._desk, way, "one-click"))
        return self._desk.page("leave", token=token, is_done=True)


def let_leave(desk: Desk, way: WayOut, source: str) -> None:
    """Write down that somebody has left. Deliveries that are planned are looked at again before they go out.

    Somebody who is not known any more has left long ago.
    """
    detail = f"campaign {way.campaign}" if way.campaign else way.series
    with desk.database.writing() as connection:
        keeping.leave(
            connection, [way.subscriber], State.UNSUBSCRIBED, at=desk.clock(), source=source, detail=detail
        )
