"""Setting a title into a box: in the largest size in which all of it fits, in lines of even length, never cut."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Measure = Callable[[str], float]  # the length of a text, in ems

SIZES = (112, 100, 90, 80, 72, 64, 58, 52, 46, 42, 38, 34, 30, 27, 24, 21, 18, 16, 14, 12, 10, 8)
_FEW = {112: 2, 100: 2, 90: 3, 80: 3, 72: 4}  # lines at most: large type in many lines is a poster, not a title
_FINE = range(64, 0, -1)  # steps of 1/64 in which lines are evened out
# Han, kana and full-width signs break anywhere, but no line begins with a closing sign or ends with an opening one
# (JIS X 4051). Everything else breaks at blanks and behind hyphens and dashes.
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CLOSING = "、。，．・：；？！）」』】〉》〕｝］’”ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
_OPENING = "（「『【〈《〔｛［‘“"
_PIECE = re.compile(
    rf"[{_OPENING}]*[{_WIDE}][{_CLOSING}]*|(?:(?![{_WIDE}])[^\s\u2010\u2013\u2014-])*[\u2010\u2013\u2014-]?|\s+"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of a text, and the size in which they fit."""

    lines: tuple[str, ...]
    size: int


def fitted(text: str, measure: Measure, width: float, height: float, leading: float) -> Setting | None:
    """A text in a box of so many pixels; none when it does not even fit in the smallest size.

    ``leading`` is the distance of lines in ems. A word is broken only where it is wider than the box in a size
    that can still be read easily.
    """
    pieces = tuple(_pieces(text))
    longest = max((measure(piece) for piece in pieces), default=0.0)
    for size in SIZES:
        most = min(_FEW.get(size, 99), int(height / (size * leading)))
        if longest * size > width and size > 34:
            continue
        lines = _wrapped(pieces, measure, width / size)
        if len(lines) <= most:
            return Setting(_even(pieces, measure, width / size, lines), size)
    return None


def one_line(text: str, measure: Measure, width: float, size: int) -> Setting | None:
    """A text in one line, smaller than ``size`` where it must be, down to a half; none when that is not enough."""
    wanted = measure(text) * size
    fitting = size if wanted <= width else int(size * width / wanted)
    return Setting((text,), fitting) if fitting * 2 >= size else None


def _pieces(text: str) -> Iterator[str]:
    """What stays together, in order; blanks are pieces of their own."""
    return (found.group() for found in _PIECE.finditer(text) if found.group())


def _wrapped(pieces: tuple[str, ...], measure: Measure, width: float) -> tuple[str, ...]:
    """Lines as long as the width (in ems) allows."""
    lines, line, length = [], "", 0.0
    for piece in pieces:
        step = measure(piece)
        if piece.isspace():
            line, length = (line + piece, length + step) if line else ("", 0.0)
            continue
        if line and length + step > width:
            lines.append(line.rstrip())
            line, length = "", 0.0
        for part in _broken(piece, measure, width) if step > width else (piece,):
            if line and length + measure(part) > width:
                lines.append(line.rstrip())
                line, length = "", 0.0
            line, length = line + part, length + measure(part)
    return (*lines, line.rstrip()) if line.strip() else tuple(lines)


def _broken(word: str, measure: Measure, width: float) -> Iterator[str]:
    """A word that is wider than a line, in pieces that are not."""
    start = 0
    for end in range(1, len(word) + 1):
        if end - start > 1 and measure(word[start:end]) > width:
            yield word[start : end - 1]
            start = end - 1
    yield word[start:]


def _even(pieces: tuple[str, ...], measure: Measure, width: float, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The same number of lines, as narrow as that number allows: no last line of one word."""
    best = lines
    low, high = 0, len(_FINE)  # as few sixty-fourths of the width as will do
    while low + 1 < high:
        middle = (low + high) // 2
        tried = _wrapped(pieces, measure, width * middle / len(_FINE))
        whole = max((measure(piece) for piece in pieces), default=0.0) <= width * middle / len(_FINE)
        if whole and len(tried) <= len(lines):
            best, high = tried, middle
        else:
            low = middle
    return best
