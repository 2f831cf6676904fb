"""A connection to a mail server, greeting and login behind it: whole replies, deadlines, and nothing unasked."""

import socket
import ssl
import time

from pipeline.sending.replies import Garbled, Replies, Reply

_CHUNK = 1 << 18  # bytes that have a deadline of their own
_MOST = 1 << 16


class WireError(Exception):
    """The connection is of no more use; why, in plain words."""


class UnsentError(WireError):
    """And nothing of what was to be said has left this machine."""


class Wire:
    """What is said and heard on one socket."""

    __slots__ = ("_heard", "_is_encrypted", "_socket")

    def __init__(self, connected: socket.socket) -> None:
        self._socket, self._heard = connected, Replies()
        self._is_encrypted = isinstance(connected, ssl.SSLSocket)

    def say(self, data: bytes, seconds: float) -> None:
        """Send everything; each quarter of a megabyte may take that long.

        Raises:
            WireError: it did not leave whole.
        """
        try:
            self._socket.settimeout(seconds)
            if len(data) <= _CHUNK:
                self._socket.sendall(data)
                return
            view = memoryview(data)
            for k in range(0, len(data), _CHUNK):
                self._socket.sendall(view[k : k + _CHUNK])
        except TimeoutError:
            raise WireError(f"the server took nothing for {seconds:g} seconds") from None
        except (OSError, ValueError) as error:
            raise WireError(_lost(error)) from None

    def say_at_once(self, data: bytes, seconds: float) -> None:
        """Send a few bytes, and know whether any of them left.

        Raises:
            UnsentError: none did.
            WireError: some may have.
        """
        gone = 0
        try:
            self._socket.settimeout(seconds)
            while gone < len(data):
                gone += self._socket.send(data[gone:])
        except (OSError, ValueError) as error:
            # What the kernel has not taken has not left. Of what OpenSSL has taken nobody knows.
            kind = WireError if gone or self._is_encrypted else UnsentError
            raise kind(_lost(error)) from None

    def reply(self, seconds: float) -> Reply:
        """The next reply, whole, within that time.

        Raises:
            WireError: the connection ended, nothing came, or what came is no reply.
        """
        end = time.monotonic() + seconds
        try:
            while (reply := self._heard.next()) is None:
                self._socket.settimeout(_left(end))
                self._hear(self._socket.recv(_MOST))
        except TimeoutError:
            raise WireError(f"no answer within {seconds:g} seconds") from None
        except Garbled as error:
            raise WireError(str(error)) from None
        except (OSError, ValueError) as error:
            raise WireError(_lost(error)) from None
        return reply

    def unasked(self, seconds: float) -> Reply | None:
        """What the server says without having been asked, such as that it is closing; mostly nothing.

        Raises:
            WireError: it has hung up, or what it says is no reply.
        """
        if self._heard.is_empty and not self._has_more():
            return None
        return self.reply(seconds)

    def close(self) -> None:
        """Let go of the socket. Never raises."""
        try:
            self._socket.close()
        except OSError:
            return

    def _has_more(self) -> bool:
        try:
            self._socket.settimeout(0)
            self._hear(self._socket.recv(_MOST))
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False  # nothing, or TLS speaking to itself: a new session ticket
        except (OSError, ValueError) as error:
            raise WireError(_lost(error)) from None
        return True

    def _hear(self, data: bytes) -> None:
        if not data:
            raise WireError("the server closed the connection")
        self._heard.feed(data)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _lost(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return f"the connection was lost: {reason}"
