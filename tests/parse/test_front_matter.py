from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.parse.fields import as_clock, as_day, as_moment
from pipeline.parse.front_matter import read_yaml, split_front_matter


def test_every_key_has_its_place() -> None:
    found = split_front_matter("---\ntitle: A\nschedule:\n  start: 2026-11-03\n---\nbody\n", "a.md")

    assert (found.keys["title"].line, found.keys["schedule.start"].line) == (2, 4)
    assert (found.body, found.body_line) == ("body\n", 6)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no header", "PW201"),
        ("---\ntitle: x\nno end", "PW201"),
        ("---\ntitle: a: b\n---\n", "PW202"),
        ("---\n\ttitle: a\n---\n", "PW202"),
        ("---\n- a\n---\n", "PW202"),
        ("---\ntitle: a\ntitle: b\n---\n", "PW206"),
        ("---\nx: " + "[" * 5000 + "\n---\n", "PW202"),
        ("---\nx: " + "[" * 300_000 + "\n---\n", "PW202"),
        ("---\n" + "- " * 300_000 + "\n---\n", "PW202"),
        ("---\nx: 2026-13-45\n---\n", "PW202"),
    ],
)
def test_what_is_wrong_in_a_header_has_its_code(text: str, code: str) -> None:
    assert [diagnostic.code for diagnostic in split_front_matter(text, "a.md").diagnostics] == [code]


def test_a_billion_laughs_are_read_in_no_time() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{k}: &a{k} [" + ", ".join([f"*a{k - 1}"] * 9) + "]" for k in range(1, 30)]

    values, places, diagnostics = read_yaml("\n".join(lines), "a.md")

    assert diagnostics == []
    assert len(places) < 1000
    assert values is not None


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_the_header_reader(text: str) -> None:
    split_front_matter("---\n" + text + "\n---\n", "a.md")
    split_front_matter(text, "a.md")


def test_dates_and_times_are_read_as_yaml_or_people_write_them() -> None:
    assert as_day(date(2026, 11, 18)) == as_day("2026-11-18") == date(2026, 11, 18)
    assert as_moment("2026-11-18 09:30") == datetime(2026, 11, 18, 9, 30)  # noqa: DTZ001
    assert as_clock("9:05") == time(9, 5)
    assert as_clock(630) == time(10, 30)  # YAML 1.1 reads an unquoted 10:30 so
    assert as_day("18.11.2026") is as_moment("soon") is as_clock("25:00") is as_day("9999-12-31") is None
