"""How fast letters leave: ours, Postfix's own smtp-source, and smtplib with a message built for each recipient.

    python benchmarks/send.py [--messages 5000] [--rounds 5] [--connections 10] [--dkim rsa|ed25519|both] [--json]

All send to Postfix's ``smtp-sink`` on this machine in turns, round by round, each in a process of its own.
Ours makes each recipient's own copy (name, links, Message-ID, return path, and a signature where asked for),
writes each intent and each outcome into the ledger (SQLite, on the disk before the dot leaves), and waits for
every answer; the same without a ledger stands beside it. smtp-source sends one and the same message, of the same
length, to all. Times are from the first connection to the last answer (planning is not in them), CPU time is the
sender's alone.
"""

import argparse
import json
import resource
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from itertools import count
from pathlib import Path
from statistics import median

from contestants import ROOT
from corpus import AS_OF, partwork_files
from process import run_measured
from tables import columns, spread

sys.path.insert(0, str(ROOT))

from pipeline.compose import compose_issues
from pipeline.database import open_database
from pipeline.database.tables import SUBSCRIBERS
from pipeline.ledger import lease
from pipeline.ledger.campaigns import Campaign, Letter, plan
from pipeline.model import Sources
from pipeline.parse import parse_library
from pipeline.render.email.message import CompiledMessage
from pipeline.render.email.mime import compile_message
from pipeline.render.email.room import EmailRoom
from pipeline.render.templates import Templates
from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.dkim import Signer, read_signers
from pipeline.sending.errand import Ending, Errand
from pipeline.sending.frozen import freeze, thaw
from pipeline.sending.personal import Addressee, Original, Terms
from pipeline.sending.sender import send
from pipeline.sending.tokens import Tokens
from pipeline.sending.transport import Copy, Result
from pipeline.settings import DkimSettings, Security, SendingSettings, SmtpSettings
from pipeline.subscribers.audience import audience, no_longer

OURS, BARE, SOURCE, NAIVE = "partwork", "partwork without a ledger", "smtp-source", "smtplib + email.message"
WANTED = 50_000  # bytes of a copy
SECRET = b"0" * 32
DATE = datetime(2026, 11, 3, 9, tzinfo=UTC)
SHARE = 20  # of our messages, one is sent by who builds each: it takes as long
TERMS = Terms(
    7,
    DATE,
    "bounces@mail.example.org",
    "corpus",
    "https://example.org/",
    "part-1:corpus:part:bench01",
    is_verp=True,
)
_THEME_FOLDERS = ("csl", "email", "feed", "text", "web")


def frozen_letter() -> bytes:
    """A letter of some 50 KB, as a campaign keeps it: a part of the corpus, made longer."""
    files = dict(partwork_files(2))
    path = min(name for name in files if name.startswith("series/") and not name.endswith("index.md"))
    words = [each for each in files[path].split("\n\n") if each[:1].isalpha() and not set(each) & set("[:|")]
    for times in range(1, 100):
        longer = files | {path: files[path] + "\n\n" + "\n\n".join(words * times) + "\n"}
        message = freeze(_compiled(longer, path))
        if len(_copy(message).data) >= WANTED:
            return message
    raise AssertionError("the letter does not grow")


def _compiled(files: dict[str, str], path: str) -> CompiledMessage:
    folder = ROOT / "templates"
    theme = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.relative_to(folder).parts[0] in _THEME_FOLDERS
    }
    parsed = parse_library(Sources({name: text.encode() for name, text in files.items()}, theme))
    assert parsed.library is not None, [str(each) for each in parsed.diagnostics][:3]
    issues = compose_issues(parsed.library, date.fromisoformat(AS_OF)).issues
    issue = next(each for each in issues.all if each.part.path == path)
    edition = EmailRoom(issues.library, Templates(issues.library.templates)).render(issue)
    return compile_message(edition, issues.library.publication)


def _copy(frozen: bytes, signers: tuple[Signer, ...] = ()) -> Copy:
    made = Original(thaw(frozen), TERMS, Tokens([SECRET]), signers).copy_for(Addressee(1, "r1@example.org", "Zoë"))
    assert isinstance(made, Copy)
    return made


# --- who sends: each in a process of its own ---------------------------------------------------------------


@contextmanager
def errand_for(
    frozen: bytes, port: int, messages: int, connections: int, signers: tuple[Signer, ...]
) -> Iterator[tuple[Errand, Campaign]]:
    """A campaign of so many recipients, planned in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database("", Path(folder))
        with database.writing() as connection:
            for first in range(1, messages + 1, 10_000):
                numbers = range(first, min(first + 10_000, messages + 1))
                connection.execute(SUBSCRIBERS.insert(), [_subscriber(number) for number in numbers])
        listed = Letter("corpus", "part", 1, "Part 1", "digest", frozen)
        campaign = plan(database, listed, audience("corpus", at=DATE), DATE).campaign
        original = Original(thaw(frozen), replace(TERMS, campaign=campaign.id), Tokens([SECRET]), signers)
        yield (
            Errand(
                database=database,
                lease=lease.take(database, "benchmark", _now()),
                transport=SmtpTransport(SmtpSettings("127.0.0.1", port, Security.NONE)),
                make_copy=lambda one: original.copy_for(Addressee(one.subscriber_id, one.address, one.first_name)),
                settings=SendingSettings(connections=connections, messages_per_connection=1_000_000),
                left_since=lambda connection, ids: no_longer(connection, "corpus", ids, at=_now()),
                bury=lambda *_: None,
                clock=_now,
                stop=threading.Event(),
            ),
            campaign,
        )
        database.close()


def _subscriber(number: int) -> dict[str, object]:
    address = f"r{number}@example.org"
    known = {"address": address, "address_key": address, "address_digest": f"{number:064}", "first_name": "Zoë"}
    return known | {"state": "active", "state_since": DATE, "added_at": DATE}


def _now() -> datetime:
    return datetime.now(UTC)


def send_bare(frozen: bytes, port: int, messages: int, connections: int, signers: tuple[Signer, ...]) -> None:
    """As a sender without a ledger would: threads with a session each, and numbers for recipients."""
    transport = SmtpTransport(SmtpSettings("127.0.0.1", port, Security.NONE), messages_per_connection=1_000_000)
    original = Original(thaw(frozen), TERMS, Tokens([SECRET]), signers)
    numbers, lock, failed = count(1), threading.Lock(), []

    def work() -> None:
        session = transport.open()
        while True:
            with lock:
                number = next(numbers)
            if number > messages:
                break
            copy = original.copy_for(Addressee(number, f"r{number}@example.org", "Zoë"))
            outcome = session.offer(copy, _nothing) if isinstance(copy, Copy) else copy
            if outcome.result is not Result.ACCEPTED:
                failed.append(outcome)
        session.close()

    in_threads(work, connections)
    assert not failed, failed[0]


def _nothing() -> None:
    """Where a ledger would be."""


def send_naive(frozen: bytes, port: int, messages: int) -> None:
    """As one writes it first: a message for each recipient with Python's own library."""
    sample = message_from_bytes(_copy(frozen).data, policy=policy.default)
    plain, html = (sample.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    texts = plain.get_content(), html.get_content()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(1, messages + 1):
            message = EmailMessage(policy=policy.SMTP)
            message["From"], message["To"] = str(sample["From"]), f"r{number}@example.org"
            message["Subject"], message["Date"] = str(sample["Subject"]), formatdate()
            message["Message-ID"] = make_msgid(domain="example.org")
            message["List-Unsubscribe"] = f"<https://example.org/u/{number:032}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            message["List-Id"] = str(sample["List-Id"])
            message.set_content(texts[0].replace("r1@example.org", message["To"]))
            message.add_alternative(texts[1].replace("r1@example.org", message["To"]), subtype="html")
            client.sendmail("bounces@example.org", [message["To"]], message.as_bytes())


def in_threads(work: Callable[[], None], threads: int) -> None:
    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def be(given: argparse.Namespace) -> None:
    """One sender's whole life; says what it took."""
    frozen = Path(given.letter).read_bytes()
    signers = keys(Path(given.letter).parent, given.dkim)
    _copy(frozen, signers)  # what is imported late is imported now
    with ExitStack() as stack:
        ready = (frozen, given.port, given.messages, given.connections, signers)
        errand, campaign = stack.enter_context(errand_for(*ready)) if given.be == OURS else (None, None)
        begin, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        if errand and campaign:
            assert send(errand, campaign).ending is Ending.FINISHED
        elif given.be == BARE:
            send_bare(*ready)
        else:
            send_naive(*ready[:3])
        _say(begin, used)


def _say(begin: float, used: resource.struct_rusage) -> None:
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    print(json.dumps({"wall": time.perf_counter() - begin, "cpu": cpu, "memory": after.ru_maxrss / 1000}))


# --- the contest -------------------------------------------------------------------------------------------


@contextmanager
def sink() -> Iterator[int]:
    """Postfix's own sink on a free port."""
    program = program_of("smtp-sink")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    process = subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{port}", "1000"])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def program_of(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        sys.exit(f"needs Postfix's {name} (Debian: apt-get install --no-install-recommends postfix)")
    return found


def measure(name: str, letter: Path, port: int, given: argparse.Namespace) -> dict[str, float]:
    """Messages a second, CPU milliseconds a message, and memory in MB, of one run."""
    messages = given.messages // SHARE if name == NAIVE else given.messages
    if name == SOURCE:
        size = str(len(_copy(letter.read_bytes()).data))
        sessions = str(given.connections)
        command = ["-d", "-s", sessions, "-l", size, "-m", str(messages), "-f", "a@b.org", "-t", "r@b.org"]
        used = run_measured([program_of(name), *command, f"127.0.0.1:{port}"], letter.parent, {})
        took = {"wall": used.wall, "cpu": used.cpu, "memory": used.memory}
    else:
        options = {"be": name, "letter": letter, "port": port, "messages": messages, "dkim": given.dkim}
        options["connections"] = given.connections
        command = [f"--{key}={value}" for key, value in options.items()]
        done = subprocess.run([sys.executable, __file__, *command], check=True, capture_output=True, text=True)
        took = json.loads(done.stdout)
    return {
        "rate": messages / took["wall"],
        "cpu_ms": took["cpu"] / messages * 1000,
        "memory": took["memory"],
    }


def keys(folder: Path, wanted: str) -> tuple[Signer, ...]:
    """Signers with the keys that `make_keys` has left."""
    kinds = {"": [], "both": ["rsa", "ed25519"]}.get(wanted, [wanted])
    settings = DkimSettings("example.org")
    if kinds:
        settings = replace(settings, selector=kinds[0], key=f"{kinds[0]}.pem")
    if len(kinds) > 1:
        settings = replace(settings, second_selector=kinds[1], second_key=f"{kinds[1]}.pem")
    return read_signers(settings, folder, "example.org")[0]


def make_keys(folder: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    made = {"rsa": rsa.generate_private_key(65537, 2048), "ed25519": ed25519.Ed25519PrivateKey.generate()}
    for name, key in made.items():
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{name}.pem").write_bytes(pem)


def contest(given: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    names = (OURS, BARE, SOURCE, NAIVE)
    results: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder, sink() as port:
        letter = Path(folder) / "letter.json"
        letter.write_bytes(frozen_letter())
        make_keys(Path(folder))
        print(f"a copy has {len(_copy(letter.read_bytes()).data):,} bytes", file=sys.stderr)
        for _ in range(given.rounds):
            for name in names:
                results[name].append(measure(name, letter, port, given))
    return results


def table(results: dict[str, list[dict[str, float]]]) -> str:
    rows = [["", "messages/s", "CPU ms each", "MB", "ours is"]]
    for name, runs in results.items():
        ratios = [one["rate"] / other["rate"] for one, other in zip(results[OURS], runs, strict=True)]
        rows.append(
            [
                name,
                spread([run["rate"] for run in runs]),
                spread([run["cpu_ms"] for run in runs]),
                f"{median(run['memory'] for run in runs):.0f}",
                "" if name == OURS else f"{spread(ratios)} x",
            ]
        )
    return columns(rows)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=5000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--connections", type=int, default=10)
    arguments.add_argument("--dkim", default="", choices=["", "rsa", "ed25519", "both"])
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--be", help=argparse.SUPPRESS)
    arguments.add_argument("--letter", help=argparse.SUPPRESS)
    arguments.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.be:
        be(given)
        return
    results = contest(given)
    print(json.dumps(results) if given.json else table(results))


if __name__ == "__main__":
    main()
