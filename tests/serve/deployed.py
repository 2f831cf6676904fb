"""`partwork serve` as a process of its own, with a publication, a list and links: what a proxy stands before."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sql

from pipeline.database import Database, open_database
from pipeline.database.tables import SUBSCRIBERS
from pipeline.sending.keys import open_tokens
from pipeline.sending.tokens import WayOut
from tests.projects import ROOT
from tests.subscribers.people import put


@dataclass
class Deployed:
    """The process, and what it works on. ``where`` is its address as a proxy names it."""

    root: Path
    database: Database
    process: subprocess.Popen[str]
    where: str
    people: list[int] = field(default_factory=list)

    def ways_out(self, count: int) -> list[tuple[int, str]]:
        """New people on the list, each with the path of their way out."""
        tokens, first = open_tokens(self.root), len(self.people)
        with self.database.writing() as connection:
            new = [put(connection, f"reader{first + number}@example.org") for number in range(count)]
        self.people += new
        return [(person, f"u/{tokens.way_out(WayOut(person))}") for person in new]

    def way_out(self) -> tuple[int, str]:
        return self.ways_out(1)[0]

    def state(self, person: int) -> str:
        return self.states()[person]

    def states(self) -> dict[int, str]:
        with self.database.reading() as connection:
            rows = connection.execute(sql.select(SUBSCRIBERS.c.id, SUBSCRIBERS.c.state))
            return {int(key): str(state) for key, state in rows}

    def ask_to_end(self) -> None:
        self.process.send_signal(signal.SIGTERM)


@contextmanager
def running(root: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process on a free port, and its first line."""
    command = [sys.executable, "-m", "pipeline", "serve", "--root", str(root), "--port", "0", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=root, env=environment
    )
    assert process.stdout
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextmanager
def deployed(folder: Path, public_url: str, *arguments: str) -> Iterator[Deployed]:
    """Started, and stopped afterwards. Without ``--uds`` it takes a free port."""
    root = folder / "publication"
    shutil.copytree(ROOT / "templates" / "demo", root)
    config = root / "partwork.toml"
    own = f'[sending]\npublic_url = "{public_url}"\n'
    config.write_text(re.sub(r"\n\[sending\][^\[]*", "\n", config.read_text()) + own)
    database = open_database("", root)
    try:
        with running(root, *arguments) as (process, first):
            found = re.search(r" at (?:http://)?(\S+?)/?, seen at ", first)
            assert found, first + process.stdout.read()  # type: ignore[union-attr]
            yield Deployed(root, database, process, found[1])
    finally:
        database.close()
