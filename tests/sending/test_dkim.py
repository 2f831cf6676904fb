"""Signatures, verified by dkimpy, which shares no line with ours; and keys that are no good."""

import re
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.sending.dkim import SIGNED, Signer, read_signers, sign
from pipeline.sending.personal import Addressee
from pipeline.sending.transport import Copy
from pipeline.settings import DkimSettings
from tests.sending.builders import original
from tests.sending.keys import PEM, SIGNERS, dns, write_keys

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def verified(data: bytes, index: int = 0) -> bool:
    try:
        return bool(dkim.DKIM(data).verify(idx=index, dnsfunc=dns))
    except dkim.ValidationError:
        return False


def signed_copy(kinds: tuple[str, ...] = ("rsa", "ed25519")) -> bytes:
    signers = tuple(SIGNERS[kind] for kind in kinds)
    made = original(signers=signers).copy_for(Addressee(12, "zoe@example.org", "Zoë"))
    assert isinstance(made, Copy)
    return made.data


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_signature_is_good(kind: str) -> None:
    assert verified(signed_copy((kind,)))


def test_both_kinds_stand_side_by_side() -> None:
    data = signed_copy()

    assert data.count(b"DKIM-Signature:") == 2
    assert [verified(data, 0), verified(data, 1)] == [True, True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello", b"Hullo"),
        (b"\nUnsubscribe:", b"\nUnsubscribe;"),
        (b"Subject: ", b"Subject: Re: "),
        (b"To: zoe@", b"To: zoi@"),
        (b"List-Unsubscribe: <https://", b"List-Unsubscribe: <https://evil."),
        (b"One-Click", b"Two-Click"),
        (b"Feedback-ID: part-1", b"Feedback-ID: part-2"),
        (b"boundary=", b"boundarx="),
    ],
)
def test_whatever_is_changed_the_signature_fails(old: bytes, new: bytes) -> None:
    data = signed_copy()
    assert old in data
    changed = data.replace(old, new, 1)

    assert [verified(changed, 0), verified(changed, 1)] == [False, False]


@pytest.mark.parametrize("name", [*SIGNED])
def test_no_field_that_counts_can_be_added(name: str) -> None:
    data = signed_copy()
    end = data.index(b"\r\n\r\n") + 2
    for changed in (data[:end] + f"{name}: x\r\n".encode() + data[end:], f"{name}: x\r\n".encode() + data):
        assert [verified(changed, 0), verified(changed, 1)] == [False, False]


def test_fields_that_others_may_add_do_no_harm() -> None:
    assert verified(b"Received: from x by y\r\nX-Spam: no\r\n" + signed_copy())


def test_the_fields_of_one_click_are_signed() -> None:
    names = re.search(rb"\n h=([^;]*);", signed_copy())
    assert names
    listed = names[1].replace(b"\r\n ", b"").decode().split(":")

    assert set(SIGNED) <= set(listed)
    for name in ("from", "subject", "list-unsubscribe", "list-unsubscribe-post"):
        assert listed.count(name) == 2, "signed, and sealed against another"
    assert listed.count("reply-to") == 1, "sealed, where there is none"


def test_lines_are_short_and_the_same_bytes_come_each_time() -> None:
    head = signed_copy().partition(b"\r\n\r\n")[0]

    assert max(map(len, head.split(b"\r\n"))) <= 110
    assert signed_copy() == signed_copy()


@given(
    st.lists(st.sampled_from([b"a", b"  b ", b"\tc  d", b"", b"e\t\t", b".f"]), max_size=8),
    st.lists(st.sampled_from([b"x", b"y  z", b"\t", b"w\r\n  v", b"u\r\n\tt "]), min_size=4, max_size=4),
)
def test_any_body_and_any_folding_verify(lines: list[bytes], values: list[bytes]) -> None:
    names = (b"From", b"Subject", b"Subject", b"LIST-ID")
    head = b"".join(b"%s: %s\r\n" % each for each in zip(names, values, strict=True))
    body = b"".join(line + b"\r\n" for line in lines)
    field = sign((SIGNERS["ed25519"],), head, body, NOW)

    assert verified(field + head + b"\r\n" + body)


def test_keys_are_read_from_the_publication_s_folder(tmp_path: Path) -> None:
    write_keys(tmp_path)
    settings = DkimSettings("", "one", "rsa.key", "two", "ed25519.key")
    signers, warnings = read_signers(settings, tmp_path, "example.org")

    assert [(each.domain, each.selector, each.algorithm) for each in signers] == [
        ("example.org", "one", "rsa-sha256"),
        ("example.org", "two", "ed25519-sha256"),
    ]
    assert warnings == ()
    assert read_signers(settings, tmp_path, "bücher.example")[0][0].domain == "xn--bcher-kva.example"
    assert read_signers(DkimSettings(), tmp_path, "example.org") == ((), ())


def test_a_key_that_others_can_read_is_told_of(tmp_path: Path) -> None:
    write_keys(tmp_path)
    (tmp_path / "rsa.key").chmod(0o644)

    assert "chmod 600" in read_signers(DkimSettings("", "one", "rsa.key"), tmp_path, "example.org")[1][0]


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes = b"") -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "cannot be read"),
        (b"", "no private key in PEM"),
        (b"\xff\x00 not a key", "no private key in PEM"),
        (PEM["rsa"][:300], "no private key in PEM"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither an RSA nor an Ed25519 key"),
        (pem(ec.generate_private_key(ec.SECP256R1()), b"secret"), "locked with a password"),
        (pem(rsa.generate_private_key(65537, 1024)), "1024 bits"),
    ],
    ids=["none", "empty", "garbage", "cut off", "elliptic", "locked", "short"],
)
def test_a_key_that_is_no_good_is_a_clear_error(tmp_path: Path, data: bytes | None, words: str) -> None:
    if data is not None:
        (tmp_path / "dkim.key").write_bytes(data)

    with pytest.raises(ConfigError, match=words) as found:
        read_signers(DkimSettings("example.org", "one", "dkim.key"), tmp_path, "example.org")
    assert "PRIVATE" not in str(found.value)


def test_a_signer_does_not_show_its_key() -> None:
    assert isinstance(SIGNERS["ed25519"], Signer)
    assert "PRIVATE" not in repr(SIGNERS["ed25519"])
    assert isinstance(SIGNERS["ed25519"].key, ed25519.Ed25519PrivateKey)
