"""What templates see: documented, frozen views, the same for every channel.

``docs/reference/templates.md`` is made from this file. A template walks ``part.sections`` in order and
decides how each looks; ``kind`` names the section. What is called ``html`` is safe markup; everything else is
text and is escaped where it is put. Addresses are complete for the channel: relative on pages, absolute
elsewhere.
"""

from dataclasses import dataclass

from markupsafe import Markup

from pipeline.model import Author


@dataclass(frozen=True, slots=True)
class LinkView:
    """Something to link to; ``url`` is empty when it is not out yet."""

    title: str
    url: str
    number: int | None = None
    summary: str = ""
    series_title: str = ""


@dataclass(frozen=True, slots=True)
class SourceView:
    """The same picture in another format, in several widths: for a ``source`` element of a ``picture``."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture: absolute or relative address, alternative text, and pixels (0: unknown).

    ``sources`` are other forms of it that pages may offer, best first; on the web alone.
    """

    url: str
    alt: str
    width: int = 0
    height: int = 0
    sources: tuple[SourceView, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicationView:
    """The publication, for headers and footers. ``logo_dark`` is there when dark ground has a logo of its own."""

    title: str
    description: str
    url: str
    home: str
    language: str
    direction: str
    accent: str
    font: str
    logo: PictureView | None
    logo_dark: PictureView | None
    sender_name: str
    sender_email: str
    reply_to: str
    postal_address: str


@dataclass(frozen=True, slots=True)
class ProseView:
    """A run of the author's own text."""

    html: Markup
    kind: str = "prose"


@dataclass(frozen=True, slots=True)
class CtaView:
    """A call to action: wording, and a link that says where it was clicked."""

    slug: str
    title: str
    html: Markup
    label: str
    url: str
    kind: str = "cta"


@dataclass(frozen=True, slots=True)
class RecapView:
    """The part before (from Part 2 on), and the first one for who arrives late."""

    previous: LinkView
    first: LinkView
    kind: str = "recap"


@dataclass(frozen=True, slots=True)
class TeaserView:
    """What is said of the next part: ``mode`` is ``scheduled``, ``coming`` or ``last``.

    ``when`` is as said on the day ("Next week, Tuesday 24 November"), ``date`` without the "next week".
    ``url`` is the next part's page once it is out (web alone), and ``series_url`` always works.
    """

    mode: str
    number: int | None
    title: str
    text: str
    when: str
    date: str
    url: str
    series_url: str
    series_title: str
    onward: LinkView | None
    kind: str = "teaser"


@dataclass(frozen=True, slots=True)
class RelatedView:
    """Related articles, the author's own first."""

    items: tuple[LinkView, ...]
    kind: str = "related"


@dataclass(frozen=True, slots=True)
class NotesView:
    """Footnotes, as an ordered list."""

    html: Markup
    kind: str = "notes"


@dataclass(frozen=True, slots=True)
class ReferencesView:
    """The reference list, as an ordered list."""

    html: Markup
    kind: str = "references"


@dataclass(frozen=True, slots=True)
class DisclaimerView:
    """A disclaimer, in full. A template that leaves it out stops the build."""

    slug: str
    title: str
    html: Markup
    kind: str = "disclaimer"


@dataclass(frozen=True, slots=True)
class RoundUpItemView:
    """One part in a round-up. ``date`` is ``Tuesday 3 November``, and ``url`` says where it was clicked."""

    label: str
    title: str
    summary: str
    url: str
    date: str
    reading_minutes: int


@dataclass(frozen=True, slots=True)
class RoundUpView:
    """What came out since the last round-up; ``first`` is where to start, unless that is among it."""

    items: tuple[RoundUpItemView, ...]
    first: RoundUpItemView | None
    kind: str = "roundup"


SectionView = (
    RecapView
    | ProseView
    | CtaView
    | TeaserView
    | RelatedView
    | NotesView
    | ReferencesView
    | DisclaimerView
    | RoundUpView
)


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A heading of the part, for its table of contents."""

    level: int
    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """How far a series has come, in whole percent: the parts before this one, this one, and those to come.

    The three add up to 100. ``here`` is never 0, and ``after`` is 0 for the last part alone.
    """

    before: int
    here: int
    after: int


@dataclass(frozen=True, slots=True)
class PartView:
    """A part as one channel shows it. ``progress`` is there when it is known how many parts there will be."""

    title: str
    subtitle: str
    summary: str
    number: int
    of: int | None
    label: str
    url: str
    web_url: str
    series_title: str
    series_url: str
    authors: tuple[Author, ...]
    date: str
    date_iso: str
    updated: str
    updated_iso: str
    reading_minutes: int
    image: PictureView | None
    sections: tuple[SectionView, ...]
    contents: tuple[ContentsEntry, ...] = ()
    progress: ProgressView | None = None
