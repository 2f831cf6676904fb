from tests.check.told import of_library
from tests.projects import CONFIG, index, part

WORK = "references: [{{id: {0}, type: book, title: T}}]"


def test_a_work_of_the_series_may_be_cited_by_any_part_and_by_a_draft() -> None:
    shared = CONFIG + index(more=WORK.format("a")) + part(1, "one")
    assert of_library(shared + part(2, "two", body="See [@a].")) == []
    assert of_library(shared + part(2, "two", body="See [@a, p. 3].", more="draft: true")) == []
    assert of_library(shared + part(2, "two")) == ["PW306 6:14"]


def test_a_work_that_a_part_gives_itself_is_not_the_one_of_the_series() -> None:
    text = CONFIG + index(more=WORK.format("a")) + part(1, "one", more=WORK.format("a"), body="See [@a].")
    assert of_library(text) == ["PW306 6:14"]


def test_every_unknown_work_is_told_in_its_place() -> None:
    assert of_library(CONFIG + index() + part(1, "one", body="See [@a; @b, p. 2] and [@a].")) == [
        "PW305 6:6",
        "PW305 6:10",
        "PW305 6:25",
    ]


def test_a_citation_in_a_footnote_counts() -> None:
    body = "A claim.[^1]\n\n[^1]: See [@a]."
    assert of_library(CONFIG + index() + part(1, "one", more=WORK.format("a"), body=body)) == []


def test_a_work_links_to_the_web_or_not_at_all() -> None:
    work = "references: [{{id: a, type: book, title: T, URL: '{}'}}]"
    for url, expected in (
        ("https://example.org/a", []),
        ("www.example.org", []),
        ("javascript:alert(1)", ["PW315 4:14"]),
        ("data:text/html,x", ["PW315 4:14"]),
        ("https://", ["PW315 4:14"]),
    ):
        assert of_library(CONFIG + index() + part(1, "one", more=work.format(url), body="See [@a].")) == expected
