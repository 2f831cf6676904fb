"""What writing leaves on the disk, and what it must never touch."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.edition import Artifact
from pipeline.errors import OutputError
from pipeline.making.manifest import MANIFEST
from pipeline.making.move import replace
from pipeline.making.write import write_artifacts


def put(files: dict[str, str], out: Path, root: Path | None = None):
    made = [Artifact(path, data.encode()) for path, data in files.items()]
    return write_artifacts(made, out, root=root or out.parent / "publication")


def tree(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): path.read_text("utf-8")
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def folders(out: Path) -> set[str]:
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_dir()}


def test_a_first_build_writes_everything_and_nothing_else(tmp_path):
    out = tmp_path / "deep" / "build"
    written = put({"site/index.html": "home", "site/a/index.html": "a"}, out)
    assert written.changed == ("site/a/index.html", "site/index.html")
    assert (written.unchanged, written.removed) == ((), ())
    assert tree(out) == {"site/index.html": "home", "site/a/index.html": "a"}
    assert sorted(path.name for path in out.iterdir()) == [MANIFEST, "site"]


def test_a_second_build_of_the_same_touches_no_file(tmp_path):
    out = tmp_path / "build"
    files = {"site/index.html": "home", "site/a/index.html": "a"}
    put(files, out)
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.rglob("*") if path.is_file()}
    written = put(files, out)
    assert (written.changed, written.removed) == ((), ())
    assert written.unchanged == ("site/a/index.html", "site/index.html")
    assert before == {
        path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.rglob("*") if path.is_file()
    }


def test_only_the_file_that_changed_is_written(tmp_path):
    out = tmp_path / "build"
    put({"a": "1", "b": "2"}, out)
    inode = (out / "b").stat().st_ino
    assert put({"a": "9", "b": "2"}, out).changed == ("a",)
    assert tree(out) == {"a": "9", "b": "2"}
    assert (out / "b").stat().st_ino == inode


def test_a_file_of_the_same_length_but_other_bytes_is_written(tmp_path):
    put({"a": "abc"}, tmp_path / "build")
    assert put({"a": "abd"}, tmp_path / "build").changed == ("a",)


def test_stale_files_go_and_the_folders_they_leave_empty_go_with_them(tmp_path):
    out = tmp_path / "build"
    put({"site/old/deep/index.html": "x", "site/index.html": "y"}, out)
    assert put({"site/index.html": "y"}, out).removed == ("site/old/deep/index.html",)
    assert folders(out) == {"site"}


def test_foreign_files_and_folders_stay(tmp_path):
    out = tmp_path / "build"
    put({"site/old/index.html": "x", "site/index.html": "y"}, out)
    (out / "site" / "old" / "mine.txt").write_text("mine")
    (out / "site" / "CNAME").write_text("example.org")
    (out / "empty").mkdir()
    put({"site/index.html": "y"}, out)
    assert tree(out) == {"site/index.html": "y", "site/old/mine.txt": "mine", "site/CNAME": "example.org"}
    assert "empty" in folders(out)


def test_a_foreign_file_in_an_artifacts_place_stops_the_build_with_nothing_changed(tmp_path):
    out = tmp_path / "build"
    put({"a": "1"}, out)
    (out / "b").write_text("mine")
    with pytest.raises(OutputError, match=r"b is in the way, and no earlier build wrote it"):
        put({"a": "2", "b": "2"}, out)
    assert tree(out) == {"a": "1", "b": "mine"}


def test_a_foreign_file_where_a_folder_must_be_stops_the_build(tmp_path):
    out = tmp_path / "build"
    put({"a": "1"}, out)
    (out / "site").write_text("mine")
    with pytest.raises(OutputError, match="site is in the way"):
        put({"a": "1", "site/index.html": "2"}, out)


@pytest.mark.parametrize("inner", ["mine.txt", None])
def test_a_foreign_folder_where_a_file_must_be_stops_the_build(tmp_path, inner):
    out = tmp_path / "build"
    put({"a/index.html": "1"}, out)
    (out / "a" / "pictures").mkdir()
    if inner:
        (out / "a" / "pictures" / inner).write_text("mine")
    with pytest.raises(OutputError, match="a is in the way"):
        put({"a": "now a file"}, out)
    assert (out / "a" / "index.html").read_text() == "1"


def test_a_lost_manifest_is_made_again_when_the_files_are_the_same(tmp_path):
    out = tmp_path / "build"
    put({"a": "1", "b": "2"}, out)
    (out / MANIFEST).unlink()
    assert put({"a": "1", "b": "2"}, out).changed == ()
    assert put({"a": "1"}, out).removed == ("b",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"version": 2, "files": []}',
        '{"version": 1, "files": ["../../precious"]}',
        '{"version": 1, "files": ["/etc/passwd"]}',
        '{"version": 1, "files": [3]}',
        '{"version": 1}',
        "\xff",
    ],
)
def test_a_manifest_that_is_not_ours_removes_nothing_and_says_what_to_do(tmp_path, text):
    out = tmp_path / "build"
    out.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("x")
    (out / MANIFEST).write_bytes(text.encode("latin-1"))
    with pytest.raises(OutputError, match="cannot be understood"):
        put({"a": "1"}, out)
    assert precious.exists()
    assert not (out / "a").exists()


def test_the_manifest_is_sorted_and_the_same_for_the_same_build(tmp_path):
    put({"b": "1", "a": "2"}, tmp_path / "one")
    put({"x": "1"}, tmp_path / "two")
    put({"a": "2", "b": "1"}, tmp_path / "two")
    first, second = (tmp_path / "one" / MANIFEST).read_bytes(), (tmp_path / "two" / MANIFEST).read_bytes()
    assert first == second
    assert first.index(b'"a"') < first.index(b'"b"')


def test_a_folder_becomes_a_file_and_a_file_a_folder(tmp_path):
    out = tmp_path / "build"
    put({"a/index.html": "1", "a/deep/x": "2", "b": "3"}, out)
    put({"a": "file", "b/index.html": "folder", "b/deep/x": "4"}, out)
    assert tree(out) == {"a": "file", "b/index.html": "folder", "b/deep/x": "4"}
    put({"a/index.html": "1", "b": "3"}, out)
    assert tree(out) == {"a/index.html": "1", "b": "3"}


def test_a_change_of_case_alone_leaves_the_new_name(tmp_path):
    out = tmp_path / "build"
    put({"Tags/Gut/index.html": "1", "Tags/x": "2"}, out)
    put({"tags/gut/index.html": "1", "tags/y": "2"}, out)
    assert tree(out) == {"tags/gut/index.html": "1", "tags/y": "2"}
    assert [path.name for path in out.iterdir() if path.is_dir()] == ["tags"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gut/index.html", "gut/index.html"),
        ("Gut/a", "gut/b"),
        ("\u00e9/a", "e\u0301/b"),
        ("a", "a/b"),
        ("STRASSE", "straße"),
    ],
)
def test_two_paths_that_are_one_place_somewhere_are_refused_everywhere(tmp_path, one, other):
    with pytest.raises(OutputError, match="cannot both be written"):
        put({one: "1", other: "2"}, tmp_path / "build")
    assert not (tmp_path / "build").exists()


def test_one_path_twice_is_refused(tmp_path):
    twice = [Artifact("a", b"1"), Artifact("a", b"2")]
    with pytest.raises(OutputError, match="Two different files would be written to a"):
        write_artifacts(twice, tmp_path / "build", root=tmp_path / "publication")


@pytest.mark.parametrize(
    "path", ["", "/etc/x", "../x", "a/../../x", "a//b", "a/./b", "a/", "a\\b", "a\0b", ".partwork-manifest.json"]
)
def test_a_path_that_could_leave_the_folder_is_refused(tmp_path, path):
    with pytest.raises(OutputError, match="cannot be the path of a file"):
        put({path: "x"}, tmp_path / "build")


def test_a_name_too_long_for_the_disk_is_an_error_in_words(tmp_path):
    with pytest.raises(OutputError, match=r"Cannot write .*[Nn]ame too long"):
        put({"a": "1", "n" * 300: "2"}, tmp_path / "build")
    assert tree(tmp_path / "build") == {}


def test_a_link_in_the_folder_is_never_followed(tmp_path):
    out, outside = tmp_path / "build", tmp_path / "outside"
    outside.mkdir()
    (outside / "index.html").write_text("precious")
    put({"site/index.html": "1", "site/old.html": "2"}, out)
    (outside / "old.html").write_text("precious")
    (out / "site").rename(tmp_path / "moved")
    (out / "site").symlink_to(outside)
    with pytest.raises(OutputError, match="site is in the way"):
        put({"site/index.html": "3"}, out)
    assert tree(outside) == {"index.html": "precious", "old.html": "precious"}
    put({"other.html": "4"}, out)  # all of site/ is stale now, and still not followed
    assert tree(outside) == {"index.html": "precious", "old.html": "precious"}
    assert (out / "site").is_symlink()


def test_a_link_in_an_artifacts_place_stops_the_build(tmp_path):
    out, outside = tmp_path / "build", tmp_path / "precious"
    outside.write_text("precious")
    put({"a": "1"}, out)
    (out / "a").unlink()
    (out / "a").symlink_to(outside)
    with pytest.raises(OutputError, match="a is in the way"):
        put({"a": "2"}, out)
    assert outside.read_text() == "precious"
    put({"b": "1"}, out)
    assert (out / "a").is_symlink()


def test_a_staging_folder_that_is_a_link_is_refused(tmp_path):
    out, outside = tmp_path / "build", tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_text("precious")
    out.mkdir()
    (out / ".partwork-new").symlink_to(outside)
    with pytest.raises(OutputError):
        put({"a": "1"}, out)
    assert tree(outside) == {"x": "precious"}


def test_an_output_folder_that_is_a_link_is_written_where_it_leads(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "build").symlink_to(tmp_path / "disk")
    put({"a": "1"}, tmp_path / "build")
    assert tree(tmp_path / "disk") == {"a": "1"}


def test_what_a_cut_off_build_staged_is_thrown_away(tmp_path):
    out = tmp_path / "build"
    put({"a": "1"}, out)
    (out / ".partwork-new" / "site").mkdir(parents=True)
    (out / ".partwork-new" / "site" / "half").write_text("ha")
    put({"a": "1"}, out)
    assert not (out / ".partwork-new").exists()


def test_modes_are_those_of_any_new_file(tmp_path):
    before = os.umask(0o022)
    try:
        put({"site/a": "1", "b": "2"}, tmp_path / "build")
        put({"site/a": "2", "b": "2"}, tmp_path / "build")
    finally:
        os.umask(before)
    for name, mode in (("site/a", 0o644), ("b", 0o644), ("site", 0o755), (MANIFEST, 0o644)):
        assert stat.S_IMODE((tmp_path / "build" / name).stat().st_mode) == mode


def test_a_large_build_is_written_whole(tmp_path):
    files = {f"site/{n // 10}/{n}.html": str(n) * n for n in range(500)}
    put(files, tmp_path / "build")
    assert tree(tmp_path / "build") == files


def in_another_process(code: str, out: Path) -> str:
    """Run Python that ends in a write to ``out``, in a process of its own; what it printed."""
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom pipeline.edition import Artifact\n"
        "from pipeline.errors import OutputError\nfrom pipeline.making.write import write_artifacts\n"
        "out = Path(sys.argv[1])\n" + code + "try: write_artifacts(made, out, root=Path('/nonexistent/p'))\n"
        "except OutputError as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(out)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return run.stdout


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no users as on Unix")
def test_a_folder_that_cannot_be_written_is_an_error_in_words(tmp_path):
    out = tmp_path / "build"
    put({"a": "1"}, out)
    out.chmod(0o555)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    nobody = "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n" if os.geteuid() == 0 else ""
    message = in_another_process(f"{nobody}made = [Artifact('a', b'2')]\n", out)
    assert message == f"Cannot write {out}/.partwork-lock: Permission denied\n"
    assert tree(out) == {"a": "1"}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits as on Unix")
@pytest.mark.parametrize("count", [1, 200])
def test_a_disk_that_fills_up_leaves_the_last_build_whole(tmp_path, count):
    out = tmp_path / "build"
    put({"a": "1", "old": "2"}, out)
    manifest = (out / MANIFEST).read_bytes()
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    made = f"made = [Artifact(f'{{n:03}}', b'x') for n in range({count})] + [Artifact('big', b'x' * 200_000)]\n"
    message = in_another_process(full + made, out)
    assert message.startswith("Cannot write ")
    assert "File too large" in message
    assert tree(out) == {"a": "1", "old": "2"}
    assert (out / MANIFEST).read_bytes() == manifest
    assert sorted(path.name for path in out.iterdir()) == [MANIFEST, "a", "old"]


def test_a_folder_on_another_disk_can_be_written_to(tmp_path):
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other disk here")
    staged = tmp_path / "staged"
    (staged / "deep").mkdir(parents=True)
    (staged / "a").write_text("new")
    (staged / "deep" / "b").write_text("b")
    target = Path(tempfile.mkdtemp(dir=memory)) / "site"
    try:
        replace(staged, target)
        (tmp_path / "again").write_text("newer")
        replace(tmp_path / "again", target / "a")
        assert tree(target) == {"a": "newer", "deep/b": "b"}
    finally:
        shutil.rmtree(target.parent)
