"""What is hashed, approved and kept: the same bytes for the same edition, and the same copies out of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RenderError
from pipeline.render.email.merge import Reader
from pipeline.render.email.message import CompiledMessage, Date
from pipeline.sending.frozen import digest, freeze, thaw
from pipeline.sending.personal import Addressee, Original, terms_of
from pipeline.sending.transport import Copy
from tests.sending import builders


def test_a_message_comes_back_as_it_was() -> None:
    assert thaw(freeze(builders.message())) == builders.message()


@given(st.text(max_size=50))
def test_copies_from_what_was_kept_are_the_same_bytes(first_name: str) -> None:
    reader = Reader("zoe@example.org", "https://weekly.example.org/u/t", first_name)

    assert thaw(freeze(builders.message())).message_for(reader) == builders.message().message_for(reader)


def test_the_digest_is_the_edition_s_alone() -> None:
    """Neither a recipient, a secret nor a moment is in it; every word of the edition is."""
    frozen = freeze(builders.message())
    again = freeze(builders.message.__wrapped__())

    assert digest(again) == digest(frozen)
    assert digest(freeze(builders.message(builders.BODY + "\nOne word more.\n"))) != digest(frozen)
    assert digest(freeze(builders.message(builders.BODY, 'subject: "Another"'))) != digest(frozen)
    assert builders.PLANNED.strftime("%d %b").encode() not in frozen


def test_it_can_be_read_by_hand() -> None:
    kept = json.loads(freeze(builders.message()))

    assert kept["partwork_message"] == 1
    assert {"slot": "recipient"} in kept["slots"]


@pytest.mark.parametrize(
    "frozen",
    [
        b"",
        b"{}",
        b"[]",
        b'{"partwork_message":2,"pieces":[],"slots":[]}',
        b'{"partwork_message":1,"pieces":[0],"slots":[]}',
        b'{"partwork_message":1,"pieces":[-1],"slots":[{"slot":"recipient"}]}',
        b'{"partwork_message":1,"pieces":["\\u00e4"],"slots":[]}',
        b'{"partwork_message":1,"pieces":[],"slots":[{"slot":"eval"}]}',
        b'{"partwork_message":1,"pieces":[],"slots":[{"slot":"body","place":"x","fallback":"","is_html":true}]}',
    ],
)
def test_what_is_no_kept_message_is_refused(frozen: bytes) -> None:
    with pytest.raises(RenderError):
        thaw(frozen)


@pytest.mark.parametrize("piece", [b"a\n.\r\n", b"a\r\n.\r\nMAIL FROM:<x>\r\n", b"a\r", b"no end"])
def test_a_kept_message_that_would_end_early_on_its_way_is_refused(piece: bytes) -> None:
    good = builders.message()
    bad = CompiledMessage((*good.pieces, piece), (*good.slots, Date("x")))

    with pytest.raises(RenderError, match="line end"):
        Original(thaw(freeze(bad)), terms_of(builders.publication(), builders.PLANNED), builders.TOKENS)


def test_two_letters_of_one_campaign_make_the_same_copies() -> None:
    """A retry after a restart is the same message, byte for byte."""
    first, second = (
        builders.original().copy_for(Addressee(1, "a@b.org")),
        builders.original().copy_for(Addressee(1, "a@b.org")),
    )

    assert isinstance(first, Copy)
    assert first == second
