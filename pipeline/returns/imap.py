"""A mailbox on another machine (IMAP, RFC 3501): verified TLS, and nothing expunged but what has been copied."""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, ClassVar, Self

from pipeline.errors import MailboxError
from pipeline.render.email.header import one_line
from pipeline.returns.taking_in import FOLDER, Message
from pipeline.returns.understanding import LARGEST
from pipeline.settings import ImapSettings, Security

_SECONDS = 60.0
_LEFT = "partwork-left"  # a keyword on what was read and not believed
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class ImapMailbox:
    """A connection to a mailbox; open it with ``with``. ``trusted`` says who vouches for the certificate."""

    kind: ClassVar[str] = "imap"

    def __init__(
        self,
        settings: ImapSettings,
        password: str,
        trusted: ssl.SSLContext | None = None,
        *,
        seconds: float = _SECONDS,
    ) -> None:
        self._settings, self._password, self._seconds = settings, password, seconds
        self._trusted = trusted or ssl.create_default_context()
        self._client: imaplib.IMAP4 | None = None
        self._has_folder = False

    def __enter__(self) -> Self:
        settings = self._settings
        if not settings.host:
            raise MailboxError('no mailbox is configured: write `host = "…"` in [imap], or give --maildir')
        if settings.username and not self._password:
            raise MailboxError(f"{settings.host} wants a login: put the password into PARTWORK_IMAP_PASSWORD")
        try:
            self._client = self._connected()
            self._login()
            self._said(self._client.select, _quoted(settings.mailbox))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                self._client.logout()
            self._client = None

    def messages(self) -> Iterator[Message]:
        """See ``Mailbox``. Without marking anything as seen."""
        for uid in (self._said(self._open.uid, "SEARCH", "UNDELETED", "UNKEYWORD", _LEFT)[0] or b"").split():
            number = uid.decode("ascii", "replace")
            size = _SIZE.search(_joined(self._said(self._open.uid, "FETCH", number, "(UID RFC822.SIZE)")))
            if size is None:
                continue  # gone since
            if int(size[1]) > LARGEST:
                yield Message(number, b"\0" * (LARGEST + 1))
                continue
            found = self._said(self._open.uid, "FETCH", number, "(UID BODY.PEEK[])")
            data = next((piece[1] for piece in found if isinstance(piece, tuple)), None)
            if data is not None:
                yield Message(number, data)

    def leave(self, names: Sequence[str]) -> None:
        """See ``Mailbox``: by a keyword, where the server keeps such."""
        with suppress(MailboxError):
            self._said(self._open.uid, "STORE", ",".join(names), "+FLAGS.SILENT", f"({_LEFT})")

    def put_away(self, names: Sequence[str]) -> None:
        """See ``Mailbox``: by MOVE (RFC 6851), or else copied, and then deleted."""
        client, quoted, chosen = self._open, _quoted(FOLDER), ",".join(names)
        if not self._has_folder:
            with suppress(MailboxError):  # it is there, or the next step says what is wrong
                self._said(client.create, quoted)
            self._has_folder = True
        if "MOVE" in client.capabilities:
            self._said(client.uid, "MOVE", chosen, quoted)
            return
        self._said(client.uid, "COPY", chosen, quoted)
        self._said(client.uid, "STORE", chosen, "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in client.capabilities:  # a plain EXPUNGE would take what others have marked
            self._said(client.uid, "EXPUNGE", chosen)

    @property
    def _open(self) -> imaplib.IMAP4:
        if self._client is None:
            raise MailboxError("the mailbox is not open")
        return self._client

    def _connected(self) -> imaplib.IMAP4:
        settings, where = self._settings, f"{self._settings.host}:{self._settings.port}"
        try:
            if settings.security is Security.TLS:
                return imaplib.IMAP4_SSL(
                    settings.host, settings.port, ssl_context=self._trusted, timeout=self._seconds
                )
            client = imaplib.IMAP4(settings.host, settings.port, timeout=self._seconds)
            if settings.security is Security.STARTTLS:
                client.starttls(self._trusted)
        except ssl.SSLCertVerificationError as error:
            raise MailboxError(f"{where} is not to be trusted: {error.verify_message}") from None
        except (imaplib.IMAP4.error, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else one_line(str(error))
            raise MailboxError(f"{where} cannot be reached: {reason or type(error).__name__}") from None
        return client

    def _login(self) -> None:
        settings = self._settings
        if not settings.username:
            return
        try:
            self._open.login(settings.username, self._password)
        except UnicodeError:  # its message holds the password
            raise MailboxError(f"{settings.host}: the login has characters that are not ASCII") from None
        except (imaplib.IMAP4.error, OSError) as error:
            said = one_line(str(error))[:200]
            if self._password in said:
                said = "(its words hold the password)"
            raise MailboxError(f"{settings.host} refuses the login: {said}") from None
        with suppress(imaplib.IMAP4.error, OSError):
            # What a server can do, it may tell only those whom it knows.
            _, told = self._open.capability()
            self._open.capabilities = tuple(str(told[0], "ascii", "replace").upper().split())

    def _said(self, command: Callable[..., tuple[str, list[Any]]], *words: str) -> list[Any]:
        """What a server answers to a command.

        Raises:
            MailboxError: no, or the connection is gone.
        """
        try:
            answer, data = command(*words)
        except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
            raise MailboxError(f"{self._settings.host}: {one_line(str(error))[:200]}") from None
        if answer != "OK":
            raise MailboxError(
                f"{self._settings.host}: {one_line(_joined(data).decode('utf-8', 'replace'))[:200]}"
            )
        return data


def _joined(data: list[Any]) -> bytes:
    return b" ".join(piece[0] if isinstance(piece, tuple) else piece or b"" for piece in data)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
