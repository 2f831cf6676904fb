"""Pictures without what they tell of their making: where, with what, by whom.

A telephone writes into each photograph where it was taken, to a few metres (EXIF's GPS block). Nothing is decoded
here: the pieces of a file are walked through, and those that are no picture are left out. What changes how the
picture looks stays: its colour profile, and which way is up.

JPEG: ITU-T T.81, B.1.1.4; EXIF 2.32, 4.7.2. PNG: https://www.w3.org/TR/png-3/, 11.3. WebP:
https://developers.google.com/speed/webp/docs/riff_container.
"""

import re
import struct
from collections.abc import Iterator

_JPEG, _PNG, _RIFF, _WEBP = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF", b"WEBP"
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
# APP1 is EXIF and XMP, APP13 Photoshop's IPTC, COM a comment. APP0 (JFIF), APP2 (colours) and APP14 (Adobe) count.
_JPEG_TALK = frozenset({0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE})
_PNG_TALK = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_TALK = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0x08 | 0x04  # EXIF and XMP, in VP8X
_ORIENTATION = 0x0112
_UPRIGHT = 1
_EXIF = b"Exif\0\0"
_PICTURES_BEHIND = b"MPF\0"  # CIPA DC-007: where in the file more pictures stand, each with its own EXIF
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)  # in a scan, FF is followed by 00 or a restart


def without_metadata(data: bytes) -> bytes:
    """The same picture with nothing in it but the picture. What cannot be followed is given back as it is."""
    try:
        if data.startswith(_JPEG):
            return _jpeg(data)
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(_RIFF) and data[8:12] == _WEBP:
            return _webp(data)
    except (struct.error, IndexError):
        pass  # cut short: whoever decodes it will say so
    return data


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """The marker, the whole and the end of each segment before the first scan."""
    at = len(_JPEG)
    while at < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        end = at + 2 if marker in _ALONE else at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if end > len(data):
            return
        yield marker, data[at:end], end
        at = end


def _jpeg(data: bytes) -> bytes:
    kept = [_JPEG]
    orientation, end = _UPRIGHT, len(_JPEG)
    for marker, piece, after in _segments(data):
        end = after
        if marker == 0xE1:
            orientation = _orientation(piece) or orientation
        elif marker not in _JPEG_TALK and piece[4:8] != _PICTURES_BEHIND:
            kept.append(piece)
    if orientation != _UPRIGHT:
        kept.insert(1, _turned(orientation))
    return b"".join([*kept, data[end : _end_of_scans(data, end)]])


def _end_of_scans(data: bytes, at: int) -> int:
    """Where the picture ends: telephones put a film, or more pictures, behind it."""
    while found := _NEXT_MARKER.search(data, at):
        if data[found.start() + 1] == _END_OF_IMAGE:
            return found.end()
        at = found.end() + struct.unpack_from(">H", data, found.end())[0]
    return len(data)


def _orientation(segment: bytes) -> int:
    """Which way is up, of an EXIF segment: 1 to 8, and 0 when it does not say."""
    if segment[4:10] != _EXIF:
        return 0
    tiff = segment[10:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    if not order:
        return 0
    start = struct.unpack_from(f"{order}I", tiff, 4)[0]
    for at in range(start + 2, start + 2 + 12 * struct.unpack_from(f"{order}H", tiff, start)[0], 12):
        tag, kind, count = struct.unpack_from(f"{order}HHI", tiff, at)
        if (tag, kind, count) == (_ORIENTATION, 3, 1):
            value: int = struct.unpack_from(f"{order}H", tiff, at + 8)[0]
            return value if 1 <= value <= 8 else 0
    return 0


def _turned(orientation: int) -> bytes:
    """An EXIF segment that says which way is up, and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    body = _EXIF + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if kind not in _PNG_TALK:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _webp(data: bytes) -> bytes:
    kept, at = [], 12
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        end = at + 8 + size + size % 2
        chunk = data[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_TALK:
            kept.append(chunk)
        at = end
    body = _WEBP + b"".join(kept)
    return _RIFF + struct.pack("<I", len(body)) + body
