"""Header fields of a message in 7 bits: folded, encoded where they must be, and never two where one was meant.

Written here and not left to Python's ``email`` policies: those encode long addresses in List-Unsubscribe into
something that no mail program reads, let line ends in values through, and fold differently from one version of
Python to the next.
"""

import re
from base64 import b64encode
from collections.abc import Iterable

from pipeline.errors import RenderError

_LINE = 76  # RFC 2047, 2: a line with an encoded word; RFC 5322, 2.1.1 would allow 78
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}\Z")  # RFC 5321, 4.1.2: Dot-string
_URI = re.compile(r"(?:https?|mailto):[\x21\x23-\x3b\x3d\x3f-\x7e]+\Z")  # printable ASCII without " < >
_ATOMS = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*\Z")


def one_line(text: str) -> str:
    """Words on one line: no line end or other control character of anybody's gets into a header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def text_field(name: str, value: str) -> bytes:
    """A field of free text, such as Subject."""
    words = one_line(value)
    if not words.isascii() or "=?" in words or any(len(word) > _LINE - 12 for word in words.split()):
        return _field(name, _encoded_words(words, len(name) + 2))
    return _field(name, words.split())


def mailbox_field(name: str, display: str, address: str) -> bytes:
    """A field with one mailbox: From, To, Reply-To.

    Raises:
        RenderError: the address cannot be put into a header.
    """
    return _field(
        name, [*_phrase(display, len(name) + 2), f"<{mailbox(address)}>" if display else mailbox(address)]
    )


def list_id_field(display: str, list_id: str) -> bytes:
    """List-Id: a phrase and the identifier (RFC 2919)."""
    return _field("List-Id", [*_phrase(display, len("List-Id: ")), f"<{one_line(list_id)}>"])


def uri_field(name: str, addresses: Iterable[str]) -> bytes:
    """A field of addresses in angle brackets (RFC 2369), each whole on its line.

    Raises:
        RenderError: one is no http, https or mailto address.
    """
    found = []
    for address in addresses:
        if not _URI.match(address) or len(address) > 900:
            raise RenderError(f"{address[:80]!r} cannot stand in {name}: it is no http, https or mailto address")
        found.append(f"<{address}>,")
    return _field(name, [*found[:-1], found[-1].removesuffix(",")])


def plain_field(name: str, value: str) -> bytes:
    """A field whose value is ASCII by construction (a date, an id, a digest), folded at its blanks."""
    words = one_line(value)
    if not words.isascii():
        raise RenderError(f"{name} would not be ASCII: {words[:80]!r}")
    return _field(name, words.split())


def mailbox(address: str) -> str:
    """An address as SMTP carries it without SMTPUTF8: the domain in IDNA, nothing to quote.

    Raises:
        RenderError: it cannot be put so.
    """
    local, at, domain = address.rpartition("@")
    try:
        host = domain.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not at or not _LOCAL.match(local) or not re.match(r"[A-Za-z0-9.-]{1,255}\Z", host):
        raise RenderError(f"{address[:80]!r} is no address that mail can be sent to")
    return f"{local}@{host}"


def _phrase(display: str, column: int) -> list[str]:
    """A display name: words as they are, a quoted string, or encoded words (RFC 5322, 3.2.5; RFC 2047, 5)."""
    words = one_line(display)
    if not words.isascii() or "=?" in words or len(words) > _LINE - 20:
        return _encoded_words(words, column)
    if _ATOMS.match(words):
        return words.split()
    escaped = words.replace("\\", r"\\").replace('"', r"\"")
    return [f'"{escaped}"']


def _encoded_words(text: str, column: int) -> list[str]:
    """Text as encoded words, each whole characters, the first short enough for what stands before it."""
    words = []
    room = _LINE - max(column, 1)
    chunk = b""
    for character in text:
        encoded = character.encode()
        if chunk and (len(chunk) + len(encoded)) > (room - 12) // 4 * 3:
            words.append(_encoded_word(chunk))
            chunk, room = b"", _LINE - 1
        chunk += encoded
    return [*words, _encoded_word(chunk)]


def _encoded_word(chunk: bytes) -> str:
    return f"=?utf-8?b?{b64encode(chunk).decode()}?="


def _field(name: str, pieces: list[str]) -> bytes:
    """Pieces on lines of at most 76 characters; a longer piece has a line to itself."""
    line, lines = f"{name}:", []
    for piece in pieces:
        if len(line) + 1 + len(piece) > _LINE and line.strip() != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {piece}"
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"
