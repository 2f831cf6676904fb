"""Compiled emails are those that MJML and premailer make, on every body, in every theme."""

from dataclasses import replace

import pytest

from pipeline.issue import Issue, Notes, Prose
from pipeline.model import Library
from pipeline.parse.markdown import parse_body
from pipeline.render.email.press import Way
from pipeline.render.email.proof import nodes_of
from tests.email import builders
from tests.email.bodies import bodies

LEAST = 150
every_theme = pytest.mark.parametrize("theme", builders.themes())


def of_body(body: str) -> Issue:
    """The issue with all kinds of section, with another text and its notes."""
    found = builders.issue(builders.everything(), 2)
    tree = parse_body(body, found.part.path).body
    rest = tuple(section for section in found.sections if not isinstance(section, Prose | Notes))
    notes = (Notes(tree.footnotes),) if tree.footnotes else ()
    return replace(found, sections=(Prose(tree.blocks), *notes, *rest))


def library(theme: str) -> Library:
    return builders.themed(builders.everything().library, theme)


def exactly(html: str) -> list[tuple[str, tuple[tuple[str, str], ...], str, str]]:
    """Every node of a document with its attributes and texts to the last blank, in order."""
    return [
        (str(node.tag), tuple(sorted((str(k), str(v)) for k, v in node.items())), node.text or "", node.tail or "")
        for node in builders.parsed(html).iter()
        if isinstance(node.tag, str)
    ]


@every_theme
def test_every_body_comes_out_as_mjml_and_premailer_make_it(
    theme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled, whole = (builders.room(library(theme), way=way) for way in (Way.COMPILED, Way.WHOLE))
    tried = bodies()
    different = [
        (number, body)
        for number, body in enumerate(tried)
        if nodes_of(compiled.render(of_body(body)).html) != nodes_of(whole.render(of_body(body)).html)
    ]
    with capsys.disabled():
        print(f"\n{theme}: {len(tried) - len(different)} of {len(tried)} bodies are equal")

    assert different == []
    assert len(tried) >= LEAST


@every_theme
def test_learned_styles_change_nothing_else_not_even_a_blank(theme: str) -> None:
    compiled, inlined = (builders.room(library(theme), way=way) for way in (Way.COMPILED, Way.INLINED))
    tried = bodies()[::3]
    different = [
        (number, body)
        for number, body in enumerate(tried)
        if exactly(compiled.render(of_body(body)).html) != exactly(inlined.render(of_body(body)).html)
    ]

    assert different == []


# Mrml 6.0.1 writes attributes as Rust's debug text (`{:?}`), which escapes more than quotes.
DEBUG_TEXT = {
    "joined emoji": ("![👩‍👧 b](https://e.org/p.png)", "alt", "👩‍👧 b", r"👩\u{200d}👧 b"),
    "backslash": (r"![a \\ b](https://e.org/p.png)", "alt", r"a \ b", r"a \\ b"),
    "no-break space": ('[x](https://e.org/ "a\u00a0b")', "title", "a\u00a0b", r"a\u{a0}b"),
    "combining accent": ("![o\u0301](https://e.org/p.png)", "alt", "o\u0301", r"o\u{301}"),
    "mark of direction": ("![\u200fقصة](https://e.org/p.png)", "alt", "\u200fقصة", r"\u{200f}قصة"),
}


@pytest.mark.parametrize(("body", "name", "right", "wrong"), DEBUG_TEXT.values(), ids=DEBUG_TEXT)
def test_where_mrml_garbles_an_attribute_the_compiled_email_is_right(
    body: str, name: str, right: str, wrong: str
) -> None:
    compiled, whole = (
        [str(node.get(name)) for node in builders.parsed(html).iter("img", "a") if node.get(name)]
        for html in (
            builders.room(library("letter"), way=way).render(of_body(body)).html
            for way in (Way.COMPILED, Way.WHOLE)
        )
    )

    assert right in compiled
    assert wrong in whole


def test_where_mrml_joins_two_words_the_compiled_email_is_right() -> None:
    """Mrml drops the white space between two elements when it holds a line end (jdrouet/mrml, 439)."""
    issue = of_body("**one**\n*two*")
    compiled, whole = (
        "".join(builders.parsed(builders.room(library("letter"), way=way).render(issue).html).itertext())
        for way in (Way.COMPILED, Way.WHOLE)
    )

    assert "one\ntwo" in compiled
    assert "onetwo" in whole


@every_theme
def test_titles_of_any_kind_come_out_as_they_were_written(theme: str) -> None:
    room = builders.room(library(theme))
    found = builders.issue(builders.everything(), 2)
    for title in (
        "</title></style><b>",
        "a \\ b \" ' & <c>",
        "👩‍👩‍👧 🇬🇧",
        "{{ x }} {% y %}",
        "pw7k0z",
        "\u2028 \u202e قصة",
    ):
        named = replace(
            found, part=replace(found.part, title=title, subtitle=title, subject=title, preheader=title)
        )
        root = builders.parsed(room.render(named).html)
        shown = ["".join(node.itertext()) for node in root.iter("title", "h1")]

        assert shown[0].split() == shown[1].split() == title.split()
