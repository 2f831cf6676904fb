"""Issues into feeds: RSS 2.0, Atom and JSON Feed, for the publication and for each series.

An entry's HTML is made once, by ``feed/entry.html.j2``, and is the same in all six places. It is frozen: it
changes when its author edits the part, not when time passes, so no reader is shown an old part as new.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time

from markupsafe import escape

from pipeline import schedule, urls
from pipeline.edition import Artifact, FeedEntry
from pipeline.errors import Diagnostic
from pipeline.issue import Issue, Issues
from pipeline.model import Asset, Author, Channel, Publication, Series
from pipeline.render import promises
from pipeline.render.context import part_view, publication_view
from pipeline.render.feed.formats import ATOM, JSON, RSS, Feed, FeedLogo, clean, json_contents, json_feed
from pipeline.render.feed.xml_formats import XmlFeeds, atom_contents, rss_contents
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.render.views import PartView, PictureView, ProseView, PublicationView

TEMPLATE = "feed/entry.html.j2"

# The first bytes of the picture formats that readers show.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
)


@dataclass(frozen=True, slots=True)
class RenderedFeeds:
    """The feeds (paths from the site's root), and what stopped them: artifacts only when nothing did."""

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...]


def render_feeds(issues: Issues, templates: Templates) -> RenderedFeeds:
    """``feed.xml``, ``atom.xml`` and ``feed.json`` for the publication and in each series' folder.

    Each holds the newest ``publication.feed_items`` published issues in full. A disclaimer that is not in a
    finished feed is a diagnostic, and so is a template that fails.
    """
    newest = issues.publication.feed_items
    runs: list[tuple[Series | None, list[Issue]]] = [(None, list(issues.out[:newest]))]
    for placed in issues.series:
        out = sorted(placed.out, key=lambda issue: (issue.slot.utc, issue.number), reverse=True)
        runs.append((placed.series, out[:newest]))
    shown = {issue.address: issue for _, run in runs for issue in run}
    entries, diagnostics = _entries(shown.values(), issues, templates)
    if diagnostics:
        return RenderedFeeds((), tuple(diagnostics))
    writer, artifacts = XmlFeeds(), []
    for series, run in runs:
        feed = _feed(issues, series, tuple(entries[issue.address] for issue in run))
        folder = urls.series_path(series.slug) if series else ""
        written = {RSS: writer.rss(feed), ATOM: writer.atom(feed), JSON: json_feed(feed)}
        diagnostics += missing_from_feeds(run, entries, written)
        artifacts += [Artifact(folder + name, data) for name, data in written.items()]
    if diagnostics:
        return RenderedFeeds((), tuple(diagnostics))
    return RenderedFeeds(tuple(artifacts), ())


# --- entries ----------------------------------------------------------------------------------------------


def _entries(
    shown: Iterable[Issue], issues: Issues, templates: Templates
) -> tuple[dict[str, FeedEntry], list[Diagnostic]]:
    """Every entry by its issue's address, and what is missing from them."""
    publication = publication_view(issues.library, issues.publication.url)
    entries: dict[str, FeedEntry] = {}
    diagnostics: list[Diagnostic] = []
    for issue in shown:
        try:
            entry = feed_entry(issue, issues, publication, templates)
        except TemplateFailedError as error:
            # It would fail again in the same way for every issue.
            return {}, [error.diagnostic]
        entries[issue.address] = entry
        diagnostics += promises.missing_disclaimers(issue, promises.shown_text(entry.html), TEMPLATE)
    return entries, diagnostics


def feed_entry(issue: Issue, issues: Issues, publication: PublicationView, templates: Templates) -> FeedEntry:
    """A published issue as one entry of a feed.

    Raises:
        TemplateFailedError: the template could not be read or run.
    """
    library = issues.library
    view = part_view(issue, library, Channel.FEED, library.publication.url)
    html = templates.render(TEMPLATE, part=view, publication=publication, picture=_unshown_picture(view))
    asset = library.assets.get(issue.part.image.source) if issue.part.image else None
    return FeedEntry(
        id=urls.entry_id(library.publication, issue.address),
        url=view.web_url,
        title=clean(view.title),
        summary=clean(view.summary),
        html=clean(html).strip(),
        published=issue.slot.local,
        updated=updated_moment(issue, issues.as_of),
        authors=_people(view.authors),
        categories=_categories(issue.topics, issue.part.tags),
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


def _unshown_picture(view: PartView) -> PictureView | None:
    """The part's picture, unless its own text already shows it."""
    if view.image is None:
        return None
    mention = f'src="{escape(view.image.url)}"'
    shown = any(mention in section.html for section in view.sections if isinstance(section, ProseView))
    return None if shown else view.image


def missing_from_feeds(
    run: list[Issue], entries: dict[str, FeedEntry], written: dict[str, bytes]
) -> list[Diagnostic]:
    """What the finished feeds lack, read back from their bytes."""
    found = [
        rss_contents(written[RSS]),
        atom_contents(written[ATOM]),
        json_contents(written[JSON]),
    ]
    diagnostics = []
    for issue in run:
        entry = entries[issue.address]
        for contents in found:
            content = contents.get(entry.id, "")
            if content != entry.html:  # the same words need no second look
                shown = promises.shown_text(content)
                diagnostics += promises.missing_disclaimers(issue, shown, TEMPLATE)
    return diagnostics


# --- feeds ------------------------------------------------------------------------------------------------


def _feed(issues: Issues, series: Series | None, entries: tuple[FeedEntry, ...]) -> Feed:
    """The feed of a series, or, without one, of the publication."""
    publication = issues.publication
    authors: tuple[Author, ...] = (Author(publication.sender.name, publication.url),)
    title, description, slug = publication.title, publication.description, ""
    topics: tuple[str, ...] = ()
    if series is not None:
        slug, topics = series.slug, series.topics
        title, description = f"{series.title} · {publication.title}", series.summary
        authors = series.authors or authors
    page = urls.join(publication.url, urls.series_path(slug)) if slug else publication.url
    return Feed(
        id=urls.entry_id(publication, slug),
        title=clean(title),
        description=clean(description),
        page=page,
        base=page,
        language=publication.language,
        authors=_people(authors),
        categories=_categories(topics),
        logo=_logo(issues),
        updated=max((entry.updated for entry in entries), default=_beginning(publication), key=_utc),
        entries=entries,
    )


def _beginning(publication: Publication) -> datetime:
    """A moment for a feed in which nothing is out yet: the beginning of the year in the publication's id.

    Atom wants one. A tag's date is never in the future and is never changed (RFC 4151, 2.1), so that the feed
    stays as it is from build to build until its first part comes out.
    """
    year = int(publication.id.rpartition(",")[2][:4])
    return datetime(max(year, 1), 1, 1, tzinfo=UTC)


def _utc(moment: datetime) -> datetime:
    """Two moments in one zone compare by their wall clocks, which are put back in autumn (PEP 495)."""
    return moment.astimezone(UTC)


def _logo(issues: Issues) -> FeedLogo | None:
    logo = publication_view(issues.library, issues.publication.url).logo
    return FeedLogo(logo.url, logo.width, logo.height) if logo else None


def _people(authors: tuple[Author, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((clean(author.name), clean(author.url)) for author in authors)


def _categories(*names: tuple[str, ...]) -> tuple[str, ...]:
    """Topics, then tags, each once."""
    return tuple(dict.fromkeys(clean(name) for group in names for name in group))
