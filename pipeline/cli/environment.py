"""What a command knows of where it runs: the environment's secrets, and which process it is."""

import os
import re
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.sending.equipment import Secrets

_HERE = re.compile(r"(.+), process (\d+)\Z")


def secrets() -> "Secrets":
    """What the environment has for us."""
    from pipeline.sending.equipment import Secrets

    return Secrets(os.environ.get("PARTWORK_SECRET", ""), os.environ.get("PARTWORK_SMTP_PASSWORD", ""))


def holder() -> str:
    """Who we are, for somebody else who wants to send: this machine, and the process."""
    return f"{socket.gethostname()}, process {os.getpid()}"


def has_died(name: str) -> bool:
    """Whether a lease's holder was a process of this machine that is no more."""
    match = _HERE.match(name)
    if match is None or match[1] != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(int(match[2]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False
