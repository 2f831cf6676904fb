"""``[sending]``, ``[smtp]``, ``[ses]`` and ``[dkim]`` of ``partwork.toml``."""

import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from pipeline.parse.fields import EMAIL_ADDRESS, Fields
from pipeline.settings import (
    DEFAULT_SENDING,
    Approval,
    DkimSettings,
    ImapSettings,
    RoundUpSettings,
    Security,
    SendingSettings,
    SesSettings,
    SmtpSettings,
    TransportKind,
)

_Word = TypeVar("_Word", bound=StrEnum)
_SPAN = re.compile(r"(\d{1,4}) (minute|hour|day)s?\Z")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\Z")
_SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_FEEDBACK_ID = re.compile(r"[A-Za-z0-9_-]{5,15}\Z")  # Google: a stable name of five to fifteen characters
_TOPIC = re.compile(r"arn:aws(?:-[a-z-]+)?:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}\Z")
_LOCAL = ("localhost", "127.0.0.1", "::1")


def read_sending(table: Callable[[str], Fields]) -> SendingSettings:
    """How letters go out; ``table`` gives a table of the file by name."""
    sending = table("sending")
    default = DEFAULT_SENDING
    settings = SendingSettings(
        transport=_word(sending, "transport", TransportKind, default.transport),
        approval=_word(sending, "approval", Approval, default.approval),
        max_late=_span(sending, "max_late", default.max_late),
        is_local_time=sending.flag("local_time"),
        rate=_rate(sending),
        connections=sending.number("connections", 1, 100) or default.connections,
        messages_per_connection=sending.number("messages_per_connection", 1, 100_000)
        or default.messages_per_connection,
        max_rejected=sending.number("max_rejected", 1, 100) or default.max_rejected,
        return_path=sending.matching(
            "return_path", EMAIL_ADDRESS, "an address such as `bounces@mail.example.org`"
        ),
        feedback_id=sending.matching("feedback_id", _FEEDBACK_ID, "five to fifteen letters, digits, `-` or `_`"),
        outbox=_inside(sending, "outbox") or default.outbox,
        smtp=_smtp(table("smtp")),
        ses=_ses(table("ses")),
        dkim=_dkim(table("dkim")),
        imap=_imap(table("imap")),
        roundup=_roundup(table("roundup")),
    )
    if settings.transport is TransportKind.SMTP and not table("smtp").has("host"):
        sending.wrong("transport", "`smtp` needs to know the mail server", 'write `host = "…"` in [smtp]')
    if settings.transport is TransportKind.SES and not table("ses").has("region"):
        sending.wrong("transport", "`ses` needs to know the region", 'write `region = "eu-west-1"` in [ses]')
    return settings


def _smtp(table: Fields) -> SmtpSettings:
    host = table.matching("host", _HOST, "a server's name, such as `smtp.example.org`")
    security = _word(table, "security", Security, Security.STARTTLS)
    if security is Security.NONE and host and host not in _LOCAL:
        table.wrong("security", f"`none` would send letters to {host} unencrypted", "write `starttls` or `tls`")
    port = table.number("port", 1, 65_535) or (465 if security is Security.TLS else SmtpSettings().port)
    return SmtpSettings(host, port, security, table.text("username"))


def _ses(table: Fields) -> SesSettings:
    region = table.matching("region", _SELECTOR, "a region such as `eu-west-1`")
    return SesSettings(
        region,
        table.matching("configuration_set", _SELECTOR, "its name in SES"),
        table.matching("topic", _TOPIC, "its ARN: `arn:aws:sns:eu-west-1:123456789012:partwork`"),
    )


def _imap(table: Fields) -> ImapSettings:
    host = table.matching("host", _HOST, "a server's name, such as `imap.example.org`")
    security = _word(table, "security", Security, Security.TLS)
    if security is Security.NONE and host and host not in _LOCAL:
        table.wrong("security", f"`none` would send the password to {host} unencrypted", "write `tls`")
    port = table.number("port", 1, 65_535) or (993 if security is Security.TLS else 143)
    mailbox = table.text("mailbox") or ImapSettings().mailbox
    if not mailbox.isascii() or not mailbox.isprintable():
        table.wrong("mailbox", f"`mailbox` cannot be `{mailbox}`", "a name in ASCII")
    return ImapSettings(host, port, security, table.text("username"), mailbox)


def _roundup(table: Fields) -> RoundUpSettings | None:
    at, every = table.clock("at", RoundUpSettings().at), table.text("every")
    if every == "month":
        return RoundUpSettings(at)
    if every or table.has("at"):
        table.wrong(
            "every", f"`every` cannot be `{every}`" if every else "round-ups need `every`", "write `month`"
        )
    return None


def _dkim(table: Fields) -> DkimSettings:
    hint = "a name such as `partwork2026`, which stands before `._domainkey` in your DNS"
    settings = DkimSettings(
        domain=table.matching("domain", _HOST, "your domain, such as `example.org`"),
        selector=table.matching("selector", _SELECTOR, hint),
        key=_inside(table, "key"),
        second_selector=table.matching("second_selector", _SELECTOR, hint),
        second_key=_inside(table, "second_key"),
    )
    for selector, key in (("selector", "key"), ("second_selector", "second_key")):
        if bool(getattr(settings, selector)) != bool(getattr(settings, key)):
            table.wrong(selector, f"`{selector}` and `{key}` belong together", "write both, or neither")
    return settings


def _word(table: Fields, key: str, words: type[_Word], default: _Word) -> _Word:
    value = table.text(key)
    if not value:
        return default
    try:
        return words(value)
    except ValueError:
        table.wrong(
            key, f"`{key}` cannot be `{value}`", f"write one of {', '.join(f'`{each}`' for each in words)}"
        )
        return default


def _span(table: Fields, key: str, default: timedelta) -> timedelta:
    value = table.text(key)
    match = _SPAN.match(value)
    if match:
        return timedelta(**{f"{match[2]}s": int(match[1])})
    if value:
        table.wrong(key, f"`{key}` cannot be `{value}`", "write `90 minutes`, `6 hours` or `2 days`")
    return default


def _rate(table: Fields) -> float | None:
    value = table.raw("rate")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100_000:
        table.wrong("rate", f"`rate` cannot be `{value}`", "write messages per second: 14, or 0.5 for one in two")
        return None
    return float(value)


def _inside(table: Fields, key: str) -> str:
    path = table.text(key)
    if path.startswith(("/", "~")) or ".." in path.split("/") or "\\" in path:
        table.wrong(key, f"`{key}` leads out of the publication: `{path}`", "a path from its folder")
        return ""
    return path
