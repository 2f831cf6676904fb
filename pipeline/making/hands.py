"""Work shared among processes: the libraries that render hold Python's lock, so threads would only take turns.

A hand is a process that is forked off, so it knows all that was read and placed before, and nothing has to be sent
to it. What it does is sent back. Hands end with the process that they belong to, however that one ends.
"""

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, Generic, TypeVar

from pipeline.errors import PartworkError

_Share = TypeVar("_Share")
_Given = TypeVar("_Given")


class HandLostError(PartworkError):
    """A process that did a part of the work was ended from outside."""


def cores() -> int:
    """How many hands are of use: the processors that this process may run on, and one where nothing can fork."""
    if not hasattr(os, "fork") or sys.platform == "darwin" or threading.active_count() > 1:
        return 1  # macOS's own libraries do not survive a fork; nor does a lock that a thread holds
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Hands(Generic[_Share, _Given]):
    """Does shares of some work at once; ``work`` is called with a share, in a hand, and says what it gives."""

    def __init__(self, work: Callable[[_Share, Callable[[_Given], None]], None]) -> None:
        self._work = work

    @contextmanager
    def doing(self, shares: Sequence[_Share]) -> Iterator[Iterator[_Given]]:
        """What the hands give, in the order in which it comes. All of them have ended when this does."""
        hands: dict[Connection, int] = {}
        try:
            for share in shares:
                reading, writing = Pipe(duplex=False)
                hands[reading] = self._forked(share, writing, [*hands, reading])
                writing.close()
            yield self._given(hands)
        finally:
            for reading, process in hands.items():
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
                reading.close()

    def _forked(self, share: _Share, writing: Connection, others: Sequence[Connection]) -> int:
        parent = os.getpid()
        process = os.fork()
        if process:
            return process
        code = 1
        try:
            for other in others:
                other.close()

            def give(given: _Given) -> None:
                if os.getppid() != parent:  # nobody waits for this any more
                    os._exit(1)
                writing.send((None, given))

            self._work(share, give)
            writing.send((None, None))
            code = 0
        except BaseException as error:
            with suppress(Exception):
                _tell(writing, error)
        finally:
            os._exit(code)  # and never back into what the other process was doing

    def _given(self, hands: dict[Connection, int]) -> Iterator[_Given]:
        """What comes, until every hand has said that it is done.

        Raises:
            HandLostError: one was ended from outside.
            PartworkError: one met it.
        """
        busy = list(hands)
        while busy:
            ready: list[Any] = wait(busy)
            for reading in ready:
                try:
                    error, given = reading.recv()
                except EOFError:
                    raise HandLostError(
                        "A process that rendered a share of the build was ended from outside, for want of memory "
                        "perhaps. Nothing was written; build again."
                    ) from None
                if error is not None:
                    raise error
                if given is None:
                    busy.remove(reading)
                else:
                    yield given


def _tell(writing: Connection, error: BaseException) -> None:
    """Send an error to where it is raised again, with the place that it came from."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    except Exception:
        error = PartworkError(f"{type(error).__name__}: {error}")  # one that cannot be sent as it is
    writing.send((error, None))
