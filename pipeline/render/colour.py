"""Colours that can be read, whatever accent a publication chose: WCAG 2.2 contrast, pure arithmetic.

A colour is ``#rrggbb`` or ``#rgb``; what comes out is ``#rrggbb`` in lower case. Hue and saturation stay, only
lightness moves, so an accent remains recognisable on light and on dark paper.
"""

import colorsys
import re
from functools import cache

BLACK, WHITE = "#000000", "#ffffff"
READABLE = 4.5  # contrast of text of any size (WCAG 2.2, 1.4.3, level AA)
# On dark paper coloured words, the small figures of citations above all, sink at 4.5: WCAG's formula rates dark
# pairs too well (which APCA, its successor's draft, mends).
READABLE_ON_DARK = 6.0

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_STEPS = 200


def is_colour(text: str) -> bool:
    """Whether this is ``#rgb`` or ``#rrggbb``."""
    return _COLOUR.match(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 (none) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def readable_on(background: str, ink: str = "#1a1a1a") -> str:
    """What to write with on a background: white if it can be read there, else ``ink``, else black.

    One of white and black always reaches 4.5 (their contrasts with any colour multiply to 21).
    """
    return next((colour for colour in (WHITE, ink) if contrast(colour, background) >= READABLE), BLACK)


@cache
def for_light(colour: str, *backgrounds: str) -> str:
    """The colour, darkened only as far as text in it needs to be read on each background (white if none)."""
    return _moved(colour, backgrounds or (WHITE,), READABLE, towards=0.0)


@cache
def for_dark(colour: str, *backgrounds: str) -> str:
    """The colour, lightened only as far as text in it needs to be read on each background (#16181a if none)."""
    return _moved(colour, backgrounds or ("#16181a",), READABLE_ON_DARK, towards=1.0)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with a ``share`` (0 to 1) of ``other`` in it: tints, hairlines, quiet grounds."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return _written(*(one + (two - one) * share for one, two in pairs))


def _moved(colour: str, backgrounds: tuple[str, ...], least: float, *, towards: float) -> str:
    """The first of the colours from this one to black (0) or white (1) with that contrast on all backgrounds."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    for step in range(_STEPS + 1):
        moved = lightness + (towards - lightness) * step / _STEPS
        candidate = _written(*colorsys.hls_to_rgb(hue, moved, saturation))
        if all(contrast(candidate, background) >= least for background in backgrounds):
            return candidate
    return WHITE if towards else BLACK


def _channels(colour: str) -> tuple[float, float, float]:
    if not is_colour(colour):
        raise ValueError(f"{colour!r} is no colour such as #2f6f5e")
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    return red, green, blue


def _written(*channels: float) -> str:
    return "#" + "".join(f"{round(min(max(value, 0.0), 1.0) * 255):02x}" for value in channels)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, after sRGB, IEC 61966-2-1)."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
