"""How fast a server wants us: slower with every "too many", faster again with everything it takes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST = timedelta(milliseconds=100)
_LONGEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """When a deferred delivery is tried again, and when no more.

    It is after ``first``, then after twice as long each time, ``longest`` at most; ``attempts`` are enough. With
    these values that is a day.
    """

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=2)
    attempts: int = 20

    def after(self, attempts: int) -> timedelta:
        """How long to wait after so many."""
        return min(self.longest, self.first * (1 << min(max(attempts - 1, 0), 30)))


class Pace:
    """One transport's pace, shared by its sessions.

    A single greylisted recipient slows it for a tenth of a second, a server that refuses everything for a minute.
    """

    def __init__(self, clock: Callable[[], datetime], longest: timedelta = _LONGEST) -> None:
        self._clock, self._longest = clock, longest
        self._lock = threading.Lock()
        self._delay = timedelta(0)
        self._until: datetime | None = None

    def slower(self) -> timedelta:
        """The server has had enough; how long nobody offers it anything.

        What sessions say during such a pause is one complaint, not many.
        """
        with self._lock:
            now = self._clock()
            if self._until is None or now >= self._until:
                self._delay = min(self._longest, max(_FIRST, self._delay * 2))
                self._until = now + self._delay
            return self._delay

    def faster(self) -> None:
        """The server has taken something."""
        if self._delay:
            with self._lock:
                self._delay = self._delay / 2 if self._delay > _FIRST else timedelta(0)

    def left(self) -> float:
        """Seconds until something may be offered."""
        until = self._until
        return 0.0 if until is None else max(0.0, (until - self._clock()).total_seconds())
