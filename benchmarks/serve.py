"""How many leave pages `partwork serve` gives in a second, next to a bare Starlette page, in turns, by wrk.

python benchmarks/serve.py [--seconds 5] [--rounds 3] [--connections 32]

Both are one process of uvicorn with h11. The bare page has the same bytes, and nothing else: no gate, no token to
check, no template, no headers. The third row is the one-click request itself, each of which is a commit that is on
the disk before it is answered (the subscriber has left already after the first).
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
from contextlib import contextmanager
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
"""


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
    token = publication(folder)
    script = folder / "one_click.lua"
    script.write_text(ONE_CLICK)
    environment = {**os.environ, "PARTWORK_SECRET": SECRET, "PYTHONPATH": str(ROOT)}
    ours = [sys.executable, "-m", "pipeline", "serve", "--root", str(folder), "--port", "8126"]
    with running(ours, "http://127.0.0.1:8126/health", environment):
        page = f"http://127.0.0.1:8126/u/{token}"
        (folder / "page.html").write_bytes(urllib.request.urlopen(page).read())
        bare = [sys.executable, "-c", BARE, "8127", str(folder / "page.html")]
        with running(bare, "http://127.0.0.1:8127/", environment):
            asked = {
                "the leave page": [page],
                "a bare Starlette page": ["http://127.0.0.1:8127/"],
                "one-click": ["-s", str(script), page],
            }
            found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in asked}
            for _ in range(rounds):
                for name, what in asked.items():
                    found[name].append(wrk(what, seconds, connections))
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
    runs = found["the leave page"]
    is_met = statistics.median(run[0] for run in runs) >= AIM and statistics.median(r[1] for r in runs) < SLOWEST
    print(f"the aim, {AIM}/s with p99 under {SLOWEST} ms, is {'met' if is_met else 'missed'}")
    return 0 if is_met and not sum(run[2] for runs in found.values() for run in runs) else 1


def publication(folder: Path) -> str:
    """The demo with a subscriber; the token of their way out."""
    from pipeline.database import open_database
    from pipeline.sending.tokens import Tokens, WayOut
    from tests.subscribers.people import put

    shutil.copytree(ROOT / "templates" / "demo", folder, dirs_exist_ok=True)
    with (folder / "partwork.toml").open("a") as config:
        config.write('\n[sending]\npublic_url = "https://letters.example.org/"\n')
    database = open_database("", folder)
    with database.writing() as connection:
        key = put(connection, "ada@example.org")
    database.close()
    return Tokens([SECRET.encode()]).way_out(WayOut(key))


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
