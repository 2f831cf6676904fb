"""A message compiled once, and each reader's copy of it."""

from dataclasses import replace
from email.message import EmailMessage
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.edition import EmailEdition
from pipeline.errors import RenderError
from pipeline.issue import Issues
from pipeline.model import Asset, EmailSettings, Library
from pipeline.render.email import merge
from pipeline.render.email.header import one_line
from pipeline.render.email.merge import Reader
from pipeline.render.email.message import CompiledMessage
from pipeline.render.email.mime import compile_message, to_eml
from tests import projects
from tests.email import builders

BODY = """\
{{ first_name | There }}, hello {{ first_name | you }}{{ first_name | two }}
{{ first_name | there }}.

> {{ first_name | there }}

A line that is filled up to its very last column, and then there is the name {{ first_name | x }}
"""
SUBJECT = 'subject: "For {{ first_name | you }} & others"'
PAGE = "https://weekly.example.org/people/u/"


@cache
def issues() -> Issues:
    placed = builders.placed(builders.publication(projects.part(1, body=BODY, more=SUBJECT)))
    return replace(placed, library=replace(placed.library, publication=builders.served(placed.publication)))


@cache
def edition() -> EmailEdition:
    return builders.email(issues())


@cache
def compiled() -> CompiledMessage:
    return compile_message(edition(), issues().publication)


def reader(first_name: str = "", address: str = "zoe@example.org") -> Reader:
    return Reader(address, f"{PAGE}token", first_name)


NAMES = {
    "none": "",
    "accents": "Zoë Ünïcøde",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈",
    "long": "Wolfeschlegelsteinhausenbergerdorff " * 20,
    "unbroken": "x" * 500,
    "wide": "李雷",
    "right to left": "مريم",
    "markup": "<b>&amp; \"quoted\" 'too'</b>",
    "dots": "...",
    "from": "From here",
    "equals": "=?utf-8?q?x?= =2E",
    "blanks": "  a \t b  ",
    "injection": "A\r\nBcc: all@example.org\r\n\r\n--x",
    "token": merge.token("weekly.example.org,2026", merge.Place.RECIPIENT),
}


@pytest.mark.parametrize("first_name", NAMES.values(), ids=NAMES)
def test_a_copy_is_the_edition_with_the_reader_s_name(first_name: str) -> None:
    assert_lossless(first_name)


@given(st.text(max_size=200))
def test_any_name_comes_out_as_it_went_in(first_name: str) -> None:
    assert_lossless(first_name)


def assert_lossless(first_name: str) -> None:
    own, to = issues().publication, reader(first_name)
    data = compiled().message_for(to)
    message = builders.read(data)

    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert b"\r\n." not in data
    assert builders.plain(message) == merge.fill(edition().text, merge.values(own, to))
    assert builders.html(message) == merge.fill(edition().html, merge.html_values(own, to))
    assert message["Subject"] == f"For {one_line(first_name) or 'you'} & others"
    assert message["Bcc"] is None
    assert message.defects == []


def test_a_copy_is_made_by_joining_what_is_there() -> None:
    """No text is looked at again: the same pieces, and a few bytes between them."""
    constant = [piece for piece in compiled().pieces if isinstance(piece, bytes)]
    data = compiled().message_for(reader("Zoë"))

    assert len(compiled().pieces) < 60
    assert sum(map(len, constant)) > 0.9 * len(data)
    for piece in constant:
        assert piece in data


def test_every_reader_has_a_message_id_that_is_the_same_each_time() -> None:
    again = compile_message(builders.email(issues()), issues().publication)
    readers = [reader(address=f"r{number}@example.org") for number in range(9)]
    ids = [builders.read(compiled().message_for(to))["Message-ID"] for to in readers]

    assert len(set(ids)) == len(ids)
    assert all(found.endswith("@weekly.example.org>") for found in ids)
    assert builders.read(again.message_for(reader("Zoë", "r3@example.org")))["Message-ID"] == ids[3]


def test_the_headers_are_the_reader_s_own() -> None:
    to = Reader("zoe@example.org", f"{PAGE}{'a' * 300}", "Zoë")
    message = builders.read(compiled().message_for(to))

    assert message["To"] == "zoe@example.org"
    assert message["List-Unsubscribe"].split(", ")[0] == f"<{PAGE}{'a' * 300}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_reader_whose_address_no_header_can_carry_is_refused() -> None:
    with pytest.raises(RenderError, match="no address"):
        compiled().message_for(reader(address="a@b.org\r\nBcc: c@d.org"))


def test_two_compilations_are_equal() -> None:
    again = compile_message(builders.email(issues()), issues().publication)

    assert again == compiled()
    assert hash(again) == hash(compiled())


# --- embedded pictures ------------------------------------------------------------------------------------

SIZE = (700).to_bytes(4) + (300).to_bytes(4)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + SIZE + b"\x08\x02\0\0\0" + bytes(range(256)) * 9
PICTURES = """\
![One](images/one.png)

Text ![two](images/one.png) and ![three](<images/zwei ä.png> "T").

![four](https://cdn.example.org/four.png) ![five](images/five.svg)
"""


@cache
def embedding(*, is_on: bool = True) -> Library:
    library = builders.placed(builders.publication(projects.part(1, body=PICTURES))).library
    paths = [f"series/small/images/{name}" for name in ("one.png", "zwei ä.png", "five.svg")]
    own = replace(library.publication, email=EmailSettings(embed_pictures=is_on))
    return replace(library, publication=own, assets={path: Asset(path, PNG, 700, 300) for path in paths})


def with_pictures(*, is_on: bool = True) -> tuple[EmailEdition, EmailMessage]:
    library = embedding(is_on=is_on)
    made = builders.room(library).render(builders.issue(builders.composed(library)))
    return made, builders.message(made, library.publication)


def sources(html: str) -> list[str]:
    return [str(node.get("src")) for node in builders.parsed(html).iter("img")]


def test_embedded_pictures_stand_beside_the_pair_of_bodies() -> None:
    edition, message = with_pictures()
    pair, *pictures = message.iter_parts()

    assert message.get_content_type() == "multipart/related"
    assert message["Content-Type"].params["type"] == "multipart/alternative"
    assert pair.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in pair.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content_type() for part in pictures] == ["image/png"] * 2
    assert [part.get_content() for part in pictures] == [PNG, PNG]
    assert [part.get_filename() for part in pictures] == ["one.png", "picture.png"]
    assert all(part.get_content_disposition() == "inline" for part in pictures)
    assert len(edition.pictures) == 2
    assert message.defects == pair.defects == []


def test_the_html_shows_what_the_message_carries_and_links_to_the_rest() -> None:
    edition, message = with_pictures()
    ids = [str(part["Content-ID"])[1:-1] for part in list(message.iter_parts())[1:]]

    assert sources(builders.html(message)) == [
        f"cid:{ids[0]}",
        f"cid:{ids[0]}",
        f"cid:{ids[1]}",
        "https://cdn.example.org/four.png",
        "https://weekly.example.org/small/images/five.svg",
    ]
    assert not [source for source in sources(edition.html) if source.startswith("cid:")]


def test_pictures_are_linked_to_unless_the_author_wants_them_inside() -> None:
    edition, message = with_pictures(is_on=False)

    assert edition.pictures == ()
    assert message.get_content_type() == "multipart/alternative"


def test_a_message_with_pictures_is_the_same_bytes_each_time_in_short_lines() -> None:
    library = embedding()
    issue = builders.issue(builders.composed(library))
    first, second = (
        to_eml(builders.room(library).render(issue), library.publication, merge.sample_reader(library.publication))
        for _ in range(2)
    )

    assert first == second
    assert first.isascii()
    assert max(map(len, first.split(b"\r\n"))) <= 78
