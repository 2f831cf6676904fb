"""What a refusal means: whose fault it is, and whether it is one for good."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sending.replies import Garbled, Replies, Reply, Step, refusal
from pipeline.sending.transport import Result


def reply(said: bytes) -> Reply:
    replies = Replies()
    replies.feed(said)
    found = replies.next()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("said", "step", "is_ours"),
    [
        (b"550 5.1.1 no such user", Step.RCPT, False),
        (b"550 no such user", Step.RCPT, False),
        (b"553 5.1.2 no such domain", Step.RCPT, False),
        (b"552 5.2.2 mailbox full", Step.RCPT, False),
        (b"550 5.7.13 account disabled", Step.RCPT, False),
        (b"550 5.1.1 no such user", Step.DOT, False),
        (b"554 transaction failed", Step.DOT, False),
        (b"554 5.7.1 relay access denied", Step.RCPT, True),
        (b"550 5.7.515 sender does not authenticate", Step.DOT, True),
        (b"550 5.7.26 DMARC", Step.DOT, True),
        (b"550 5.1.8 bad sender", Step.RCPT, True),
        (b"530 5.7.0 log in first", Step.MAIL, True),
        (b"530 log in first", Step.RCPT, True),
        (b"550 anything", Step.MAIL, True),
        (b"552 5.3.4 too large", Step.DOT, True),
        (b"554 5.6.0 bad message", Step.DOT, True),
        (b"503 bad sequence", Step.RCPT, True),
        (b"554 no", Step.DATA, True),
    ],
)
def test_a_refusal_for_good_is_about_them_or_about_us(said: bytes, step: Step, *, is_ours: bool) -> None:
    outcome = refusal(reply(said + b"\r\n"), step)

    assert (outcome.result, outcome.is_ours) == (Result.REJECTED, is_ours)


@pytest.mark.parametrize(
    ("said", "is_throttle"),
    [
        (b"421 busy", True),
        (b"421 4.2.0 busy", True),
        (b"450 4.7.1 greylisted", True),
        (b"451 try later", True),
        (b"452 4.3.1 no room", True),
        (b"454 4.7.0 too many logins", True),
        (b"450 4.2.1 mailbox busy", False),
        (b"452 4.2.2 mailbox full", False),
        (b"432 password transition", False),
    ],
)
def test_a_refusal_for_now_is_a_throttle_or_one_mailbox_s(said: bytes, *, is_throttle: bool) -> None:
    outcome = refusal(reply(said + b"\r\n"), Step.RCPT)

    assert (outcome.result, outcome.is_throttle, outcome.is_ours) == (Result.DEFERRED, is_throttle, False)


def test_words_are_one_line_and_not_too_many() -> None:
    found = reply(b"550-5.1.1 one\x1b[31m\r\n550-5.1.1 \xfftwo\r\n550 5.1.1 " + b"x" * 900 + b"\r\n")

    assert found.status == "5.1.1"
    assert found.words.startswith("5.1.1 one [31m")
    assert "\ufffdtwo" in found.words
    assert len(found.words) == 300


@given(st.binary(max_size=300))
def test_any_bytes_are_replies_or_garbage(data: bytes) -> None:
    replies = Replies()
    replies.feed(data)
    with suppress(Garbled):
        while (found := replies.next()) is not None:
            assert 200 <= found.code <= 599
            assert not set(found.words) & set("\r\n\0")


@given(st.lists(st.sampled_from([b"250 a\r\n", b"250-x\r\n250 y\r\n", b"354\r\n", b"550 5.1.1 z\n"])), st.data())
def test_it_makes_no_difference_how_bytes_come_in(said: list[bytes], data: st.DataObject) -> None:
    whole, replies, found = b"".join(said), Replies(), []
    while whole:
        cut = data.draw(st.integers(1, len(whole)))
        replies.feed(whole[:cut])
        whole = whole[cut:]
        while (each := replies.next()) is not None:
            found.append(each)

    assert [each.code for each in found] == [int(each[:3]) for each in said]
    assert replies.is_empty
