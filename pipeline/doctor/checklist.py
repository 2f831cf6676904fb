"""What Gmail, Yahoo and Outlook ask of those who send to many, and how each of it stands.

Gmail and Yahoo since February 2024, Outlook.com since May 2025 (5,000 letters a day; Yahoo names no number).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.doctor.finding import Finding, Subject, Verdict

_WORST_FIRST = (Verdict.BAD, Verdict.UNSEEN, Verdict.WEAK, Verdict.GOOD)


@dataclass(frozen=True, slots=True)
class Demand:
    """One rule, who has it, and what it depends on."""

    words: str
    providers: tuple[str, ...]
    subjects: tuple[Subject, ...]


_ALL = ("Gmail", "Yahoo", "Outlook")
DEMANDS = (
    Demand("SPF and DKIM for the sending domain", _ALL, (Subject.SPF, Subject.DKIM)),
    Demand("DMARC, at least p=none, aligned with From", _ALL, (Subject.DMARC, Subject.ALIGNMENT)),
    Demand("a name (PTR) for the address that letters leave from", ("Gmail", "Yahoo"), (Subject.PTR,)),
    Demand("TLS", ("Gmail",), (Subject.TLS,)),
    Demand("unsubscribing by one click (RFC 8058)", _ALL[:2], (Subject.CERTIFICATE, Subject.ONE_CLICK)),
    Demand("heeded within two days", _ALL[:2], (Subject.PUBLIC_ADDRESS, Subject.ONE_CLICK)),
    Demand("fewer than 0.3 percent complaints, better 0.1", _ALL[:2], (Subject.COMPLAINTS,)),
    Demand("a sender who can be answered, and who takes bounces", ("Outlook",), (Subject.SENDER, Subject.BOUNCES)),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a demand stands: as the worst of what it depends on; what could not be seen is no better than that."""

    demand: Demand
    verdict: Verdict


def standings(findings: Iterable[Finding]) -> Sequence[Standing]:
    """Every demand, in order."""
    by_subject: dict[Subject, list[Verdict]] = {}
    for finding in findings:
        by_subject.setdefault(finding.subject, []).append(finding.verdict)
    return [
        Standing(demand, _worst([by_subject.get(subject, [Verdict.UNSEEN]) for subject in demand.subjects]))
        for demand in DEMANDS
    ]


def _worst(found: Iterable[Sequence[Verdict]]) -> Verdict:
    return min((verdict for several in found for verdict in several), key=_WORST_FIRST.index)
