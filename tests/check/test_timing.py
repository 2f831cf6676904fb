from datetime import date

import pytest

from tests.check.told import BLOCKS, of_issues, of_library
from tests.projects import CONFIG, index, part

BASE = CONFIG + index() + BLOCKS  # from 3 November, every week
FORWARD = "See [the next one](02-two.md)."


def test_a_part_that_is_out_before_may_be_linked_to() -> None:
    assert of_issues(BASE + part(1, "one") + part(2, "two", body="See [the first](01-one.md).")) == []


def test_a_link_forward_is_told_even_when_the_later_part_is_out_by_now() -> None:
    assert of_issues(BASE + part(1, "one", body=FORWARD) + part(2, "two"), date(2027, 1, 1)) == [
        "PW313 series/small/01-one.md"
    ]


def test_two_parts_of_one_moment_may_link_to_each_other() -> None:
    other = index("other", "Other") + part(1, "three", series="other", body="See [it](../small/01-one.md).")
    assert of_issues(BASE + other + part(1, "one", body="See [that one there](../other/01-three.md).")) == []


def test_a_draft_may_link_forward_until_it_is_finished() -> None:
    text = BASE + part(1, "one", body=FORWARD, more="draft: true") + part(2, "two")
    assert of_issues(text, date(2026, 11, 1)) == []
    assert of_issues(text, date(2026, 11, 1), drafts=True) == ["PW313 series/small/01-one.md"]


@pytest.mark.parametrize(
    "address", ["https://weekly.example.org/small/two/", "https://weekly.example.org/small/two#a"]
)
def test_a_later_part_is_known_by_the_address_of_its_page(address: str) -> None:
    text = BASE + part(1, "one", body=f"See [the next one]({address}).") + part(2, "two")
    assert of_issues(text) == ["PW313 series/small/01-one.md"]


def test_an_old_address_gives_a_later_part_away_too() -> None:
    body = "See [the next one](https://weekly.example.org/small/old/)."
    assert of_issues(BASE + part(1, "one", body=body) + part(2, "two", more="aliases: [old]")) == [
        "PW313 series/small/01-one.md"
    ]


def test_a_series_page_may_link_to_what_is_out_on_the_day() -> None:
    text = CONFIG + index().replace("Welcome.", "Read [the second](02-two.md).") + part(1, "one") + part(2, "two")
    assert of_issues(text, date(2026, 11, 9)) == ["PW313 series/small/index.md"]
    assert of_issues(text, date(2026, 11, 10)) == []


def test_a_block_may_link_to_what_is_out_when_it_is_first_read() -> None:
    block = BLOCKS.replace("Talk to us.", "Talk about [the second](../../series/small/02-two.md).")
    both = part(1, "one") + part(2, "two", more="cta: call")
    assert of_issues(CONFIG + index() + block + both) == []
    assert of_issues(CONFIG + index(more="cta: call") + block + both) == ["PW313 templates/blocks/call.md"]


def test_a_related_part_is_out_before() -> None:
    assert of_issues(BASE + part(1, "one") + part(2, "two", more="related: [small/one]")) == []
    assert of_issues(BASE + part(1, "one", more="related: [small/two]") + part(2, "two")) == [
        "PW506 series/small/01-one.md"
    ]
    page = "related: [{title: Two, url: https://weekly.example.org/small/two/}]"
    assert of_issues(BASE + part(1, "one", more=page) + part(2, "two")) == ["PW506 series/small/01-one.md"]


def test_a_draft_is_told_from_its_slot_on() -> None:
    text = BASE + part(1, "one", more="draft: true")
    assert of_issues(text, date(2026, 11, 2)) == []
    assert of_issues(text, date(2026, 11, 3)) == ["PW403 series/small/01-one.md"]
    assert of_issues(text, date(2026, 11, 3), drafts=True) == []


@pytest.mark.parametrize(
    ("every", "good", "bad"),
    [
        ("day", "2026-12-25", "2026-11-02"),
        ("weekday", "2026-12-25", "2026-12-26"),
        ("week", "2026-12-29", "2026-12-28"),
        ("2 weeks", "2026-11-17", "2026-11-10"),
        ("month", "2027-02-03", "2027-02-04"),
    ],
)
def test_a_skipped_date_is_one_of_the_cadence(every: str, good: str, bad: str) -> None:
    schedule = "every: {}, skip: [{}]"
    for day, expected in ((good, []), (bad, ["PW404 series/small/index.md"])):
        changed = index().replace("every: week", schedule.format(every, day))
        assert of_issues(CONFIG + changed + part(1, "one")) == expected


def test_what_is_told_is_sorted_and_told_once() -> None:
    body = "[x y](no.md) [click here](no.md)\n\n# A\n\n![](no.png)"
    found = of_library(BASE + part(1, "one", body=body))
    assert found == ["PW301 6:7", "PW301 6:27", "PW308 6:27", "PW307 8:1", "PW303 10:5", "PW304 10:5"]
