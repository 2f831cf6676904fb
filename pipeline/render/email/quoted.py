"""Quoted-printable (RFC 2045, 6.7) that stays as it is on its way: no line over 76, none that begins with a dot.

A line that begins with a dot is changed by SMTP (RFC 5321, 4.5.2), and one that begins with ``From`` by mailboxes
(mboxrd); both are written as ``=2E`` and ``=46`` instead. So a message needs no stuffing, whoever sends it.
Written here, for ``binascii.b2a_qp`` knows neither, breaks the rule of 76 where a line ends in a blank, and takes
longer: an email is a few very long lines, and those are cut by one regular expression.
"""

import codecs
import re
from functools import lru_cache

SOFT_BREAK = b"=\r\n"
_LONGEST = 76
_SHORT = 600
_TEXT = bytes({*range(0x20, 0x7F), 0x09, 0x0A})
# Not within `=XX`, and not before a dot or an F. Where there is no such place all that is left is one piece.
_PIECES = re.compile(rb".{58,75}(?<!=)(?<!=.)(?![.F])|.+")
_ANY_PIECES = re.compile(rb".{73,75}(?<!=)(?<!=.)|.+")
_AT_RISK = frozenset({b".", b"F"})
_BLANKS = frozenset({b" ", b"\t"})
_OCTETS = "partwork-quoted"  # how `str.encode` writes what is not ASCII; finding that by a pattern takes longer


def quoted(text: str) -> bytes:
    """A stretch of text that begins at the beginning of a line, encoded, with CRLF for its line ends."""
    encoded = text.replace("=", "=3D").encode("ascii", _OCTETS)
    if encoded.translate(None, _TEXT):
        encoded = _without_controls(text).replace("=", "=3D").encode("ascii", _OCTETS)
    lines = [
        line
        if len(line) <= _LONGEST and line[:1] not in _AT_RISK and line[-1:] not in _BLANKS
        else (_often if len(line) < _SHORT else _wrapped)(line)
        for line in encoded.split(b"\n")
    ]
    return b"\r\n".join(lines)


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


def _octets(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _in_octets(error.object[error.start : error.end]), error.end


@lru_cache(1024)  # quotation marks and dashes
def _in_octets(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode())


codecs.register_error(_OCTETS, _octets)


def _wrapped(line: bytes) -> bytes:
    """A line in as many as it takes, each but the last with a soft break."""
    if line[-1:] in _BLANKS:
        line = b"%s=%02X" % (line[:-1], line[-1])
    pieces = _PIECES.findall(line)
    if len(pieces[-1]) >= _LONGEST or line[:1] in _AT_RISK:
        pieces = [part for piece in _ANY_PIECES.findall(line) for part in _begun_safely(piece)]
    return SOFT_BREAK.join(pieces)


_often = lru_cache(2048)(_wrapped)  # a theme's style sheets and layout, line by line the same in every email


def _begun_safely(piece: bytes) -> list[bytes]:
    """A piece with its first character encoded if need be, and in two if that makes it too long."""
    if not piece.startswith((b".", b"From ")):
        return [piece]
    begun, rest = b"=%02X" % piece[0], piece[1:]
    if len(begun) + len(rest) < _LONGEST:
        return [begun + rest]
    return [begun, *_begun_safely(rest)]
