"""A publication with a list, the commands run in this process, and a clock that says what one wants."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from benchmarks.rough_server import RoughServer, Script, polite
from pipeline.cli import main, options
from pipeline.database import open_database
from pipeline.ledger.campaigns import campaigns
from pipeline.ledger.counts import Fate, who

START = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)  # Part 1's slot; the next are a week apart, at six
PART = "three-evenings/1"
INDEX = "series/three-evenings/index.md"
FIRST = "series/three-evenings/01-where-it-goes.md"
SECOND = "series/three-evenings/02-a-place-for-it.md"
THIRD = "series/three-evenings/03-deciding-once.md"


@dataclass
class Clock:
    """Where the command line's clock stands; it goes on from there."""

    at: datetime = START + timedelta(minutes=1)
    since: float = field(default_factory=monotonic)

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=monotonic() - self.since)

    def set(self, at: datetime) -> None:
        self.at, self.since = at, monotonic()


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@dataclass
class Shop:
    """A publication, and whoever types commands in it."""

    root: Path
    clock: Clock
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Run:
        self.capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Run(code, *self.capsys.readouterr())

    def file(self, path: str) -> Path:
        return self.root / path

    def change(self, old: str, new: str, path: str = FIRST) -> None:
        text = self.file(path).read_text("utf-8")
        assert text.count(old) == 1, f"{path} does not have {old!r} once"
        self.file(path).write_text(text.replace(old, new), "utf-8")

    def rename(self, path: str = FIRST, alias: str = "where-it-goes") -> None:
        """Give a part another slug, and write the old one down."""
        self.change("\ntags:", f"\naliases: [{alias}]\ntags:", path)
        number = Path(path).name[:2]
        new = self.file(path).with_name(f"{number}-by-another-name.md")
        self.file(path).rename(new)
        for other in new.parent.glob("*.md"):
            text = other.read_text("utf-8")
            other.write_text(text.replace(Path(path).name, new.name), "utf-8")

    def settings(self, text: str, more: str = "") -> None:
        """Write ``[sending]``."""
        kept = self.file("partwork.toml").read_text("utf-8").partition("\n[sending]")[0]
        self.file("partwork.toml").write_text(f"{kept}\n[sending]\n{text}\n{more}", "utf-8")

    def through(self, port: int, text: str = "") -> None:
        """Send through a mail server of this machine."""
        self.settings(
            f'transport = "smtp"\npublic_url = "https://letters.example.org/"\n{text}',
            f'\n[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n',
        )

    def people(self, number: int = 3, tag: str = "") -> None:
        rows = "".join(f"r{k}@example.org,R{k},{tag}\n" for k in range(1, number + 1))
        self.file("people.csv").write_text(f"email,first name,tags\n{rows}", "utf-8")
        assert self("subscribers", "import", "people.csv", "--source", "a test", "--consent", "yes").code == 0

    def outbox(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.root / "outbox" / "new").glob("*"))]

    def fates(self, number: int = 0) -> list[Fate]:
        """Everybody's of one campaign, the oldest first."""
        database = open_database("", self.root)
        try:
            found = sorted(campaigns(database), key=lambda each: each.id)
            return list(who(database, found[number].id))
        finally:
            database.close()

    def states(self, number: int = 0) -> list[str]:
        return [fate.state.value for fate in self.fates(number)]

    def campaigns(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self("campaigns", "--json").data["campaigns"]
        return found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(options, "clock", made)
    monkeypatch.setattr(options, "now", lambda: made().replace(microsecond=0))
    return made


@pytest.fixture
def empty_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], clock: Clock
) -> Shop:
    """Fresh from ``partwork init``, on the day of its first part; nobody is on the list."""
    root = tmp_path / "letters"
    for name in ("PARTWORK_DATABASE", "PARTWORK_SECRET", "PARTWORK_SMTP_PASSWORD", "JOURNAL_STREAM"):
        monkeypatch.delenv(name, raising=False)
    shop = Shop(root, clock, capsys)
    assert shop("init", root, "--as-of", "2026-11-18T12:00").code == 0
    monkeypatch.chdir(root)
    return shop


@pytest.fixture(scope="session")
def list_of_three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three people on the list, since the day before Part 1, to be copied."""
    root = tmp_path_factory.mktemp("list")
    rows = "".join(f"r{k}@example.org,R{k}\n" for k in range(1, 4))
    (root / "people.csv").write_text(f"email,first name\n{rows}", "utf-8")
    (root / "partwork.toml").write_text("", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PARTWORK_DATABASE", raising=False)
        patch.setattr(options, "now", lambda: START - timedelta(days=1))
        with redirect_stdout(StringIO()):
            people = root / "people.csv"
            assert main(["subscribers", "import", str(people), "--root", str(root), "--consent", "yes"]) == 0
    assert [path.name for path in root.glob("partwork.db*")] == ["partwork.db"]
    return root / "partwork.db"


@pytest.fixture
def shop(empty_shop: Shop, list_of_three: Path) -> Shop:
    """With three people on the list."""
    shutil.copy(list_of_three, empty_shop.root / "partwork.db")
    return empty_shop


class Servers:
    """Mail servers on a script, ended with the test."""

    def __init__(self) -> None:
        self.running: list[RoughServer] = []

    def __call__(self, script: Script = polite) -> RoughServer:
        self.running.append(RoughServer(script).__enter__())
        return self.running[-1]


@pytest.fixture
def server() -> Iterator[Servers]:
    servers = Servers()
    try:
        yield servers
    finally:
        for each in servers.running:
            each.__exit__(*sys.exc_info())
