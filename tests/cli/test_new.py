"""``partwork new series`` and ``partwork new part``."""

import re

import pytest
import yaml

from tests.cli.conftest import spoil


def header(path):
    return yaml.safe_load(path.read_text("utf-8").split("---\n")[1])


def test_a_series_and_its_first_part_pass_the_check(partwork, publication):
    assert partwork("new", "series", "How we sleep").code == 0
    assert partwork("new", "part", "how-we-sleep", "The first hour").code == 0
    assert partwork("check").code == 0
    assert partwork("build").code == 0


def test_a_series_says_where_it_is_and_what_comes_next(partwork, publication):
    run = partwork("new", "series", "How we sleep", "--start", "2026-12-01")
    assert run.out == ("series/how-we-sleep/index.md\nNext: partwork new part how-we-sleep 'The first title'\n")
    written = header(publication / "series" / "how-we-sleep" / "index.md")
    assert written["title"] == "How we sleep"
    assert str(written["schedule"]["start"]) == "2026-12-01"


def test_a_part_takes_the_next_number_and_says_when_it_comes_out(partwork, publication):
    spoil(publication, "parts_planned: 3", "parts_planned: 5", "series/three-evenings/index.md")
    run = partwork("new", "part", "three-evenings", "A fourth evening")
    assert run.code == 0
    assert run.out.startswith("series/three-evenings/04-a-fourth-evening.md\n")
    written = header(publication / "series" / "three-evenings" / "04-a-fourth-evening.md")
    assert (written["title"], written["draft"]) == ("A fourth evening", True)


def test_the_date_is_that_of_the_slot(partwork, publication):
    partwork("new", "series", "Later", "--start", "2090-05-30")
    first = partwork("new", "part", "later", "One", "--no-draft")
    assert "Part 1 comes out on Tuesday 30 May 2090, 09:00 (UTC).\n" in first.out
    second = partwork("new", "part", "later", "Two")
    assert "Part 2 comes out on Tuesday 6 June 2090, 09:00 (UTC), once it is no draft.\n" in second.out


def test_a_slot_that_has_passed_is_told(partwork, publication):
    partwork("new", "series", "Before", "--start", "2020-01-06")
    run = partwork("new", "part", "before", "One")
    assert "Part 1 has a slot that has passed: Monday 6 January 2020, 09:00 (UTC). Pin a `date:`" in run.out


def test_a_part_that_is_no_draft_must_be_written_before_it_passes(partwork, publication):
    run = partwork("new", "part", "three-evenings", "More", "--no-draft")
    assert run.code == 0
    assert "What is left to do before it passes `partwork check`:" in run.out
    for code in ("PW204", "PW317", "PW213"):
        assert code in run.out
    assert partwork("check").code == 1


@pytest.mark.parametrize(
    "title",
    [
        'She said "no": why?',
        "Été — l’été #1",
        "{{ first_name }} & <b>",
        "- a list",
        "yes",
        "2026-11-18",
        "back\\slash",
        "line\nbreak\u2028and\u0085more",
        "👩‍🔬 x",
    ],
)
def test_any_title_comes_back_as_it_was_given(partwork, publication, title):
    run = partwork("new", "part", "--", "three-evenings", title)
    assert run.code == 0, run.err
    path = publication / run.out.splitlines()[0].strip("'")
    assert header(path)["title"] == " ".join(title.split())
    assert re.fullmatch(r"04-[a-z0-9]+(-[a-z0-9]+)*\.md", path.name)


def test_a_long_title_makes_a_short_address_of_whole_words(partwork, publication):
    run = partwork("new", "part", "three-evenings", "word " * 40)
    name = run.out.splitlines()[0].rsplit("/", 1)[1]
    assert len(name) < 70
    assert name.removesuffix(".md").endswith("word")


def test_a_title_in_another_script_gets_an_address(partwork, publication):
    assert "04-zdravstvui-mir.md" in partwork("new", "part", "three-evenings", "Здравствуй, мир").out
    assert "05-sleep.md" in partwork("new", "part", "three-evenings", "???", "--slug", "sleep").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("series", "Three evenings"), "There is a series `three-evenings` already: series/three-evenings"),
        (("series", "Archive"), "the site has an address of that name. Choose another --slug."),
        (
            ("part", "three-evenings", "Where it goes"),
            "belongs to series/three-evenings/01-where-it-goes.md already",
        ),
        (("part", "three-evenings", "Old name"), "the alias `old-name` is the address of"),
    ],
)
def test_what_is_taken_is_refused_and_nothing_is_written(partwork, publication, arguments, message):
    spoil(publication, "tags: [budget, habits]", "tags: [budget, habits]\naliases: [old-name]")
    before = sorted(publication.rglob("*"))
    run = partwork("new", *arguments)
    assert run.code == 1
    assert message in run.err
    assert sorted(publication.rglob("*")) == before


def test_a_broken_configuration_does_not_stop_writing(partwork, publication):
    (publication / "partwork.toml").write_text("[publication\n")
    run = partwork("new", "part", "three-evenings", "Another")
    assert run.code == 0
    assert "Its date cannot be told while there are errors: see `partwork check`." in run.out


def test_a_folder_that_is_a_link_is_not_written_into(partwork, publication, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (publication / "series" / "linked").symlink_to(outside)
    assert partwork("new", "series", "Linked").code == 1
    (publication / "series" / "three-evenings").rename(outside / "three-evenings")
    (publication / "series" / "three-evenings").symlink_to(outside / "three-evenings")
    assert partwork("new", "part", "three-evenings", "More").code == 2
    assert len(list(outside.rglob("*.md"))) == 4
