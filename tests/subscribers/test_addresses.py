"""What is an address, and when two are the same."""

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.subscribers.addresses import Address, AddressError, parse_address


def key(text: str) -> str:
    return parse_address(text).key


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Ada@Example.ORG", "Ada@example.org"),
        ("  ada@example.org\u00a0", "ada@example.org"),
        ("\ufeffada@example.org\u200b", "ada@example.org"),
        ("o'neil+list=a_b@mail.example.co.uk", "o'neil+list=a_b@mail.example.co.uk"),
        ("ada@exämple.org", "ada@xn--exmple-cua.org"),
        ("ada@XN--EXMPLE-CUA.org", "ada@xn--exmple-cua.org"),
        ("jørgen@example.org", "jørgen@example.org"),
        ('"A B" <a@b.example>', "a@b.example"),
        ("<ada@example.org>", "ada@example.org"),
    ],
)
def test_letters_go_to_what_they_wrote_with_the_domain_in_ascii(written: str, address: str) -> None:
    assert parse_address(written).address == address


def test_addresses_are_compared_without_case() -> None:
    assert key("ADA@EXAMPLE.ORG") == key("ada@Example.org")
    assert key("ada@EXÄMPLE.org") == key("ada@exämple.org") == key("ada@xn--exmple-cua.org")
    assert key("JØRGEN@example.org") == key("jørgen@example.org")


def test_different_people_stay_different() -> None:
    assert key("strasse@example.org") != key("straße@example.org")
    assert key("a.b@example.org") != key("ab@example.org")
    assert key("ada+tea@example.org") != key("ada@example.org")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"A B" <a@b.example>', "A B"),
        ("Ada Lovelace <a@b.example>", "Ada Lovelace"),
        ('"Lovelace, Ada" <a@b.example>', "Lovelace, Ada"),
        (r'"The \"A\"" <a@b.example>', 'The "A"'),
        ("a@b.example", ""),
    ],
)
def test_a_name_is_taken_apart_from_its_address(written: str, name: str) -> None:
    assert parse_address(written).name == name


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "there is no address"),
        ("<>", "there is no address"),
        ("ada", "must have an @-sign"),
        ("ada@example", "not valid. It should have a period"),
        ("@example.org", "there must be something before the @-sign"),
        ("ada@example.test", "special-use or reserved name"),
        ("a@b@example.org", "invalid characters"),
        ("ada lovelace@example.org", "invalid characters"),
        ("ada@example.org, bo@example.org", "several addresses"),
        ("ada@example.org\nBcc: everybody@example.org", "a line end or another control character"),
        ("ada\0@example.org", "control character"),
        ("Ada\r\n <ada@example.org>", "control character"),
        ("ada@example.org\u2028x", "control character"),
        (f"{'a' * 65}@example.org", "64 bytes at most"),
        ("a" * 2000, "too long for an address"),
        (f"a@{'b' * 64}.org", "1 character too many"),
        ('"ada b"@example.org', "quoting"),
        ("ada@[127.0.0.1]", "bracketed"),
        (".ada@example.org", "cannot start with a period"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(written: str, why: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse_address(written)
    assert why in str(refused.value)


def test_the_digest_of_an_address_is_that_of_how_it_is_compared() -> None:
    assert parse_address("ADA@example.org").digest == parse_address("ada@EXAMPLE.ORG").digest
    assert len(parse_address("ada@example.org").digest) == 64


_LETTERS = "abcXYZ019.-_+'!@<> \"ä\u0130ß\u200d,;:()[]\\"
_ANY = st.one_of(
    st.text(_LETTERS, max_size=30),
    st.builds("{}@{}.{}".format, *(st.text(_LETTERS, min_size=1, max_size=12) for _ in range(3))),
    st.builds("{}@{}".format, st.text("ab.-9", max_size=70), st.text("ab.-9", max_size=70)),
    st.emails(),
)


@given(_ANY)
def test_nothing_is_taken_that_email_validator_refuses(text: str) -> None:
    try:
        found = parse_address(text)
    except AddressError:
        return

    local, _, domain = found.address.rpartition("@")
    checked = email_validator.validate_email(found.address, check_deliverability=False)
    assert (checked.local_part, checked.ascii_domain) == (local, domain)
    assert found.address.isprintable()
    assert " " not in found.address


@given(st.emails())
def test_nothing_is_refused_that_email_validator_takes(text: str) -> None:
    try:
        checked = email_validator.validate_email(text, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return
    assert parse_address(text).address == f"{checked.local_part}@{checked.ascii_domain}"


@given(_ANY)
def test_what_an_address_is_compared_by_is_compared_by_itself(text: str) -> None:
    try:
        found = parse_address(text)
    except AddressError:
        return
    again = parse_address(found.address)
    assert again == Address(found.address, found.key)
    assert parse_address(found.key).key == found.key
