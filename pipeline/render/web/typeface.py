"""What a font file says of its letters: which it has, and how wide they are. OpenType 1.9, read from bytes.

Only for measuring, and for knowing beforehand that no box will be drawn in a letter's place; shaping is the
renderer's business. So widths are those of single letters: joined ones (Arabic, Devanagari) take less.
"""

import struct
import unicodedata
from bisect import bisect_right

from pipeline.model import Library

DEFAULT_FONT = "web/fonts/SourceSerif4-Medium.ttf"
_OPENERS = (b"\0\1\0\0", b"OTTO", b"true")
_WINDOWS, _FULL = 4, 12  # formats of the table from letters to glyphs
_FAMILY = (16, 1)  # the family as a typographer names it, or else as old Windows does


class Typeface:
    """One font file. ``family`` is the name by which a renderer finds it.

    Raises:
        ValueError: it is no TrueType or OpenType font, or is cut short.
    """

    def __init__(self, data: bytes) -> None:
        if data[:4] not in _OPENERS:
            raise ValueError("this is no TrueType or OpenType font")
        self._data = data
        try:
            self._tables = {
                tag: offset
                for tag, _, offset, _ in struct.iter_unpack(
                    ">4sIII", data[12 : 12 + 16 * struct.unpack_from(">H", data, 4)[0]]
                )
            }
            self._units: int = struct.unpack_from(">H", data, self._tables[b"head"] + 18)[0]
            self._metrics: int = struct.unpack_from(">H", data, self._tables[b"hhea"] + 34)[0]
            self._widths: int = self._tables[b"hmtx"]
            struct.unpack_from(">H", data, self._widths + 4 * max(self._metrics - 1, 0))
            self.family = self._read_family()
            self._read_characters()
        except (struct.error, KeyError) as error:
            raise ValueError(f"this font is not whole ({error})") from error
        if not self._units or not self._metrics:
            raise ValueError("this font has no metrics")
        if not self.family:
            raise ValueError("this font has no name to find it by")

    def has(self, character: str) -> bool:
        """Whether it can draw a character."""
        return self._glyph(ord(character)) != 0

    def width(self, character: str) -> float:
        """How far a character moves the pen, in ems."""
        if unicodedata.combining(character):
            return 0.0
        glyph = min(self._glyph(ord(character)), self._metrics - 1)
        advance: int = struct.unpack_from(">H", self._data, self._widths + 4 * glyph)[0]
        return advance / self._units

    def _read_family(self) -> str:
        base = self._tables[b"name"]
        count, strings = struct.unpack_from(">HH", self._data, base + 2)
        found: dict[int, str] = {}
        for at in range(base + 6, base + 6 + 12 * count, 12):
            platform, _, language, name, size, offset = struct.unpack_from(">6H", self._data, at)
            if platform == 3 and name in _FAMILY and (name not in found or language == 0x409):
                text = self._data[base + strings + offset : base + strings + offset + size]
                found[name] = text.decode("utf-16-be", "replace")
        return next((found[name] for name in _FAMILY if name in found), "")

    def _read_characters(self) -> None:
        """The segments of its largest Unicode table: first and last character, and how to find the glyph."""
        base = self._tables[b"cmap"]
        best = (0, 0)
        for at in range(base + 4, base + 4 + 8 * struct.unpack_from(">H", self._data, base + 2)[0], 8):
            platform, encoding, offset = struct.unpack_from(">HHI", self._data, at)
            if platform == 0 or (platform == 3 and encoding in (1, 10)):
                form = struct.unpack_from(">H", self._data, base + offset)[0]
                if form in (_WINDOWS, _FULL):
                    best = max(best, (form, base + offset))
        form, table = best
        if not form:
            raise ValueError("this font has no Unicode characters")
        self._segments = self._full(table) if form == _FULL else self._windows(table)
        self._starts = [segment[0] for segment in self._segments]

    def _full(self, table: int) -> list[tuple[int, int, int, int]]:
        count = struct.unpack_from(">I", self._data, table + 12)[0]
        groups = struct.iter_unpack(">III", self._data[table + 16 : table + 16 + 12 * count])
        return [(first, last, glyph - first, 0) for first, last, glyph in groups]

    def _windows(self, table: int) -> list[tuple[int, int, int, int]]:
        doubled = struct.unpack_from(">H", self._data, table + 6)[0]
        count = doubled // 2

        def column(k: int) -> tuple[int, ...]:
            return struct.unpack_from(f">{count}H", self._data, table + 14 + k * doubled + (2 if k else 0))

        lasts, firsts, deltas, offsets = (column(k) for k in range(4))
        places = table + 16 + 3 * doubled
        return [
            (first, last, delta, places + 2 * k + offset if offset else 0)
            for k, (first, last, delta, offset) in enumerate(zip(firsts, lasts, deltas, offsets, strict=True))
        ]

    def _glyph(self, code: int) -> int:
        k = bisect_right(self._starts, code) - 1
        if k < 0:
            return 0
        first, last, delta, place = self._segments[k]
        if code > last:
            return 0
        if not place:
            return (code + delta) & 0xFFFF
        at = place + 2 * (code - first)
        if at + 2 > len(self._data):
            return 0
        glyph: int = struct.unpack_from(">H", self._data, at)[0]
        return (glyph + delta) & 0xFFFF if glyph else 0


class Typefaces:
    """Several fonts, of which the first that has a character draws it.

    Raises:
        ValueError: one of them is no font.
    """

    def __init__(self, files: tuple[bytes, ...]) -> None:
        self.faces = tuple(Typeface(data) for data in files)
        self._widths: dict[str, float] = {}

    def shown(self, text: str) -> str:
        """The text as it can be drawn: composed, in one line, without the emoji that no font here has."""
        composed = " ".join(unicodedata.normalize("NFC", text).split())
        return " ".join("".join(c for c in composed if not self._is_ornament(c)).split())

    def lacking(self, text: str) -> str:
        """The letters of a text that none has, each once, in their order."""
        letters = dict.fromkeys(c for c in self.shown(text) if not (c == " " or _is_sign(c)))
        return "".join(c for c in letters if not any(face.has(c) for face in self.faces))

    def width(self, text: str) -> float:
        """How long a text is, in ems: never less than it will be."""
        return sum(self._width(character) for character in text)

    def _width(self, character: str) -> float:
        if character not in self._widths:
            face = None if _is_sign(character) else next((f for f in self.faces if f.has(character)), None)
            self._widths[character] = face.width(character) if face else 0.0
        return self._widths[character]

    def _is_ornament(self, character: str) -> bool:
        """An emoji, or what only joins and tints emoji: a title says the same without it."""
        is_one = unicodedata.category(character) in ("So", "Sk") or character in "\u200d\ufe0e\ufe0f\u20e3"
        is_one = is_one and ord(character) > 0x2000
        return is_one and not any(face.has(character) for face in self.faces)


def _is_sign(character: str) -> bool:
    """What steers the line or chooses a shape, and is not drawn itself."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


def card_fonts(library: Library) -> tuple[bytes, ...]:
    """The fonts of cards, the publication's own first; none when nothing can be drawn with."""
    own = library.publication.theme.card_font.removeprefix("templates/")
    return tuple(library.fonts[name] for name in (own, DEFAULT_FONT) if name in library.fonts)
