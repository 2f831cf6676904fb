"""Text set in columns: width as a terminal or a mail program shows it, filled lines, aligned tables. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, zip_longest

# What may not begin a line in Chinese and Japanese (JIS X 4051, the common ones).
_NEVER_FIRST = frozenset("、。，．・：；？！）」』】〕》〉］｝ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")
_NEVER_LAST = frozenset("（「『【〔《〈［｛")
# What may be other than one column wide: past Latin, and not the dashes, quotes and marks of typography.
_NOT_PLAIN = re.compile("[^\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u20ac\u2122]")
PLACE_OPEN, PLACE_CLOSE = "\ufdd0", "\ufdd1"  # around a merge place: no characters, so in nobody's text
_GAP = 2
_NARROWEST = 6  # a column thinner than this is no column


def width(text: str) -> int:
    """How many columns a text takes: two for wide East Asian characters and emoji, none for marks (UAX 11)."""
    return len(text) if text.isascii() else sum(map(_cells, text))


@cache
def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf") or character in (PLACE_OPEN, PLACE_CLOSE):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    r"""Fill lines with words. ``first`` and ``rest`` lead the first line and those after it.

    ``\n`` in the text is a line end to keep. A word that is too long, such as an address, has a line to itself.
    No-break spaces hold; between wide characters a line may end.
    """
    lines: list[str] = []
    lead = first
    for kept in text.split("\n"):
        words = " ".join(filter(None, kept.split(" "))) if "  " in kept else kept.strip(" ")
        if not words.isascii() and _NOT_PLAIN.search(words):
            _fill_any(words, columns, lead, rest, lines)
        elif lead or rest:
            _fill_plain(words, columns, lead, rest, lines)
        else:
            lines += _filling(columns).findall(words) or [""]
        lead = rest
    return lines


def _fill_plain(words: str, columns: int, lead: str, rest: str, lines: list[str]) -> None:
    """The usual case: one column for each character, line ends at spaces alone."""
    if lead != rest:
        found = _filling(columns - width(lead)).match(words)
        lines.append(lead + found.group() if found else lead.rstrip())
        words = words[found.end() + 1 :] if found else ""
        if not words:
            return
    filled = _filling(columns - width(rest)).findall(words)
    lines += [rest + line for line in filled] if rest else filled
    if not words:
        lines.append(rest.rstrip())


@cache
def _filling(room: int) -> re.Pattern[str]:
    """As many words as there is room for, or one that is longer."""
    return re.compile(f"[^ ].{{0,{max(room, 1) - 1}}}(?= |\\Z)|[^ ]+")


def _fill_any(words: str, columns: int, lead: str, rest: str, lines: list[str]) -> None:
    line, used, has_words = lead, width(lead), False
    for glue, piece in _pieces(words):
        size = width(piece)
        if not has_words:
            line, used, has_words = line + piece, used + size, True
        elif used + len(glue) + size <= columns:
            line, used = line + glue + piece, used + len(glue) + size
        else:
            lines.append(line)
            line, used = rest + piece, width(rest) + size
    lines.append(line)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What a line can be broken between: each piece with the space before it, or nothing."""
    for word in text.split(" "):
        if not word:
            continue
        if word.isascii() or len(word) == width(word) or PLACE_OPEN in word:
            yield " ", word
        else:
            yield from _wide_pieces(word)


def _wide_pieces(word: str) -> Iterator[tuple[str, str]]:
    glue, piece = " ", word[0]
    for before, character in pairwise(word):
        may_break = 2 in (_cells(before), _cells(character)) and _cells(character) > 0
        if may_break and before != "\u200d" and character not in _NEVER_FIRST and before not in _NEVER_LAST:
            yield glue, piece
            glue, piece = "", character
        else:
            piece += character
    yield glue, piece


def padded(text: str, columns: int, align: str = "left") -> str:
    """A text filled up with spaces to a width: ``left``, ``center`` or ``right``."""
    room = max(0, columns - width(text))
    before = room if align == "right" else room // 2 if align == "center" else 0
    return " " * before + text + " " * (room - before)


def underlined(text: str, mark: str, columns: int) -> list[str]:
    """A heading: its lines, and a line as long as the longest of them."""
    lines = wrap(text, columns)
    return [*lines, mark * max(map(width, lines))] if text else []


def led(lines: list[str], lead: str) -> list[str]:
    """Lines with a mark before the first, and as much space before the others."""
    first, *rest = lines or [""]
    return [lead + first, *indented(rest, " " * len(lead))]


def indented(lines: list[str], lead: str) -> list[str]:
    """Lines with the same lead before each, and no trailing blanks."""
    return [(lead + line).rstrip() for line in lines]


def joined(items: list[list[str]], *, is_loose: bool) -> list[str]:
    """Items under one another; loose ones with a blank line between them."""
    lines: list[str] = []
    for item in items:
        if is_loose and lines:
            lines.append("")
        lines += item
    return lines


def table(rows: list[list[str]], alignments: list[str], columns: int) -> list[str] | None:
    """Rows of cells, the first the head, as aligned columns; none when they do not fit into the width."""
    widths = _widths(rows, columns)
    if widths is None:
        return None
    lines: list[str] = []
    # One line for each row reads best; where a cell takes several, a blank line keeps rows apart.
    cells_of = [[wrap(cell, size) for cell, size in zip(row, widths, strict=True)] for row in rows]
    is_tall = any(len(cell) > 1 for row in cells_of[1:] for cell in row)
    for index, row in enumerate(cells_of):
        if is_tall and index > 1:
            lines.append("")
        for pieces in zip_longest(*row, fillvalue=""):
            cells = map(padded, pieces, widths, alignments)
            lines.append((" " * _GAP).join(cells).rstrip())
        if index == 0:
            lines.append((" " * _GAP).join("-" * size for size in widths))
    return lines


def _widths(rows: list[list[str]], columns: int) -> list[int] | None:
    """The width of each column: what it needs, the widest giving way first when there is not enough room."""
    by_column = list(zip(*rows, strict=True))
    widths = [max(width(line) for cell in column for line in cell.split("\n")) for column in by_column]
    least = [
        max((width(piece) for cell in column for _, piece in _pieces(cell.replace("\n", " "))), default=1)
        for column in by_column
    ]
    room = columns - _GAP * (len(widths) - 1)
    while sum(widths) > room:
        spare = [(size, -index) for index, size in enumerate(widths) if size > max(least[index], _NARROWEST)]
        if not spare:
            return None
        widths[-max(spare)[1]] -= 1
    return [max(size, 1) for size in widths]
