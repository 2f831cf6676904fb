"""Reaching a mail server: connection, verified TLS, login. ``smtplib`` does it; no error holds a password."""

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Self

from pipeline.errors import TransportError
from pipeline.render.email.header import one_line
from pipeline.sending.smtp import DEFAULT_TIMEOUTS, Offered, SmtpSession, Timeouts
from pipeline.sending.wire import Wire
from pipeline.settings import Security, SmtpSettings

_ROOM = 1 << 18  # bytes


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """A mail server. ``password`` is ``PARTWORK_SMTP_PASSWORD``; ``trusted`` who vouches for its certificate.

    Without one the machine's authorities do, read anew for each connection (25 ms).
    """

    settings: SmtpSettings
    messages_per_connection: int = 100
    password: str = field(default="", repr=False)
    timeouts: Timeouts = DEFAULT_TIMEOUTS
    trusted: ssl.SSLContext | None = None
    own_name: str = ""  # for EHLO; none for this machine's
    name: str = "smtp"
    allows_unreachable: bool = False

    def open(self) -> SmtpSession:
        """Connect, encrypt, log in.

        Raises:
            TransportError: see ``pipeline.sending.transport.Transport``.
        """
        settings = self.settings
        where = f"{settings.host}:{settings.port}"
        if settings.username and not self.password:
            raise TransportError(f"{where} wants a login: put the password into PARTWORK_SMTP_PASSWORD")
        client: smtplib.SMTP | None = None
        try:
            client = self._connected()
            self._with_login(client, where)
            return SmtpSession(Wire(_freed(client)), _offered(client), self.timeouts, self.messages_per_connection)
        except TransportError:
            _hang_up(client)
            raise
        except ssl.SSLCertVerificationError as error:
            _hang_up(client)
            raise TransportError(f"{where} is not to be trusted: {error.verify_message}") from None
        except ssl.SSLError as error:
            _hang_up(client)
            raise TransportError(f"{where} cannot be spoken to in TLS: {error.reason or 'it hung up'}") from None
        except smtplib.SMTPResponseException as error:
            _hang_up(client)
            said = self._without_password(error)
            is_temporary = error.smtp_code // 100 != 5
            raise TransportError(f"{where} refuses us: {said}", is_temporary=is_temporary) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            _hang_up(client)
            raise TransportError(f"{where} cannot be reached: {_reason(error)}", is_temporary=True) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Sessions are closed by those who opened them."""

    def _connected(self) -> smtplib.SMTP:
        settings = self.settings
        own_name = self.own_name or _own_name()
        seconds = self.timeouts.connect
        trusted = self.trusted
        if trusted is None and settings.security is not Security.NONE:
            trusted = ssl.create_default_context()
        if settings.security is Security.TLS:
            return smtplib.SMTP_SSL(settings.host, settings.port, own_name, timeout=seconds, context=trusted)
        client = smtplib.SMTP(settings.host, settings.port, own_name, timeout=seconds)
        client.ehlo_or_helo_if_needed()
        if settings.security is Security.STARTTLS:
            if not client.has_extn("starttls"):
                _hang_up(client)
                raise TransportError(
                    f"{settings.host}:{settings.port} offers no STARTTLS, and nothing is sent unencrypted: "
                    'ask your provider, or write `security = "tls"` and port 465'
                )
            client.starttls(context=trusted)
        return client

    def _with_login(self, client: smtplib.SMTP, where: str) -> None:
        client.ehlo_or_helo_if_needed()
        if not self.settings.username:
            return
        try:
            client.login(self.settings.username, self.password)
        except UnicodeError:  # its message holds the password
            raise TransportError(f"{where}: the login has characters that are not ASCII") from None
        except smtplib.SMTPNotSupportedError:
            raise TransportError(f"{where} offers no login: leave `username` out, or encrypt") from None
        except smtplib.SMTPAuthenticationError as error:
            said, is_temporary = self._without_password(error), error.smtp_code // 100 == 4
            raise TransportError(f"{where} refuses the login: {said}", is_temporary=is_temporary) from None

    def _without_password(self, error: smtplib.SMTPResponseException) -> str:
        words = error.smtp_error
        said = one_line(words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words))[:200]
        if self.password and self.password in said:
            said = "(its words hold the password)"
        return f"{error.smtp_code} {said}"


def _own_name() -> str:
    """For EHLO (RFC 5321, 4.1.4): a whole name, or none at all. Asking a resolver for one can take minutes."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _freed(client: smtplib.SMTP) -> socket.socket:
    """The client's socket, which is ours from here on."""
    connected = client.sock
    if connected is None:
        raise smtplib.SMTPServerDisconnected("hung up")
    if client.file is not None:
        client.file.close()
    client.file = client.sock = None
    # The dot leaves when it is sent, not when the body before it has been acknowledged.
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A whole letter in one call.
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
    return connected


def _offered(client: smtplib.SMTP) -> Offered:
    size = client.esmtp_features.get("size", "").strip()
    return Offered(
        has_pipelining=client.has_extn("pipelining"),
        has_size=client.has_extn("size"),
        size=int(size) if size.isascii() and size.isdigit() else 0,
        has_utf8=client.has_extn("smtputf8") and client.has_extn("8bitmime"),
    )


def _hang_up(client: smtplib.SMTP | None) -> None:
    if client is not None:
        client.close()


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror)
    return (
        "it does not answer" if isinstance(error, TimeoutError) else one_line(str(error)) or type(error).__name__
    )
