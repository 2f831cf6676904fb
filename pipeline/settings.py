"""How a publication's letters are sent: ``[sending]``, ``[smtp]``, ``[ses]`` and ``[dkim]`` of ``partwork.toml``.

No secret stands here: passwords and keys come from the environment, or from files that git ignores.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum


class TransportKind(StrEnum):
    """What takes messages from us."""

    OUTBOX = "outbox"  # a Maildir on this disk, to look at
    SMTP = "smtp"
    SES = "ses"  # Amazon's, over https


class Approval(StrEnum):
    """Whether somebody has to look at a letter before it may go out."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class Security(StrEnum):
    """How a connection to a mail server is encrypted."""

    STARTTLS = "starttls"  # RFC 3207, on port 587; a server that does not offer it is refused
    TLS = "tls"  # RFC 8314, from the first byte, on port 465
    NONE = "none"  # a relay on this very machine


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server that takes our messages. The password is ``PARTWORK_SMTP_PASSWORD``."""

    host: str = ""
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""


@dataclass(frozen=True, slots=True)
class SesSettings:
    """Amazon SES. Its keys come the way boto3 finds them: environment, profile, or role."""

    region: str = ""
    configuration_set: str = ""
    topic: str = ""  # the SNS topic that events come by; nothing from any other is heard


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The mailbox that bounces come to, on another machine. Its password is ``PARTWORK_IMAP_PASSWORD``."""

    host: str = ""
    port: int = 993
    security: Security = Security.TLS
    username: str = ""
    mailbox: str = "INBOX"


@dataclass(frozen=True, slots=True)
class DkimSettings:
    """Signing by ourselves (RFC 6376); nothing is signed without a selector.

    ``key`` is the path of a private key in PEM, RSA or Ed25519, from the publication's root; a second one, of the
    other kind, may be had beside it (RFC 8463).
    """

    domain: str = ""
    selector: str = ""
    key: str = ""
    second_selector: str = ""
    second_key: str = ""


@dataclass(frozen=True, slots=True)
class RoundUpSettings:
    """When round-ups go out: on the first of each month, at this time on the publication's clocks."""

    at: time = time(9, 0)


@dataclass(frozen=True, slots=True)
class SendingSettings:
    """How letters go out.

    ``rate`` is in messages a second, none for as fast as they are taken. ``max_late`` is how long after its slot a
    part may still be sent. ``max_rejected`` is the share of recipients refused for good, in percent, at which a
    campaign pauses. ``return_path`` is the address at which bounces come in, with a token for each delivery put
    into it (VERP). ``roundup`` is there when subscribers may choose round-ups.
    """

    transport: TransportKind = TransportKind.OUTBOX
    approval: Approval = Approval.OPTIONAL
    max_late: timedelta = timedelta(hours=6)
    is_local_time: bool = False
    rate: float | None = None
    connections: int = 4
    messages_per_connection: int = 100
    max_rejected: int = 10
    return_path: str = ""
    feedback_id: str = ""
    outbox: str = "outbox"
    smtp: SmtpSettings = SmtpSettings()
    ses: SesSettings = SesSettings()
    dkim: DkimSettings = DkimSettings()
    imap: ImapSettings = ImapSettings()
    roundup: RoundUpSettings | None = None


DEFAULT_SENDING = SendingSettings()
