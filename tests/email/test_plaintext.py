"""The text of an email: made from the tree, and a pleasure to read."""

import re
from dataclasses import replace

import pytest

from pipeline.parse.markdown import parse_body
from pipeline.render import promises
from pipeline.render.email.columns import width
from pipeline.render.email.links import Links
from pipeline.render.email.plaintext import TextRenderer
from tests import projects
from tests.email import builders

ROOT = "https://weekly.example.org/"


def text_of(body: str, columns: int = 72, *, is_bare: bool = False) -> str:
    """A body as text, as if it were the first part of a series."""
    parsed = parse_body(body, "series/small/01-part-1.md")
    renderer = TextRenderer("series/small/01-part-1.md", ROOT, Links(), {"one": 1, "two": 2}, is_bare=is_bare)
    return "\n".join(renderer.blocks(parsed.body.blocks, columns))


CASES = {
    "emphasis": ("*a* **b** ~~c~~ `d`", "_a_ *b* ~c~ d"),
    "heading": ("## A *b*\n\nText.", "A _b_\n-----\n\nText."),
    "smaller heading": ("### A", "A\n~"),
    "bullets": ("- one\n- two\n  - inner", "- one\n- two\n  - inner"),
    "loose list": ("- one\n\n  more\n\n- two", "- one\n\n  more\n\n- two"),
    "numbers": ("9. nine\n10. ten", "9.  nine\n10. ten"),
    "quotation": ("> a\n>\n> b", "> a\n>\n> b"),
    "code": ("```\n a  b\n\n\tc\n```", "     a  b\n\n        c"),
    "rule": ("a\n\n***\n\nb", f"a\n\n{'* * *':^72}".rstrip() + "\n\nb"),
    "definitions": ("T\n: one\n\nU\n: two", "T\n    one\n\nU\n    two"),
    "link": ("[a](https://e.org/) and [b](https://e.org/)", "a\u00a0[1] and b\u00a0[1]"),
    "address as link": ("<https://e.org/> [me@e.org](mailto:me@e.org)", "https://e.org/ me@e.org"),
    "own part": ("[a](02-part-2.md#why)", "a\u00a0[1]"),
    "anchor": ("[a](#why)", "a"),
    "picture": ('![An "alt"](x.png "Caption")', "[Picture: An “alt”]\nCaption"),
    "decorative picture": ("![](x.png)", ""),
    "citation": ("a [@one; @two]", "a (refs\u00a01, 2)"),
    "citation with a place": ("a [@one, p. 7; @two]", "a (ref.\u00a01, p. 7; ref.\u00a02)"),
    "footnote": ("a[^x].\n\n[^x]: b", "a (note\u00a01)."),
    "hard break": ("a  \nb", "a\nb"),
    "table": ("| a | b |\n|---|--:|\n| cc | 1 |", "a   b\n--  -\ncc  1"),
    "html": ("<div><p>a <q>b</q></p><ul><li>c</li></ul></div>", "a “b”\n\n- c"),
    "html table": ("<table><tr><th>a</th></tr><tr><td>b</td><td>c</td></tr></table>", "a\n-  -\nb  c"),
    "html pre": ("<pre>a\n  b</pre>", "    a\n      b"),
    "details": ("<details><summary>a</summary>b</details>", "a\n\nb"),
}


@pytest.mark.parametrize(("body", "text"), CASES.values(), ids=CASES)
def test_markdown_becomes_text(body: str, text: str) -> None:
    assert text_of(body) == text


def test_a_table_too_wide_becomes_records() -> None:
    body = "| Head one | Head two | Head three |\n|---|---|---|\n| aaaaaaaaaa | bbbbbbbbbb | cccccccccc |"

    assert text_of(body, 24) == "Head one: aaaaaaaaaa\nHead two: bbbbbbbbbb\nHead three: cccccccccc"


def test_right_to_left_words_stay_as_they_are() -> None:
    assert text_of("قصة *الزونولين* بين") == "قصة _الزونولين_ بين"


def test_the_wording_of_a_block_carries_no_marks_of_ours() -> None:
    body = (
        "## H\n\nThis is *b* and ~~c~~:\n\n- d\n- e [f](https://e.org/)\n\n> q\n\n| g | h |\n|---|---|\n| i | j |"
    )
    text = re.sub(r"\[\d\]", "", text_of(body, is_bare=True))

    assert text.split() == ["H", "This", "is", "b", "and", "c:", "d", "e", "f", "q", "g", "h", "i", "j"]


def test_disclaimers_are_whole_in_the_text_whatever_is_in_them() -> None:
    blocks = builders.BLOCKS.replace(
        "It is *free*.",
        "It is *free*.\n-- templates/blocks/more.md --\n---\nkind: disclaimer\n---\n"
        "## Head\n\n1. one ~~two~~\n2. `three`\n\n> four\n\n| a | b |\n|---|---|\n| c | d |\n\n![alt](https://e.org/x.png)",
    )
    issues = builders.placed(builders.publication(projects.part(1, more="topics: [health]"), blocks=blocks))
    edition = builders.email(issues)

    assert [record.slug for record in edition.wording] == ["medical", "more"]
    assert promises.missing_disclaimers(builders.issue(issues), edition.text, "text/part.txt.j2") == []


def test_lines_keep_to_72_columns_and_end_in_no_blanks() -> None:
    text = builders.email(builders.everything(), 2).text

    for line in text.split("\n"):
        assert line == line.rstrip()
        assert width(line) <= 72 or line.startswith(("https://", "[", "On the web: https://"))


def test_every_section_is_there_in_order() -> None:
    text = builders.email(builders.everything(), 2).text
    told = [
        "Small things, Part 2 of 8",
        "Title 2\n=======",
        "By Ada Writer",
        "Previously, in Part 1: Title 1\nhttps://weekly.example.org/small/part-1/",
        "A paragraph with _emphasis_",
        "Talk\n----",
        "Book a call:\nhttps://clinic.example.org/call?a=1&b=2&utm_source=",
        "Next week, Tuesday 17 November\nPart 3: Title 3\n---------------\n\nWhat part 3 says.",
        "Notes\n-----\n\n1.  A note with a link",
        "References\n----------\n\n1.  Ada, A. (n.d.). The First Book.",
        "Not advice\n----------\n\nThis is information, and no advice.",
        "Links\n-----\n\n[1] https://example.org/?a=1&b=2\n",
        "The Weekly\n1 Small Street, Bristol, United Kingdom",
        "You get this letter because you signed up for it with\npw",
        "Unsubscribe:\npw",
    ]
    places = [text.find(piece) for piece in told]

    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)


def test_the_authors_own_addresses_are_in_the_by_line() -> None:
    authors = "{name: Ada Writer, url: 'https://ada.example.org/', credentials: MD}, Bo Reader"
    written = builders.publication(projects.part(1, body="[a](https://e.org/)"))
    text = builders.email(builders.placed(written.replace("author: Ada Writer", f"author: [{authors}]"))).text

    assert "By Ada Writer, MD [1] and Bo Reader\n" in text.replace("\u00a0", " ")
    assert "[1] https://ada.example.org/\n[2] https://e.org/\n" in text


def test_what_is_fenced_off_for_the_web_is_not_in_the_email() -> None:
    body = "Seen.\n\n::: only web\nHidden.\n:::\n\n::: only email\nShown.\n:::"
    edition = builders.of_body(body)

    assert "Hidden" not in edition.text + edition.html
    assert "Shown" in edition.text
    assert "Shown" in edition.html


def test_the_last_part_says_so_and_points_on() -> None:
    issues = builders.everything()
    of_three = builders.placed(builders.publication(projects.part(1), projects.part(2), of=2))

    assert "This was the last part of Small things. All of its parts:" in builders.email(of_three, 2).text
    assert "To be continued: Part 4 is on its way." in builders.email(issues, 3).text


def test_the_sender_is_not_named_twice() -> None:
    issues = builders.everything()
    own = replace(
        issues.publication, sender=replace(issues.publication.sender, postal_address="The Weekly, 1 Street")
    )
    text = builders.room(replace(issues.library, publication=own)).render(builders.issue(issues)).text

    assert text.count("The Weekly") == 2  # the head, and the address
