"""A social card as SVG: 1200 by 630 pixels, what Open Graph's readers ask for.

A part has its number on a field of the accent, and its series, title and place beside it; a series and the
publication have the whole sheet in the accent. The names of fonts are the renderer's: it is given the same files.
"""

import unicodedata
from html import escape

from pipeline.edition import Card
from pipeline.render.web.typeface import Typefaces
from pipeline.render.web.typesetting import fitted, one_line

WIDTH, HEIGHT = 1200, 630  # what Facebook asks for; others cut at most a little off the sides
_MARGIN = 72
_FIELD = 264  # of the accent, beside a part's title
_READABLE = 18  # pixels: what is smaller is left out, where it only stands beside a title
_SLACK = 1.02  # kerning may widen a line a little
_RISE = 0.36  # from the middle of a line to its baseline, in ems
_LEADING, _TALL_LEADING = 1.16, 1.45  # the second for scripts that reach far up and down
_TALL = ("ARABIC", "DEVANAGARI", "BENGALI", "THAI", "TAMIL", "TELUGU", "HEBREW", "MALAYALAM", "KHMER", "TIBETAN")
_MANY_STEPS = 40  # from so many parts on, a bar instead of steps
# Embeddings, since a renderer of SVG takes a line to run from left to right (UAX #9, 2.1).
_RTL, _LTR, _POP = "\u202b", "\u202a", "\u202c"


def card_svg(card: Card, faces: Typefaces) -> str:
    """The card, drawn."""
    return _Sheet(card, faces).svg()


class _Sheet:
    def __init__(self, card: Card, faces: Typefaces) -> None:
        self._card = card
        self._faces = faces
        self._is_part = bool(card.number)
        field = _FIELD if self._is_part else 0
        self._left = _MARGIN if card.is_rtl else field + _MARGIN
        self._right = WIDTH - field - _MARGIN if card.is_rtl else WIDTH - _MARGIN
        self._drawn: list[str] = []

    def svg(self) -> str:
        """From the ground up: grounds, small lines at head and foot, and the title in what room is left."""
        card = self._card
        self._rect(0, 0, WIDTH, HEIGHT, card.paper if self._is_part else card.accent)
        if self._is_part:
            self._field()
        quiet = card.muted if self._is_part else card.on_accent
        loud = card.accent if self._is_part else card.on_accent
        top = self._small(card.kicker, 92, 34, loud, at_end=False)
        foot = 560
        if card.label and card.of > 1:
            self._steps(foot - 56)
        self._small(card.label, foot, 30, card.ink, at_end=False, share=0.34)
        self._small(card.foot, foot, 30, quiet, at_end=bool(card.label), share=0.6 if card.label else 1.0)
        self._title(132 if top else 72, foot - (84 if card.of > 1 and card.label else 56))
        body = "\n".join(self._drawn)
        return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">\n{body}\n</svg>\n'

    def _field(self) -> None:
        """The part's number, as large as its field allows."""
        x = WIDTH - _FIELD if self._card.is_rtl else 0
        self._rect(x, 0, _FIELD, HEIGHT, self._card.accent)
        number = str(self._card.number)
        size = min(280, int((_FIELD - 56) / max(self._measure(number), 0.1)))
        self._text(number, x + _FIELD / 2, HEIGHT / 2 + size * 0.33, size, self._card.on_accent, "middle")

    def _title(self, top: int, bottom: int) -> None:
        card = self._card
        if not card.title:
            return
        is_tall = any(unicodedata.name(c, "").startswith(_TALL) for c in card.title)
        leading = _TALL_LEADING if is_tall else _LEADING
        room = self._right - self._left
        setting = fitted(card.title, self._measure, room, bottom - top, leading)
        if setting is None:
            return
        colour = card.ink if self._is_part else card.on_accent
        block = len(setting.lines) * setting.size * leading
        y = top + (bottom - top - block) / 2 + setting.size * (leading / 2 + _RISE)
        is_rtl = _runs_rtl(card.title, is_rtl=card.is_rtl)
        for k, line in enumerate(setting.lines):
            self._line(line, y + k * setting.size * leading, setting.size, colour, is_rtl=is_rtl)

    def _small(self, text: str, y: int, size: int, colour: str, *, at_end: bool, share: float = 1.0) -> bool:
        """A short line at the start or the end of the sheet; left out when it would be too small to read."""
        room = (self._right - self._left) * share
        if not text:
            return False
        setting = one_line(text, self._measure, room, size) or fitted(text, self._measure, room, size * 2, 1.25)
        if setting is None or setting.size < _READABLE:
            return False
        for k, line in enumerate(setting.lines):
            above = 0 if y > HEIGHT / 2 else len(setting.lines) - 1  # lines grow towards the nearer edge
            place = y + (k - above) * setting.size * 1.25
            self._line(line, place, setting.size, colour, is_rtl=self._card.is_rtl, at_end=at_end)
        return True

    def _steps(self, y: int) -> None:
        """How far along this part is: those up to it in the accent."""
        card, room = self._card, self._right - self._left
        many = card.of > _MANY_STEPS
        steps, gap = (1, 0) if many else (card.of, 6)
        wide = (room - gap * (steps - 1)) / steps
        for k in range(steps):
            x = self._right - (k + 1) * wide - k * gap if card.is_rtl else self._left + k * (wide + gap)
            self._rect(x, y, wide, 8, card.accent if k < card.number and not many else card.line)
        if many:
            done = room * card.number / card.of
            self._rect(self._right - done if card.is_rtl else self._left, y, done, 8, card.accent)

    def _line(self, text: str, y: float, size: int, colour: str, *, is_rtl: bool, at_end: bool = False) -> None:
        """A line at the edge at which its card begins, or at the other one."""
        is_left = self._card.is_rtl if at_end else not self._card.is_rtl
        steered = f"{_RTL if _runs_rtl(text, is_rtl=is_rtl) else _LTR}{text}{_POP}"
        x, anchor = (self._left, "start") if is_left else (self._right, "end")
        self._text(steered, x, y, size, colour, anchor)

    def _measure(self, text: str) -> float:
        return self._faces.width(text) * _SLACK

    def _text(self, text: str, x: float, y: float, size: int, colour: str, anchor: str) -> None:
        self._drawn.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-family="serif" font-size="{size}" fill="{colour}"'
            f' text-anchor="{anchor}">{escape(text)}</text>'
        )

    def _rect(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._drawn.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
        )


def _runs_rtl(text: str, *, is_rtl: bool) -> bool:
    """The way a text runs: as its first strong letter does (UAX #9, P2), or as the card does."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return is_rtl
