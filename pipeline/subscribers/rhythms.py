"""How often somebody gets letters: their rhythm."""

from enum import StrEnum


class Rhythm(StrEnum):
    """What somebody has chosen; where no round-ups are offered, everybody gets every part."""

    PARTS = "parts"  # every part as it comes out
    ROUNDUP = "round-up"  # once a month what came out in a series, in one letter
