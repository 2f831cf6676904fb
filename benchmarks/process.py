"""One program's run, measured: wall and CPU time, and its largest memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, kilobytes elsewhere


class RunFailedError(Exception):
    """A measured program ended with an error; with what it said."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run took.

    ``wall`` and ``cpu`` are seconds, ``cpu`` of all its processes together; ``memory`` is the peak in MB (10^6
    bytes) of its largest process.
    """

    wall: float
    cpu: float
    memory: float


def run_measured(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Usage:
    """Run a program to its end in a folder.

    The caller must be small: Linux counts the parent's memory into the child's peak, since fork shares it.

    Raises:
        RunFailedError: it ended with another code than 0.
    """
    with tempfile.TemporaryFile() as said:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            tail = said.read()[-2000:].decode(errors="replace")
            raise RunFailedError(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _MAXRSS_BYTES / 1e6)
