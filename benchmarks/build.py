"""How fast a publication is built, beside its rivals: cold, unchanged, and after an edit of a part or a template.

    python benchmarks/build.py [--parts 100,1000,5000] [--runs 5] [--rivals Hugo,Eleventy,Pelican]
                               [--scenarios cold,unchanged,part,template] [--no-stages] [--json]

partwork makes every channel, the others web pages and RSS of the same bodies. The runs alternate (ours, Hugo's,
Eleventy's, ours, Hugo's …), each is a fresh process, and each cold one has a new output folder. What a run leaves
for the disk to do is waited for before the next begins. Every cold build is looked at: all parts must be there.

Nothing is deleted before the end. ext4 looks at every inode deleted in the last minutes before it gives out a
new one (``recently_deleted`` in fs/ext4/ialloc.c): with an output folder emptied just before, a build of 1,000
parts took 3 s to write what it writes in 0.3 s. So this wants room: ``TMPDIR`` says where.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path

from contestants import HUGO_VERSION, RIVALS, ROOT, Contestant, Partwork
from corpus import AS_OF
from process import RunFailedError, Usage, run_measured
from tables import Results, Stages, contest_table, ratios, stage_table

COLD = "cold"
SCENARIOS = {
    "cold": COLD,
    "unchanged": "unchanged",
    "part": "one part edited",
    "template": "one template edited",
}
_WARM_UP_PARTS = 10
_BYTES_A_PART = 300_000  # what all contestants write for one, with room to spare


class Contest:
    """The contestants over one corpus in a folder of its own."""

    def __init__(
        self, contestants: Sequence[Contestant], parts: int, folder: Path, scenarios: Sequence[str]
    ) -> None:
        self._contestants = contestants
        self._parts = parts
        self._folder = folder
        self.results: dict[str, dict[str, list[Usage]]] = {
            SCENARIOS[name]: {contestant.name: [] for contestant in contestants} for name in scenarios
        }
        for contestant in contestants:
            contestant.write_corpus(self._corpus(contestant), parts)

    def _corpus(self, contestant: Contestant) -> Path:
        return self._folder / contestant.name

    def _out(self, contestant: Contestant, number: int) -> Path:
        return self._folder / f"{contestant.name}-out-{number}"

    def round(self, number: int) -> None:
        """Every scenario once, each contestant in turn. A cold build comes first in any case."""
        self._turns(COLD, number)
        for contestant in self._contestants:
            found = contestant.count(self._out(contestant, number))
            if found != self._parts:
                raise RunFailedError(f"{contestant.name} made {found} of {self._parts} parts")
        for scenario, edit in (("unchanged", None), ("part", self._edit), ("template", self._edit_template)):
            if SCENARIOS[scenario] not in self.results:
                continue
            for contestant in self._contestants:
                if edit is not None:
                    edit(contestant, f"A remark made in round {number}.")
            self._turns(SCENARIOS[scenario], number)

    def _turns(self, scenario: str, number: int) -> None:
        for contestant in self._contestants:
            folder = self._corpus(contestant)
            command = contestant.command(folder, self._out(contestant, number))
            os.sync()
            usage = run_measured(command, folder, contestant.environment())
            if scenario in self.results:
                self.results[scenario][contestant.name].append(usage)

    def _edit(self, contestant: Contestant, sentence: str) -> None:
        """Write a sentence into a part in the middle of the archive, where its text begins."""
        files = contestant.part_files(self._corpus(contestant))
        path = files[len(files) // 2]
        fence, header, body = path.read_text(encoding="utf-8").split("---\n", 2)
        path.write_text(f"{fence}---\n{header}---\n{sentence} {body}", encoding="utf-8")

    def _edit_template(self, contestant: Contestant, sentence: str) -> None:
        """Write a sentence at the end of a template that every page has."""
        path = self._corpus(contestant) / contestant.template
        path.write_text(f"{path.read_text(encoding='utf-8')}<p>{sentence}</p>\n", encoding="utf-8")


def measure(
    contestants: Sequence[Contestant], parts: int, runs: int, folder: Path, scenarios: Sequence[str]
) -> Results:
    """So many rounds of the scenarios with a corpus of so many parts."""
    contest = Contest(contestants, parts, folder, scenarios)
    for number in range(runs):
        contest.round(number)
    return contest.results


def measure_stages(parts: int, runs: int, folder: Path) -> list[Stages]:
    """Seconds by stage of so many cold builds of our own, each in a fresh process."""
    ours = Partwork()
    found = []
    corpus = folder / "corpus"
    ours.write_corpus(corpus, parts)
    script = str(Path(__file__).with_name("stages.py"))
    for number in range(runs):
        os.sync()
        done = subprocess.run(
            [sys.executable, script, str(corpus), str(folder / f"out-{number}"), AS_OF],
            env=ours.environment(),
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
        )
        found.append(json.loads(done.stdout))
    return found


def machine() -> dict[str, str | int | float]:
    """What to quote beside the figures."""
    return {
        "system": platform.platform(),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
        "hugo": HUGO_VERSION,
        "load": round(os.getloadavg()[0], 2),
    }


def main() -> int:
    """Measure, and print a table for each size or everything as JSON."""
    chosen = _arguments()
    contestants: list[Contestant] = [Partwork(chosen.search)]
    for name in chosen.rivals:
        rival = RIVALS[name]()
        if isinstance(rival, str):
            print(f"without {name}: {rival}", file=sys.stderr)
        else:
            contestants.append(rival)
    about = machine()
    if not chosen.json:
        print(", ".join(f"{name} {value}" for name, value in about.items()))
        for contestant in contestants:
            print(f"{contestant.name} makes {contestant.makes}")
    try:
        with tempfile.TemporaryDirectory(prefix="partwork-bench-") as folder:
            sizes = _measure_all(contestants, chosen, Path(folder))
    except RunFailedError as failed:
        print(failed, file=sys.stderr)
        return 1
    if chosen.json:
        print(json.dumps({"machine": about, "sizes": sizes}, indent=2))
    return 0


def _measure_all(contestants: Sequence[Contestant], chosen: argparse.Namespace, folder: Path) -> list[object]:
    _make_sure_of_room(folder, sum(chosen.parts) * chosen.runs * (2 if chosen.stages else 1))
    measure(contestants, _WARM_UP_PARTS, 1, folder / "warm-up", chosen.scenarios)
    names = [contestant.name for contestant in contestants]
    sizes: list[object] = []
    for parts in chosen.parts:
        results = measure(contestants, parts, chosen.runs, folder / str(parts), chosen.scenarios)
        stages = measure_stages(parts, chosen.runs, folder / f"{parts}-stages") if chosen.stages else []
        sizes.append(_as_data(parts, results, stages, names))
        if not chosen.json:
            _show(parts, results, stages, names)
    return sizes


def _make_sure_of_room(folder: Path, built: int) -> None:
    wanted, free = built * _BYTES_A_PART, shutil.disk_usage(folder).free
    if wanted > free:
        raise RunFailedError(
            f"{folder.parent} has {free / 1e9:.1f} GB free, and this wants {wanted / 1e9:.1f}: "
            "fewer --parts or --runs, or another TMPDIR"
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time builds of partwork beside its rivals'.")
    parser.add_argument("--parts", type=_sizes, default="100,1000,5000", help="sizes of corpus [%(default)s]")
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured [%(default)s]")
    parser.add_argument(
        "--rivals",
        type=_some_of(RIVALS),
        default=",".join(RIVALS),
        help="beside whom; '' for nobody [%(default)s]",
    )
    parser.add_argument(
        "--scenarios", type=_some_of(SCENARIOS), default=",".join(SCENARIOS), help="what is built [%(default)s]"
    )
    parser.add_argument(
        "--stages",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="show where our own time goes, too [%(default)s]",
    )
    parser.add_argument("--search", action="store_true", help="make a search index, too; no rival does")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


def _some_of(known: Collection[str]) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        wanted = [name for name in text.split(",") if name]
        for name in set(wanted).difference(known):
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return [name for name in known if name in wanted]

    return names


def _show(parts: int, results: Results, stages: list[Stages], names: list[str]) -> None:
    print(f"\n{parts:,} parts: medians (and spread)\n{contest_table(results, names)}", flush=True)
    if stages:
        print(f"\n{parts:,} parts, cold, by stage\n{stage_table(stages, parts)}", flush=True)


def _as_data(parts: int, results: Results, stages: list[Stages], names: list[str]) -> dict[str, object]:
    scenarios: dict[str, object] = {}
    for scenario, by_name in results.items():
        data: dict[str, object] = {name: [asdict(run) for run in runs] for name, runs in by_name.items()}
        for rival in names[1:]:
            wall, cpu = ratios(by_name[names[0]], by_name[rival])
            data[f"to {rival}"] = {"wall": wall, "cpu": cpu}
        scenarios[scenario] = data
    return {"parts": parts, "scenarios": scenarios, "stages": stages}


if __name__ == "__main__":
    sys.exit(main())
