"""The whole examination, from settings outwards."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pipeline.database import Database
from pipeline.doctor import machine, relay
from pipeline.doctor.complaints import check_complaints
from pipeline.doctor.dkim_record import check_dkim
from pipeline.doctor.dmarc import check_alignment, check_dmarc, find_dmarc
from pipeline.doctor.finding import OFFLINE, Finding, Subject, Verdict, unseen
from pipeline.doctor.names import Names, NoAnswerError
from pipeline.doctor.public_address import check_public_address
from pipeline.doctor.roundups import check_roundups
from pipeline.doctor.spf import check_spf
from pipeline.errors import ConfigError
from pipeline.model import Publication
from pipeline.sending.addresses import ascii_domain
from pipeline.sending.dkim import Signer, read_signers
from pipeline.sending.tokens import Tokens, WayOut
from pipeline.settings import TransportKind

_Found = TypeVar("_Found")
_NOT_OURS = (
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "gmx.de",
    "web.de",
    "icloud.com",
    "me.com",
    "aol.com",
    "live.com",
    "proton.me",
    "gmx.net",
    "t-online.de",
)


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked over. ``names`` is none offline; ``tokens`` is none while there is no secret."""

    publication: Publication
    root: Path
    database: Database | None
    tokens: Tokens | None
    names: Names | None
    now: datetime
    clock: Callable[[], datetime]
    password: str = ""
    trusted: ssl.SSLContext | None = None
    ses_endpoint: str = ""
    secret_trouble: str = ""


def look_over(patient: Patient) -> list[Finding]:
    """Everything, in an order in which one would mend it. Nothing is changed, and nothing sent."""
    found, there = _public(patient)
    here = patient.clock()  # at once: what follows takes its time
    return [
        *_sender(patient.publication),
        *_dns(patient),
        *_relay(patient),
        *found,
        machine.check_clock(here, there) if there or patient.names else unseen(Subject.CLOCK),
        machine.check_disk(patient.root),
        machine.check_database(patient.database),
        *_files(patient),
        check_complaints(patient.database, patient.now),
        *check_roundups(patient.publication, patient.database),
    ]


def _files(patient: Patient) -> list[Finding]:
    if patient.secret_trouble:
        mend = "let partwork read the partwork.key that you have kept, or set PARTWORK_SECRET"
        return [Finding(Subject.FILES, Verdict.BAD, patient.secret_trouble, mend)]
    settings = patient.publication.sending
    return [machine.check_files(patient.root, settings, has_secret=patient.tokens is not None)]


def _sender(publication: Publication) -> list[Finding]:
    sender = publication.sender
    domain = sender.email.rpartition("@")[2].lower()
    if domain in _NOT_OURS:
        mend = f"write from a domain of your own: {domain} tells everybody to refuse what others send in its name"
        found = Finding(Subject.SENDER, Verdict.BAD, f"the sender is at {domain}", mend)
    else:
        found = Finding(Subject.SENDER, Verdict.GOOD, f"letters come from {domain}")
    if sender.postal_address:
        return [found, Finding(Subject.POSTAL_ADDRESS, Verdict.GOOD, "it stands in every letter")]
    mend = "write `postal_address` in [sender]: the law wants one (CAN-SPAM, PECR)"
    return [found, Finding(Subject.POSTAL_ADDRESS, Verdict.BAD, "there is none", mend)]


def _dns(patient: Patient) -> list[Finding]:
    settings = patient.publication.sending
    sender = ascii_domain(patient.publication.sender.email.rpartition("@")[2]).lower()
    envelope = ascii_domain(settings.return_path.rpartition("@")[2]).lower() or sender
    signers, broken = _signers(patient, sender)
    names = patient.names
    if names is None:
        subjects = (Subject.SPF, Subject.DMARC, Subject.ALIGNMENT, Subject.PTR, Subject.BOUNCES)
        return [broken or unseen(Subject.DKIM), *map(unseen, subjects)]
    is_ses = settings.transport is TransportKind.SES
    addresses = _answered(Subject.SPF, lambda: relay.relay_addresses(settings, names))
    known = addresses if isinstance(addresses, list) else []

    def alignment() -> list[Finding]:
        dmarc, trouble = find_dmarc(names, sender)
        signing = [signer.domain for signer in signers]
        return [check_dmarc(dmarc, trouble, sender), check_alignment(dmarc, sender, envelope, signing)]

    aligned = _answered(Subject.DMARC, alignment)
    return [
        _one(Subject.SPF, lambda: check_spf(names, envelope, known, is_ses=is_ses)),
        broken or _one(Subject.DKIM, lambda: check_dkim(names, signers)),
        *(aligned if isinstance(aligned, list) else [aligned, unseen(Subject.ALIGNMENT, aligned.seen)]),
        _one(Subject.PTR, lambda: relay.check_ptr(settings, known, names)),
        _one(Subject.BOUNCES, lambda: _bounces(names, envelope)),
    ]


def _signers(patient: Patient, sender: str) -> tuple[tuple[Signer, ...], Finding | None]:
    try:
        signers, _ = read_signers(patient.publication.sending.dkim, patient.root, sender)
    except ConfigError as error:
        return (), Finding(Subject.DKIM, Verdict.BAD, str(error), "nothing is sent until this is mended")
    return signers, None


def _bounces(names: Names, envelope: str) -> Finding:
    servers = names.mail_servers(envelope)
    if servers == [""]:
        return Finding(
            Subject.BOUNCES, Verdict.BAD, f"{envelope} says that it takes no mail", "take its MX `.` away"
        )
    if servers or names.addresses(envelope):
        return Finding(Subject.BOUNCES, Verdict.GOOD, f"{envelope} takes mail")
    mend = "publish an MX record: what cannot be answered is refused by many, and dead addresses stay on the list"
    return Finding(Subject.BOUNCES, Verdict.BAD, f"{envelope} has no mail server", mend)


def _relay(patient: Patient) -> list[Finding]:
    settings = patient.publication.sending
    if settings.transport is TransportKind.OUTBOX:
        return relay.check_outbox(settings, patient.root)
    if patient.names is None:
        return [unseen(Subject.TRANSPORT), unseen(Subject.TLS)]
    if settings.transport is TransportKind.SES:
        return relay.check_ses(settings, patient.ses_endpoint)
    return relay.check_smtp(settings, patient.password, patient.trusted)


def _public(patient: Patient) -> tuple[list[Finding], datetime | None]:
    url = patient.publication.public_url
    rest = (Subject.CERTIFICATE, Subject.ONE_CLICK)
    if not url:
        mend = "write `public_url` in [sending]: without it nobody can leave by a click, and nothing is sent"
        is_sending = patient.publication.sending.transport is not TransportKind.OUTBOX
        verdict = Verdict.BAD if is_sending else Verdict.WEAK
        found = Finding(Subject.PUBLIC_ADDRESS, verdict, "there is none", mend)
        return [found, *(unseen(subject, "there is no public address") for subject in rest)], None
    if patient.names is None and url.startswith("https://"):
        return [unseen(subject, OFFLINE) for subject in (Subject.PUBLIC_ADDRESS, *rest)], None
    # Subscriber 0 is whom tests are sent to: their link opens, and nobody leaves by it.
    way_out = patient.tokens.way_out(WayOut(0, 0, "doctor")) if patient.tokens else ""
    return check_public_address(url, way_out, patient.now, patient.trusted)


def _one(subject: Subject, look: Callable[[], Finding]) -> Finding:
    return _answered(subject, look)


def _answered(subject: Subject, look: Callable[[], _Found]) -> _Found | Finding:
    try:
        return look()
    except NoAnswerError as error:
        return unseen(subject, f"not looked at: {error}")
