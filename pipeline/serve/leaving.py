"""Leaving: by one click from a mail program (RFC 8058), or by the button on a page."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from pipeline.sending.tokens import WayOut
from pipeline.serve.desk import Desk, form_of
from pipeline.serve.together import Together
from pipeline.subscribers import keeping
from pipeline.subscribers.states import State

FIELD, VALUE = "List-Unsubscribe", "One-Click"
BROKEN = "The link was not copied whole. Open it from the letter again."


class Leaving:
    """``/u/TOKEN``. The token is in every letter and never expires; it says who, and in which letter it stood."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._leaving: Together[WayOut, None] = Together(self._let_leave)

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
        await self._leaving.written(way)
        return self._desk.page("leave", token=token, is_done=True)

    async def _let_leave(self, ways: Sequence[WayOut]) -> Sequence[None]:
        await self._desk.change(lambda: let_leave(self._desk, ways, "one-click"))
        return [None] * len(ways)


def let_leave(desk: Desk, ways: Sequence[WayOut], source: str) -> None:
    """Write down that people have left. Deliveries that are planned are looked at again before they go out.

    Who is not known any more has left long ago.
    """
    gone: dict[str, list[int]] = {}
    for way in ways:
        detail = f"campaign {way.campaign}" if way.campaign else way.series
        gone.setdefault(detail, []).append(way.subscriber)
    with desk.database.writing() as connection:
        now = desk.clock()
        keeping.hold(connection, (way.subscriber for way in ways))
        for detail, people in sorted(gone.items()):
            keeping.leave(connection, people, State.UNSUBSCRIBED, at=now, source=source, detail=detail)
