"""What web templates see beside ``views``: the page itself, lists of parts, and the colours.

``docs/reference/templates.md`` is made from this file too. Addresses are relative to the page, except where
an attribute says that it is absolute.
"""

from dataclasses import dataclass

from markupsafe import Markup

from pipeline.model import Author
from pipeline.render.palette import Palette
from pipeline.render.views import LinkView, PictureView

NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page makes known: its title, address and media type, and its name among people."""

    title: str
    url: str
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class SiteView:
    """What is the same on every page of one depth: the way home, the style sheet, the icon, the feeds."""

    home: str
    style_url: str
    icon_url: str
    feeds: tuple[FeedLink, ...]
    palette: Palette
    has_tags: bool
    locale: str


@dataclass(frozen=True, slots=True)
class FrameView:
    """What many pages share, rendered once: a piece of the head, the masthead and the footer.

    Their templates know ``publication``, ``site``, ``feeds`` (a series' own) and ``current``, and no page.
    """

    head: Markup
    masthead: Markup
    footer: Markup


@dataclass(frozen=True, slots=True)
class PageView:
    """One page's head: ``title``, ``canonical`` and ``picture`` (absolute) as others will quote it.

    ``canonical`` is empty on a page that has no address of its own (404).

    ``type`` is Open Graph's (``website`` or ``article``), ``graph`` a JSON-LD document that is safe inside a
    script element, ``current`` the name of the page in the main navigation.
    """

    title: str
    description: str
    canonical: str
    type: str = "website"
    picture: PictureView | None = None
    graph: Markup = NOTHING
    feeds: tuple[FeedLink, ...] = ()
    is_indexed: bool = True
    current: str = ""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a series' calendar. ``state`` is ``out``, ``scheduled`` or ``coming``.

    Only a part that is out has a ``url`` and a summary; one that is coming has neither title nor date.
    """

    number: int
    anchor: str
    state: str
    title: str = ""
    url: str = ""
    summary: str = ""
    date: str = ""
    date_iso: str = ""
    reading_minutes: int = 0


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series: what is out, what is next, and every line of its calendar.

    ``progress`` says it in words ("5 of 8 parts are out"); ``next`` is the first line that is not out yet.
    """

    title: str
    summary: str
    url: str
    authors: tuple[Author, ...]
    lines: tuple[LineView, ...]
    out: int
    progress: str
    is_finished: bool
    first: LineView | None
    latest: LineView | None
    next: LineView | None
    feeds: tuple[FeedLink, ...]


@dataclass(frozen=True, slots=True)
class SignupView:
    """How to get the next part: a form that sends to ``action``, or, where that is empty, the first of ``feeds``.

    ``fields`` are names and values that go along unseen, ``has_trap`` asks for a field that only machines fill in.
    ``often`` is how often a part comes ("once a week"; empty when series differ), and ``host`` is who gets the
    address when it is not the publication itself.
    """

    action: str
    email_field: str
    fields: tuple[tuple[str, str], ...]
    has_trap: bool
    often: str
    is_running: bool
    host: str
    feeds: tuple[FeedLink, ...]


@dataclass(frozen=True, slots=True)
class CardView:
    """A published part in a list of parts of several series; ``day`` is its date without the year."""

    title: str
    url: str
    label: str
    summary: str
    series_title: str
    series_url: str
    date: str
    day: str
    date_iso: str
    reading_minutes: int
    picture: PictureView | None = None


@dataclass(frozen=True, slots=True)
class YearView:
    """A year of the archive, newest part first."""

    year: int
    cards: tuple[CardView, ...]


@dataclass(frozen=True, slots=True)
class TagView:
    """A tag and how many published parts carry it."""

    name: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class PagerView:
    """The way on from a part: its neighbours that are out, and the line of the one that is to come."""

    previous: LinkView | None
    next: LinkView | None
    coming: LineView | None
