"""The rendered nouns: editions, and the artifacts that are put down on disk."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Artifact:
    """A path under the output folder (with ``/``) and its bytes, ready to be written."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Resizing:
    """A picture of the author's in another size and format. ``source`` is its path from the root.

    ``width`` is in pixels, never more than the picture's own; ``form`` is ``webp`` or ``avif``.
    """

    source: str
    data: bytes = field(repr=False)
    width: int
    form: str


@dataclass(frozen=True, slots=True)
class Card:
    """A picture with words, for others to show when they quote a page: what stands on it, and in which colours.

    ``number`` and ``label`` are a part's alone, ``kicker`` and ``title`` may be empty. ``fonts`` are files'
    bytes; a letter is set in the first one that has it.
    """

    title: str
    kicker: str
    foot: str
    number: int
    of: int
    label: str
    is_rtl: bool
    paper: str
    ink: str
    muted: str
    line: str
    accent: str
    on_accent: str
    fonts: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drawing:
    """An artifact that is still to be drawn: slow to make, and always the same from the same order.

    ``key`` is a digest of everything that it is made from, so that it is made once and kept.
    """

    path: str
    key: str
    order: Resizing | Card


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What is searched of a published part: its address under the site, and its words as a small HTML document."""

    path: str
    html: bytes


@dataclass(frozen=True, slots=True)
class WordingRecord:
    """Which wording of a disclaimer went out: the block's slug and the SHA-256 of its text."""

    slug: str
    digest: str


@dataclass(frozen=True, slots=True)
class EmbeddedPicture:
    """A picture that a message carries itself. ``url`` is its address as the HTML has it, ``name`` its file's."""

    url: str
    content_id: str
    media_type: str
    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EmailEdition:
    """An issue rendered for email, with merge places (``pipeline.render.email.merge``) still open.

    ``message_id`` is the same for every rendering of this part; each reader's copy has one drawn from it. ``date``
    is the part's slot. ``is_continued`` says that the HTML ends with a link to the web, as the whole would not
    have fitted into an inbox; the text is whole all the same.
    """

    address: str
    subject: str
    preheader: str
    html: str
    text: str
    message_id: str
    list_id: str
    date: datetime
    wording: tuple[WordingRecord, ...]
    is_continued: bool = False
    pictures: tuple[EmbeddedPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An issue rendered for feeds. ``id`` never changes; ``html`` is complete, with absolute addresses.

    ``authors`` are names with their addresses ("" for none). The image's ``length`` is in bytes, its width and
    height in pixels, each 0 when unknown, as for a picture of another site.
    """

    id: str
    url: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    authors: tuple[tuple[str, str], ...]
    categories: tuple[str, ...]
    image_url: str = ""
    image_type: str = ""
    image_length: int = 0
    image_alt: str = ""
    image_width: int = 0
    image_height: int = 0
    number: int = 0
    of: int | None = None
    series: str = ""
