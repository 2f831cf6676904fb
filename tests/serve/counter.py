"""The public pages on a real socket, with a list, a clock and an outbox: what tests of them ask and look into."""

import email
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import EVENTS, SUBSCRIBERS
from pipeline.model import Library
from pipeline.parse import parse_library
from pipeline.read import read_sources
from pipeline.sending.equipment import Secrets, equip
from pipeline.sending.tokens import Tokens, WayOut
from pipeline.serve.counter import Counter, open_counter
from pipeline.serve.doubts import stamped
from pipeline.serve.proxies import Proxies
from pipeline.serve.server import Server, bound
from tests.projects import ROOT

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "0123456789abcdef" * 4
COMPILED: dict[str, bytes] = {}  # the theme is compiled once for all tests of a process
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass
class Clock:
    """Goes on from where it was set."""

    at: datetime = START
    since: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.since)

    def forward(self, span: timedelta) -> None:
        self.at += span


@cache
def library(url: str, more: str = "") -> Library:
    """The sample, with its public pages at an address."""
    sources = read_sources(ROOT)
    config = sources.files["partwork.toml"].decode().split("[signup]")[0]
    config += f'[sending]\npublic_url = "{url}"\n{more}'
    parsed = parse_library(replace(sources, files={**sources.files, "partwork.toml": config.encode()}))
    assert parsed.library is not None, parsed.diagnostics
    return parsed.library


@dataclass
class Shop:
    """Everything at hand. ``told`` are the lines for operators."""

    root: Path
    database: Database
    clock: Clock
    counter: Counter
    client: httpx.Client
    told: list[str]

    @property
    def tokens(self) -> Tokens:
        return self.counter.desk.tokens

    @property
    def url(self) -> str:
        return str(self.client.base_url)

    def token(self, subscriber: int, campaign: int = 0) -> str:
        return self.tokens.way_out(WayOut(subscriber, campaign))

    def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return self.client.post(path, data={"pressed": "yes"} if data is None and not more else data, **more)

    def state(self, key: int) -> str | None:
        return self.column(key, "state")

    def column(self, key: int, name: str) -> Any:
        with self.database.reading() as connection:
            column = SUBSCRIBERS.c[name]
            return connection.execute(sql.select(column).where(SUBSCRIBERS.c.id == key)).scalar_one_or_none()

    def people(self) -> list[tuple[int, str, str]]:
        with self.database.reading() as connection:
            columns = (SUBSCRIBERS.c.id, SUBSCRIBERS.c.address, SUBSCRIBERS.c.state)
            return [tuple(row) for row in connection.execute(sql.select(*columns).order_by(SUBSCRIBERS.c.id))]

    def events(self, key: int) -> list[tuple[str, str]]:
        with self.database.reading() as connection:
            chosen = sql.select(EVENTS.c.kind, EVENTS.c.detail).where(EVENTS.c.subscriber_id == key)
            return [tuple(row) for row in connection.execute(chosen.order_by(EVENTS.c.id))]

    def deliver(self) -> None:
        """Let the postman do all that there is to do, in this thread."""
        while self.counter.postman.round():
            pass

    def letters(self) -> list[EmailMessage]:
        """What is in the outbox, in the order in which it was written."""
        paths = sorted((self.root / "outbox" / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]  # type: ignore[misc]

    def last_letter(self, to: str) -> EmailMessage:
        return [letter for letter in self.letters() if letter["To"] == to][-1]

    def stamp(self, ago: timedelta = timedelta(minutes=1)) -> str:
        """What a form of ours carries that was shown a while ago."""
        return stamped(self.tokens, self.clock() - ago)

    def sign_up(self, address: str, **more: str) -> httpx.Response:
        answer = self.post("/subscribe", {"email": address, "website": "", **more})
        self.deliver()
        return answer

    def join(self, address: str, **more: str) -> int:
        """Sign up, and confirm from the letter: the subscriber's number."""
        assert self.sign_up(address, **more).status_code == 200
        assert self.post(self.link(address, "c")).status_code == 200
        self.deliver()
        return next(key for key, there, _ in self.people() if there == address)

    def link(self, address: str, letter: str) -> str:
        """The path of the link in the newest letter to an address, by its first letter (``c``)."""
        return path_in(self.last_letter(address), letter)


def path_in(message: EmailMessage, letter: str) -> str:
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(rf"https?://[^/\s]+(/{letter}/[a-z2-7]+(?:/choices)?)\s", text)
    assert found, text
    return found[1]


@contextmanager
def open_shop(
    root: Path,
    database: Database,
    *,
    seconds: float = 20.0,
    more: str = "",
    is_seen_here: bool = False,
    proxies: str = "127.0.0.1",
) -> Iterator[Shop]:
    """The pages, served from a thread. The postman works when it is told to, so that nothing happens by chance."""
    listening = bound("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    clock, told = Clock(), []
    made = library(url if is_seen_here else "https://letters.example.org/", more)
    equipment = equip(made.publication, root, Secrets(SECRET))
    counter = open_counter(
        made,
        database,
        equipment,
        clock=clock,
        tell=told.append,
        tells_all=True,
        seconds=seconds,
        compiled=COMPILED,
    )
    up = threading.Event()
    server = Server(counter.gate, _Nobody(), listening, Proxies.parse(proxies), up.set)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert up.wait(20)
    with httpx.Client(base_url=url, timeout=60) as client:
        yield Shop(root, database, clock, counter, client, told)
    server.stop()
    thread.join(20)


class _Nobody:
    """Nobody goes to the post by themselves."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
