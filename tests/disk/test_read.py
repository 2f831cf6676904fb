"""What is read of a publication, and what never is."""

import os
import socket
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.read import MAX_BYTES, find_root, read_demo, read_sources, read_theme

GUT = Path("series/gut")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "publication"
    (root / GUT / "images").mkdir(parents=True)
    (root / "templates" / "blocks").mkdir(parents=True)
    (root / "partwork.toml").write_text("[publication]")
    (root / GUT / "01-one.md").write_text("one")
    return root


def refusals(root):
    return dict(read_sources(root).refused)


def test_only_the_publications_own_places_are_read(root):
    for path in ("notes.md", "build/site/index.html", ".env", "serieses/x.md"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("secret")
    (root / "templates" / "blocks" / "medical.md").write_text("m")
    sources = read_sources(root)
    assert sources.files == {
        "partwork.toml": b"[publication]",
        "series/gut/01-one.md": b"one",
        "templates/blocks/medical.md": b"m",
    }
    assert list(sources.files) == sorted(sources.files)
    assert sources.refused == ()


@pytest.mark.parametrize(
    "name",
    [
        *(".DS_Store", ".01-one.md.swp", "01-one.md~", "#01-one.md#", ".#01-one.md", "01-one.md.bak"),
        *("01-one.md.orig", "__pycache__/x.pyc", "Thumbs.db", "desktop.ini", ".git/config", "4913"),
    ],
)
def test_what_editors_and_systems_leave_behind_is_passed_over(root, name):
    path = root / GUT / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    sources = read_sources(root)
    assert (len(sources.files), sources.refused) == (2, ())


def test_a_link_out_of_the_publication_is_refused(root, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (root / GUT / "02-two.md").symlink_to(tmp_path / "secret")
    (root / GUT / "03-three.md").symlink_to("../../../secret")
    (root / GUT / "pictures").symlink_to(tmp_path)
    sources = read_sources(root)
    assert b"secret" not in sources.files.values()
    assert dict(sources.refused) == dict.fromkeys(
        ["series/gut/02-two.md", "series/gut/03-three.md", "series/gut/pictures"],
        "a symbolic link that leads out of the publication",
    )


def test_a_link_that_stays_inside_is_refused_too(root):
    (root / ".env").write_text("secret")
    (root / GUT / "images" / "logo.png").symlink_to("../../../.env")
    assert refusals(root) == {"series/gut/images/logo.png": "a symbolic link, and links are not followed"}


def test_a_link_to_nothing_and_a_link_to_itself_are_refused(root):
    (root / GUT / "a.md").symlink_to("nowhere")
    (root / GUT / "b.md").symlink_to("b.md")
    assert refusals(root) == dict.fromkeys(
        ["series/gut/a.md", "series/gut/b.md"], "a symbolic link that leads nowhere"
    )


def test_folders_that_go_in_circles_do_not_hang(root):
    (root / GUT / "again").symlink_to(root / "series")
    (root / "templates" / "up").symlink_to("..")
    assert set(refusals(root)) == {"series/gut/again", "templates/up"}


def test_a_whole_folder_that_is_a_link_is_refused(root, tmp_path):
    (root / "series").rename(tmp_path / "series")
    (root / "series").symlink_to(tmp_path / "series")
    sources = read_sources(root)
    assert list(sources.files) == ["partwork.toml"]
    assert dict(sources.refused) == {"series": "a symbolic link that leads out of the publication"}


def test_a_file_in_the_place_of_a_folder_is_refused(root):
    (root / "templates" / "blocks").rmdir()
    (root / "templates").rmdir()
    (root / "templates").write_text("x")
    assert refusals(root) == {"templates": "this is a file, and should be a folder"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes as on Unix")
def test_what_is_no_regular_file_is_refused_and_does_not_hang(root, monkeypatch):
    os.mkfifo(root / GUT / "02-pipe.md")
    monkeypatch.chdir(root / GUT)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("03-socket.md")
        found = refusals(root)
    assert found["series/gut/02-pipe.md"] == "this is not a regular file"
    assert found["series/gut/03-socket.md"].startswith("this cannot be read: ")


def test_a_file_over_25_megabytes_is_refused_without_being_read(root):
    with (root / GUT / "images" / "huge.png").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with (root / GUT / "images" / "large.png").open("wb") as file:
        file.truncate(MAX_BYTES)
    sources = read_sources(root)
    assert dict(sources.refused) == {"series/gut/images/huge.png": "this file has 25.0 MB; 25 MB is the most"}
    assert len(sources.files["series/gut/images/large.png"]) == MAX_BYTES


@pytest.mark.parametrize(
    ("name", "shown", "reason"),
    [
        (b"caf\xe9.md", "caf\\xe9.md", "its name is not UTF-8"),
        (b"a\nb.md", "a\\nb.md", "its name has a control character or a backslash"),
        (b"a\\b.md", "a\\\\b.md", "its name has a control character or a backslash"),
        (b"a\x1bb.md", "a\\x1bb.md", "its name has a control character or a backslash"),
        ("a\u2028b.md".encode(), "a\\u2028b.md", "its name has a control character or a backslash"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_cannot_be_shown_is_refused(root, name, shown, reason):
    (root / os.fsdecode(os.fsencode(GUT) + b"/" + name)).write_text("x")
    assert refusals(root) == {f"series/gut/{shown}": reason}


def test_names_are_in_nfc_as_authors_type_them(root):
    (root / GUT / "images" / "cafe\u0301.png").write_text("decomposed")
    assert read_sources(root).files["series/gut/images/caf\u00e9.png"] == b"decomposed"


def test_two_names_that_look_the_same_are_told(root):
    (root / GUT / "images" / "cafe\u0301.png").write_text("1")
    (root / GUT / "images" / "caf\u00e9.png").write_text("2")
    assert refusals(root) == {
        "series/gut/images/café.png": "another file has the same name, written in other Unicode"
    }


def test_very_deep_folders_are_refused_and_break_nothing(root):
    deep = root / GUT
    for _ in range(200):
        deep /= "d"
        deep.mkdir()
    ((path, reason),) = read_sources(root).refused
    assert reason == "it is more than 30 folders deep"
    assert path.count("/") == 30


def test_a_folder_without_a_publication_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match=r"There is no partwork\.toml in .*`partwork init`.*--root DIR"):
        read_sources(tmp_path)
    with pytest.raises(ConfigError, match=r"There is no partwork\.toml"):
        read_sources(tmp_path / "nowhere")


def test_a_configuration_that_is_a_link_or_a_folder_is_an_error(root, tmp_path):
    (root / "partwork.toml").rename(tmp_path / "elsewhere.toml")
    (root / "partwork.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(ConfigError, match="a symbolic link that leads out of the publication"):
        read_sources(root)
    (root / "partwork.toml").unlink()
    (root / "partwork.toml").mkdir()
    with pytest.raises(ConfigError, match="this is not a regular file"):
        read_sources(root)


def test_a_root_that_is_reached_by_a_link_is_no_link(root, tmp_path):
    (tmp_path / "alias").symlink_to(root)
    assert read_sources(tmp_path / "alias") == read_sources(root)
    assert read_sources(root / ".." / "publication") == read_sources(root)


def test_the_root_is_found_from_inside(root, tmp_path):
    assert find_root(root / GUT / "images") == root
    assert find_root(root) == root
    assert find_root(tmp_path) == tmp_path


def test_the_theme_brings_no_wording_and_no_sample(root):
    theme = read_theme()
    assert {path.split("/")[0] for path in theme} >= {"web", "email", "text"}
    assert not {path for path in theme if path.startswith(("blocks/", "demo/"))}
    assert "web/part.html.j2" in theme
    assert list(theme) == sorted(theme)
    assert read_sources(root).theme == theme


def test_the_sample_for_init_is_a_publication():
    assert {"partwork.toml", "gitignore", "series/three-evenings/index.md"} <= set(read_demo())
