"""Every address of the public pages, and what answers there."""

from collections.abc import Callable

import sqlalchemy as sql
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, Router

from pipeline.errors import DatabaseError
from pipeline.serve.amazon import Amazon
from pipeline.serve.choices import Choices
from pipeline.serve.desk import Desk, trouble_page
from pipeline.serve.gate import NOTIFICATIONS, SECONDS, Gate, Receive, Scope, Send
from pipeline.serve.joining import Joining
from pipeline.serve.leaving import Leaving
from pipeline.serve.mailbox_links import MailboxLinks

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # the name changes with the bytes
_WORDS = {
    400: "Go back, and send the form again.",
    404: "It may not have been copied whole.",
    405: "This address answers other requests than that.",
}


def application(
    desk: Desk, tell: Callable[[str], None], *, tells_all: bool = False, seconds: float = SECONDS
) -> Gate:
    """The pages, behind their gate."""
    router = Router([*_pages(desk), *_others(desk)], redirect_slashes=False, default=_not_found)

    async def refused(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's signature
        status = error.status_code if isinstance(error, HTTPException) else 500
        response = desk.trouble(status, _WORDS.get(status, "Try again in a few minutes."))
        if isinstance(error, HTTPException) and error.headers:
            response.headers.update(error.headers)
        return response

    pages = ExceptionMiddleware(router, handlers={HTTPException: refused})

    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = pages  # by which Starlette raises rather than answers in plain text
        await pages(scope, receive, send)

    return Gate(
        known,
        desk.look.root,
        lambda status, words: trouble_page(desk.look, status, words),
        tell,
        tells_all=tells_all,
        seconds=seconds,
    )


def _pages(desk: Desk) -> list[Route]:
    """What subscribers touch, and what Amazon tells: for each address what shows it, and what acts on it."""
    leaving, choices, joining, links = Leaving(desk), Choices(desk), Joining(desk), MailboxLinks(desk)
    pages = {
        "/u/{token}": (leaving.show, leaving.leave),
        "/u/{token}/choices": (choices.show, choices.change),
        "/subscribe": (joining.show, joining.ask),
        "/c/{token}": (joining.show_confirmation, joining.confirm),
        "/a/{token}": (links.show_change, links.change),
        "/d/{token}": (links.show_data, links.data),
    }
    shown = [Route(path, show, methods=["GET"]) for path, (show, _) in pages.items()]
    acted_on = [Route(path, act, methods=["POST"]) for path, (_, act) in pages.items()]
    return [*shown, *acted_on, Route(NOTIFICATIONS, Amazon(desk).hear, methods=["POST"])]


def _others(desk: Desk) -> list[Route]:
    """The style sheet, what machines ask, and the way home."""

    async def asset(request: Request) -> Response:
        found = desk.look.assets.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return Response(found.data, media_type=found.media_type, headers=_FOR_EVER)

    async def home(request: Request) -> Response:  # noqa: ARG001
        return RedirectResponse(desk.publication.url, 303)

    async def robots(request: Request) -> Response:  # noqa: ARG001
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    async def health(request: Request) -> Response:  # noqa: ARG001
        return PlainTextResponse("ok\n")

    async def ready(request: Request) -> Response:  # noqa: ARG001
        try:
            await desk.ask(lambda: _look(desk))
        except DatabaseError:
            return PlainTextResponse("the database does not answer\n", 503)
        return PlainTextResponse("ready\n")

    async def icon(request: Request) -> Response:  # noqa: ARG001
        return Response(status_code=204)

    found = {"/": home, "/robots.txt": robots, "/health": health, "/ready": ready, "/favicon.ico": icon}
    plain = [Route(path, endpoint, methods=["GET"]) for path, endpoint in found.items()]
    return [Route("/assets/{name}", asset, methods=["GET"]), *plain]


def _look(desk: Desk) -> None:
    with desk.database.reading() as connection:
        connection.execute(sql.text("SELECT 1"))


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    raise HTTPException(404)
