"""An issue as an entry of a feed: its HTML, made once for every feed and every format that holds it.

It is frozen: it changes when its author edits the part, not when time passes, so no reader is shown an old part
as new. In a paced feed the next part comes at another time, so there the teaser says no date.
"""

from dataclasses import replace
from datetime import datetime, time

from pipeline import schedule, urls
from pipeline.edition import FeedEntry
from pipeline.issue import Issue, Issues
from pipeline.model import Asset, Author, Channel
from pipeline.render.context import part_view, unshown_picture
from pipeline.render.feed.formats import clean
from pipeline.render.templates import Templates
from pipeline.render.views import PartView, PublicationView, SectionView, TeaserView

TEMPLATE = "feed/entry.html.j2"

# The first bytes of the picture formats that readers show.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
)


def feed_entries(
    issue: Issue, issues: Issues, publication: PublicationView, templates: Templates, *, paced: bool = False
) -> tuple[FeedEntry, ...]:
    """The entry, and with ``paced`` the same one as paced feeds have it: the text is rendered once for both."""
    library = issues.library
    view = part_view(issue, library, Channel.FEED, library.publication.url)
    asset = library.assets.get(issue.part.image.source) if issue.part.image else None
    entry = FeedEntry(
        id=urls.entry_id(library.publication, issue.address),
        url=view.web_url,
        title=clean(view.title),
        summary=clean(view.summary),
        html=_html(view, publication, templates),
        published=issue.slot.local,
        updated=updated_moment(issue, issues.as_of),
        authors=people(view.authors),
        categories=categories(issue.topics, issue.part.tags),
        image_url=view.image.url if view.image else "",
        image_type=media_type(asset),
        image_length=len(asset.data) if asset else 0,
        image_alt=clean(view.image.alt) if view.image else "",
        image_width=view.image.width if view.image else 0,
        image_height=view.image.height if view.image else 0,
        number=issue.number,
        of=issue.of,
        series=issue.series.slug,
    )
    if not paced:
        return (entry,)
    undated = replace(view, sections=tuple(_undated(section) for section in view.sections))
    if undated.sections == view.sections:
        return (entry, entry)
    return (entry, replace(entry, html=_html(undated, publication, templates)))


def _html(view: PartView, publication: PublicationView, templates: Templates) -> str:
    html = templates.render(TEMPLATE, part=view, publication=publication, picture=unshown_picture(view))
    return clean(html).strip()


def _undated(section: SectionView) -> SectionView:
    if isinstance(section, TeaserView) and section.date:
        return replace(section, when="Next", date="")
    return section


def updated_moment(issue: Issue, as_of: datetime) -> datetime:
    """When a published issue was last changed in a way that matters to readers (RFC 4287, 4.2.15).

    That is its slot, or a later ``updated``: a bare date means its first moment in the publication's time zone,
    so that a feed built on that day is never ahead of its own clock. An ``updated`` that lies after ``as_of``
    has not happened: moved to ``as_of`` it would change with every build, and readers take an entry from the
    future for an error.
    """
    updated = issue.part.updated
    if updated is None:
        return issue.slot.local
    local = updated if isinstance(updated, datetime) else datetime.combine(updated, time())
    changed = schedule.at(local.replace(microsecond=0), issue.slot.zone)
    return changed.local if issue.slot.utc < changed.utc <= as_of else issue.slot.local


def media_type(asset: Asset | None) -> str:
    """A picture's media type, from its first bytes; nothing for one that is not ours or not known."""
    if asset is None:
        return ""
    for signature, offset, name in _SIGNATURES:
        if asset.data.startswith(signature, offset):
            return name
    return "image/svg+xml" if b"<svg" in asset.data[:1000] else ""


def people(authors: tuple[Author, ...]) -> tuple[tuple[str, str], ...]:
    """Names with their addresses."""
    return tuple((clean(author.name), clean(author.url)) for author in authors)


def categories(*names: tuple[str, ...]) -> tuple[str, ...]:
    """Topics, then tags, each once."""
    return tuple(dict.fromkeys(clean(name) for group in names for name in group))
