"""Takes notices to the post, after the answer has been given: a thread of its own, one at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from pipeline.database import Database
from pipeline.errors import PartworkError, RenderError, TransportError
from pipeline.sending.errand import Limit
from pipeline.sending.transport import Result, Session, Transport
from pipeline.serve.gate import fault_place
from pipeline.serve.letters import Letters
from pipeline.subscribers import joining, notices
from pipeline.subscribers.notices import Kind, Notice

_LOOKS = 5.0  # seconds after which it looks without being woken: for what another server left, or was refused
_TIDIES = timedelta(minutes=10)


class _TakenError(Exception):
    """Somebody else has it by now: its lease ran out."""


class Postman:
    """Runs from ``start`` to ``stop``. What the world does to it is told, and tried again later."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        letters: Letters,
        clock: Callable[[], datetime],
        tell: Callable[[str], None],
        limit: Limit | None = None,
    ) -> None:
        self._database, self._transport, self._letters = database, transport, letters
        self._clock, self._tell, self._limit = clock, tell, limit
        self._bell = threading.Event()
        self._ending = threading.Event()
        self._tidied: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._bell.set()

    def stop(self, seconds: float = 20.0) -> None:
        """End after the notice in hand; the others wait in the database."""
        self._ending.set()
        self._bell.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._bell.wait(_LOOKS)
            self._bell.clear()
            if self._ending.is_set():
                return
            try:
                while self.round() and not self._ending.is_set():
                    pass
                self._tidy()
            except PartworkError as error:
                self._tell(f"notices wait: {error}")
            except Exception:
                self._tell(f"notices wait: fault at {fault_place()}")

    def round(self) -> int:
        """Take what is due, once; how many there were.

        Raises:
            DatabaseError: it refused.
        """
        with self._database.writing() as connection:
            taken = notices.take(connection, self._clock())
        for notice in taken:
            if notice.kind is Kind.SIGN_UP:
                with self._without_stopping(notice), self._database.writing() as connection:
                    joining.look_up(connection, notice, self._clock())
        letters = [notice for notice in taken if notice.kind is not Kind.SIGN_UP]
        if letters:
            self._send(letters)
        return len(taken)

    def _send(self, letters: list[Notice]) -> None:
        try:
            with self._transport:
                session: Session | None = None
                for notice in letters:
                    if not self._may_leave():
                        break  # the others are taken again at the next start
                    if session is None or not session.is_open:
                        session = self._transport.open()
                    with self._without_stopping(notice):
                        self._offer(session, notice)
                if session is not None:
                    session.close()
        except TransportError as error:
            self._tell(f"notices wait: {error}")
            now = self._clock()
            with self._database.writing() as connection:
                for notice in letters:
                    notices.later(connection, notice, now, was_refused=False)

    def _may_leave(self) -> bool:
        """Wait for the rate; whether to go on after that."""
        wait = self._limit.take() if self._limit else 0.0
        return not (wait > 0 and self._ending.wait(wait))

    @contextmanager
    def _without_stopping(self, notice: Notice) -> Iterator[None]:
        """A fault of ours in one notice does not keep the others waiting."""
        try:
            yield
        except PartworkError:
            raise
        except Exception:
            self._tell(f"fault at {fault_place()} in a notice ({notice.kind})")
            with self._database.writing() as connection:
                notices.later(connection, notice, self._clock(), was_refused=False)

    def _offer(self, session: Session, notice: Notice) -> None:
        try:
            copy = self._letters.copy_of(notice)
            outcome = session.offer(copy, lambda: self._hold(notice))
        except _TakenError:
            return
        except RenderError as error:
            self._tell(f"a notice cannot be made: {error}")
            self._settle(notice, is_later=False)
            return
        if outcome.result is not Result.ACCEPTED:
            self._tell(f"a notice ({notice.kind}) is {outcome.result}: {outcome.code or 'no code'}")
        self._settle(notice, is_later=outcome.result is Result.DEFERRED)

    def _hold(self, notice: Notice) -> None:
        with self._database.writing() as connection:
            if not notices.offered(connection, notice):
                raise _TakenError

    def _settle(self, notice: Notice, *, is_later: bool) -> None:
        with self._database.writing() as connection:
            if is_later:
                notices.later(connection, notice, self._clock(), was_refused=True)
            else:
                notices.done(connection, notice)

    def _tidy(self) -> None:
        now = self._clock()
        if self._tidied is None or now - self._tidied >= _TIDIES:
            self._tidied = now
            with self._database.writing() as connection:
                notices.tidy(connection, now)
                joining.tidy(connection, now)
