"""The program that answers: uvicorn, made patient only as far as it must be, and ended gracefully."""

import asyncio
import errno
import signal
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.errors import PartworkError
from pipeline.serve.gate import Gate
from pipeline.serve.postman import Postman
from pipeline.serve.proxies import Forwarded, Proxies

_HEAD_BYTES = 16 * 1024
_HEAD_SECONDS = 10.0  # for a request's head, from its first byte or from connecting
_READ_SECONDS = 30.0  # in which who reads an answer must have taken some of it
_CONNECTIONS = 800  # fewer than files that a process may have open where nothing was set
_IDLE_SECONDS = 65  # longer than a proxy keeps a connection, or it asks just as we hang up
_GRACE_SECONDS = 15


class ServerError(PartworkError):
    """The server cannot start."""


class _Patient(H11Protocol):
    """uvicorn waits for ever for a head that comes a byte an hour, and for who reads no answer; this does not."""

    head_seconds = _HEAD_SECONDS
    read_seconds = _READ_SECONDS
    _waiting: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._reading = self.loop.call_later(self.read_seconds, self._look_at_reader, 0)
        self._waiting = self.loop.call_later(self.head_seconds, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        is_between = self.conn.their_state is h11.IDLE
        if not is_between and self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        elif is_between and self._waiting is None:
            self._waiting = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _look_at_reader(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left and left == before:
            self.transport.abort()
            return
        self._reading = self.loop.call_later(self.read_seconds, self._look_at_reader, left)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._waiting, self._reading):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)


class _Server(uvicorn.Server):
    """Ends when it is asked to, and lets what called it end, too (uvicorn would kill the process)."""

    def __init__(self, config: uvicorn.Config, is_up: Callable[[], None]) -> None:
        super().__init__(config)
        self._is_up = is_up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._is_up()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def bound(host: str, port: int) -> socket.socket:
    """A socket to listen on; port 0 takes a free one.

    Raises:
        ServerError: the port is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # By its protocol's number asyncio knows that answers may go out in small pieces at once: 40 ms each otherwise.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        mend = {
            errno.EADDRINUSE: "; stop what listens there, or choose another with --port",
            errno.EACCES: "; choose one above 1023 with --port, and let a proxy stand before it",
        }.get(error.errno or 0, "")
        raise ServerError(f"port {port} on {host} cannot be used: {error.strerror or error}{mend}") from None
    return found


def bound_file(path: Path) -> socket.socket:
    """A socket file to listen on (``AF_UNIX``); one that nobody listens on any more is replaced.

    Whoever may enter its folder may ask: it lets in everybody who finds it, as a port of this machine would.

    Raises:
        ServerError: another one listens there, something else is there, or the folder is not ours to write.
    """
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode) and not _is_listened_on(path):
            path.unlink()
        found.bind(str(path))
        path.chmod(0o666)
    except OSError as error:
        found.close()
        raise ServerError(f"{path} cannot be used: {error.strerror or error}") from None
    return found


def _is_listened_on(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(2)
        try:
            asking.connect(str(path))
        except OSError:
            return False
        return True


class Server:
    """The pages on a socket, with the postman beside them. ``stop`` may be called from anywhere."""

    def __init__(
        self, gate: Gate, postman: Postman, listening: socket.socket, proxies: Proxies, is_up: Callable[[], None]
    ) -> None:
        settings: dict[str, Any] = {
            "http": _Patient,
            "ws": "none",
            "lifespan": "off",
            "loop": "asyncio",
            "log_config": None,
            "log_level": "critical",  # uvicorn's words would name addresses, and tokens in them
            "access_log": False,
            "server_header": False,
            "proxy_headers": False,  # our own are stricter
            "h11_max_incomplete_event_size": _HEAD_BYTES,
            "limit_concurrency": _CONNECTIONS,
            "timeout_keep_alive": _IDLE_SECONDS,
            "timeout_graceful_shutdown": _GRACE_SECONDS,
        }
        self._server = _Server(uvicorn.Config(Forwarded(gate, proxies), **settings), is_up)
        self._postman, self._socket = postman, listening

    def run(self) -> None:
        """Answer until SIGTERM or Ctrl-C: what is being answered is finished, and the letter in hand is sent."""
        self._postman.start()
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._postman.stop()
            self._socket.close()

    def stop(self) -> None:
        """End soon."""
        self._server.should_exit = True
