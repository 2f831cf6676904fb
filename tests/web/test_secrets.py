"""Nothing gives an unpublished part away, its teaser and its series' calendar excepted."""

from datetime import date

from tests.projects import CONFIG, index, part
from tests.web.builders import sample, site, tree, words

SECRET = "Heliotrope marmalade sentence."
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\x00\x00\x00\x02\x00\x00\x00\x03"
TEXT = (
    CONFIG
    + index(more="parts_planned: 5")
    + part(1)
    + part(2)
    + part(
        3,
        title="Vermilion",
        more="tags: [cerise]\naliases: [scarlet]",
        body=f"{SECRET}\n\n![A hue](images/hue.png)",
    )
    + part(4, title="Aquamarine", more="draft: true", body=SECRET)
)
FILES = {"series/small/images/hue.png": PICTURE}


def paths_with(files: dict[str, bytes], text: str) -> list[str]:
    return [path for path, data in files.items() if text.encode() in data]


def test_a_scheduled_part_is_named_by_its_teaser_and_the_calendar_alone() -> None:
    files = site(TEXT, date(2026, 11, 12), **FILES)

    assert sorted(paths_with(files, "Vermilion")) == [
        "calendar.ics",
        "small/calendar.ics",
        "small/index.html",
        "small/part-2/index.html",
    ]
    assert paths_with(files, SECRET) == []
    assert paths_with(files, "part-3/") == []
    assert not [path for path in files if "hue" in path or "cerise" in path or "scarlet" in path]


def test_a_part_two_weeks_ahead_is_a_number_and_a_date() -> None:
    files = site(TEXT, date(2026, 11, 5), **FILES)
    line = tree(files["small/index.html"]).xpath("//li[@id='part-3']")[0]

    assert paths_with(files, "Vermilion") == []
    assert words(line) == "3 Part 3 Comes on Tuesday 17 November"


def test_a_draft_is_named_nowhere() -> None:
    files = site(TEXT, **FILES)

    assert paths_with(files, "Aquamarine") == []
    assert "small/images/hue.png" in files
    assert "tags/cerise/index.html" in files


def test_the_sample_gives_nothing_away() -> None:
    files = {path: data for path, data in sample().items() if not path.endswith(("email.html", ".xml", ".json"))}

    assert sorted(paths_with(files, "The art of not reacting")) == [
        "calendar.ics",
        "gut-and-immunity/calendar.ics",
        "gut-and-immunity/index.html",
        "gut-and-immunity/what-becomes-of-fibre/index.html",
    ]
    assert paths_with(files, "When the peace breaks") == []
    assert not [path for path in files if "peyers-patch" in path]
