"""How many leave pages `partwork serve` gives in a second, next to a bare Starlette page, in turns, by wrk.

python benchmarks/serve.py [--seconds 5] [--rounds 3] [--connections 32]

Each is one process of uvicorn with h11. The bare page has the same bytes, and nothing else: no gate, no token to
check, no template, no headers. The last rows are the one-click request itself, with SQLite and, where there is
one, with PostgreSQL (fsync on): every request is another subscriber's, who has left, on the disk, when answered.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AIM, SLOWEST = 500, 100  # requests a second, milliseconds
SECRET = "benchmark" * 8
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
body = open(sys.argv[2], "rb").read()
async def page(request):
    return Response(body, media_type="text/html")
app = Starlette(routes=[Route("/", page)])
uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="critical", http="h11", loop="asyncio")
"""
ONE_CLICK = """
wrk.method = "POST"
wrk.body = "List-Unsubscribe=One-Click"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
local tokens, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do tokens[#tokens + 1] = "/u/" .. line end
end
function request()
  at = at + 1
  return wrk.format(nil, tokens[(at - 1) % #tokens + 1])
end
"""
BARE_PAGE = "a bare Starlette page"
MOST = 4_000  # who leave in a second: nobody is asked to leave twice


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--connections", type=int, default=32)
    given = options.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("needs wrk (Debian: apt-get install wrk)")
    with tempfile.TemporaryDirectory() as name:
        return measure(Path(name), given.seconds, given.rounds, given.connections)


def measure(folder: Path, seconds: int, rounds: int, connections: int) -> int:
    from tests.database import postgresql

    publication(folder)
    (folder / "one_click.lua").write_text(ONE_CLICK)
    found: dict[str, list[tuple[float, float, int]]] = {}
    with ExitStack() as stack:
        addresses = {"SQLite": f"sqlite:///{folder / 'partwork.db'}"}
        if not postgresql.missing():
            addresses["PostgreSQL"] = stack.enter_context(
                postgresql.running(fsync="on", full_page_writes="on")
            ).new()
        tokens = {name: people(address, folder, MOST * seconds * rounds) for name, address in addresses.items()}
        for port, address in enumerate(addresses.values(), 8126):
            environment = {**os.environ, "PARTWORK_SECRET": SECRET, "PYTHONPATH": str(ROOT)}
            environment["PARTWORK_DATABASE"] = address
            ours = [sys.executable, "-m", "pipeline", "serve", "--root", str(folder), "--port", str(port)]
            stack.enter_context(running(ours, f"http://127.0.0.1:{port}/health", environment))
        page = f"http://127.0.0.1:8126/u/{tokens['SQLite'][0]}"
        (folder / "page.html").write_bytes(urllib.request.urlopen(page).read())
        bare = [sys.executable, "-c", BARE, "8120", str(folder / "page.html")]
        stack.enter_context(running(bare, "http://127.0.0.1:8120/", dict(os.environ)))
        for turn in range(rounds):
            asked = {"the leave page": [page], BARE_PAGE: ["http://127.0.0.1:8120/"]}
            for port, name in enumerate(addresses, 8126):
                leaving = folder / f"{name} {turn}"
                leaving.write_text("\n".join(tokens[name][turn::rounds]))
                script = ["-s", str(folder / "one_click.lua"), f"http://127.0.0.1:{port}/"]
                asked[f"one-click, {name}"] = [*script, "--", str(leaving)]
            for name, what in asked.items():
                found.setdefault(name, []).append(wrk(what, seconds, connections))
    return report(found)


def report(found: dict[str, list[tuple[float, float, int]]]) -> int:
    print(f"{'':<24}{'requests/s':>12}{'p99, ms':>10}{'faults':>8}   (medians; from–to)")
    for name, runs in found.items():
        rates, late = [run[0] for run in runs], [run[1] for run in runs]
        faults = sum(run[2] for run in runs)
        spread = f"{min(rates):,.0f}–{max(rates):,.0f}"
        print(
            f"{name:<24}{statistics.median(rates):>12,.0f}{statistics.median(late):>10.1f}{faults:>8}   {spread}"
        )
    ours = [runs for name, runs in found.items() if name != BARE_PAGE]
    is_met = all(
        statistics.median(run[0] for run in runs) >= AIM and statistics.median(run[1] for run in runs) < SLOWEST
        for runs in ours
    )
    print(f"the aim for each of ours, {AIM}/s with p99 under {SLOWEST} ms, is {'met' if is_met else 'missed'}")
    return 0 if is_met and not sum(run[2] for runs in found.values() for run in runs) else 1


def publication(folder: Path) -> None:
    """The demo, with an address for its public pages."""
    shutil.copytree(ROOT / "templates" / "demo", folder, dirs_exist_ok=True)
    with (folder / "partwork.toml").open("a") as config:
        config.write('\n[sending]\npublic_url = "https://letters.example.org/"\n')


def people(address: str, folder: Path, count: int) -> list[str]:
    """Subscribers in a database; the tokens of their ways out."""
    import sqlalchemy as sql

    from pipeline.database import open_database
    from pipeline.database.tables import SUBSCRIBERS
    from pipeline.sending.tokens import Tokens, WayOut
    from pipeline.subscribers.addresses import parse_address
    from pipeline.subscribers.entries import Entry
    from pipeline.subscribers.states import State
    from pipeline.subscribers.writing import write

    database = open_database(address, folder)
    for begin in range(0, count, 5000):
        some = [parse_address(f"reader{k}@example.org") for k in range(begin, min(begin + 5000, count))]
        with database.writing() as connection:
            write(connection, [Entry(one, state=State.ACTIVE) for one in some], datetime.now(UTC))
    with database.reading() as connection:
        keys = connection.execute(sql.select(SUBSCRIBERS.c.id)).scalars().all()
    database.close()
    tokens = Tokens([SECRET.encode()])
    return [tokens.way_out(WayOut(key)) for key in keys]


@contextmanager
def running(command: list[str], url: str, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(url).read()
                break
            except OSError:
                time.sleep(0.1)
        else:
            sys.exit(f"{url} does not answer")
        yield
    finally:
        process.terminate()
        process.wait()


def wrk(what: list[str], seconds: int, connections: int) -> tuple[float, float, int]:
    """Requests a second, p99 in milliseconds, and answers that were none or no 2xx."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s", *what]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    assert rate, said
    assert late, said
    faults = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    count = int(faults[1]) if faults else 0
    count += sum(int(each) for each in errors.groups()) if errors else 0
    return float(rate[1]), float(late[1]) * {"us": 0.001, "ms": 1, "s": 1000}[late[2]], count


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
