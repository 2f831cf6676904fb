"""Social cards: what others show when they quote a page, one for each part, each series and the publication.

Here they are only ordered: what stands on each, and under which name. A card's name holds a digest of all that it
is drawn from, so a changed title has a new address, and nobody goes on showing the old card.
"""

import hashlib

from pipeline import urls
from pipeline.edition import Card, Drawing
from pipeline.issue import Issue
from pipeline.model import Library, Series
from pipeline.render.palette import palette_of
from pipeline.render.views import PictureView
from pipeline.render.web.card_sheet import HEIGHT, WIDTH
from pipeline.render.web.typeface import Typefaces, card_fonts

VERSION = "1"  # of the drawing: another one draws every card anew
_NAME_DIGITS = 10


class Cards:
    """Orders the cards of one publication."""

    def __init__(self, library: Library) -> None:
        self._publication = library.publication
        self._fonts = card_fonts(library) if self._publication.sharing.cards else ()
        self._colours = palette_of(self._publication.theme.accent).light
        self._is_rtl = self._publication.direction == "rtl"
        try:
            self._faces = Typefaces(self._fonts)
        except ValueError:  # told by a check, and an error
            self._fonts = ()
        look = hashlib.sha256(f"{VERSION} {self._colours} {self._is_rtl}".encode())
        for font in self._fonts:
            look.update(hashlib.sha256(font).digest())
        self._look = look.digest()
        self._drawings: dict[str, Drawing] = {}

    def taken(self) -> tuple[Drawing, ...]:
        """What has been ordered since this was last asked, by path."""
        drawings, self._drawings = self._drawings, {}
        return tuple(drawing for _, drawing in sorted(drawings.items()))

    def of_part(self, issue: Issue) -> PictureView | None:
        """A part's card."""
        title, series, publication = issue.part.title, issue.series.title, self._publication.title
        return self._card(
            issue.address.replace("/", "-"),
            f"{title}. {issue.label} of {series}, from {publication}",
            (title, series, publication, issue.label),
            number=issue.number,
            of=issue.of or 0,
        )

    def of_series(self, series: Series) -> PictureView | None:
        """A series' card."""
        publication = self._publication.title
        alt = f"{series.title}, a series in parts from {publication}"
        return self._card(series.slug, alt, (series.title, publication, "", ""))

    def of_publication(self) -> PictureView | None:
        """The publication's card."""
        publication = self._publication
        alt = f"{publication.title}: {publication.description}"
        return self._card("publication", alt, (publication.title, "", publication.description, ""))

    def _card(
        self, name: str, alt: str, texts: tuple[str, str, str, str], *, number: int = 0, of: int = 0
    ) -> PictureView | None:
        if not self._fonts:
            return None
        drawable = [self._drawable(text) for text in texts]
        title, kicker = drawable[:2]
        if not title and not (kicker and number):
            return None  # a number alone, or the publication's name, says nothing
        digest = hashlib.sha256(self._look)
        digest.update("\0".join((*texts, str(number), str(of))).encode())
        key = digest.hexdigest()
        path = f"assets/cards/{name}-{key[:_NAME_DIGITS]}.png"
        if path not in self._drawings:
            foot, label = drawable[2:]
            colours = self._colours
            card = Card(
                *(title, kicker, foot, number, of, label, self._is_rtl),
                *(colours.paper, colours.ink, colours.muted, colours.line, colours.accent, colours.on_accent),
                fonts=self._fonts,
            )
            self._drawings[path] = Drawing(path, f"card-{key}", card)
        return PictureView(urls.join(self._publication.url, path), alt, WIDTH, HEIGHT)

    def _drawable(self, text: str) -> str:
        """A text as it can be drawn, and nothing when a letter of it cannot: no box is ever drawn for a letter."""
        return "" if self._faces.lacking(text) else self._faces.shown(text)
