"""DMARC (RFC 7489): what receivers do with letters that are not ours, and whether ours are aligned with From.

A domain's record is looked for upwards, label by label, as its successor does; where it stands is taken for the
organisation's domain, for no list of public suffixes is needed then.
"""

from dataclasses import dataclass

from pipeline.doctor.dkim_record import tags_of
from pipeline.doctor.finding import Finding, Subject, Verdict, unseen
from pipeline.doctor.names import Names

_MOST = 8  # labels that are gone up


@dataclass(frozen=True, slots=True)
class Dmarc:
    """The record that holds for a domain: where it stands, and its tags."""

    domain: str
    tags: dict[str, str]

    def is_aligned(self, other: str, sender: str, mode: str) -> bool:
        """Whether a domain is the sender's (``mode`` ``adkim`` or ``aspf`` may want the very same)."""
        if other == sender:
            return True
        return self.tags.get(mode, "r") != "s" and (other == self.domain or other.endswith(f".{self.domain}"))


def find_dmarc(names: Names, domain: str) -> tuple[Dmarc | None, str]:
    """The record that holds for a domain, or none, and what is wrong.

    Raises:
        NoAnswerError: no resolver answered.
    """
    labels = domain.split(".")
    for place in range(min(len(labels) - 1, _MOST)):
        here = ".".join(labels[place:])
        found = [text for text in names.texts(f"_dmarc.{here}") if tags_of(text).get("v") == "DMARC1"]
        if len(found) > 1:
            return None, f"_dmarc.{here} has {len(found)} records, and so none counts"
        if found:
            return Dmarc(here, tags_of(found[0])), ""
    return None, f"_dmarc.{domain} has no record"


def check_dmarc(dmarc: Dmarc | None, trouble: str, domain: str) -> Finding:
    """Whether there is a record, and what it asks for."""
    if dmarc is None:
        mend = f'publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:…", later `p=quarantine`'
        return Finding(Subject.DMARC, Verdict.BAD, trouble, mend)
    policy = dmarc.tags.get("p", "")
    if dmarc.domain != domain:
        policy = dmarc.tags.get("sp", policy)
    if policy not in ("none", "quarantine", "reject"):
        return Finding(Subject.DMARC, Verdict.BAD, f"_dmarc.{dmarc.domain} asks for nothing", "write `p=none`")
    seen = f"_dmarc.{dmarc.domain} asks for `{policy}`"
    if "rua" not in dmarc.tags:
        mend = "add `rua=mailto:…`, or nobody tells you who else sends in your name"
        return Finding(Subject.DMARC, Verdict.WEAK, f"{seen}, and for no reports", mend)
    return Finding(Subject.DMARC, Verdict.GOOD, seen)


def check_alignment(dmarc: Dmarc | None, sender: str, envelope: str, signing: list[str]) -> Finding:
    """Whether what SPF and DKIM vouch for is the domain that readers see. ``signing``: none where others sign."""
    if dmarc is None:
        return Finding(Subject.ALIGNMENT, Verdict.BAD, "without DMARC nothing is aligned", "see DMARC")
    by_spf = dmarc.is_aligned(envelope, sender, "aspf")
    by_dkim = any(dmarc.is_aligned(domain, sender, "adkim") for domain in signing)
    if by_dkim:
        return Finding(Subject.ALIGNMENT, Verdict.GOOD, "by DKIM and SPF" if by_spf else "by DKIM")
    if by_spf:
        mend = "sign with the sender's domain: a letter that is forwarded loses SPF"
        return Finding(Subject.ALIGNMENT, Verdict.WEAK, "by SPF, as far as can be seen", mend)
    if not signing:
        seen = "by nothing that can be seen from here: your mail provider signs"
        return unseen(Subject.ALIGNMENT, seen, f"make sure that it signs with d={sender}")
    mend = (
        f"let DKIM sign for {sender} ([dkim] `domain`, or at your provider), or bounces come to it (`return_path`)"
    )
    return Finding(Subject.ALIGNMENT, Verdict.BAD, f"neither DKIM nor SPF is seen to speak for {sender}", mend)
