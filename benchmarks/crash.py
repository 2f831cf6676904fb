"""Sends to a server that misbehaves, kills the sender again and again, and then asks what everybody got.

python benchmarks/crash.py --seeds 20                    SQLite, kill -9
python benchmarks/crash.py --seeds 20 --power-cut        and every write that had not been fsynced is lost
python benchmarks/crash.py --seeds 20 --postgresql       two runners that fight, killed and put to sleep
python benchmarks/crash.py --power-cut --synchronous NORMAL    what the test finds where commits are not synced

The server writes down what it takes before it says so; its record is what is believed.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.cut_power import Power
from pipeline.database import Database, open_database
from pipeline.database.tables import SUBSCRIBERS
from pipeline.ledger.campaigns import CampaignState, campaign_of
from pipeline.ledger.counts import counts, who
from pipeline.ledger.deliveries import State

HERE = Path(__file__).parent
LEASE = timedelta(seconds=0.8)
PATIENCE = 240  # seconds for one run, before it has failed


@dataclass(frozen=True)
class Trial:
    """What is tried: how many recipients, how often the sender is killed, and how else it is treated."""

    people: int = 5_000
    kills: int = 12
    connections: int = 8
    runners: int = 1
    share: float = 0.05
    power_cut: bool = False
    synchronous: str = "FULL"


@dataclass
class Found:
    """What a run came to."""

    seed: int
    kills: int = 0
    naps: int = 0
    accepted: int = 0
    rejected: int = 0
    uncertain: int = 0
    uncertain_but_taken: int = 0
    twice: int = 0
    lost: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def add_people(database: Database, number: int) -> None:
    with database.writing() as connection:
        rows = [
            {
                "address": f"r{k}@example.org",
                "address_key": f"r{k}@example.org",
                "address_digest": f"digest {k}",
                "state": "active",
                "state_since": datetime(2026, 1, 1, tzinfo=UTC),
                "added_at": datetime(2026, 1, 1, tzinfo=UTC),
            }
            for k in range(1, number + 1)
        ]
        connection.execute(SUBSCRIBERS.insert(), rows)


@contextmanager
def server(folder: Path, seed: int, share: float) -> Iterator[int]:
    """The server, in a process of its own that nobody kills."""
    command = [sys.executable, HERE / "rough_server.py", "--log", folder / "taken.txt", "--seed", str(seed)]
    with subprocess.Popen([*command, "--share", str(share)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def taken(folder: Path) -> list[str]:
    """Every address that the server took a message for, as often as it did."""
    path = folder / "taken.txt"
    return [line.split("\t")[0] for line in path.read_text().splitlines()] if path.exists() else []


class Runners:
    """The senders: started, killed, put to sleep, started again."""

    def __init__(self, trial: Trial, folder: Path, address: str, port: int, power: Power | None) -> None:
        self.trial, self.folder, self.address, self.port, self.power = trial, folder, address, port, power
        self.running: list[subprocess.Popen[bytes]] = []

    def fill(self) -> None:
        """As many as there should be."""
        self.running = [process for process in self.running if process.poll() is None]
        while len(self.running) < self.trial.runners:
            command = [sys.executable, HERE / "crash_runner.py", self.address, str(self.folder), str(self.port)]
            options = [str(self.trial.connections), str(LEASE.total_seconds()), self.trial.synchronous]
            with (self.folder / "runners.log").open("ab") as log:
                environment = self.power.environment() if self.power else None
                self.running.append(subprocess.Popen([*command, *options], stderr=log, env=environment))

    def kill(self, chance: random.Random) -> None:
        """Kill one; and where the power is cut, lose what was not synced."""
        self.fill()
        victim = chance.choice(self.running)
        victim.kill()
        victim.wait()
        if self.power:
            self.power.lose_what_was_not_synced()

    def nap(self, chance: random.Random) -> None:
        """Put one to sleep for longer than its lease lasts."""
        self.fill()
        victim = chance.choice(self.running)
        victim.send_signal(signal.SIGSTOP)
        time.sleep(LEASE.total_seconds() * 1.5)
        victim.send_signal(signal.SIGCONT)

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


def run(trial: Trial, seed: int, database_address: str, folder: Path) -> Found:
    """One run: begin to end, with everything that happens in between."""
    chance, found, began = random.Random(seed), Found(seed), time.monotonic()
    database = open_database(database_address, folder)
    add_people(database, trial.people)
    database.close()
    power = Power(folder, ["partwork.db"]) if trial.power_cut else None
    with ExitStack() as stack:
        port = stack.enter_context(server(folder, seed, trial.share))
        runners = Runners(trial, folder, database_address, port, power)
        stack.callback(runners.end)
        # Most at a random count of what was taken, a few at a random moment after a start (planning, recovery).
        marks = sorted(chance.randrange(trial.people * 9 // 10) for _ in range(trial.kills - 2))
        for number in range(trial.kills):
            runners.fill()
            if number < 2:
                time.sleep(chance.uniform(0.0, 1.2))
            else:
                wait_for(folder, marks[number - 2], began)
                time.sleep(chance.uniform(0.0, 0.1))
            if trial.runners > 1 and number % 3 == 2:
                runners.nap(chance)
                found.naps += 1
            runners.kill(chance)
            found.kills += 1
        while not is_finished(database_address, folder):
            runners.fill()
            time.sleep(0.1)
            if time.monotonic() - began > PATIENCE:
                found.wrong.append("not finished in time")
                break
    audit(trial, database_address, folder, found)
    found.seconds = time.monotonic() - began
    return found


def wait_for(folder: Path, mark: int, began: float) -> None:
    path = folder / "taken.txt"
    while (path.read_bytes().count(b"\n") if path.exists() else 0) < mark:
        if time.monotonic() - began > PATIENCE:
            return
        time.sleep(0.005)


def is_finished(database_address: str, folder: Path) -> bool:
    database = open_database(database_address, folder)
    try:
        campaign = campaign_of(database, "series", "part")
        return campaign is not None and campaign.state is CampaignState.FINISHED
    finally:
        database.close()


def audit(trial: Trial, database_address: str, folder: Path, found: Found) -> None:
    """Compare the ledger with the server's own record."""
    database = open_database(database_address, folder)
    campaign = campaign_of(database, "series", "part")
    assert campaign is not None
    fates = list(who(database, campaign.id))
    told = counts(database, campaign.id)
    database.close()
    by_state = {state: {f.address for f in fates if f.state is state} for state in State}
    often = Counter(taken(folder))
    found.accepted, found.rejected, found.uncertain = told.accepted, told.rejected, told.uncertain
    found.uncertain_but_taken = len(by_state[State.UNCERTAIN] & often.keys())
    found.twice = sum(number > 1 for number in often.values())
    everybody = {f"r{k}@example.org" for k in range(1, trial.people + 1)}
    known = by_state[State.ACCEPTED] | by_state[State.REJECTED] | by_state[State.UNCERTAIN]
    # Lost is who is in no state, and who is said to have it of whom the server knows nothing.
    found.lost = len(everybody - known) + len(by_state[State.ACCEPTED] - often.keys())
    for is_wrong, words in (
        (len(fates) != trial.people or {f.address for f in fates} != everybody, "not everybody is there once"),
        (told.total != trial.people or told.left, f"counts do not add up: {told}"),
        (by_state[State.REJECTED] & often.keys(), "taken, and said to be rejected"),
        (often.keys() - by_state[State.ACCEPTED] - by_state[State.UNCERTAIN], "taken, and not known"),
        (found.uncertain > trial.connections * found.kills + trial.people * trial.share, "too many doubts"),
    ):
        if is_wrong:
            found.wrong.append(words)


COLUMNS = ("seed", "kills", "naps", "accepted", "rejected", "uncertain", "of them taken", "twice", "lost", "s")


def shown(found: Found) -> str:
    values = (found.seed, found.kills, found.naps, found.accepted, found.rejected, found.uncertain)
    more = (found.uncertain_but_taken, found.twice, found.lost, f"{found.seconds:.0f}")
    return "| " + " | ".join(map(str, (*values, *more))) + " |" + "".join(f" WRONG: {w}" for w in found.wrong)


@contextmanager
def databases(*, is_postgresql: bool) -> Iterator[Iterator[tuple[str, Path]]]:
    """For each run an empty database and a folder, gone afterwards."""
    with ExitStack() as stack:
        new = None
        if is_postgresql:
            from tests.database import postgresql

            new = stack.enter_context(postgresql.running()).new

        def each() -> Iterator[tuple[str, Path]]:
            while True:
                folder = Path(tempfile.mkdtemp(prefix="crash-"))
                try:
                    yield (new() if new else ""), folder
                finally:
                    shutil.rmtree(folder, ignore_errors=True)

        yield each()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--people", type=int, default=Trial.people)
    parser.add_argument("--kills", type=int, default=Trial.kills)
    parser.add_argument("--power-cut", action="store_true")
    parser.add_argument("--postgresql", action="store_true", help="two runners, in PostgreSQL")
    parser.add_argument("--synchronous", default="FULL", help="SQLite's setting; NORMAL shows that the test sees")
    given = parser.parse_args()
    trial = Trial(given.people, given.kills, power_cut=given.power_cut, synchronous=given.synchronous)
    if given.postgresql:
        trial = replace(trial, runners=2)
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS), flush=True)
    results = []
    with databases(is_postgresql=given.postgresql) as each, suppress(KeyboardInterrupt):
        for seed in range(given.first, given.first + given.seeds):
            address, folder = next(each)
            results.append(run(trial, seed, address, folder))
            print(shown(results[-1]), flush=True)
    twice, lost = sum(f.twice for f in results), sum(f.lost for f in results)
    wrong = sum(bool(f.wrong) for f in results)
    kills = sum(f.kills for f in results)
    print(f"\n{len(results)} runs, {kills} kills: {twice} twice, {lost} lost, {wrong} wrong")
    return int(bool(twice or lost or wrong))


if __name__ == "__main__":
    sys.exit(main())
