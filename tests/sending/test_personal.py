"""Each recipient's own copy: theirs, nobody else's, and nothing of anybody's gets into a header."""

import time
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.sending.addresses import envelope_address
from pipeline.sending.personal import Addressee, Original, terms_of
from pipeline.sending.tokens import DeliveryName, WayOut
from pipeline.sending.transport import Copy, Outcome, Result
from pipeline.settings import SendingSettings
from tests.email.builders import html, plain, read
from tests.sending import builders
from tests.sending.builders import PLANNED, TOKENS, copy, original, publication

PAGE = "https://weekly.example.org/people/u/"


def parsed(own: Copy) -> EmailMessage:
    message = read(own.data)
    assert message.defects == []
    return message


def test_a_copy_has_every_field_that_mailbox_providers_ask_for() -> None:
    message = parsed(copy(12))

    assert message["To"] == "r12@example.org"
    assert message["Subject"] == "For Zoë"
    assert message["Date"].datetime == PLANNED
    assert message["List-Id"] == "The Weekly <letters-2026.weekly.example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Feedback-ID"] == "part-1:small:part:weekly01"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "list"
    assert all(len(message.get_all(name)) == 1 for name in set(message.keys()))


def test_the_link_in_the_head_in_the_text_and_in_the_html_names_its_reader() -> None:
    message = parsed(copy(12))
    link = message["List-Unsubscribe"].partition(">")[0].strip("<")

    assert link.startswith(PAGE)
    assert TOKENS.read_way_out(link.removeprefix(PAGE)) == WayOut(12, 7)
    assert link in plain(message)
    assert link in html(message)


def test_no_two_readers_share_a_link_a_message_id_or_a_return_path() -> None:
    copies = [copy(number) for number in range(1, 200)]

    assert len({each.message_id for each in copies}) == 199
    assert len({each.return_path for each in copies}) == 199
    assert len({parsed(each)["List-Unsubscribe"] for each in copies}) == 199


def test_the_return_path_names_the_delivery_and_not_the_reader() -> None:
    own = copy(12)
    local, _, domain = own.return_path.partition("@")

    assert domain == "mail.example.org"
    assert TOKENS.read_delivery(local.removeprefix("bounces+")) == DeliveryName(7, 12)
    assert len(local) <= 64
    assert local == local.lower()
    assert "r12" not in local
    assert TOKENS.read_delivery(parsed(own)["X-Partwork-Delivery"]) == DeliveryName(7, 12)


def test_a_message_id_is_the_copy_s_and_tells_nobody_the_address() -> None:
    own = copy(12)

    assert parsed(own)["Message-ID"] == own.message_id
    assert copy(12, "another@example.org").message_id == own.message_id, "an address that was corrected meanwhile"
    assert "12" not in own.message_id.partition("@")[0] or "r12" not in own.message_id


def test_without_a_return_path_the_sender_gets_the_bounces() -> None:
    own = replace(publication(), sending=SendingSettings())
    made = original(own=own).copy_for(Addressee(12, "a@b.org"))

    assert isinstance(made, Copy)
    assert made.return_path == own.sender.email
    assert parsed(made)["Feedback-ID"] is None


def test_without_a_public_address_the_way_out_is_by_email() -> None:
    made = original(own=replace(publication(), public_url="")).copy_for(Addressee(12, "a@b.org"))

    assert isinstance(made, Copy)
    message = parsed(made)
    assert message["List-Unsubscribe"].startswith("<mailto:")
    assert message["List-Unsubscribe-Post"] is None
    assert "mailto:" in plain(message)


def test_one_click_is_promised_over_https_alone() -> None:
    made = original(own=replace(publication(), public_url="http://weekly.example.org/")).copy_for(
        Addressee(12, "a@b.org")
    )

    assert isinstance(made, Copy)
    assert parsed(made)["List-Unsubscribe-Post"] is None


def test_a_test_says_so_and_counts_nowhere() -> None:
    tests = [original(campaign=0).copy_for(Addressee(0, f"t{number}@example.org")) for number in (1, 2)]
    assert all(isinstance(each, Copy) for each in tests)
    message = parsed(tests[0])  # type: ignore[arg-type]

    assert message["Subject"] == "[TEST] For you"
    assert message["X-Partwork-Delivery"] is None
    assert message["Feedback-ID"] is None
    assert "+" not in tests[0].return_path  # type: ignore[union-attr]
    assert tests[0].message_id != tests[1].message_id  # type: ignore[union-attr]
    link = message["List-Unsubscribe"].partition(">")[0].strip("<").removeprefix(PAGE)
    assert TOKENS.read_way_out(link) == WayOut(0, 0, "small")


def test_a_subject_without_a_place_is_marked_too() -> None:
    terms = terms_of(publication(), PLANNED)
    made = Original(builders.message("Text.", 'subject: "Plain"'), terms, TOKENS).copy_for(Addressee(0, "a@b.org"))

    assert isinstance(made, Copy)
    assert parsed(made)["Subject"] == "[TEST] Plain"


INJECTIONS = [
    "A\r\nBcc: all@example.org\r\n\r\n--x",
    "a\nX: y",
    "a\rX: y",
    "\u2028X: y",
    "\x00",
    "<script>",
    '"',
    "=?utf-8?q?x?=",
    ".\r\n.\r\nMAIL FROM:<x>",
]


@pytest.mark.parametrize("words", INJECTIONS)
def test_no_name_gets_into_a_header(words: str) -> None:
    plain_fields, fields = parsed(copy(12)).keys(), parsed(copy(12, first_name=words)).keys()

    assert fields == plain_fields
    assert b"\r\n." not in copy(12, first_name=words).data
    assert "<script>" not in html(parsed(copy(12, first_name=words)))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b.org",
        "a@",
        "a@b@c.org",
        "a b@c.org",
        "a@b.org\r\nBcc: x@y.org",
        "a@b.org>",
        "a@-ü\u2028.org",
        "a\x00@b.org",
        "a" * 65 + "@b.org",
        "a@" + "b" * 250 + ".org",
        "ü" * 40 + "@b.org",
        "a@b_c.org",
        '"a b"@c.org',
        "a\u202eb@c.org",
    ],
)
def test_an_address_that_no_mail_can_be_sent_to_is_refused_in_words(address: str) -> None:
    made = original().copy_for(Addressee(1, address))

    assert isinstance(made, Outcome)
    assert (made.result, made.is_ours) == (Result.REJECTED, False)
    assert "address" in made.words
    assert len(address) < 2 or address not in made.words


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_address_and_any_name_give_a_good_copy_or_a_refusal(address: str, first_name: str) -> None:
    made = original().copy_for(Addressee(1, f"{address}@example.org", first_name))
    if isinstance(made, Outcome):
        assert made.result is Result.REJECTED
        return
    lines = made.data.split(b"\r\n")
    assert b"\n" not in made.data.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 998
    assert not any(line.startswith(b".") for line in lines)
    assert lines[1] == f"To: {made.address}".encode()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Zoe.O'Neil+x@Example.ORG", "Zoe.O'Neil+x@Example.ORG"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        ("zoë@bücher.example", "zoë@xn--bcher-kva.example"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("李@例子.测试", "李@xn--fsqu00a.xn--0zwm56d"),
    ],
)
def test_a_domain_goes_out_in_ascii(address: str, expected: str) -> None:
    assert envelope_address(address) == expected


def test_a_return_path_that_leaves_no_room_for_a_token_is_told_beforehand() -> None:
    own = replace(publication(), sending=SendingSettings(return_path=f"{'b' * 30}@example.org"))

    with pytest.raises(ConfigError, match="return_path"):
        terms_of(own, PLANNED, campaign=7)
    assert terms_of(own, PLANNED).return_path.startswith("bbb"), "a test has no token"


def test_a_return_path_in_another_script_goes_out_in_ascii() -> None:
    own = replace(publication(), sending=SendingSettings(return_path="bounces@bücher.example"))

    assert terms_of(own, PLANNED, campaign=7).return_path == "bounces@xn--bcher-kva.example"


def test_a_copy_costs_a_twentieth_of_a_millisecond() -> None:
    """Twenty times more is allowed here, for other programs run beside the tests."""
    made = original()
    begin = time.process_time()
    for number in range(1000):
        made.copy_for(Addressee(number, f"r{number}@example.org", "Zoë"))

    assert (time.process_time() - begin) / 1000 < 0.001
