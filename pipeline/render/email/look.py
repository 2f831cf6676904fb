"""The look of an email: which theme's templates, and the colours, font and sides that they see.

A theme is a folder of ``templates/email/`` with three files: ``part.mjml.j2`` (the email), ``styles.css.j2``
(rules that go into ``style`` attributes) and ``screens.css.j2`` (rules that stay in the head). A fourth,
``roundup.mjml.j2``, draws round-ups; a theme without it has them drawn as the letter's. All of a look is
``Markup``: a template prints it into tags and style sheets, where it must stand as it is.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from markupsafe import Markup

from pipeline import rules
from pipeline.errors import Diagnostic
from pipeline.model import Library, Publication, Theme
from pipeline.parse.config import FILE, place_of
from pipeline.render.colour import mix
from pipeline.render.palette import Scheme, palette_of

_PART, _STYLES, _SCREENS = "part.mjml.j2", "styles.css.j2", "screens.css.j2"
_ROUNDUP = "roundup.mjml.j2"
_THEME = re.compile(r"email/([^/]+)/part\.mjml\.j2\Z")
_NOT_FONT = re.compile(r"[^\w ',-]")


def template_of(publication: Publication) -> str:
    """The template of the email itself."""
    return f"email/{publication.theme.email}/{_PART}"


def styles_of(publication: Publication, theme: str = "") -> str:
    """The template of the style sheet that is inlined. It prints ``look`` and nothing of a part's."""
    return f"email/{theme or publication.theme.email}/{_STYLES}"


def screens_of(publication: Publication, theme: str = "") -> str:
    """The template of the style sheet that stays in the head: phones, and the dark."""
    return f"email/{theme or publication.theme.email}/{_SCREENS}"


def roundup_theme(publication: Publication, there: Container[str]) -> str:
    """The theme that draws round-ups: the letter, where the publication's own has no template for them."""
    name = publication.theme.email
    return name if roundup_template_of(name) in there else Theme().email


def roundup_template_of(theme: str) -> str:
    """The template of a round-up."""
    return f"email/{theme}/{_ROUNDUP}"


def theme_diagnostics(library: Library) -> list[Diagnostic]:
    """What is wrong with the email theme that the publication names: it is not there, or not all of it."""
    name = library.publication.theme.email
    wanted = [f"email/{name}/{file}" for file in (_PART, _STYLES, _SCREENS)]
    missing = [path for path in wanted if path not in library.templates]
    if not missing:
        return []
    if wanted[0] in missing:
        message = f"there is no email theme `{name}`"
        hint = _other_theme(name, library.templates)
    else:
        message = f"the email theme `{name}` has no {missing[0].rpartition('/')[2]}"
        hint = f"copy the letter's to templates/{missing[0]}, or include it there"
    return [rules.CONFIG_VALUE.at(place_of(library.texts.get(FILE, ""), "theme.email"), message, hint)]


def _other_theme(name: str, templates: Iterable[str]) -> str:
    known = sorted(match[1] for path in templates if (match := _THEME.match(path)))
    close = get_close_matches(name, known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"there are {' and '.join(f'`{theme}`' for theme in known)}; your own is templates/email/{name}/{_PART}"


@dataclass(frozen=True, slots=True)
class Tones:
    """One scheme's colours: ``desk`` around the letter, ``paper`` of it, ``wash`` behind asides, and texts.

    ``line`` and ``tint``, a weaker accent, are for lines and bars; no words stand in them or on them.
    """

    desk: Markup
    paper: Markup
    wash: Markup
    ink: Markup
    muted: Markup
    line: Markup
    tint: Markup
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
        tint=_fixed(mix(scheme.paper, scheme.accent, 0.45)),
        accent=_fixed(scheme.accent),
        on_accent=_fixed(scheme.on_accent),
    )


def _font(font: str) -> str:
    """A font list that can stand in an attribute and in a style sheet: names in single quotes at most."""
    return " ".join(_NOT_FONT.sub("", font.replace('"', "'")).split()) or "Georgia, serif"


def _fixed(text: str) -> Markup:
    return Markup(text)  # noqa: S704
