"""What web templates see beside ``views``: the page itself, lists of parts, and the colours.

``docs/reference/templates.md`` is made from this file too. Addresses are relative to the page, except where
an attribute says that it is absolute.
"""

from dataclasses import dataclass

from markupsafe import Markup

from pipeline.render.palette import Palette
from pipeline.render.views import LinkView, PictureView
from pipeline.render.web.serial_views import AuthorView

NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page makes known: its title, address and media type, and its name among people.

    ``address`` is the whole address, to be copied, on pages that show it.
    """

    title: str
    url: str
    type: str
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class SiteView:
    """What is the same on every page of one depth: the way home, the style sheet, the icon, the feeds.

    ``reading_url`` is the script that marks what has been read.
    """

    home: str
    style_url: str
    icon_url: str
    feeds: tuple[FeedLink, ...]
    palette: Palette
    has_tags: bool
    has_topics: bool
    has_authors: bool
    has_search: bool
    locale: str
    reading_url: str = ""


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
    ``book_url`` is the one-page version (from two parts on), ``epub_url`` the EPUB of a finished series.
    ``start_url`` is the page on which one starts at Part 1, once there is one.
    """

    title: str
    summary: str
    url: str
    authors: tuple[AuthorView, ...]
    lines: tuple[LineView, ...]
    out: int
    progress: str
    is_finished: bool
    first: LineView | None
    latest: LineView | None
    next: LineView | None
    feeds: tuple[FeedLink, ...]
    book_url: str = ""
    epub_url: str = ""
    start_url: str = ""


@dataclass(frozen=True, slots=True)
class SignupView:
    """How to get the next part: a form that sends to ``action``, or, where that is empty, the first of ``feeds``.

    With the feed go the dates at ``calendar_url``, while there are any to come. ``fields`` are names and values
    that go along unseen, ``has_trap`` asks for a field that only machines fill in. ``often`` is how often a part
    comes ("once a week"; empty when series differ), and ``host`` is who gets the address when it is not the
    publication itself.
    """

    action: str
    email_field: str
    fields: tuple[tuple[str, str], ...]
    has_trap: bool
    often: str
    is_running: bool
    host: str
    feeds: tuple[FeedLink, ...]
    calendar_url: str


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


@dataclass(frozen=True, slots=True)
class FollowView:
    """One way to follow something: the publication or a series, its feeds, its calendar.

    ``url`` is its page, ``start_url`` where one starts at Part 1, ``calendar_url`` its calendar: empty for none.
    """

    title: str
    summary: str
    url: str
    feeds: tuple[FeedLink, ...]
    start_url: str = ""
    calendar_url: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """A part as who starts this week gets it; ``is_here`` says that it is in the feed already."""

    number: int
    title: str
    url: str
    date: str
    date_iso: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class StartView:
    """A series from Part 1, for who starts this week: how fast (``one part a week``), and the feeds for it.

    ``steps`` are the first published parts, ``more`` how many come after those; ``last`` is the last one's date.
    """

    title: str
    summary: str
    url: str
    pace: str
    since: str
    parts: str
    steps: tuple[StepView, ...]
    more: int
    last: str
    feeds: tuple[FeedLink, ...]
    first: LinkView
    is_finished: bool
