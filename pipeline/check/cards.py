"""Social cards: their font can be read, and has the letters of every title."""

from collections.abc import Iterator

from pipeline import rules
from pipeline.check.catalogue import Catalogue
from pipeline.errors import Diagnostic, Location
from pipeline.render.web.typeface import Typeface, Typefaces, card_fonts

CONFIG = "partwork.toml"
_SHOWN = 8  # letters that a message names


def font(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """The publication's own font for cards is there, and is a font."""
    path = catalogue.library.publication.theme.card_font
    if not path:
        return
    place = catalogue.places.key(CONFIG, "card_font")
    data = catalogue.library.fonts.get(path.removeprefix("templates/"))
    if data is None:
        message = f"the font `{path}` is not there"
        yield rules.CONFIG_VALUE.at(place, message, "put the file there, or take `card_font` out")
        return
    try:
        Typeface(data)
    except ValueError as error:
        hint = "a .ttf or .otf file of one face is wanted (no .ttc, no .woff2)"
        yield rules.CONFIG_VALUE.at(place, f"the font `{path}` cannot be used: {error}", hint)


def titles(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Every title of a part or a series can be drawn."""
    library = catalogue.library
    files = card_fonts(library)
    if not files or not library.publication.sharing.cards:
        return
    try:
        faces = Typefaces(files)
    except ValueError:
        return  # told above
    for series in library.series:
        titled = [(series.title, series.at("title")), *((part.title, part.at("title")) for part in series.parts)]
        for title, place in titled:
            if lacking := faces.lacking(title):
                yield _told(title, lacking, place, has_own=len(files) > 1)


def _told(title: str, lacking: str, place: Location, *, has_own: bool) -> Diagnostic:
    letters = f"{lacking[:_SHOWN]}…" if len(lacking) > _SHOWN else lacking
    message = f"the title “{title}” is left off its social card: the font lacks {letters}"
    hint = (
        "name one that has them: `card_font` in [theme]" if not has_own else "name another `card_font` in [theme]"
    )
    return rules.CARD_LETTERS.at(place, message, hint)
