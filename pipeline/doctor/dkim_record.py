"""Whether the DNS has the public halves of our DKIM keys (RFC 6376, 3.6.1; RFC 8463)."""

from base64 import b64decode
from collections.abc import Mapping, Sequence

from pipeline.doctor.finding import Finding, Subject, Verdict, unseen
from pipeline.doctor.names import Names
from pipeline.sending.dkim import Signer


def tags_of(record: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record: names in small letters, values without blanks."""
    pairs = (piece.partition("=") for piece in record.split(";") if "=" in piece)
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}


def check_dkim(names: Names, signers: Sequence[Signer]) -> Finding:
    """Whether each selector's record has our key.

    Raises:
        NoAnswerError: no resolver answered.
    """
    if not signers:
        return unseen(
            Subject.DKIM,
            "nothing is signed here: your mail provider must do it",
            "look for `dkim=pass` with your domain in a letter that you have received",
        )
    troubles = [found for signer in signers for found in _troubles(names, signer)]
    worst = next((found for found in troubles if found.verdict is Verdict.BAD), None) or next(iter(troubles), None)
    where = ", ".join(f"{signer.selector}._domainkey.{signer.domain}" for signer in signers)
    return worst or Finding(Subject.DKIM, Verdict.GOOD, f"{where} has our key")


def _troubles(names: Names, signer: Signer) -> list[Finding]:
    where = f"{signer.selector}._domainkey.{signer.domain}"
    ours = signer.record
    publish = f'publish a TXT record at {where}: "{ours}"'
    found = [tags_of(text) for text in names.texts(where)]
    if len(found) != 1:
        seen = f"{where} has {len(found)} records" if found else f"{where} has no record"
        return [Finding(Subject.DKIM, Verdict.BAD, seen, publish)]
    tags = found[0]
    if not _is_same(tags, tags_of(ours)):
        seen = (
            f"{where} has another key than the one that we sign with" if tags.get("p") else f"{where} is revoked"
        )
        return [Finding(Subject.DKIM, Verdict.BAD, seen, publish)]
    if "y" in tags.get("t", "").split(":"):
        return [Finding(Subject.DKIM, Verdict.WEAK, f"{where} says that it is a test (`t=y`)", "take `t=y` out")]
    return []


def _is_same(tags: Mapping[str, str], ours: Mapping[str, str]) -> bool:
    hashes = tags.get("h", "sha256").split(":")
    if tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa") != ours["k"] or "sha256" not in hashes:
        return False
    try:
        return b64decode(tags.get("p", "")) == b64decode(ours["p"])
    except ValueError:
        return False
