"""Where the time of a command goes: progress on a terminal while it works, and a table at its end."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.cli.terminal import progress


@dataclass(frozen=True, slots=True)
class _Taken:
    name: str
    wall: float
    cpu: float
    is_step: bool = False

    def __str__(self) -> str:
        name = f"  {self.name}" if self.is_step else self.name
        return f"{name:32}{self.wall:9.3f}{self.cpu:7.3f}"


class Timings:
    """A command's stages, and the steps inside them: seconds on the wall, and of CPU, other processes' too.

    A step that several processes share has the longest time on the wall that one of them took for it.
    """

    def __init__(self) -> None:
        self._taken: list[_Taken] = []
        self._step = ""
        self._since = (0.0, 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What is done inside belongs to this stage; a terminal shows its name for as long."""
        since, before = _clocks(), len(self._taken)
        with progress(name):
            yield
        self.begin("")
        self._taken.insert(before, _Taken(name, *_between(since)))

    def begin(self, step: str) -> None:
        """A step of a stage begins, and the one before it ends."""
        if self._step:
            self._taken.append(_Taken(self._step, *_between(self._since), is_step=True))
        self._step, self._since = step, _clocks()

    def took(self, step: str, wall: float, used: float) -> None:
        """A step that was measured elsewhere: by several processes at once, perhaps."""
        self._taken.append(_Taken(step, wall, used, is_step=True))

    def table(self) -> str:
        """A line for each stage and step."""
        stages = [taken for taken in self._taken if not taken.is_step]
        whole = _Taken("all", sum(taken.wall for taken in stages), sum(taken.cpu for taken in stages))
        return "\n".join([f"{'':32}  seconds    CPU", *map(str, self._taken), str(whole)])


def _clocks() -> tuple[float, float]:
    others = os.times()
    return time.perf_counter(), time.process_time() + others.children_user + others.children_system


def _between(begin: tuple[float, float]) -> tuple[float, float]:
    wall, used = _clocks()
    return wall - begin[0], used - begin[1]
