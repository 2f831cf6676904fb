"""A build touches no disk and no socket: proved by an audit hook in a process of its own."""

import subprocess
import sys

from tests.projects import ROOT

PROGRAM = """
import sys
from datetime import date
from pathlib import Path
from pipeline.build import build
from pipeline.read import read_sources

sources = read_sources(Path(sys.argv[1]))
# The first imports what it uses; libraries read their own data once.
first = build(sources, date(2026, 11, 18), has_search=True)
assert first.artifacts, [str(diagnostic) for diagnostic in first.diagnostics]
touched = []
WATCHED = ("open", "os.", "socket.", "subprocess.", "shutil.", "urllib.", "tempfile.", "glob.", "sqlite3.")


def hook(event, arguments):
    if event.startswith(WATCHED):
        touched.append((event, repr(arguments)[:200]))


sys.addaudithook(hook)
second = build(sources, date(2026, 11, 18), has_search=True)
seen = list(touched)
assert second.artifacts == first.artifacts, "two builds differ"
assert not seen, seen
print("pure", len(second.artifacts))
"""


def test_a_build_touches_no_disk_and_no_socket() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ROOT)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.stdout.startswith("pure "), done.stderr


def test_the_same_sources_give_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "import sys, hashlib; from datetime import date; from pathlib import Path\n"
        "from pipeline.build import build; from pipeline.read import read_sources\n"
        "made = build(read_sources(Path(sys.argv[1])), date(2026, 11, 18))\n"
        "assert made.artifacts\n"
        "print(hashlib.sha256(repr(made.artifacts).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, str(ROOT)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": "/usr/bin:/bin"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Kolkata"))
    }

    assert len(digests) == 1
