"""What an attribute of MJML may say: lengths, colours, names, borders; judged as mail programs will read it.

A value with Jinja in it is judged by what stands still in it: the text before and after each tag, where ``HOLE``
is what a tag leaves behind.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple, Protocol

HOLE = "\ue004"

_NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
_LENGTH = re.compile(rf"(?P<sign>[+-]?)(?P<number>{_NUMBER})(?P<unit>[a-zA-Z%]*)\Z")
_BARE = re.compile(r"[+-]?0+(?:\.0+)?\Z")
_TAIL = re.compile(r"[\d.]*(?P<unit>[a-zA-Z%]*)\Z")
_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\Z")
_CLASSIC = re.compile(
    r"rgb\(\s*\d{1,3}%?\s*,\s*\d{1,3}%?\s*,\s*\d{1,3}%?\s*\)\Z"
    r"|rgba\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*(?:0|1|0?\.\d+|1\.0+)\s*\)\Z",
    re.IGNORECASE,
)
_MODERN = re.compile(
    r"(?:#[0-9a-f]{4}|#[0-9a-f]{8}|(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(.+\))\Z", re.IGNORECASE
)
_FOLLOWED = re.compile(r"(?:https?://|mailto:|tel:|sms:|cid:|#)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-zA-Z][\w+.-]*:")
_BORDER_PARTS = re.compile(r"[^\s(]+(?:\([^)]*\))?")
_LINES = frozenset("none hidden dotted dashed solid double groove ridge inset outset".split())  # noqa: SIM905
_THICK = frozenset({"thin", "medium", "thick"})
_CSS_WIDE = frozenset({"inherit", "initial", "unset"})

# The names of CSS Color 4, with those that say that there is no colour.
COLOUR_NAMES = frozenset(
    re.findall(
        r"\w+",
        """
        aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown
        burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan
        darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid
        darkred darksalmon darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet
        deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro
        ghostwhite gold goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory khaki
        lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow
        lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray
        lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine mediumblue
        mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise
        mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange
        orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum
        powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell
        sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato
        turquoise violet wheat white whitesmoke yellow yellowgreen transparent inherit initial currentcolor
        """,
    )
)


class Complaint(NamedTuple):
    """What is wrong with a value and what to write instead; ``close_to`` are names to suggest from."""

    what: str
    hint: str
    is_sure: bool = True
    close_to: tuple[str, ...] = ()


class Kind(Protocol):
    """A kind of value. ``stands`` says whether MJML passes it on as it is, outside of any style."""

    @property
    def stands(self) -> bool:
        """Whether a token printed here comes out where it should."""

    def complaint(self, value: str) -> Complaint | None:
        """What is wrong with a value, if anything."""


@dataclass(frozen=True, slots=True)
class Words:
    """Anything. What ``stands`` is copied as it is (an address, a text); the rest goes into a style."""

    stands: bool = False

    def complaint(self, value: str) -> Complaint | None:  # noqa: ARG002
        """Nothing is wrong with words."""
        return None


@dataclass(frozen=True, slots=True)
class Address:
    """An address that a reader's mail program can follow: whole, for an email is no page to start from."""

    stands: bool = False

    def complaint(self, value: str) -> Complaint | None:
        """It is relative, or nothing that opens."""
        written = value.strip()
        if not written or HOLE in written[:1] or _FOLLOWED.match(written):
            return None
        if _SCHEME.match(written):
            return Complaint("opens in no mail program", "write an address with https")
        if HOLE in written and ":" not in written and "/" not in written.partition(HOLE)[0]:
            return None
        return Complaint(
            "is no whole address", "write all of it, from https:// on, or print one: {{ publication.url }}"
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some names."""

    names: tuple[str, ...]
    stands: bool = False

    def complaint(self, value: str) -> Complaint | None:
        """It is another name."""
        if HOLE in value or value.strip() in self.names:
            return None
        listed = ", ".join(f"`{name}`" for name in self.names)
        return Complaint("is none of its values", f"it can be {listed}", close_to=self.names)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, without a unit."""

    stands: bool = False

    def complaint(self, value: str) -> Complaint | None:
        """It is no whole number."""
        if value.strip(HOLE + "0123456789") == "":
            return None
        return Complaint("is no whole number", "write the number alone, without a unit")


@dataclass(frozen=True, slots=True)
class Length:
    """One length, or up to ``most`` of them: each a number and a unit, or 0.

    ``computed``: mrml subtracts it from the width of what stands inside, and takes a shorthand with a bare 0 for
    nothing at all. ``loose`` units work, but not in every inbox.
    """

    units: tuple[str, ...] = ("px", "%")
    most: int = 1
    names: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    bare: bool = False
    negative: bool = False
    computed: bool = False
    stands: bool = False

    def complaint(self, value: str) -> Complaint | None:
        """A unit is missing or another, or there are too many."""
        pieces = value.split()
        if not pieces:
            return Complaint("is empty", f"write a length in {_or(self.units)}")
        if len(pieces) > self.most:
            allowed = "one length" if self.most == 1 else f"one to {self.most} lengths"
            return Complaint(f"has {len(pieces)} values", f"it can be {allowed}")
        for piece in pieces:
            found = self._one(piece)
            if found:
                return found
        if self.computed and any(_BARE.match(piece) for piece in pieces) and any(map(_is_wide, pieces[1::2])):
            return Complaint("has a bare `0`, and mrml then takes all of it for nothing", "write `0px`")
        return None

    def _one(self, piece: str) -> Complaint | None:
        if HOLE in piece:
            return self._tail(piece.rpartition(HOLE)[2])
        if piece in self.names:
            return None
        match = _LENGTH.match(piece)
        if not match or (match["sign"] == "-" and not self.negative):
            return Complaint(f"has `{piece}`, which is no length", f"write a length in {_or(self.units)}")
        unit = match["unit"].lower()
        if not unit:
            if float(match["number"]) == 0 or self.bare:
                return None
            return Complaint(f"has `{piece}` without a unit", f"write `{piece}px`")
        return self._unit(unit)

    def _tail(self, tail: str) -> Complaint | None:
        match = _TAIL.match(tail)
        if not match:
            return Complaint(f"ends in `{tail}`, which is no unit", f"write a length in {_or(self.units)}")
        return self._unit(match["unit"].lower()) if match["unit"] else None

    def _unit(self, unit: str) -> Complaint | None:
        if unit in self.units:
            return None
        if unit in self.loose:
            return Complaint(
                f"is in `{unit}`, which not every inbox reads", f"write it in {_or(self.units)}", is_sure=False
            )
        return Complaint(f"is in `{unit}`", f"write it in {_or(self.units)}")


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour. A ``ground`` is repeated in a ``bgcolor`` attribute, where Outlook misreads three digits."""

    ground: bool = False
    stands: bool = False

    def complaint(self, value: str) -> Complaint | None:
        """It is no colour, or one that not every inbox reads."""
        written = value.strip()
        if HOLE in written:
            still = written.replace(HOLE, "")
            if (
                not still
                or "#" in still
                or "(" in still
                or ")" in still
                or set(still) <= set("0123456789abcdefABCDEF")
            ):
                return None
        elif written.lower() in COLOUR_NAMES or _CLASSIC.match(written):
            return None
        elif _HEX.match(written):
            return self._digits(written)
        elif _MODERN.match(written):
            return Complaint("is a colour that not every inbox reads", "write it as `#rrggbb`", is_sure=False)
        names = tuple(sorted(COLOUR_NAMES))
        return Complaint("is no colour", "write it as `#rrggbb`", close_to=names)

    def _digits(self, written: str) -> Complaint | None:
        if len(written) == 4 and self.ground:
            full = "#" + "".join(2 * digit for digit in written[1:])
            return Complaint(
                "has three digits, which Outlook misreads in `bgcolor`", f"write `{full}`", is_sure=False
            )
        return None


@dataclass(frozen=True, slots=True)
class Border:
    """A border: width, line and colour in any order, as CSS has it; or ``none``, or 0."""

    stands: bool = False

    def complaint(self, value: str) -> Complaint | None:
        """A width without unit, an unknown line, or no colour."""
        pieces = _BORDER_PARTS.findall(value)
        if not pieces:
            return Complaint("is empty", "write `none`, or such as `1px solid #dddddd`")
        for piece in pieces:
            if piece in _LINES or piece in _THICK or piece in _CSS_WIDE or HOLE in piece:
                continue
            if piece[0] in "0123456789.-+":
                found = Length(("px",), loose=("em", "pt")).complaint(piece)
            else:
                found = Colour().complaint(piece)
                if found and found.is_sure:
                    names = (*sorted(_LINES), *found.close_to)
                    found = Complaint(f"has `{piece}`, neither width, line nor colour", found.hint, close_to=names)
            if found:
                return found
        if len(pieces) > 3:
            return Complaint(f"has {len(pieces)} values", "write width, line and colour: `1px solid #dddddd`")
        is_off = len(pieces) == 1 and (pieces[0] in _CSS_WIDE or not pieces[0].strip("0.px"))
        if not is_off and not any(piece in _LINES or HOLE in piece for piece in pieces):
            return Complaint("names no line, and so draws none", "write such as `1px solid #dddddd`")
        return None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What one kind or another takes."""

    kinds: tuple[Kind, ...]

    @property
    def stands(self) -> bool:
        """Whether all of them pass it on as it is."""
        return all(kind.stands for kind in self.kinds)

    def complaint(self, value: str) -> Complaint | None:
        """No kind takes it: the first one's complaint."""
        complaints = [kind.complaint(value) for kind in self.kinds]
        return complaints[0] if all(complaints) else None


def _is_wide(piece: str) -> bool:
    """Whether a length is more than nothing, as far as it is known."""
    return HOLE in piece or piece.strip("0.px%") != ""


def _or(units: tuple[str, ...]) -> str:
    return " or ".join(f"`{unit}`" for unit in units)
