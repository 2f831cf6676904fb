"""``partwork init``."""

import json

import pytest


def test_a_new_publication_is_without_a_problem(partwork, publication):
    run = partwork("check", "--strict", "--as-of", "2026-11-18T12:00")
    assert (run.code, run.out) == (0, "no problems in 7 files\n")


def test_a_new_publication_builds(partwork, publication):
    run = partwork("build", "--as-of", "2026-11-18T12:00")
    assert run.code == 0
    site, email = publication / "build" / "site", publication / "build" / "email"
    assert "Where it goes" in (site / "index.html").read_text("utf-8")
    assert (site / "three-evenings" / "where-it-goes" / "index.html").exists()
    assert not (site / "three-evenings" / "a-place-for-it").exists()
    assert sorted(path.suffix for path in (email / "three-evenings").glob("02-*")) == [".eml", ".html", ".txt"]


@pytest.mark.parametrize(
    "today",
    ["2026-11-18", "2026-11-18T12:00", "2026-11-18T06:00+00:00", "2026-11-18T00:30-08:00", "2024-02-29", "now"],
)
def test_part_1_is_out_and_part_2_comes_within_a_week(partwork, tmp_path, today):
    assert partwork("init", tmp_path / "x", "--as-of", today).code == 0
    run = partwork("schedule", "--root", tmp_path / "x", "--json", "--as-of", today)
    assert [entry["state"] for entry in json.loads(run.out)["entries"]] == ["out", "next", "scheduled"]


def test_before_six_the_first_part_came_out_yesterday(partwork, tmp_path):
    partwork("init", tmp_path / "x", "--as-of", "2026-11-18T05:59+00:00")
    index = (tmp_path / "x" / "series" / "three-evenings" / "index.md").read_text("utf-8")
    assert "start: 2026-11-17 " in index


def test_what_to_do_next_can_be_pasted_into_a_shell(partwork, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert partwork("init", "it's mine; rm -rf ~").out.endswith(
        "Next: cd 'it'\"'\"'s mine; rm -rf ~' && partwork build\n"
    )


def test_in_this_folder_there_is_nowhere_to_go(partwork, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert partwork("init").out.endswith("Next: partwork build\n")


def test_what_is_built_and_what_is_secret_stays_out_of_git(partwork, publication):
    kept_out = (publication / ".gitignore").read_text().split()
    assert {"/build/", "/.partwork/", "/partwork.db*", "/partwork.key", "/outbox/", "/dkim/"} <= set(kept_out)
    assert not (publication / "gitignore").exists()


def test_no_file_is_overwritten_and_then_nothing_is_written(partwork, tmp_path):
    root = tmp_path / "x"
    root.mkdir()
    (root / "partwork.toml").write_text("mine")
    run = partwork("init", root)
    assert run.code == 1
    assert "Nothing was written, since this is there already: " in run.err
    assert [path.name for path in root.iterdir()] == ["partwork.toml"]
    assert (root / "partwork.toml").read_text() == "mine"


def test_a_fresh_clone_keeps_its_readme(partwork, tmp_path):
    root = tmp_path / "x"
    root.mkdir()
    (root / "README.md").write_text("mine")
    assert partwork("init", root).code == 0
    assert (root / "README.md").read_text() == "mine"
    assert (root / "partwork.toml").is_file()


def test_a_second_init_names_a_few_files_and_counts_the_rest(partwork, publication):
    assert partwork("init").err.rstrip().endswith("and 4 more")


def test_a_link_is_not_written_through(partwork, tmp_path):
    root, precious = tmp_path / "x", tmp_path / "precious"
    root.mkdir()
    (root / "partwork.toml").symlink_to(precious)
    assert partwork("init", root).code == 1
    assert not precious.exists()


def test_a_place_that_cannot_be_written_is_an_error_in_words(partwork, tmp_path):
    (tmp_path / "file").write_text("")
    run = partwork("init", tmp_path / "file" / "x")
    assert run.code == 1
    assert run.err.startswith("error: Cannot write ")
    assert "Not a directory" in run.err
