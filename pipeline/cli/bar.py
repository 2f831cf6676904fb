"""What one sees while letters leave: a bar on a terminal, a line now and then everywhere else."""

import shutil
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

import click

from pipeline.cli.terminal import CLEAR_LINE, is_fancy, printable, say

if TYPE_CHECKING:
    from pipeline.sending.errand import Progress

_WIDTH = 24
_REDRAWN = 0.1  # seconds
_PLAIN = 30.0
_WINDOW = 5.0  # over which the rate is taken


class Bar:
    """Draws what a sender tells. ``total`` are those who were to get it, ``before`` of them settled already.

    With ``line`` it draws nothing, and gives it a line now and then.
    """

    def __init__(self, total: int, before: int, line: Callable[[str], None] | None = None) -> None:
        self._total, self._before = total, before
        self._fancy = line is None and is_fancy(sys.stderr)
        self._tell = line or (lambda text: say(text, to_stderr=True))
        self._seen: deque[tuple[float, int]] = deque([(monotonic(), 0)])
        self._drawn = 0.0 if self._fancy else monotonic()

    def __call__(self, progress: "Progress") -> None:
        """Show where it stands, unless that has just been shown."""
        now, done = monotonic(), progress.accepted + progress.rejected + progress.uncertain
        if now - self._drawn < (_REDRAWN if self._fancy else _PLAIN):
            return
        self._drawn = now
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()
        line = self._line(progress, done, self._rate())
        if self._fancy:
            room = shutil.get_terminal_size().columns - 1  # a longer one would wrap, and stay
            click.echo(f"{CLEAR_LINE}{line[:room]}", nl=False, err=True, color=True)
        else:
            self._tell(line.strip())

    def end(self) -> None:
        """Take the bar away."""
        if self._fancy:
            click.echo(CLEAR_LINE, nl=False, err=True, color=True)

    def _rate(self) -> float:
        (begun, first), (ended, last) = self._seen[0], self._seen[-1]
        return (last - first) / (ended - begun) if ended > begun else 0.0

    def _line(self, progress: "Progress", done: int, rate: float) -> str:
        settled = min(self._before + done, self._total)
        share = settled / self._total if self._total else 1.0
        words = [f"{settled:,} of {self._total:,}", f"{share:4.0%}"]
        if self._fancy:
            words.insert(0, "█" * int(share * _WIDTH) + "░" * (_WIDTH - int(share * _WIDTH)))
        if progress.trouble:
            words.append(f"{printable(progress.trouble)}; trying again")
        elif rate:
            words += [f"{rate:,.0f} a second" if rate >= 1 else f"{rate * 60:,.0f} a minute"]
            words += [f"about {lasting((self._total - settled) / rate)} left"]
        for name in ("rejected", "deferred", "uncertain"):
            if number := getattr(progress, name):
                words.append(f"{number:,} {name}")
        return "  ".join(words)


def lasting(seconds: float) -> str:
    """A stretch of time for people: ``4 seconds``, ``12 minutes``, ``2 h 05 min``."""
    whole = int(seconds + 0.5)
    if whole < 100:
        return f"{whole} second{'' if whole == 1 else 's'}"
    minutes = (whole + 30) // 60
    if minutes < 100:
        return f"{minutes} minutes"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours < 48 else f"{(hours + 12) // 24} days"


@contextmanager
def stoppable(words: str) -> Iterator[threading.Event]:
    """An event that Ctrl-C or SIGTERM sets; ``words`` are said then. A second Ctrl-C interrupts at once."""
    stop = threading.Event()

    def asked(number: int, _frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()
        if words:
            click.echo(f"{CLEAR_LINE if is_fancy(sys.stderr) else ''}{words}", err=True)

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    kept = {each: signal.signal(each, asked) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)
