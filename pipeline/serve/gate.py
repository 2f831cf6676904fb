"""The gate before every page: what is let in, how long it may take, and what every answer says of itself.

Whatever goes wrong behind it becomes a page in the publication's look, without a trace; what is told to the
operator names a route, never an address that was asked for: there are tokens in those.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any

from pipeline.errors import DatabaseError
from pipeline.returns.webhook import LARGEST as LARGEST_NOTIFICATION

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST = 16 * 1024  # bytes of a body: the largest form here has a few hundred
LONGEST_PATH = 1024
# Amazon's notifications are no forms: larger, and plain text.
NOTIFICATIONS = "/ses"
SECONDS = 20.0  # for a body to come in, and for an answer
_LINGER_SECONDS, _LINGER_BYTES = 2.0, 1 << 20  # for what still comes in when the answer is out
_NOTICES = (b"text/plain", b"application/json")
FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data")
_METHODS = ("GET", "HEAD", "POST")
_POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)
_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
_STRICT = (b"strict-transport-security", b"max-age=31536000")


class RefusedError(Exception):
    """A request that is not let in: the answer's status, and what to tell a person."""

    def __init__(self, status: int, words: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(words)
        self.status, self.words, self.headers = status, words, tuple(headers)


class Gate:
    """ASGI around the pages: ``trouble`` makes a page of a status and words; ``tell`` gets operators' lines."""

    def __init__(
        self,
        app: App,
        root: str,
        trouble: Callable[[int, str], bytes],
        tell: Callable[[str], None],
        *,
        tells_all: bool = False,
        seconds: float = SECONDS,
    ) -> None:
        self._app, self._root, self._trouble, self._tell = app, root, trouble, tell
        self._tells_all, self._seconds = tells_all, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await (self._app(scope, receive, send) if scope["type"] == "lifespan" else _hang_up(receive, send))
            return
        begun = time.monotonic()
        scope["path"] = _below(self._root, scope["path"])
        answer = _Answer(scope, receive, send)
        try:
            _look_at(scope)
            async with asyncio.timeout(self._seconds):
                await self._app(scope, answer.receive, answer.send)
        except RefusedError as refused:
            await self._refuse(answer, refused)
        except TimeoutError:
            late = RefusedError(503, "That took too long. Try again in a moment.")
            await self._refuse(
                answer, late if answer.is_read else RefusedError(408, "The request came too slowly.")
            )
        except DatabaseError as error:
            self._tell(f"the database: {error}")
            await self._refuse(answer, RefusedError(503, "Something is not ready. Try again in a few minutes."))
        except Exception:  # a stranger never sees a trace, and a fault ends one request
            self._tell(f"fault at {fault_place()} while answering {scope['method']} {_route(scope)}")
            await self._refuse(answer, RefusedError(500, "Something went wrong here. Try again in a few minutes."))
        if self._tells_all:
            took = round((time.monotonic() - begun) * 1000)
            self._tell(f"{scope['method'][:10]} {_route(scope)} {answer.status} {took} ms")

    async def _refuse(self, answer: "_Answer", refused: RefusedError) -> None:
        if answer.status:  # it has begun: all that can be done is to end it
            return
        body = self._trouble(refused.status, refused.words)
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        if not answer.is_read:
            headers.append((b"connection", b"close"))  # what is still coming in is not waited for
        start = {"type": "http.response.start", "status": refused.status, "headers": [*headers, *refused.headers]}
        await answer.send(start)
        await answer.send({"type": "http.response.body", "body": body if answer.method != "HEAD" else b""})


class _Answer:
    """What comes in, counted, and what goes out, with the headers that all answers have."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._is_https = scope.get("scheme") == "https"
        self.method = scope["method"]
        self._largest = _largest(scope)
        self._size = 0
        self.status = 0
        names = {name for name, _ in scope["headers"]}
        self.is_read = not names & {b"content-length", b"transfer-encoding"}

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            if self._size > self._largest:
                raise RefusedError(413, "That is more than any form here asks for.")
            self.is_read = self.is_read or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            there = {name for name, _ in message["headers"]}
            own = [each for each in _HEADERS if each[0] not in there]
            if b"cache-control" not in there:
                own.append((b"cache-control", b"no-store"))
            if self._is_https:
                own.append(_STRICT)
            if not self.is_read and b"connection" not in there:
                own.append((b"connection", b"close"))
            message["headers"] = [*message["headers"], *own]
        elif not self.is_read and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._drain()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def _drain(self) -> None:
        """Let some of what still comes in run by, after the answer.

        Hanging up on unread bytes makes TCP forget the answer (RFC 9112, 9.6), and a proxy says 502 in its place.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                left = _LINGER_BYTES
                while left > 0:
                    message = await self._receive()
                    if message["type"] != "http.request" or not message.get("more_body", False):
                        return
                    left -= len(message["body"])


def _look_at(scope: Scope) -> None:
    """Refuse what no page here could want.

    Raises:
        RefusedError: with the status.
    """
    headers = dict(scope["headers"])
    method = scope["method"]
    if method not in _METHODS:
        raise RefusedError(
            405, "Pages here are opened, and forms sent, and nothing else.", [(b"allow", b"GET, HEAD, POST")]
        )
    if len(scope.get("raw_path") or scope["path"]) > LONGEST_PATH:
        raise RefusedError(414, "That address is too long.")
    names = [name for name, _ in scope["headers"]]
    # Whoever stands before us may read the other end, or the other kind (RFC 9112, 6.1: request smuggling).
    if {b"content-length", b"transfer-encoding"} <= headers.keys() or names.count(b"content-type") > 1:
        raise RefusedError(400, "That request says two things at once.")
    size = headers.get(b"content-length", b"0")
    if not size.isdigit() or len(size) > 12 or int(size) > _largest(scope):
        raise RefusedError(413, "That is more than any form here asks for.")
    if method == "POST":
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        kinds = _NOTICES if scope["path"] == NOTIFICATIONS else FORMS
        if kind not in kinds or headers.get(b"content-encoding", b"identity") != b"identity":
            raise RefusedError(415, "That is no form.")


def _largest(scope: Scope) -> int:
    return LARGEST_NOTIFICATION if scope["path"] == NOTIFICATIONS else LARGEST


def _below(root: str, path: str) -> str:
    """The path below ours, whether a proxy has taken the beginning off or not."""
    return path[len(root) - 1 :] if root != "/" and path.startswith(root) else path


def _route(scope: Scope) -> str:
    """Which page was asked for, without what only its visitor may know."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "another address"


def fault_place() -> str:
    """Where in our program an exception came from: its words could hold an address."""
    kind, _, trace = sys.exc_info()
    place = "nowhere"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{place} ({kind.__name__ if kind else ''})"


async def _hang_up(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 1000})
