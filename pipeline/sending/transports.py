"""The transport that a publication is configured for."""

import ssl
from pathlib import Path

from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.outbox import OutboxTransport
from pipeline.sending.ses import SesTransport
from pipeline.sending.transport import Transport
from pipeline.settings import Security, SendingSettings, TransportKind


def transport_of(settings: SendingSettings, root: Path, smtp_password: str = "") -> Transport:
    """The transport, nothing opened yet. ``smtp_password`` is ``PARTWORK_SMTP_PASSWORD``."""
    match settings.transport:
        case TransportKind.OUTBOX:
            return OutboxTransport(root / settings.outbox)
        case TransportKind.SMTP:
            # The machine's authorities are read once for all connections.
            trusted = None if settings.smtp.security is Security.NONE else ssl.create_default_context()
            return SmtpTransport(settings.smtp, settings.messages_per_connection, smtp_password, trusted=trusted)
        case TransportKind.SES:
            return SesTransport(settings.ses, settings.connections)
