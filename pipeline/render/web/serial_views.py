"""What the templates of serials and of finding see: calendars, books, authors, topics and years.

Addresses are relative to the page; in an EPUB, to the file in it.
"""

from dataclasses import dataclass

from markupsafe import Markup

from pipeline.render.views import CtaView, PictureView


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A calendar file: ``url`` to download it, ``webcal_url`` (absolute) to subscribe to it."""

    url: str
    webcal_url: str


@dataclass(frozen=True, slots=True)
class UpcomingView:
    """A slot to come, without the part's title: that stands in its teaser and in its series' calendar alone."""

    label: str
    url: str
    series_title: str
    date: str
    date_iso: str
    day: str
    month: str


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A part bound into a book. ``anchor`` is where it begins, ``url`` its own page, ``hero`` its lead picture.

    ``html``, ``notes`` and ``references`` have ids that no other part of the book has.
    """

    number: int
    label: str
    anchor: str
    title: str
    subtitle: str
    summary: str
    date: str
    date_iso: str
    reading_minutes: int
    url: str
    hero: PictureView | None
    html: Markup
    notes: Markup
    references: Markup


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A disclaimer of a book, in full. ``parts`` names the parts it is about, when it is not about all of them."""

    slug: str
    title: str
    html: Markup
    parts: str = ""


@dataclass(frozen=True, slots=True)
class BookView:
    """The published parts of a series, bound: its disclaimers, its chapters, and at its end its calls to action.

    ``epub_url`` is empty while the series goes on; ``web_url`` is the absolute address of the one-page version.
    """

    introduction: Markup
    notes: Markup
    notices: tuple[NoticeView, ...]
    chapters: tuple[ChapterView, ...]
    ctas: tuple[CtaView, ...]
    reading_minutes: int
    web_url: str
    epub_url: str


@dataclass(frozen=True, slots=True)
class AuthorView:
    """Somebody who wrote published parts: ``page_url`` is their page here, ``url`` their own elsewhere."""

    name: str
    url: str
    credentials: str
    page_url: str
    count: int = 0
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic and how many published parts are about it."""

    name: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class YearLinkView:
    """A year of the archive: where its parts are listed, and how many came out in it."""

    year: int
    url: str
    count: int
