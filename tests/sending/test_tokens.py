"""Tokens: what was signed here for this purpose is read, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sending.tokens import DeliveryName, Purpose, Tokens, WayOut

OURS, THEIRS = Tokens([b"one" * 12]), Tokens([b"two" * 12])
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SERIES = st.text(st.characters(codec="utf-8"), max_size=40)
NUMBERS = st.integers(0, 2**31 - 1)
WAYS = st.builds(WayOut, NUMBERS, NUMBERS, SERIES)
NAMES = st.builds(DeliveryName, NUMBERS, NUMBERS)


@given(WAYS)
def test_a_link_says_who_may_leave(way: WayOut) -> None:
    token = OURS.way_out(way)

    assert OURS.read_way_out(token) == way
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyz234567")


@given(NAMES)
def test_a_return_path_says_which_delivery(name: DeliveryName) -> None:
    token = OURS.delivery(name)

    assert OURS.read_delivery(token) == name
    assert OURS.read_delivery(token.upper()) == name
    assert len(token) <= 48


def test_tokens_are_short() -> None:
    assert len(OURS.way_out(WayOut(1_000_000, 500))) <= 34
    assert len(OURS.delivery(DeliveryName(2**28 - 1, 2**28 - 1))) <= 40


@given(WAYS, st.data())
def test_a_changed_token_is_none(way: WayOut, data: st.DataObject) -> None:
    token = OURS.way_out(way)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(
        st.sampled_from("abcdefghijklmnopqrstuvwxyz234567ABZ=-_ \x00ü").filter(lambda c: c != token[place])
    )

    assert OURS.read_way_out(token[:place] + other + token[place + 1 :]) is None


@given(WAYS, st.data())
def test_a_piece_of_a_token_and_a_token_with_more_are_none(way: WayOut, data: st.DataObject) -> None:
    token = OURS.way_out(way)

    assert OURS.read_way_out(token[: data.draw(st.integers(0, len(token) - 1))]) is None
    assert OURS.read_way_out(token + data.draw(st.text(min_size=1, max_size=9))) is None


@given(WAYS, NAMES)
def test_another_s_tokens_are_none(way: WayOut, name: DeliveryName) -> None:
    assert OURS.read_way_out(THEIRS.way_out(way)) is None
    assert OURS.read_delivery(THEIRS.delivery(name)) is None


@given(WAYS, NAMES)
def test_a_token_for_one_thing_opens_nothing_else(way: WayOut, name: DeliveryName) -> None:
    until = NOW + timedelta(days=1)

    assert OURS.read_delivery(OURS.way_out(way)) is None
    assert OURS.read_way_out(OURS.delivery(name)) is None
    assert OURS.read_way_out(OURS.expiring(Purpose.CONFIRM, "x", until)) is None
    assert OURS.read_expiring(Purpose.CHANGE, OURS.expiring(Purpose.CONFIRM, "x", until), NOW) is None
    assert OURS.read_expiring(Purpose.CONFIRM, OURS.way_out(way), NOW) is None


@given(st.text(max_size=80))
def test_anything_else_is_none(words: str) -> None:
    assert OURS.read_way_out(words) is None
    assert OURS.read_delivery(words) is None
    assert OURS.read_expiring(Purpose.CONFIRM, words, NOW) is None


def test_what_is_endless_is_none() -> None:
    assert OURS.read_way_out("a" * 10_000_000) is None


def test_a_new_secret_signs_and_an_old_one_is_still_read() -> None:
    both = Tokens([b"new" * 12, b"one" * 12])
    way, name = WayOut(5, 6), DeliveryName(6, 5)

    assert both.read_way_out(OURS.way_out(way)) == way
    assert both.read_delivery(OURS.delivery(name)) == name
    assert OURS.read_way_out(both.way_out(way)) is None
    assert Tokens([b"new" * 12]).read_way_out(both.way_out(way)) == way
    assert both.message_id(name) == OURS.message_id(name), "an attempt after the change is another message"


def test_a_token_that_expires_says_so_by_being_none() -> None:
    token = OURS.expiring(Purpose.CONFIRM, "zoë@example.org", NOW + timedelta(days=2))

    assert OURS.read_expiring(Purpose.CONFIRM, token, NOW) == "zoë@example.org"
    assert OURS.read_expiring(Purpose.CONFIRM, token, NOW + timedelta(days=2, seconds=-1)) == "zoë@example.org"
    assert OURS.read_expiring(Purpose.CONFIRM, token, NOW + timedelta(days=2)) is None


@given(NAMES, NAMES)
def test_a_message_id_is_one_delivery_s_own(one: DeliveryName, other: DeliveryName) -> None:
    assert (OURS.message_id(one) == OURS.message_id(other)) is (one == other)


def test_without_a_secret_there_are_no_tokens() -> None:
    with pytest.raises(ValueError, match="secret"):
        Tokens([])
