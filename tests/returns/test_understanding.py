"""What a message that came back says: by its codes, and of the delivery whose token it carries."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.returns.returned import Kind
from pipeline.returns.statuses import meaning
from pipeline.returns.understanding import LARGEST, SEVERAL, TOO_LARGE, UNSIGNED, understand
from pipeline.returns.words import kept_words
from pipeline.sending.tokens import DeliveryName, Tokens
from pipeline.sending.transport import Outcome, Result
from pipeline.sending.verdict import is_dead
from tests.returns import shapes

TOKENS = Tokens([b"a secret that is long enough for all"])
OTHERS = Tokens([b"a secret of somebody else, long, too"])
NAME = DeliveryName(7, 42)
TOKEN = TOKENS.delivery(NAME)
SHAPES = {
    "postfix": (shapes.postfix, Kind.DEAD, "5.1.1"),
    "exim": (shapes.exim, Kind.DEAD, "5.1.1"),
    "exchange": (shapes.exchange, Kind.DEAD, "5.1.10"),
    "gmail": (shapes.gmail, Kind.DEAD, "5.1.1"),
    "yahoo": (shapes.yahoo, Kind.REFUSED, "5.0.0"),
    "full": (shapes.full_mailbox, Kind.REFUSED, "5.2.2"),
    "delayed": (shapes.delayed, Kind.DELAYED, "4.4.1"),
    "expired": (shapes.expired, Kind.REFUSED, "4.4.7"),
    "qmail": (shapes.qmail, Kind.DEAD, "5.1.1"),
    "complaint": (shapes.complaint, Kind.COMPLAINED, ""),
    "holiday": (shapes.holiday, Kind.AUTOMATIC, ""),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_understood_and_names_its_delivery(shape: str) -> None:
    make, kind, status = SHAPES[shape]

    found = understand(make(TOKEN), TOKENS)

    assert (found.told.kind, found.told.status, found.name, found.why) == (kind, status, NAME, "")


@pytest.mark.parametrize("shape", SHAPES)
def test_line_ends_make_no_difference(shape: str) -> None:
    message = SHAPES[shape][0](TOKEN)

    assert understand(message.replace(b"\n", b"\r\n"), TOKENS) == understand(message, TOKENS)


@pytest.mark.parametrize("shape", SHAPES)
def test_without_a_token_of_ours_nothing_is_believed(shape: str) -> None:
    found = understand(SHAPES[shape][0](OTHERS.delivery(NAME)), TOKENS)

    assert (found.name, found.why) == (None, UNSIGNED)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *(("5.1.1", Kind.DEAD), ("5.1.2", Kind.DEAD), ("5.1.3", Kind.DEAD), ("5.1.6", Kind.DEAD)),
        *(("5.1.10", Kind.DEAD), ("5.2.1", Kind.REFUSED), ("5.2.2", Kind.REFUSED), ("4.2.2", Kind.REFUSED)),
        *(("5.4.4", Kind.REFUSED), ("5.0.0", Kind.REFUSED), ("5.5.0", Kind.REFUSED), ("5.3.4", Kind.OURS)),
        *(("5.2.3", Kind.OURS), ("5.7.1", Kind.OURS), ("5.7.515", Kind.OURS), ("4.7.0", Kind.OURS)),
        *(("5.6.0", Kind.OURS), ("5.1.8", Kind.OURS)),
    ],
)
def test_only_an_address_that_does_not_exist_is_dead(status: str, kind: Kind) -> None:
    assert understand(shapes.dsn(TOKEN, status, said="no words"), TOKENS).told.kind is kind


@given(st.integers(0, 9), st.integers(0, 12))
def test_a_bounce_kills_by_the_same_codes_as_a_refusal_at_once(subject: int, detail: int) -> None:
    status = f"5.{subject}.{detail}"
    outcome = Outcome(Result.REJECTED, 550, f"550 {status} as you see")

    assert (meaning(status) is Kind.DEAD) == is_dead(outcome)


def test_the_status_wins_over_the_words_and_a_general_one_yields_to_them() -> None:
    precise = understand(shapes.dsn(TOKEN, "5.2.2", said="550 5.1.1 no such user"), TOKENS)
    general = understand(shapes.dsn(TOKEN, "5.0.0", said="550 5.2.2 full"), TOKENS)

    assert (precise.told.kind, precise.told.status) == (Kind.REFUSED, "5.2.2")
    assert (general.told.kind, general.told.status) == (Kind.REFUSED, "5.2.2")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_arrival_is_no_bounce_whatever_its_status(action: str) -> None:
    assert understand(shapes.dsn(TOKEN, "5.1.1", action), TOKENS).told.kind is Kind.ARRIVED


def test_of_several_recipients_the_mildest_word_counts() -> None:
    message = shapes.report(
        TOKEN,
        """
        Reporting-MTA: dns; mx.readers.example

        Final-Recipient: rfc822; one@readers.example
        Action: failed
        Status: 5.1.1

        Final-Recipient: rfc822; two@readers.example
        Action: expanded
        Status: 2.0.0
        """,
    )

    assert understand(message, TOKENS).told.kind is Kind.ARRIVED


def test_a_report_in_utf_8_is_read_as_one_in_ascii() -> None:
    message = shapes.dsn(TOKEN, status_type="message/global-delivery-status")

    assert understand(message, TOKENS).told.kind is Kind.DEAD


def test_a_report_within_a_message_that_is_returned_is_not_believed() -> None:
    inner = shapes.dsn(OTHERS.delivery(NAME)).decode()
    outer = shapes.dsn(TOKEN, "4.2.2", "delayed").decode()
    nested = outer.replace("text/rfc822-headers", "message/rfc822").replace("--=_b--", f"{inner}\n--=_b--")

    assert understand(nested.encode(), TOKENS).told.kind is Kind.DELAYED


def test_a_token_of_ours_counts_wherever_it_stands() -> None:
    """VERP alone, the field alone, and both in capitals, as some servers leave them."""
    verp = shapes.dsn(TOKEN, to=f"bounces+{TOKEN}@mail.example.org", field=False)
    loud = shapes.dsn(TOKEN, to=f"BOUNCES+{TOKEN.upper()}@MAIL.EXAMPLE.ORG", field=False)
    field = shapes.dsn(TOKEN)

    assert {understand(message, TOKENS).name for message in (verp, loud, field)} == {NAME}


def test_tokens_of_two_deliveries_name_none() -> None:
    other = TOKENS.delivery(DeliveryName(7, 43))
    message = shapes.dsn(TOKEN, human=f"X-Partwork-Delivery: {other}")

    assert (understand(message, TOKENS).name, understand(message, TOKENS).why) == (None, SEVERAL)


def test_the_address_that_it_came_to_goes_before_what_it_holds() -> None:
    other = TOKENS.delivery(DeliveryName(7, 43))
    message = shapes.dsn(other, to=f"bounces+{TOKEN}@mail.example.org")

    assert understand(message, TOKENS).name == NAME


def test_a_readers_answer_is_no_bounce_though_it_quotes_our_token() -> None:
    assert understand(shapes.answer(TOKEN), TOKENS).told.kind is Kind.UNKNOWN


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "dmarc"])
def test_feedback_that_is_no_complaint_is_none(kind: str) -> None:
    assert understand(shapes.complaint(TOKEN, kind), TOKENS).told.kind is Kind.ARRIVED


def test_prose_without_a_code_is_counted_and_kills_nobody() -> None:
    found = understand(shapes.qmail(TOKEN, "Sorry, it did not work."), TOKENS)

    assert found.told.kind is Kind.REFUSED


def test_kept_words_hold_no_address() -> None:
    words = understand(shapes.postfix(TOKEN), TOKENS).told.words

    assert "@" not in words
    assert words.startswith("550 5.1.1 <(address)>: Recipient")
    assert "@" not in kept_words('"Ada L"@readers.example ada@x @x a@')


def test_what_is_too_large_is_not_read() -> None:
    assert understand(b"x" * (LARGEST + 1), TOKENS).why == TOO_LARGE


def test_a_message_nested_without_end_is_only_not_understood() -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (k, k) for k in range(5_000))

    assert understand(nested, TOKENS).told.kind is Kind.UNKNOWN


@given(st.binary(max_size=2_000))
@example(b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n")
def test_no_bytes_raise_and_none_are_believed_without_a_token(message: bytes) -> None:
    assert understand(message, TOKENS).name is None


_pieces = st.sampled_from([
    *(b"Content-Type: multipart/report; boundary=x\n", b"--x\n", b"\n", b"Action: failed\n", b"Status: 5.1.1\n"),
    *(b"Content-Type: message/delivery-status\n", b"Content-Transfer-Encoding: base64\n", b"\xff\xfe\x00"),
    *(b"X-Partwork-Delivery: ", OTHERS.delivery(NAME).encode(), b"@mail.example.org\n", b"To: bounces+"),
    *(b"=?utf-8?q?=ff?=", b"Content-Type: text/plain; charset=no-such\n", b"Feedback-Type: abuse\n"),
])  # fmt: skip


@given(st.lists(_pieces, max_size=40))
def test_no_heap_of_likely_pieces_raises_or_is_believed(pieces: list[bytes]) -> None:
    assert understand(b"".join(pieces), TOKENS).name is None


@given(st.sampled_from(sorted(SHAPES)), st.integers(0, 2**32), st.integers(1, 30))
def test_a_mutated_bounce_names_the_delivery_it_was_made_for_or_none(shape: str, seed: int, times: int) -> None:
    """A change anywhere may take the token away; it cannot make one."""
    chance = random.Random(seed)
    message = bytearray(SHAPES[shape][0](TOKEN))
    for _ in range(times):
        place = chance.randrange(len(message))
        match chance.randrange(3):
            case 0:
                message[place] = chance.randrange(256)
            case 1:
                del message[place : place + chance.randrange(1, 20)]
            case _:
                message[place:place] = message[chance.randrange(len(message)) :][: chance.randrange(1, 60)]

    assert understand(bytes(message), TOKENS).name in (None, NAME)
