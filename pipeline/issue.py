"""The placed nouns: an issue is a part with its slot, its neighbours and everything that rules add to it.

An issue holds one ordered sequence of sections. Every channel walks that same sequence: a channel decides how
a section looks, never whether it is there (an author's own ``only`` fence aside).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.body import Blocks, Footnote
from pipeline.model import Block, Channel, Library, Part, Publication, Series


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """The moment at which a part comes out.

    ``utc`` orders slots. ``local`` is the wall clock in ``zone``, aware, with the offset in force at that
    moment: a local time that does not exist has been moved forward by the gap, one that comes twice is the
    first.
    """

    utc: datetime
    local: datetime
    zone: str


class TeaserKind(StrEnum):
    """What can be said of the next part."""

    SCHEDULED = "scheduled"  # it has a slot
    COMING = "coming"  # more are planned, but no date can be promised
    LAST = "last"  # there is none


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another part as an issue sees it. ``is_out`` says whether it is published as of the build."""

    number: int
    title: str
    summary: str
    address: str  # series/slug
    slot: Slot
    is_out: bool


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of the author's own blocks."""

    blocks: Blocks
    channels: frozenset[Channel] = frozenset(Channel)


@dataclass(frozen=True, slots=True)
class Cta:
    """A call to action. ``spot`` tells the two places apart in tracked links ("middle", "end", "hand")."""

    block: Block
    spot: str
    channels: frozenset[Channel] = frozenset(Channel)


@dataclass(frozen=True, slots=True)
class Teaser:
    """What is said of the next part.

    ``when`` is put as a person would say it on the day this part came out ("Next week, Tuesday 24 November")
    and never changes, as email and feed entry never do; ``date`` is the same without the "next week".
    """

    kind: TeaserKind
    number: int | None = None
    title: str = ""
    text: str = ""
    when: str = ""
    date: str = ""
    next: Neighbour | None = None  # SCHEDULED: the web links to it once it is out
    onward_title: str = ""  # LAST: what to read after this series
    onward_series: str = ""  # LAST: that series' slug


@dataclass(frozen=True, slots=True)
class Recap:
    """From Part 2 on: the part before, and the first one for who arrives late."""

    previous: Neighbour
    first: Neighbour


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """One related article: ours (``address``) or anybody's (``url``)."""

    title: str
    address: str = ""
    url: str = ""
    summary: str = ""
    series_title: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """Related articles, the author's own first."""

    items: tuple[RelatedItem, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """The footnotes, numbered."""

    footnotes: tuple[Footnote, ...]


@dataclass(frozen=True, slots=True)
class ReferenceEntry:
    """A cited work: its number, and its entry in the publication's CSL style as safe inline HTML and text."""

    number: int
    key: str
    html: str
    text: str
    url: str = ""  # DOI or address


@dataclass(frozen=True, slots=True)
class References:
    """The reference list, in order of first citation."""

    entries: tuple[ReferenceEntry, ...]


@dataclass(frozen=True, slots=True)
class Disclaimer:
    """A disclaimer, in full, in every channel."""

    block: Block


@dataclass(frozen=True, slots=True)
class RoundUpItem:
    """One part in a round-up. ``words`` is how long it is."""

    number: int
    title: str
    summary: str
    address: str  # series/slug
    slot: Slot
    words: int


@dataclass(frozen=True, slots=True)
class RoundUp:
    """What came out in a series since the last round-up; ``first`` is Part 1, unless that is among it."""

    items: tuple[RoundUpItem, ...]
    first: RoundUpItem | None


Section = Recap | Prose | Cta | Teaser | Related | Notes | References | Disclaimer | RoundUp


@dataclass(frozen=True, slots=True)
class LinkedPart:
    """A part (or a series' page) that a body links to by ``target``, as written in the file ``path``.

    ``title`` and ``words`` stand for words that the author left to us: the title where there is a link, and
    ``words``, which give no title away, where there is none. ``was_out`` says whether it was out at the slot of
    the issue that links to it, which is what email and feed entry, once frozen, can know; ``is_out`` as of the
    build.
    """

    path: str
    target: str
    address: str  # series/slug/
    title: str
    words: str
    was_out: bool
    is_out: bool

    def is_open_in(self, channel: Channel) -> bool:
        """Whether it may be linked to there."""
        return self.is_out if channel is Channel.WEB else self.was_out


@dataclass(frozen=True, slots=True)
class Issue:
    """A part, placed. ``of`` is the number of parts planned, when the author said so.

    A round-up is an issue, too: of a part that nobody wrote, with the number 0 (``pipeline.roundup``).
    """

    part: Part
    series: Series
    slot: Slot
    is_out: bool
    of: int | None
    previous: Neighbour | None
    next: Neighbour | None
    sections: tuple[Section, ...]
    words: int
    citations: tuple[tuple[str, int], ...]  # reference key -> its number
    links: tuple[LinkedPart, ...] = ()  # what its text and its blocks link to

    @property
    def number(self) -> int:
        """The part's number."""
        return self.part.number

    @property
    def address(self) -> str:
        """``series/slug``."""
        return self.part.address

    @property
    def label(self) -> str:
        """``Part 3 of 8`` when the plan is known, otherwise ``Part 3``; ``Round-up``."""
        if self.is_roundup:
            return "Round-up"
        return f"Part {self.number} of {self.of}" if self.of else f"Part {self.number}"

    @property
    def is_roundup(self) -> bool:
        """Whether it is no part, but a round-up of several."""
        return self.number == 0

    @property
    def file(self) -> str:
        """Where a build puts its letter among the letters, without an ending: ``series/03-slug``."""
        name = self.part.slug if self.is_roundup else f"{self.number:02}-{self.part.slug}"
        return f"{self.series.slug}/{name}"

    @property
    def topics(self) -> tuple[str, ...]:
        """The series' topics and the part's own, in that order, each once."""
        return tuple(dict.fromkeys((*self.series.topics, *self.part.topics)))

    @property
    def disclaimers(self) -> tuple[Block, ...]:
        """Every disclaimer that each edition of this issue must carry in full."""
        return tuple(section.block for section in self.sections if isinstance(section, Disclaimer))


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a series' calendar.

    A part that is out has its ``issue``; one that is scheduled its ``slot`` and ``title``; a draft, or one
    that is planned and not yet written, neither: no date can be promised and no title given away.
    """

    number: int
    title: str = ""
    slot: Slot | None = None
    issue: Issue | None = None


@dataclass(frozen=True, slots=True)
class SeriesIssues:
    """A series, placed: its issues by number (no drafts), and its calendar.

    ``slots`` has every part with its slot, drafts too: they keep their place. An introduction is read on the
    web alone, so ``links`` are as of the build.
    """

    series: Series
    issues: tuple[Issue, ...]
    calendar: tuple[Planned, ...]
    slots: tuple[tuple[Part, Slot], ...]
    is_finished: bool
    links: tuple[LinkedPart, ...] = ()  # of its introduction

    @property
    def is_over(self) -> bool:
        """Whether it is finished by its author's own count: one without ``parts_planned`` may get another part."""
        return self.is_finished and self.series.parts_planned is not None

    @property
    def out(self) -> tuple[Issue, ...]:
        """The published issues, by number."""
        return tuple(issue for issue in self.issues if issue.is_out)


@dataclass(frozen=True, slots=True)
class Issues:
    """The whole publication, placed as of one moment: what the three channels render."""

    library: Library
    as_of: datetime
    series: tuple[SeriesIssues, ...]

    @property
    def publication(self) -> Publication:
        """The publication."""
        return self.library.publication

    @property
    def all(self) -> tuple[Issue, ...]:
        """Every issue, by series and number: each has an email edition."""
        return tuple(issue for series in self.series for issue in series.issues)

    @property
    def out(self) -> tuple[Issue, ...]:
        """The published issues, newest first; of two in one moment the later number first."""
        issues = [issue for series in self.series for issue in series.out]
        return tuple(sorted(issues, key=lambda i: (i.slot.utc, i.series.slug, i.number), reverse=True))
