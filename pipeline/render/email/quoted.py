"""Quoted-printable (RFC 2045, 6.7) that stays as it is on its way: no line over 76, none that begins with a dot.

A line that begins with a dot is changed by SMTP (RFC 5321, 4.5.2), and one that begins with ``From`` by mailboxes
(mboxrd); both are written as ``=2E`` and ``=46`` instead. So a message needs no stuffing, whoever sends it.
Written here, for ``binascii.b2a_qp`` knows neither, breaks the rule of 76 where a line ends in a blank, and takes
longer: an email is a few very long lines, and those are cut by one regular expression.
"""

import re
from functools import lru_cache

SOFT_BREAK = b"=\r\n"
_LONGEST = 76
_SHORT = 600
_TEXT = bytes({*range(0x20, 0x7F), *range(0x80, 0x100), 0x09, 0x0A})
_NOT_ASCII = re.compile(r"[^\x00-\x7f][^\x00-\x7f]*")  # twice as fast as with a plus
# Not within `=XX`, and not before a dot or an F. Where there is no such place all that is left is one piece.
_PIECES = re.compile(r".{58,75}(?<!=)(?<!=.)(?![.F])|.+")
_ANY_PIECES = re.compile(r".{73,75}(?<!=)(?<!=.)|.+")
_AT_RISK = (".", "F")
_BLANKS = (" ", "\t")


def quoted(text: str) -> bytes:
    """A stretch of text that begins at the beginning of a line, encoded, with CRLF for its line ends."""
    if text.encode().translate(None, _TEXT):
        text = _without_controls(text)
    lines = [_often(line) if _LONGEST < len(line) < _SHORT else _line(line) for line in text.split("\n")]
    return "\r\n".join(lines).encode("ascii")


def _line(line: str) -> str:
    """One line, in as many as it takes."""
    plain = line.replace("=", "=3D")
    if not plain.isascii():
        plain = _NOT_ASCII.sub(_octets, plain)
    if len(plain) > _LONGEST or plain.startswith(_AT_RISK) or plain.endswith(_BLANKS):
        return _wrapped(plain)
    return plain


_often = lru_cache(2048)(_line)  # a theme's style sheets and layout, line by line the same in every email


def broken_off(encoded: bytes) -> bytes:
    """Encoded text with a soft line break at its end, so that what follows begins a line."""
    last = len(encoded) - encoded.rfind(b"\n") - 1
    if last < _LONGEST:
        return encoded + SOFT_BREAK
    unit = 3 if encoded[-3:-2] == b"=" else 1
    return encoded[:-unit] + SOFT_BREAK + encoded[-unit:] + SOFT_BREAK


def _without_controls(text: str) -> str:
    """Line ends made LF, and the control characters that no text has made harmless: they are no line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("[\x00-\x08\x0b-\x1f\x7f]", "\ufffd", text)


def _octets(match: re.Match[str]) -> str:
    return _in_octets(match.group())


@lru_cache(1024)  # quotation marks and dashes
def _in_octets(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode())


def _wrapped(line: str) -> str:
    """A line in as many as it takes, each but the last with a soft break."""
    if line.endswith(_BLANKS):
        line = f"{line[:-1]}={ord(line[-1]):02X}"
    pieces = _PIECES.findall(line)
    if len(pieces[-1]) >= _LONGEST or line.startswith(_AT_RISK):
        pieces = [part for piece in _ANY_PIECES.findall(line) for part in _begun_safely(piece)]
    return "=\r\n".join(pieces)


def _begun_safely(piece: str) -> list[str]:
    """A piece with its first character encoded if need be, and in two if that makes it too long."""
    if piece[0] != "." and not piece.startswith("From "):
        return [piece]
    begun, rest = f"={ord(piece[0]):02X}", piece[1:]
    if len(begun) + len(rest) < _LONGEST:
        return [begun + rest]
    return [begun, *_begun_safely(rest)]
