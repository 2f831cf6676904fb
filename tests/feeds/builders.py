"""A small publication, placed by hand: what the feeds are given, without parsing or composing."""

import json
import struct
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from pipeline import schedule
from pipeline.edition import Artifact, FeedEntry
from pipeline.errors import Diagnostic
from pipeline.issue import (
    Cta,
    Disclaimer,
    Issue,
    Issues,
    Neighbour,
    Notes,
    Planned,
    Prose,
    Recap,
    Related,
    RelatedItem,
    Section,
    SeriesIssues,
    Slot,
    Teaser,
    TeaserKind,
)
from pipeline.model import (
    Asset,
    Author,
    Block,
    BlockKind,
    Library,
    Part,
    Picture,
    Publication,
    Schedule,
    Sender,
    Series,
    Theme,
)
from pipeline.parse.markdown import parse_body
from pipeline.render.context import publication_view
from pipeline.render.feed import entries
from pipeline.render.feed.feeds import feed_quires
from pipeline.render.fingerprints import Fingerprints
from pipeline.render.templates import TemplateFailedError, Templates

ROOT = Path(__file__).parents[2]
ZONE = "Europe/London"
START = date(2026, 10, 13)
AS_OF = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SITE = "https://weekly.example.org/"
DISCLAIMER = "This is *information*, not medical advice & no treatment. Ask a doctor."
BODY = """The gut has a border[^1] of one cell.

| Seam | Width |
|---|---|
| tight | 0.4 nm |

![A seam between two cells](images/seam.png "A seam")

See [the start](01-one.md#why) and [this heading](#why). Once more[^1].

## Why

Because `a < b & c`.

[^1]: A *thin* one.
"""


def png(width: int, height: int) -> bytes:
    """A true picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x2f\x6f\x5e" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


SEAM = Asset("series/gut/images/seam.png", png(12, 8), 12, 8)
LOGO = Asset("series/logo.png", png(16, 16), 16, 16)

PUBLICATION = Publication(
    id="weekly.example.org,2026",
    title="The Slow Digest",
    description="A weekly letter & its feeds",
    url=SITE,
    language="en-GB",
    timezone=ZONE,
    sender=Sender("The Slow Digest", "letters@weekly.example.org", postal_address="4 Row, Bristol"),
    theme=Theme(logo=LOGO.path),
)
MEDICAL = Block(
    "medical",
    "templates/blocks/medical.md",
    BlockKind.DISCLAIMER,
    parse_body(DISCLAIMER).body,
    title="Not medical advice",
    topics=("health",),
)
CALL = Block(
    "call",
    "templates/blocks/call.md",
    BlockKind.CTA,
    parse_body("A free call.").body,
    title="Talk",
    label="Book a call",
    url="https://clinic.example.org/call",
)


def part(number: int, slug: str, title: str = "", body: str = BODY, series: str = "gut") -> Part:
    """A part as its author wrote it."""
    path = f"series/{series}/{number:02d}-{slug}.md"
    return Part(
        series=series,
        number=number,
        slug=slug,
        path=path,
        title=title or f"Title {number}",
        summary=f"Summary {number}.",
        body=parse_body(body, path).body,
        tags=("zonulin",),
    )


def series(slug: str = "gut", *parts: Part) -> Series:
    """A weekly series from ``START`` on."""
    return Series(
        slug=slug,
        path=f"series/{slug}/index.md",
        title=f"The {slug.title()}",
        summary=f"All of {slug}.",
        authors=(Author("Dr Maren Holt", "https://maren.example.org/"), Author("Ann & Bo")),
        schedule=Schedule(START, time(9)),
        topics=("health",),
        parts_planned=8,
        parts=parts,
    )


def slot(number: int, days: int = 0) -> Slot:
    """Nine o'clock in London, a week after the part before."""
    return schedule.at(datetime.combine(START + timedelta(days=7 * (number - 1) + days), time(9)), ZONE)


def parts(count: int = 4) -> tuple[Part, ...]:
    """``one`` to ``four``."""
    names = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    return tuple(part(k, names[k - 1]) for k in range(1, count + 1))


def place(written: tuple[Part, ...], of: Series, as_of: datetime, days: int = 0) -> tuple[Issue, ...]:
    """Each part with its slot, its neighbours and its sections."""
    seen = [
        Neighbour(p.number, p.title, p.summary, p.address, s := slot(p.number, days), s.utc <= as_of)
        for p in written
    ]
    issues = []
    for k, one in enumerate(written):
        before, after = (seen[k - 1] if k else None), (seen[k + 1] if k + 1 < len(seen) else None)
        issues.append(
            Issue(
                part=one,
                series=of,
                slot=seen[k].slot,
                is_out=seen[k].is_out,
                of=8,
                previous=before,
                next=after,
                sections=sections(one, before, seen[0], after),
                words=100,
                citations=(),
            )
        )
    return tuple(issues)


def sections(
    one: Part, before: Neighbour | None, first: Neighbour, after: Neighbour | None
) -> tuple[Section, ...]:
    """One of each kind, in the order in which they are read."""
    recap: tuple[Section, ...] = (Recap(before, first),) if before else ()
    teaser = Teaser(TeaserKind.COMING, one.number + 1)
    if after:
        day = "Tuesday 27 October"
        teaser = Teaser(
            TeaserKind.SCHEDULED,
            after.number,
            after.title,
            f"Teaser of {after.number}.",
            f"Next week, {day}",
            day,
            after,
        )
    return (
        *recap,
        Prose(one.body.blocks),
        Cta(CALL, "end"),
        teaser,
        Related((RelatedItem("Elsewhere", url="https://else.example.org/?a=1&b=2", summary="Far."),)),
        Notes(one.body.footnotes),
        Disclaimer(MEDICAL),
    )


def publish(
    written: tuple[Part, ...] | None = None,
    as_of: datetime = AS_OF,
    publication: Publication = PUBLICATION,
    days: int = 0,
) -> Issues:
    """A publication of one series, as of a moment; every slot may be moved by some days."""
    written = parts() if written is None else written
    own = series("gut", *written)
    issues = place(written, own, as_of, days)
    calendar = tuple(Planned(i.number, i.part.title, i.slot, i if i.is_out else None) for i in issues)
    assets = {asset.path: asset for asset in (SEAM, LOGO)}
    library = Library(publication, (own,), {"medical": MEDICAL, "call": CALL}, assets, theme())
    slots = tuple((issue.part, issue.slot) for issue in issues)
    return Issues(library, as_of, (SeriesIssues(own, issues, calendar, slots, is_finished=False),))


def with_image(one: Part, source: str = SEAM.path) -> Part:
    """The part with a picture in its front matter."""
    return replace(one, image=Picture(source, "A seam, “close up” & <wide>"))


def theme() -> dict[str, str]:
    """The built-in feed templates."""
    folder = ROOT / "templates"
    found = sorted(folder.glob("feed/*.j2"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


def templates(**changed: str) -> Templates:
    """The built-in templates, some of them replaced by their stem: ``sections="…"``."""
    replaced = {f"feed/{stem}.html.j2": text for stem, text in changed.items()}
    return Templates(theme() | replaced)


def json_items(data: bytes) -> list[dict[str, object]]:
    """The items of a JSON Feed."""
    items: list[dict[str, object]] = json.loads(data)["items"]
    return items


@dataclass(frozen=True, slots=True)
class RenderedFeeds:
    """The feeds (paths from the site's root), and what stopped them: artifacts only when nothing did."""

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...]


def render_feeds(issues: Issues, templates: Templates) -> RenderedFeeds:
    """Every feed and its archive, the paced feeds, and the style sheet that browsers show them with.

    A disclaimer that is not in a finished feed is a diagnostic, and so is a template that fails.
    """
    try:
        made = [quire.make() for quire in feed_quires(issues, templates, Fingerprints(issues), {})]
    except TemplateFailedError as error:
        return RenderedFeeds((), (error.diagnostic,))
    diagnostics = dict.fromkeys(diagnostic for each in made for diagnostic in each.diagnostics)
    artifacts = () if diagnostics else tuple(artifact for each in made for artifact in each.artifacts)
    return RenderedFeeds(artifacts, tuple(diagnostics))


def by_path(issues: Issues) -> dict[str, bytes]:
    """Every feed of a publication by its path; nothing may be wrong with them."""
    rendered = render_feeds(issues, templates())
    assert rendered.diagnostics == ()
    return {artifact.path: artifact.data for artifact in rendered.artifacts if artifact.path != "feed.css"}


def feed_entries(issues: Issues) -> dict[str, FeedEntry]:
    """Every published issue's entry by its address."""
    view = publication_view(issues.library, issues.publication.url)
    return {issue.address: entries.feed_entries(issue, issues, view, templates())[0] for issue in issues.out}
