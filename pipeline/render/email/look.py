"""The look of an email, as its template sees it: colours for both schemes, font, and the side lines start on.

All of it is ``Markup``: a template prints it into tags and style sheets, where it must stand as it is.
"""

import re
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.model import Publication
from pipeline.render.colour import mix
from pipeline.render.palette import Scheme, palette_of

_NOT_FONT = re.compile(r"[^\w ',-]")


@dataclass(frozen=True, slots=True)
class Tones:
    """One scheme's colours: ``desk`` around the letter, ``paper`` of it, ``wash`` behind asides, and texts."""

    desk: Markup
    paper: Markup
    wash: Markup
    ink: Markup
    muted: Markup
    line: Markup
    accent: Markup
    on_accent: Markup


@dataclass(frozen=True, slots=True)
class Look:
    """``start`` and ``end`` are the sides that lines have in the language; ``dir`` is ``ltr`` or ``rtl``."""

    light: Tones
    dark: Tones
    font: Markup
    dir: Markup
    start: Markup
    end: Markup


def look_of(publication: Publication) -> Look:
    """The look that a publication's theme and language give its emails."""
    palette = palette_of(publication.theme.accent)
    is_rtl = publication.direction == "rtl"
    return Look(
        light=_tones(palette.light, mix(palette.light.paper, "#7a6a4f", 0.09)),
        dark=_tones(palette.dark, mix(palette.dark.paper, "#000000", 0.4)),
        font=_fixed(_font(publication.theme.font)),
        dir=_fixed(publication.direction),
        start=_fixed("right" if is_rtl else "left"),
        end=_fixed("left" if is_rtl else "right"),
    )


def _tones(scheme: Scheme, desk: str) -> Tones:
    return Tones(
        desk=_fixed(desk),
        paper=_fixed(scheme.paper),
        wash=_fixed(scheme.wash),
        ink=_fixed(scheme.ink),
        muted=_fixed(scheme.muted),
        line=_fixed(scheme.line),
        accent=_fixed(scheme.accent),
        on_accent=_fixed(scheme.on_accent),
    )


def _font(font: str) -> str:
    """A font list that can stand in an attribute and in a style sheet: names in single quotes at most."""
    return " ".join(_NOT_FONT.sub("", font.replace('"', "'")).split()) or "Georgia, serif"


def _fixed(text: str) -> Markup:
    return Markup(text)  # noqa: S704
