"""A build that is cut off, at every single step, and two builds at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.edition import Artifact
from pipeline.errors import OutputError
from pipeline.making.manifest import LOCK, MANIFEST, STAGING, locked
from pipeline.making.write import write_artifacts
from tests.disk import crashing

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture(scope="module")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """What a cut at each step leaves, and what the next build makes of it."""
    run = subprocess.run(
        [sys.executable, crashing.__file__, str(tmp_path_factory.mktemp("crash"))],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def pages(left: dict[str, str]) -> dict[str, str]:
    return {path: data for path, data in left.items() if not path.startswith((STAGING, LOCK)) and path != MANIFEST}


def test_every_step_of_a_build_was_cut_off(cuts):
    assert max(cut["step"] for cut in cuts) > 25


def test_every_file_is_always_the_old_one_or_the_new_one_whole(cuts):
    for cut in cuts:
        for path, data in pages(cut["left"]).items():
            wanted = {files[path] for files in (crashing.OLD, crashing.NEW, crashing.FOREIGN) if path in files}
            assert data in wanted, (cut["step"], path)


def test_what_is_in_both_builds_is_always_there(cuts):
    always = crashing.OLD.keys() & crashing.NEW.keys() | crashing.FOREIGN.keys()
    for cut in cuts:
        assert always <= pages(cut["left"]).keys(), cut["step"]


def test_until_everything_is_staged_the_last_build_stands_untouched(cuts):
    first = next(cut for cut in cuts if pages(cut["left"]) != {**crashing.OLD, **crashing.FOREIGN})
    staged = {path.removeprefix(f"{STAGING}/") for path in first["left"] if path.startswith(STAGING)}
    placed = set(pages(first["left"])) - set(crashing.OLD) - set(crashing.FOREIGN)
    changed = {path for path, data in crashing.NEW.items() if crashing.OLD.get(path) != data}
    assert changed <= staged | placed


def test_stale_pages_go_only_after_every_new_page_is_in_place(cuts):
    for cut in cuts:
        left = pages(cut["left"])
        if "site/gone/index.html" not in left:
            assert {**left, **crashing.NEW} == left, cut["step"]


def test_the_manifest_always_names_every_file_of_ours(cuts):
    for cut in cuts:
        named = set(json.loads(cut["left"][MANIFEST])["files"])
        assert set(pages(cut["left"])) - crashing.FOREIGN.keys() <= named, cut["step"]


def test_the_next_build_leaves_itself_and_other_peoples_files_alone(cuts):
    for cut in cuts:
        files = {"site/index.html": "third"} if "then" in cut else crashing.NEW
        after = dict(cut["then"] if "then" in cut else cut["again"])
        manifest = json.loads(after.pop(MANIFEST))
        assert after == {**files, **crashing.FOREIGN}, cut["step"]
        assert manifest["files"] == sorted(files)


def test_two_builds_at_once_leave_one_of_them_whole(tmp_path):
    program = (
        "import sys\nfrom pathlib import Path\nfrom pipeline.edition import Artifact\n"
        "from pipeline.making.write import write_artifacts\nname = sys.argv[1]\n"
        "for turn in range(5):\n"
        "    made = [Artifact(f'{name}/{n}', f'{name} {turn} {n}'.encode()) for n in range(80)]\n"
        "    made += [Artifact(f'both/{n}', name.encode()) for n in range(80)]\n"
        f"    write_artifacts(made, Path({str(tmp_path / 'build')!r}), root=Path({str(tmp_path / 'p')!r}))\n"
    )
    builds = [
        subprocess.Popen([sys.executable, "-c", program, name], env=ENVIRONMENT, stderr=subprocess.PIPE)
        for name in ("one", "two", "three")
    ]
    assert [build.communicate()[1] for build in builds] == [b""] * 3
    out = tmp_path / "build"
    (winner,) = {path.read_text() for path in (out / "both").iterdir()}
    assert sorted(path.name for path in out.iterdir()) == sorted([MANIFEST, "both", winner])
    assert {path.read_text() for path in (out / winner).iterdir()} == {f"{winner} 4 {n}" for n in range(80)}


def test_a_build_waits_only_so_long_for_another(tmp_path):
    out = tmp_path / "build"
    out.mkdir()
    with (
        locked(out, 0),
        pytest.raises(OutputError, match="Another build is writing"),
    ):
        write_artifacts([Artifact("a", b"1")], out, root=tmp_path / "p", patience=0.1)
    assert not (out / "a").exists()
    write_artifacts([Artifact("a", b"1")], out, root=tmp_path / "p", patience=0.1)
    assert not (out / LOCK).exists()


def test_the_lock_of_a_build_that_was_killed_holds_nobody_up(tmp_path):
    out = tmp_path / "build"
    out.mkdir()
    (out / LOCK).write_bytes(b"")
    write_artifacts([Artifact("a", b"1")], Path(out), root=tmp_path / "p", patience=0)
    assert sorted(path.name for path in out.iterdir()) == [MANIFEST, "a"]
