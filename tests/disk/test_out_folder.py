"""Folders that a build must not be written to."""

from pathlib import Path

import pytest

from pipeline.errors import OutputError
from pipeline.making.out_folder import refuse_unsafe


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "home" / "work" / "publication"
    for folder in ("series", "templates", ".git"):
        (root / folder).mkdir(parents=True)
    (root / "partwork.toml").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("/", "the root of the disk"),
        ("~", "your home folder"),
        ("~/..", "your home folder, or above it"),
        (".", "the publication's own folder"),
        ("..", "the publication's own folder, or above it"),
        ("series", "among the publication's sources"),
        ("series/gut/build", "among the publication's sources"),
        ("templates", "among the publication's sources"),
        ("build/../templates/web", "among the publication's sources"),
        (".git/build", "among the publication's sources"),
        (".partwork", "where partwork keeps what may be deleted at any time"),
        (".partwork/cache/build", "where partwork keeps what may be deleted at any time"),
        ("partwork.toml", "a file"),
        ("alias-of-series", "among the publication's sources"),
        ("alias-of-home", "your home folder"),
        ("other", "the folder of another publication"),
    ],
)
def test_a_precious_folder_is_refused_with_the_reason(root, tmp_path, out, reason):
    (root / "alias-of-series").symlink_to(root / "series")
    (root / "alias-of-home").symlink_to(tmp_path / "home")
    (root / "other").mkdir()
    (root / "other" / "partwork.toml").write_text("")
    with pytest.raises(OutputError, match=f"it is {reason}"):
        refuse_unsafe(Path(out).expanduser(), root)


def test_a_folder_above_the_current_one_is_refused(root, tmp_path, monkeypatch):
    deep = tmp_path / "elsewhere" / "deep"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    with pytest.raises(OutputError, match="above the current folder"):
        refuse_unsafe(tmp_path / "elsewhere", root)


@pytest.mark.parametrize("out", ["build", "public/site", "../build", "/nonexistent/place", "series-of-mine"])
def test_any_other_folder_will_do(root, out):
    assert refuse_unsafe(Path(out), root) == (root / out).resolve()


def test_a_user_without_a_home_can_build(root, monkeypatch):
    monkeypatch.delenv("HOME")
    assert refuse_unsafe(Path("build"), root) == root / "build"
