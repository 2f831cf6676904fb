"""For any builds, one after another, and any files of other people: what is left is the last build and those."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.edition import Artifact
from pipeline.errors import OutputError
from pipeline.making.manifest import MANIFEST
from pipeline.making.write import write_artifacts

names = st.sampled_from(["a", "b", "A", "index.html", "é", "c"])
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
builds = st.dictionaries(paths, st.binary(max_size=3), max_size=8)
foreign = st.dictionaries(paths, st.just(b"somebody else's"), max_size=3)


def files_of(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path != out / MANIFEST
    }


def lay(files: dict[str, bytes], out: Path, mine: dict[str, bytes]) -> None:
    """Put other people's files where there is room for them."""
    for path, data in files.items():
        target = out / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(data)
        except (FileExistsError, NotADirectoryError):
            continue
        mine[path] = data


@settings(max_examples=75)
@given(st.lists(st.tuples(builds, foreign), min_size=1, max_size=5))
def test_any_builds_leave_exactly_the_last_one_and_what_was_not_theirs(turns):
    folder = Path(tempfile.mkdtemp())
    out = folder / "build"
    try:
        last: dict[str, bytes] = {}
        mine: dict[str, bytes] = {}
        for files, others in turns:
            made = [Artifact(path, data) for path, data in files.items()]
            before = files_of(out) if out.exists() else {}
            try:
                written = write_artifacts(made, out, root=folder / "publication")
            except OutputError:
                assert (files_of(out) if out.exists() else {}) == before
            else:
                last = files
                assert set(written.changed) | set(written.unchanged) == set(files)
                assert set(written.changed) == {p for p, data in files.items() if before.get(p) != data}
                assert set(written.removed) == before.keys() - files.keys() - mine.keys()
            assert (files_of(out) if out.exists() else {}) == {**mine, **last}
            lay(others, out, mine)
    finally:
        shutil.rmtree(folder)
