"""Where our own time goes: one build in this process, stage by stage, as JSON.

A process builds once, so that what is imported, learned and compiled on the way is paid for as in a real build.
No profiler is on, for it would slow some stages more than others.

    python benchmarks/stages.py ROOT OUT AS_OF
"""

import gc
import json
import sys
import time
from datetime import date
from pathlib import Path


class Clock:
    """Seconds by stage: on the wall, and of CPU. On a busy machine the second tells more."""

    def __init__(self) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}
        self._stage = ""
        self._since = (0.0, 0.0)

    def begin(self, name: str = "") -> None:
        """A stage begins, and the one before it ends."""
        here = (time.perf_counter(), time.process_time())
        if self._stage:
            self.took(self._stage, here[0] - self._since[0], here[1] - self._since[1])
        self._stage, self._since = name, here

    def took(self, name: str, wall: float, used: float) -> None:
        """A stage has taken so long."""
        self.seconds[name] = (wall, used)


def timed_build(root: Path, out: Path, as_of: date) -> dict[str, tuple[float, float]]:
    """Build as the command does, in one process and without an index, with a clock between the stages.

    What is written while a channel is rendered counts as that channel's.

    Raises:
        RuntimeError: the publication has errors.
    """
    clock = Clock()
    clock.begin("import")
    from pipeline.build import plan
    from pipeline.cli import build as _command  # noqa: F401 - part of every start
    from pipeline.cli.build_scratch import scratch_folder
    from pipeline.lasting import span_of
    from pipeline.making.gathering import Gathering
    from pipeline.making.spool import Spool
    from pipeline.read import read_sources

    with scratch_folder() as scratch:
        spool = Spool(scratch)
        clock.begin("read")
        sources = read_sources(root)
        planned = plan(sources, as_of, begin=clock.begin, kept=spool)
        clock.begin()
        if planned.issues is None or any(diagnostic.is_error for diagnostic in planned.diagnostics):
            raise RuntimeError(f"the publication has errors: {planned.diagnostics[:1]}")
        with Gathering(planned, root, out, spool, scratch) as gathering:
            gathering.print(1, clock.took)
            clock.begin("write")
            gathering.settle("", span_of(planned.issues), lambda _: {})
            clock.begin()
    return clock.seconds


def main() -> None:
    """Build once and print the seconds."""
    root, out, as_of = sys.argv[1:]
    gc.disable()  # as the command does
    print(json.dumps(timed_build(Path(root), Path(out), date.fromisoformat(as_of))))


if __name__ == "__main__":
    main()
