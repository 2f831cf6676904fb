"""Colours as style sheets write them, and what one shows on top of another."""

import re
from typing import NamedTuple

_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\Z", re.IGNORECASE)
_FUNCTION = re.compile(r"rgba?\(([^()]*)\)\Z", re.IGNORECASE)
_PIECE = re.compile(r"[a-z-]+\([^()]*\)|[^\s,]+", re.IGNORECASE)
# The sixteen of HTML 4.01, and those that templates use besides.
_NAMED = (
    "black=000000 silver=c0c0c0 gray=808080 grey=808080 white=ffffff maroon=800000 red=ff0000 "
    "purple=800080 fuchsia=ff00ff green=008000 lime=00ff00 olive=808000 yellow=ffff00 navy=000080 "
    "blue=0000ff teal=008080 aqua=00ffff orange=ffa500 lightgray=d3d3d3 lightgrey=d3d3d3 darkgray=a9a9a9 "
    "darkgrey=a9a9a9 dimgray=696969 dimgrey=696969 whitesmoke=f5f5f5 gainsboro=dcdcdc ivory=fffff0 "
    "beige=f5f5dc tomato=ff6347"
)
_NAMES = dict(pair.split("=") for pair in _NAMED.split())


class Colour(NamedTuple):
    """Red, green and blue from 0 to 255, and how much of it covers, from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def on(self, other: "Colour") -> "Colour":
        """What is seen of this colour on top of another that covers."""
        mixed = (one * self.alpha + two * (1 - self.alpha) for one, two in zip(self[:3], other[:3], strict=True))
        return Colour(*mixed)

    def __str__(self) -> str:
        return "#" + "".join(f"{round(value):02x}" for value in self[:3])


def colour_of(value: str) -> Colour | None:
    """A colour; none for ``inherit``, for what is no colour and for functions other than ``rgb()``."""
    text = value.strip().lower()
    if text == "transparent":
        return Colour(0, 0, 0, 0)
    if text in _NAMES:
        text = f"#{_NAMES[text]}"
    if match := _HEX.match(text):
        digits = match[1] if len(match[1]) > 4 else "".join(2 * digit for digit in match[1])
        one, two, three, four = (int(f"{digits}ff"[start : start + 2], 16) for start in (0, 2, 4, 6))
        return Colour(one, two, three, four / 255)
    if match := _FUNCTION.match(text):
        try:
            levels = re.split(r"[\s,/]+", match[1].strip())
            red, green, blue = (_level(each) for each in levels[:3])
            return Colour(red, green, blue, _share(levels[3]) if levels[3:] else 1.0)
        except ValueError:
            return None
    return None


def _level(text: str) -> float:
    return _share(text) * 255 if text.endswith("%") else float(text)


def _share(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def background_of(value: str) -> Colour | None:
    """The colour in a ``background``; ``none`` lets through what is behind."""
    pieces = _PIECE.findall(value)
    found = [colour for piece in pieces if (colour := colour_of(piece))]
    if found:
        return found[-1]
    return Colour(0, 0, 0, 0) if "none" in pieces else None
