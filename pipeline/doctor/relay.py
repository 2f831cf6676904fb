"""What takes our messages: whether it lets us in, and from where it sends."""

import os
import ssl
from ipaddress import ip_address
from pathlib import Path

from pipeline.doctor.finding import Finding, Subject, Verdict, unseen
from pipeline.doctor.names import Names
from pipeline.errors import TransportError
from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.ses import SesTransport
from pipeline.settings import Security, SendingSettings, TransportKind


def check_outbox(settings: SendingSettings, root: Path) -> list[Finding]:
    """The folder that letters are put into, to be looked at."""
    folder = root / settings.outbox
    place = folder if folder.exists() else root
    tls = unseen(Subject.TLS, "nothing is sent: letters go to a folder")
    if not os.access(place, os.W_OK):
        mend = "let the user that partwork runs as write there, or name another folder as `outbox` in [sending]"
        return [Finding(Subject.TRANSPORT, Verdict.BAD, f"{settings.outbox} cannot be written to", mend), tls]
    seen = f"letters go to the folder {settings.outbox}, and to nobody"
    return [
        Finding(Subject.TRANSPORT, Verdict.WEAK, seen, 'set `transport = "smtp"` or `"ses"` to send them'),
        tls,
    ]


def check_smtp(settings: SendingSettings, password: str, trusted: ssl.SSLContext | None = None) -> list[Finding]:
    """Connect, encrypt, log in, and go again."""
    smtp = settings.smtp
    where = f"{smtp.host}:{smtp.port}"
    try:
        with SmtpTransport(smtp, password=password, trusted=trusted) as transport:
            transport.open().close()
    except TransportError as error:
        return [
            Finding(Subject.TRANSPORT, Verdict.BAD, str(error), "see [smtp] in partwork.toml, and the password"),
            unseen(Subject.TLS, f"not seen: {where} did not let us in"),
        ]
    seen = f"{where} lets us in" + (f" as {smtp.username}" if smtp.username and "@" not in smtp.username else "")
    if smtp.security is Security.NONE:
        tls = unseen(
            Subject.TLS, "the mail server on this machine decides", "Postfix: `smtp_tls_security_level = may`"
        )
    else:
        tls = Finding(Subject.TLS, Verdict.GOOD, f"{where} is spoken to in TLS, with a certificate that is good")
    return [Finding(Subject.TRANSPORT, Verdict.GOOD, seen), tls]


def check_ses(settings: SendingSettings, endpoint: str = "") -> list[Finding]:
    """Ask SES for the account: whether it may send, and to whom."""
    tls = unseen(Subject.TLS, "Amazon decides: it sends in TLS where that is taken")
    try:
        with SesTransport(settings.ses, endpoint=endpoint, connect_seconds=10, read_seconds=10) as transport:
            account = transport.account()
    except TransportError as error:
        if error.is_temporary:
            mend = "the keys need `ses:GetAccount` for this, and `ses:SendRawEmail` to send"
            return [unseen(Subject.TRANSPORT, str(error), mend), tls]
        return [Finding(Subject.TRANSPORT, Verdict.BAD, str(error), "see [ses] in partwork.toml"), tls]
    if not account.get("SendingEnabled"):
        return [Finding(Subject.TRANSPORT, Verdict.BAD, "Amazon has stopped this account", "see its console"), tls]
    if not account.get("ProductionAccessEnabled"):
        seen = "the account is in the sandbox: 200 letters a day, to addresses that are verified"
        return [Finding(Subject.TRANSPORT, Verdict.BAD, seen, "ask Amazon for production access"), tls]
    return [Finding(Subject.TRANSPORT, Verdict.GOOD, f"Amazon SES in {settings.ses.region} lets us send"), tls]


def relay_addresses(settings: SendingSettings, names: Names) -> list[str]:
    """The addresses of our mail server; none where it is on this machine, or Amazon's.

    Raises:
        NoAnswerError: no resolver answered.
    """
    host = settings.smtp.host
    if settings.transport is not TransportKind.SMTP or not host:
        return []
    try:
        found = [str(ip_address(host))]
    except ValueError:
        found = [] if host == "localhost" else names.addresses(host)
    return [address for address in found if not ip_address(address).is_loopback]


def check_ptr(settings: SendingSettings, relay: list[str], names: Names) -> Finding:
    """Whether the addresses have names, and the names those addresses.

    Raises:
        NoAnswerError: no resolver answered.
    """
    if settings.transport is TransportKind.SES:
        return unseen(Subject.PTR, "letters leave from Amazon's addresses, and Amazon names them")
    if not relay:
        mend = "ask whoever gives you the address for a PTR record, with a name that has this address"
        return unseen(Subject.PTR, "which address letters leave from cannot be seen from here", mend)
    for address in relay:
        pointers = names.pointers(address)
        if not any(address in names.addresses(name) for name in pointers):
            seen = (
                f"{address} has no name" if not pointers else f"{pointers[0]} does not have the address {address}"
            )
            return Finding(Subject.PTR, Verdict.BAD, seen, "ask whoever gives you the address for a PTR record")
    return Finding(Subject.PTR, Verdict.GOOD, f"{', '.join(relay)}: name and address agree")
