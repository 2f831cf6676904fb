import pytest

from pipeline.check.links import says_nothing
from tests.check.told import BLOCKS, of_library, picture
from tests.projects import CONFIG, index, part

PICTURE = {"series/small/cup.png": picture("PNG")}
BASE = CONFIG + index() + BLOCKS


def told(body: str, more: str = "") -> list[str]:
    return of_library(
        BASE + part(1, "one", body="A first.\n\n## Why\n\nBecause.") + part(2, "two", body=body) + more,
        **PICTURE,
    )


@pytest.mark.parametrize(
    "link",
    [
        "[the first](01-one.md)",
        "[the first](../small/01-one.md#why)",
        "[the first](/series/small/01-one.md)",
        "[the first](01-one.md?from=two#why)",
        "[the series](index.md)",
        "[a picture](cup.png)",
        "[a page](https://example.org/a.md#b)",
        "[a page](//example.org/a)",
        "<https://example.org>",
        "[write](mailto:a@example.org)",
        "[the first][1]\n\n[1]: 01-one.md",
        '<a href="01-one.md">the first</a>',
    ],
)
def test_a_link_that_leads_somewhere_is_left_alone(link: str) -> None:
    assert told(link) == []


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("[x y](01-on.md)", "6:7"),
        ("See [x y](no.md) and [y z](no.md).", "6:11 6:28"),
        ("See [words\nthat go on](no.md) here.", "7:13"),
        ("[the first][1]\n\n[1]: no.md", "8:6"),
        ("[the first][1]\n\n[1]: <no.md>", "8:7"),
        ('See <a href="no.md">the first</a>.', "6:14"),
        ("See [x y](02-two.md.md) or [x y](no.md)", "6:11 6:34"),
    ],
)
def test_the_column_is_that_of_the_target(link: str, place: str) -> None:
    assert told(link) == [f"PW301 {each}" for each in place.split()]


def test_the_same_heading_in_two_channels_is_there_for_both() -> None:
    body = "::: only web\n\n## A {#a}\n\n:::\n\n::: only email feed\n\n## B {#b}\n\n:::\n\n"
    assert told(body + "::: only web\n\n[to a heading](#a)\n\n:::") == []
    assert told(body + "::: only email\n\n[to a heading](#b)\n\n:::") == []


def test_a_feed_follows_an_anchor_to_the_page() -> None:
    fenced = "::: only {}\n\n## A {{#a}}\n\n:::\n\n::: only feed\n\n[to a heading](#a)\n\n:::"
    assert told(fenced.format("web")) == []
    assert told(fenced.format("feed")) == ["PW302 14:16"]


def test_another_part_is_read_on_the_web() -> None:
    three = part(3, "three", body="::: only email\n\n## A {#a}\n\n:::\n\nText.")
    assert told("[to a heading](03-three.md#a)", three) == ["PW302 6:16"]


def test_footnotes_and_references_have_anchors_of_their_own() -> None:
    references = "references: [{id: a, type: book, title: T}]"
    body = (
        "A claim.[^1] Another [@a]. See [the note](#fn1), [the work](#ref-1), [the claim](#fnref1).\n\n[^1]: So."
    )
    assert of_library(BASE + part(1, "one", more=references, body=body)) == []
    assert told("See [the note](#fn1).") == ["PW302 6:16"]


def test_an_anchor_may_be_written_with_percent_signs() -> None:
    assert told("## Über uns\n\n[to us](#%C3%BCber-uns) and [to us](#über-uns)") == []


def test_an_id_in_html_is_an_anchor() -> None:
    assert told('<span id="here">A place</span> to [go to](#here).') == []


@pytest.mark.parametrize(
    "text", ["here", "Click here!", "read more…", "Read more →", "«This link»", "MORE", "learn  more"]
)
def test_words_that_could_stand_on_any_link_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text", ["here's why", "read more about tea", "Part 3", "the link between them", "1", "水"]
)
def test_words_that_name_something_say_something(text: str) -> None:
    assert not says_nothing(text)


def test_a_picture_speaks_for_a_link_by_its_alternative_text() -> None:
    assert told("[![A cup of tea](cup.png)](https://example.org)") == []


def test_half_an_address_is_told() -> None:
    assert told("[a page](https://) and [a page](http://[) and [a page](https://example.org:99999/)") == [
        "PW315 6:10",
        "PW315 6:33",
        "PW315 6:56",
    ]
