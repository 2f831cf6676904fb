"""Links to parts, by `[[…]]` or by file, in every channel: they find the page, and never give one away."""

import re
from datetime import date

import pytest

from pipeline.build import build
from tests.projects import CONFIG, index, part, sources

LATE = date(2027, 6, 1)
WHERE = "https://weekly.example.org/"
BODY = "See [[02]], [[2|the *second*]], [[part-2#why]], [[other/01|there]], [[other]] and [[other/02]]."
OTHER = (
    index("other", "Other things")
    + part(1, "first", "Another start", series="other")
    + part(2, "last", "Not for now", series="other", more="draft: true")
)
TEXT = (
    CONFIG
    + index().replace("Welcome.", "Begin with [[01]]; then [[02]].")
    + part(1, body="Later comes [[02]], or [[2|more]].")
    + part(2, body="## Why\n\nBecause of [[01]] and [the first part](01-part-1.md).")
    + part(3, body=BODY)
    + OTHER
)  # Parts 1, 2 and 3 of both series: 3, 10 and 17 November


def made(as_of: date) -> dict[str, str]:
    result = build(sources(TEXT), as_of)
    assert [str(each) for each in result.diagnostics if each.is_error] == []
    return {
        each.path: each.data.decode() for each in result.artifacts if each.path.endswith((".html", ".txt", ".xml"))
    }


def text_of(html: str, start: str) -> str:
    at = html.index(start)
    return " ".join(html[at : html.index("</p>", at)].split())


def test_on_the_web_every_name_finds_its_page_with_the_title_for_words() -> None:
    page = text_of(made(date(2026, 11, 20))["site/small/part-3/index.html"], "See ")
    assert '<a href="../../small/part-2/">Part 2: Title 2</a>' in page
    assert '<a href="../../small/part-2/">the <em>second</em></a>' in page
    assert '<a href="../../small/part-2/#why">Part 2: Title 2</a>' in page
    assert '<a href="../../other/first/">there</a>' in page
    assert '<a href="../../other/">Other things</a>' in page


def test_a_draft_stays_words_without_title_or_address() -> None:
    files = made(date(2027, 6, 1))
    assert text_of(files["site/small/part-3/index.html"], "See ").endswith("and Part 2 of Other things.")
    assert not any("other/last" in text or "Not for now" in text for text in files.values())


@pytest.mark.parametrize("path", ["email/small/03-part-3.html", "site/feed.xml", "email/small/03-part-3.txt"])
def test_in_email_and_feed_the_address_is_whole(path: str) -> None:
    text = made(date(2026, 11, 20))[path]
    assert f"{WHERE}small/part-2/" in text
    assert f"{WHERE}other/first/" in text
    assert "[[" not in text


def test_a_later_part_is_words_until_it_is_out_and_then_a_link_on_the_web_alone() -> None:
    before, after = made(date(2026, 11, 4)), made(date(2026, 11, 11))
    page = "site/small/part-1/index.html"
    assert text_of(before[page], "Later ") == "Later comes Part 2, or more."
    assert '<a href="../../small/part-2/">Part 2: Title 2</a>' in text_of(after[page], "Later ")
    for path in ("email/small/01-part-1.html", "email/small/01-part-1.txt"):
        assert before[path] == after[path]
        assert "small/part-2" not in after[path]
    assert "Later comes Part 2, or more." in after["site/feed.xml"]


def test_the_page_of_a_series_links_to_what_is_out() -> None:
    before, after = made(date(2026, 11, 4)), made(date(2026, 11, 11))
    page = "site/small/index.html"
    assert text_of(before[page], "Begin ") == (
        'Begin with <a href="../small/part-1/">Part 1: Title 1</a>; then Part 2.'
    )
    assert '<a href="../small/part-2/">Part 2: Title 2</a>' in text_of(after[page], "Begin ")


@pytest.mark.parametrize("name", ["02-part-2", "02-part-2.md", "old", "small/2", "series/small/02"])
def test_a_part_is_found_by_every_name_that_it_has(name: str) -> None:
    text = CONFIG + index() + part(1) + part(2, more="aliases: [old]") + part(3, body=f"See [[{name}]].")
    result = build(sources(text), date(2026, 12, 1))
    page = next(each.data.decode() for each in result.artifacts if each.path == "site/small/part-3/index.html")
    assert 'See <a href="../../small/part-2/">Part 2: Title 2</a>.' in page


def test_in_a_table_the_bar_is_escaped() -> None:
    body = "| a |\n|---|\n| [[1\\|the first]] |"
    result = build(sources(CONFIG + index() + part(1) + part(2, body=body)), date(2026, 12, 1))
    page = next(each.data.decode() for each in result.artifacts if each.path == "site/small/part-2/index.html")
    assert '<td><a href="../../small/part-1/">the first</a></td>' in page


@pytest.mark.parametrize(("day", "on_the_web"), [(date(2026, 11, 3), "Part 2"), (LATE, "Part 2: Two &amp; more")])
def test_a_disclaimer_may_link_to_a_part_without_words_of_its_own(day: date, on_the_web: str) -> None:
    block = "-- templates/blocks/all.md --\n---\nkind: disclaimer\n---\nRead [[small/2]], *then* decide.\n"
    roundups = '\n[roundup]\nevery = "month"\n'
    result = build(sources(CONFIG + roundups + index() + part(1) + part(2, title="Two & more") + block), day)
    files = {each.path: each.data.decode(errors="replace") for each in result.artifacts}
    shown = re.sub("<[^>]*>", "", files["site/small/part-1/index.html"])

    assert [str(each) for each in result.diagnostics if each.is_error] == []
    assert f"Read {on_the_web}, then decide." in shown
    assert "Read Part 2, then decide." in files["email/small/01-part-1.txt"]
    assert "Read Part 2: Two & more" in files["email/small/roundup-2026-11.txt"]
