"""A PostgreSQL of one's own: made in a folder, on a free port of this machine, gone afterwards."""

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 30  # for it to start; it takes some tenths
OWNER = "partwork"
# What a test kills is never PostgreSQL itself, nor the power: nothing has to reach the disk.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "lc_messages": "C",
}


@dataclass(frozen=True)
class Server:
    """One that runs. ``new`` gives the address of an empty database, for PARTWORK_DATABASE."""

    port: int
    programs: Path
    free: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def address(self, name: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{name}"

    def new(self) -> str:
        if self.free:
            return self.free.pop()
        name = f"test_{next(self.numbers)}"
        self.said(f"CREATE DATABASE {name}", "postgres")
        return self.address(name)

    def empty(self, address: str) -> None:
        """Make a database as good as new: each takes 300 files, so they are used again."""
        name = address.rpartition("/")[2]
        others = f"datname = '{name}' AND pid <> pg_backend_pid()"
        self.said(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}", name)
        self.said("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
        self.free.append(address)

    def said(self, statement: str, name: str) -> str:
        """What psql prints for a statement."""
        command = [self.programs / "psql", "-XAtq", "-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER]
        done = subprocess.run(
            [*command, "-c", statement, name], check=True, capture_output=True, text=True, cwd="/"
        )
        return done.stdout.strip()


def programs() -> Path | None:
    """Where its programs are: Debian keeps them out of the path. The newest, where there are several."""
    there = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if there:
        return max(there, key=lambda path: float(path.parts[-3])).parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def missing() -> str:
    """Why there can be none here, or nothing."""
    if programs() is None:
        return "needs PostgreSQL (Debian: apt-get install --no-install-recommends postgresql)"
    return ""


@contextmanager
def running(**others: str) -> Iterator[Server]:
    """A PostgreSQL, run by another user where we are root: it refuses to be. ``others`` are settings of its."""
    found = programs()
    assert found is not None
    home = Path(tempfile.mkdtemp(prefix="postgresql-"))
    user: int | None = None
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
        os.chown(home, user, -1)
    made = [found / "initdb", "-D", home / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    with (home / "log").open("wb") as log:
        subprocess.run(made, check=True, stdout=log, stderr=log, user=user, cwd=home)
        port = free_port()
        settings = OPTIONS | {"port": str(port), "unix_socket_directories": str(home)} | others
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [found / "postgres", "-D", home / "data", *options]
        process = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=home)
    try:
        wait_for(found, port, process, home / "log")
        yield Server(port, found)
    finally:
        process.send_signal(signal.SIGQUIT)  # at once, without a checkpoint
        process.wait(SECONDS)
        shutil.rmtree(home)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(found: Path, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS
    ready = [found / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"PostgreSQL has not started: {log.read_text()[-2000:]}")
        time.sleep(0.02)
