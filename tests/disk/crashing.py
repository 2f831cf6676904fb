"""A program: write one build over another, and end the process at one step of it, as a power cut would.

``python crashing.py FOLDER`` counts the steps of a whole build and prints, for each, what a cut just before it
leaves behind. A step is anything that changes the disk: a file opened for writing, a rename, a removal.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from pipeline.edition import Artifact
from pipeline.making.write import write_artifacts

OLD = {
    "site/index.html": "old home",
    "site/kept.html": "the same",
    "site/gone/index.html": "stale",
    "site/turns/index.html": "a folder that becomes a file",
    "site/becomes": "a file that becomes a folder",
    "site/Case/x": "case",
    "feed.xml": "old feed",
}
NEW = {
    "site/index.html": "new home",
    "site/kept.html": "the same",
    "site/fresh/index.html": "new page",
    "site/fresh/deep/picture": "new picture",
    "site/turns": "a file now",
    "site/becomes/index.html": "a folder now",
    "site/case/x": "case",
    "feed.xml": "new feed",
}
FOREIGN = {"site/CNAME": "mine", "site/gone/notes.txt": "mine too"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink", "shutil.rmtree"}


def write(files: dict[str, str], out: Path) -> None:
    made = [Artifact(path, data.encode()) for path, data in files.items()]
    write_artifacts(made, out, root=out.parent / "publication")


def start(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    write(OLD, out)
    for path, data in FOREIGN.items():
        (out / path).write_text(data)


def cut_off_at(step: int, out: Path) -> bool:
    """Write the new build in a child that ends before its ``step``-th change; whether it was cut off."""
    child = os.fork()
    if child == 0:
        count = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
            if writes or event in STEPS:
                count += 1
                if count == step:
                    os._exit(9)

        sys.addaudithook(hook)
        try:
            write(NEW, out)
        except BaseException:
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, 9), code
    return code == 9


def tree(out: Path) -> dict[str, str]:
    return {p.relative_to(out).as_posix(): p.read_text("utf-8") for p in sorted(out.rglob("*")) if p.is_file()}


def main(folder: Path) -> None:
    out = folder / "build"
    step = 1
    while True:
        start(out)
        if not cut_off_at(step, out):
            break
        left = tree(out)
        write({"site/index.html": "third"}, out)
        sys.stdout.write(json.dumps({"step": step, "left": left, "then": tree(out)}) + "\n")
        start(out)
        cut_off_at(step, out)
        write(NEW, out)
        sys.stdout.write(json.dumps({"step": step, "left": left, "again": tree(out)}) + "\n")
        step += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
