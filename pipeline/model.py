"""The written nouns: what is in an author's files, typed. Frozen values; they know no disk and no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from pipeline.body import Body
from pipeline.errors import Location
from pipeline.settings import DEFAULT_SENDING, SendingSettings

RTL_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})

EMPTY_BODY = Body()


class Channel(StrEnum):
    """Where a part is published."""

    EMAIL = "email"
    WEB = "web"
    FEED = "feed"


class BlockKind(StrEnum):
    """The two kinds of wording added by rule."""

    CTA = "cta"
    DISCLAIMER = "disclaimer"


class Placement(StrEnum):
    """Where in a part a CTA goes by rule."""

    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything read from disk: paths from the root (with ``/``) to bytes. Nothing else is ever read.

    ``files`` are the publication's own, ``theme`` the built-in templates, and ``refused`` the paths that were
    not followed because they lead out of the root, or could not be read, each with the reason.
    """

    files: Mapping[str, bytes]
    theme: Mapping[str, bytes]
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the email comes from. The law (CAN-SPAM 16 CFR 316, PECR) wants ``postal_address``."""

    name: str
    email: str
    reply_to: str = ""
    postal_address: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """The look, read by email and web alike. ``logo`` is a path from the root, or empty.

    ``logo_dark`` takes its place in emails on dark ground; without one, the same logo stands on both.
    ``email`` names the email theme: a folder of ``templates/email/``. ``card_font`` is a font's path from the
    root, for social cards.
    """

    accent: str = "#2f6f5e"
    logo: str = ""
    font: str = "Georgia, serif"
    logo_dark: str = ""
    email: str = "letter"
    card_font: str = ""


@dataclass(frozen=True, slots=True)
class Signup:
    """Where the form that asks for an address sends it. Without an ``action`` there is no form.

    ``fields`` are sent along unseen. ``is_own`` says that the publication's own server answers, which knows the
    series and the trap for machines.
    """

    action: str = ""
    email_field: str = "email"
    fields: tuple[tuple[str, str], ...] = ()
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Sharing:
    """What is made for search engines and for others that quote a page."""

    cards: bool = True
    llms_txt: bool = False
    avif: bool = False


class Overflow(StrEnum):
    """What becomes of an email that is too long for an inbox."""

    CONTINUE = "continue"  # it is cut, and goes on on the web
    ERROR = "error"  # the build stops


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """How emails are made. ``any_emoji`` lets every emoji into a subject without a word."""

    overflow: Overflow = Overflow.CONTINUE
    embed_pictures: bool = False
    any_emoji: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """The whole: what ``partwork.toml`` says."""

    id: str
    title: str
    description: str
    url: str
    language: str
    timezone: str
    sender: Sender
    theme: Theme = Theme()
    feed_items: int = 20
    has_paced_feeds: bool = True
    citation_style: str = "apa"
    public_url: str = ""
    email: EmailSettings = EmailSettings()
    signup: Signup = Signup()
    sharing: Sharing = Sharing()
    sending: SendingSettings = DEFAULT_SENDING

    @property
    def direction(self) -> str:
        """``rtl`` or ``ltr``, from the language."""
        return "rtl" if self.language.split("-")[0].lower() in RTL_LANGUAGES else "ltr"


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who wrote it."""

    name: str
    url: str = ""
    credentials: str = ""


@dataclass(frozen=True, slots=True)
class Every:
    """A cadence's step: ``count`` days, weekdays, weeks or months."""

    unit: str  # "day" | "weekday" | "week" | "month"
    count: int = 1


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a series comes out, in the publication's time zone; ``skip`` are dates without a part."""

    start: date
    at: time
    every: Every = Every("week")
    skip: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture named in front matter: ``source`` as a path from the root, or an address."""

    source: str
    alt: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A work that can be cited: a CSL item by its id, as canonical JSON (so that it can be hashed)."""

    key: str
    item: str
    location: Location


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """A related article named by the author: a ``series/slug`` of ours, or a title and an address."""

    target: str = ""
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class DisclaimerChoice:
    """What a part adds to, and removes from, the disclaimers its topics ask for."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One article as its author wrote it. ``number`` and ``slug`` come from the file's name alone."""

    series: str
    number: int
    slug: str
    path: str
    title: str
    summary: str
    body: Body
    subtitle: str = ""
    subject: str = ""
    preheader: str = ""
    teaser: str = ""
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    pin: date | datetime | None = None
    draft: bool = False
    updated: date | datetime | None = None
    cta: str | None = None  # None: the series' own; "none": no CTA
    disclaimers: DisclaimerChoice = DisclaimerChoice()
    related: tuple[RelatedLink, ...] = ()
    references: tuple[Reference, ...] = ()
    aliases: tuple[str, ...] = ()
    image: Picture | None = None
    keys: Mapping[str, Location] = field(default_factory=dict, compare=False)

    @property
    def address(self) -> str:
        """``series/slug``: how other parts, entry ids and commands name this one."""
        return f"{self.series}/{self.slug}"

    def at(self, key: str = "") -> Location:
        """Where a front-matter key stands in the file; the file's first line when it is not there."""
        return self.keys.get(key, Location(self.path))


@dataclass(frozen=True, slots=True)
class Series:
    """An ordered run of parts on one subject, sorted by number."""

    slug: str
    path: str
    title: str
    summary: str
    authors: tuple[Author, ...]
    schedule: Schedule
    topics: tuple[str, ...] = ()
    cta: str | None = None
    parts_planned: int | None = None
    next_series: str = ""
    introduction: Body = EMPTY_BODY
    references: tuple[Reference, ...] = ()
    parts: tuple[Part, ...] = ()
    keys: Mapping[str, Location] = field(default_factory=dict, compare=False)

    def at(self, key: str = "") -> Location:
        """Where a front-matter key stands in ``index.md``."""
        return self.keys.get(key, Location(self.path))


@dataclass(frozen=True, slots=True)
class Block:
    """Wording added by rule: a CTA or a disclaimer."""

    slug: str
    path: str
    kind: BlockKind
    body: Body
    title: str = ""
    topics: tuple[str, ...] = ()
    label: str = ""
    url: str = ""
    placement: tuple[Placement, ...] = ()
    keys: Mapping[str, Location] = field(default_factory=dict, compare=False)

    def at(self, key: str = "") -> Location:
        """Where a front-matter key stands in the block's file."""
        return self.keys.get(key, Location(self.path))


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture of the publication: its path from the root, its bytes and its size in pixels (0: unknown).

    The bytes are the file's without what it tells of its making (EXIF, and the place in it), and the size is that
    of the picture as it is seen, turned where it says so.
    """

    path: str
    data: bytes
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Library:
    """Everything the author wrote, parsed. ``templates`` are the theme with the publication's own on top.

    ``fonts`` are font files by their path from ``templates/``.
    """

    publication: Publication
    series: tuple[Series, ...]
    blocks: Mapping[str, Block]
    assets: Mapping[str, Asset]
    templates: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)  # path -> source, for messages and columns
    fonts: Mapping[str, bytes] = field(default_factory=dict)

    def part(self, address: str) -> Part | None:
        """The part at ``series/slug``, or none."""
        return next((p for s in self.series for p in s.parts if p.address == address), None)
