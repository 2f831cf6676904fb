"""nginx and Caddy of one's own, in front of a server, by the examples of the documentation.

Of an example only that is changed which must be: its ports, its name, its certificate, and where it writes.
"""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.database.postgresql import free_port
from tests.projects import ROOT
from tests.returns import certificates

NAME = "localhost"
SECONDS = 20
EXAMPLES = ROOT / "docs" / "examples"
PROGRAMS = {"nginx": "/usr/sbin/nginx", "caddy": "/usr/bin/caddy"}  # not in everybody's path
Change = Callable[[str], str]


@dataclass(frozen=True)
class Proxy:
    """One that runs. ``folder`` holds all that it writes, and ``log`` what it says."""

    kind: str
    url: str
    plain_url: str
    folder: Path
    certificate: certificates.Certificate

    def visitor(self, address: str = "127.0.0.1", **more: object) -> httpx.Client:
        """A visitor who comes from an address of this machine (all of 127/8 is)."""
        transport = httpx.HTTPTransport(verify=self.certificate.client(), local_address=address)
        return httpx.Client(base_url=self.url, transport=transport, timeout=60, **more)  # type: ignore[arg-type]

    def written(self) -> str:
        """Everything that it has written anywhere, but for its configuration and the key."""
        kept = {"config", "server.pem"}
        paths = (path for path in self.folder.rglob("*") if path.is_file() and path.name not in kept)
        return "\n".join(path.read_bytes().decode(errors="replace") for path in paths)


def program(kind: str) -> str:
    """Where it is, or nothing."""
    return shutil.which(kind) or (PROGRAMS[kind] if Path(PROGRAMS[kind]).exists() else "")


def missing(kind: str) -> str:
    """Why it cannot be run here, or nothing."""
    return "" if program(kind) else f"needs {kind} (Debian: apt-get install --no-install-recommends {kind})"


@contextmanager
def running(kind: str, upstream: str, change: Change = str) -> Iterator[Proxy]:
    """A proxy before ``upstream`` (``127.0.0.1:8025`` in the example), run by a user without rights."""
    folder = Path(tempfile.mkdtemp(prefix=f"{kind}-"))
    made = certificates.make(folder, NAME)
    made.server()
    http, https = free_port(), free_port()
    adapt = _nginx if kind == "nginx" else _caddy
    config, command = adapt(folder, change(example(kind)), upstream, http, https)
    (folder / "config").write_text(config)
    user: int | None = None
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, -1)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [program(kind), *command], stdout=said, stderr=said, user=user, cwd=folder, env=environment
        )
    try:
        _wait_for(https, process, folder / "said")
        yield Proxy(kind, f"https://{NAME}:{https}/", f"http://{NAME}:{http}/", folder, made)
    finally:
        process.terminate()
        process.wait(SECONDS)
        shutil.rmtree(folder)


def example(kind: str) -> str:
    return (EXAMPLES / {"nginx": "nginx.conf", "caddy": "Caddyfile"}[kind]).read_text()


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """Each found exactly as it is written in the example."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def _nginx(folder: Path, text: str, upstream: str, http: int, https: int) -> tuple[str, list[str]]:
    live = "/etc/letsencrypt/live/letters.example.org"
    server = replaced(
        text,
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{https} ssl;"),
        (f"{live}/fullchain.pem", str(folder / "server.pem")),
        (f"{live}/privkey.pem", str(folder / "server.pem")),
        ("letters.example.org", NAME),
        ("/var/log/nginx/letters.log", str(folder / "letters.log")),
        ("127.0.0.1:8025", upstream),
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{each}_temp_path {folder}/{each};\n" for each in kinds)
    # What Debian's nginx.conf has around it: an access log that the example must switch off.
    whole = (
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ access_log {folder}/access.log;\n{places}\n{server}}}\n"
    )
    return whole, ["-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "config")]


def _caddy(folder: Path, text: str, upstream: str, http: int, https: int) -> tuple[str, list[str]]:
    pem = folder / "server.pem"
    whole = replaced(
        re.sub(r"^\{\n", f"{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n", text, flags=re.MULTILINE),
        ("letters.example.org {\n", f"{NAME} {{\n\tbind 127.0.0.1\n\ttls {pem} {pem}\n"),
        ("127.0.0.1:8025", upstream),
    )
    return whole, ["run", "--adapter", "caddyfile", "--config", str(folder / "config")]


def _wait_for(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    end = time.monotonic() + SECONDS
    while not _is_listening(port):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"it has not started: {said.read_text()[-2000:]}")
        time.sleep(0.02)


def _is_listening(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
