"""The colours of the web pages: warm neutrals and one accent, for light and for dark.

The neutrals are fixed and were chosen to be read for an hour; the accent is the publication's, moved only as
far as it must be to be read on every ground that it stands on (WCAG 2.2, 1.4.3).
"""

from dataclasses import dataclass
from functools import cache

from pipeline.render import colour


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme: grounds (``paper``, ``wash`` behind asides), texts (``ink``, ``muted``, ``accent``), ``line``.

    ``on_accent`` is what to write with on a ground of ``accent``.
    """

    paper: str
    wash: str
    ink: str
    muted: str
    line: str
    accent: str
    on_accent: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The two schemes; the reader's device chooses."""

    light: Scheme
    dark: Scheme


@cache
def palette_of(accent: str) -> Palette:
    """The palette for an accent (``#rgb`` or ``#rrggbb``)."""
    paper, dark_paper = "#fdfbf7", "#171613"
    wash, dark_wash = colour.mix(paper, accent, 0.07), colour.mix(dark_paper, accent, 0.09)
    light_accent = colour.for_light(accent, paper, wash)
    dark_accent = colour.for_dark(accent, dark_paper, dark_wash)
    return Palette(
        Scheme(
            paper=paper,
            wash=wash,
            ink="#211e1a",
            muted="#5f594f",
            line="#e2dccf",
            accent=light_accent,
            on_accent=colour.readable_on(light_accent),
        ),
        Scheme(
            paper=dark_paper,
            wash=dark_wash,
            ink="#e9e4d9",
            muted="#aca596",
            line="#38352e",
            accent=dark_accent,
            on_accent=colour.readable_on(dark_accent),
        ),
    )
