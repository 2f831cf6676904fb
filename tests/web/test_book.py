"""A series as one page: whole, its anchors its own, and of published parts alone."""

from collections import Counter
from datetime import date

from tests.projects import CONFIG, index, part
from tests.web.builders import LATER, rendered, sample, site, tree, words

BODY = """\
A claim [@one], and a note.[^n]

## Why

See [above](#why), and [the other part](02-part-2.md#why), and [all of it](02-part-2.md).

[^n]: It is said twice.
"""
WORK = "references: [{id: one, type: book, title: A Work, issued: {date-parts: [[2001]]}}]"
DISCLAIMER = """\
-- templates/blocks/care.md --
---
kind: disclaimer
title: Take care
topics: [health]
---
Nothing in this is advice.
"""
CTA = """\
-- templates/blocks/write.md --
---
kind: cta
title: Write to us
label: Write
url: https://example.org/write?x=1
placement: [end]
---
We answer.
"""
TEXT = (
    CONFIG
    + index(more="cta: write")
    + part(1, more=WORK, body=BODY)
    + part(2, more=f"{WORK}\ntopics: [health]", body=BODY.replace("02-part-2", "01-part-1"))
    + DISCLAIMER
    + CTA
)


def ids(page: object) -> list[str]:
    return page.xpath("//@id")  # type: ignore[attr-defined,no-any-return]


def test_every_id_of_a_book_is_there_once_and_every_anchor_leads_to_one() -> None:
    for path in ("gut-and-immunity/all/index.html", "reading-a-study/all/index.html"):
        page = tree(sample()[path])
        twice = [name for name, count in Counter(ids(page)).items() if count > 1]
        anchors = [href[1:] for href in page.xpath("//a/@href") if href.startswith("#")]

        assert twice == []
        assert anchors
        assert set(anchors) <= set(ids(page))


def test_a_part_s_notes_references_and_headings_stay_its_own() -> None:
    page = tree(site(TEXT)["small/all/index.html"])

    for slug in ("part-1", "part-2"):
        for anchor in ("fn1", "fnref1", "ref-1", "cite-1-1", "why"):
            assert ids(page).count(f"{slug}--{anchor}") == 1, (slug, anchor)


def test_a_link_to_another_part_of_the_book_stays_in_the_book() -> None:
    page = tree(site(TEXT)["small/all/index.html"])
    links = page.xpath("//section[@id='part-1']//div[@class='prose']//a/@href")

    assert links[-3:] == ["#part-1--why", "#part-2--why", "#part-2"]


def test_a_part_named_by_its_number_is_linked_to_with_its_title_and_is_only_words_until_it_is_out() -> None:
    named = part(3, body="After [[01]] comes [[4]], then [[other]].") + part(4, title="Vermilion")
    text = TEXT.replace("Welcome.", "Begin with [[01]].").replace("We answer.", "See [[small/02]].")
    text = text.replace("Nothing in this", "Read [[small/01|this]]. Nothing in it")
    page = tree(site(text + named + index("other", "Other things"), date(2026, 11, 18))["small/all/index.html"])

    (third,) = page.xpath("//section[@id='part-3']//div[@class='prose']/p")
    assert words(third) == "After Part 1: Title 1 comes Part 4, then Other things."
    assert third.xpath("a/@href") == ["#part-1", "../../other/"]
    assert "Begin with Part 1: Title 1." in words(page)
    assert page.xpath("//aside[@class='cta']//p/a[text()='Part 2: Title 2']/@href") == ["../../small/part-2/"]
    assert page.xpath("//section[@class='disclaimer']//a/@href") == ["../../small/part-1/"]


def test_a_book_has_each_disclaimer_whole_and_once_and_says_of_which_parts_it_speaks() -> None:
    page = tree(site(TEXT)["small/all/index.html"])
    found = page.xpath("//section[@class='disclaimer']")

    assert [words(each) for each in found] == ["Take care About Part 2 Nothing in this is advice."]


def test_a_book_template_without_disclaimers_stops_the_build() -> None:
    template = b"{% extends 'web/base.html.j2' %}"
    told = rendered(TEXT, LATER, None, **{"templates/web/book.html.j2": template}).diagnostics

    assert [(problem.code, problem.location.path) for problem in told] == [("PW603", "templates/web/book.html.j2")]
    told = rendered(TEXT, LATER, None, **{"templates/web/epub/opening.xhtml.j2": b"<p/>"}).diagnostics
    assert [problem.location.path for problem in told] == ["templates/web/epub/opening.xhtml.j2"]


def test_what_stands_between_weekly_parts_is_left_out_and_the_call_to_action_comes_once() -> None:
    page = tree(site(TEXT)["small/all/index.html"])

    assert not page.xpath("//*[@class='recap' or @class='teaser' or @class='related']")
    (link,) = page.xpath("//aside[@class='cta']//a/@href")
    assert "utm_content=book" in link
    assert "x=1" in link


def test_a_series_that_goes_on_has_its_published_parts_on_one_page_and_no_epub() -> None:
    files = site(TEXT + part(3, title="Vermilion", body="Heliotrope."), date(2026, 11, 12))
    page = tree(files["small/all/index.html"])

    assert len(page.xpath("//section[@role='doc-chapter']")) == 2
    assert "To come on Tuesday 17 November" in words(page)
    assert "Vermilion" not in words(page)
    assert "small/small.epub" not in files
    assert tree(files["small/index.html"]).xpath("//p[@class='whole']/a/@href") == ["../small/all/"]


def test_one_part_alone_is_no_book() -> None:
    files = site(TEXT, date(2026, 11, 4))

    assert "small/all/index.html" not in files
    assert not tree(files["small/index.html"]).xpath("//p[@class='whole']")


def test_search_engines_are_sent_to_the_parts_and_not_to_the_book() -> None:
    page = tree(sample()["reading-a-study/all/index.html"])

    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert b"/all/" not in sample()["sitemap.xml"]


def test_the_introduction_s_headings_and_notes_have_ids_that_no_part_can_have() -> None:
    introduction = "Welcome.[^a]\n\n## Why\n\nSee [why](#why).\n\n[^a]: Really."
    text = TEXT.replace("Welcome.", introduction)
    page = tree(site(text)["small/all/index.html"])

    assert {"series.why", "series.fn1", "series.fnref1"} <= set(ids(page))
    assert "#series.why" in page.xpath("//section[@class='book-opening']//a/@href")
    anchors = {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")}
    assert anchors <= set(ids(page))
