"""From placed issues to the views that templates see, for one channel and one root."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup, escape

from pipeline import issue as placed
from pipeline import urls, wording
from pipeline.body import Heading, Image, plain
from pipeline.fences import sections_for
from pipeline.issue import Issue, Neighbour
from pipeline.model import Asset, Channel, Library
from pipeline.render.email import merge
from pipeline.render.html import HtmlRenderer
from pipeline.render.surroundings import Surroundings
from pipeline.render.views import (
    ContentsEntry,
    CtaView,
    DisclaimerView,
    LinkView,
    NotesView,
    PartView,
    PictureView,
    ProgressView,
    ProseView,
    PublicationView,
    RecapView,
    ReferencesView,
    RelatedView,
    RoundUpItemView,
    RoundUpView,
    SectionView,
    TeaserView,
)


@dataclass(frozen=True, slots=True)
class PicturesIn:
    """How a page shows the pictures in its text: their other forms, and the one that is seen at once."""

    sources: Callable[[Asset, str, bool], str] | None = None
    first: Image | None = None


def publication_view(library: Library, root: str) -> PublicationView:
    """The publication, with its logo's address counted from ``root``."""
    publication = library.publication
    theme, sender = publication.theme, publication.sender
    return PublicationView(
        title=publication.title,
        description=publication.description,
        url=publication.url,
        home=root,
        language=publication.language,
        direction=publication.direction,
        accent=theme.accent,
        font=theme.font,
        logo=picture_view(library, theme.logo, publication.title, root) if theme.logo else None,
        logo_dark=picture_view(library, theme.logo_dark, publication.title, root) if theme.logo_dark else None,
        sender_name=sender.name,
        sender_email=sender.email,
        reply_to=sender.reply_to or sender.email,
        postal_address=sender.postal_address,
    )


def picture_view(library: Library, source: str, alt: str, root: str) -> PictureView:
    """A picture by its path from the root, or by its address."""
    asset = library.assets.get(source)
    if asset is None:
        return PictureView(source, alt)
    return PictureView(urls.join(root, urls.asset_path(source)), alt, asset.width, asset.height)


def part_view(
    issue: Issue, library: Library, channel: Channel, root: str, pictures: PicturesIn | None = None
) -> PartView:
    """An issue as one channel shows it; ``root`` goes before every site path."""
    publication = library.publication
    part = issue.part
    local = issue.slot.local
    path = urls.part_path(issue.address)
    updated = part.updated
    return PartView(
        title=part.title,
        subtitle=part.subtitle,
        summary=part.summary,
        number=issue.number,
        of=issue.of,
        label=issue.label,
        url=urls.join(root, path),
        web_url=urls.join(publication.url, path),
        series_title=issue.series.title,
        series_url=urls.join(root, urls.series_path(issue.series.slug)),
        authors=issue.series.authors,
        date=wording.full_date(local.date()),
        date_iso=wording.iso(local),
        updated=wording.full_date(updated) if updated else "",
        updated_iso=updated.isoformat() if updated else "",
        reading_minutes=wording.reading_minutes(issue.words),
        image=picture_view(library, part.image.source, part.image.alt, root) if part.image else None,
        sections=_Sections(issue, library, channel, root, pictures or PicturesIn()).views(),
        contents=_contents(issue),
        progress=progress_view(issue.number, issue.of) if issue.of else None,
    )


def unshown_picture(view: PartView) -> PictureView | None:
    """The part's picture, unless its own text already shows it."""
    if view.image is None:
        return None
    mention = f'src="{escape(view.image.url)}"'
    shown = any(mention in section.html for section in view.sections if isinstance(section, ProseView))
    return None if shown else view.image


def links_by_target(links: tuple[placed.LinkedPart, ...]) -> dict[tuple[str, str], placed.LinkedPart]:
    """Linked parts by the file that the link is in, and by its target."""
    return {(link.path, link.target): link for link in links}


def progress_view(number: int, of: int) -> ProgressView:
    """How far a series of ``of`` parts has come with part ``number``."""
    after = 0 if number >= of else min(max(1, round(100 * (of - number) / of)), 99)
    before = min(round(100 * (number - 1) / of), 99 - after)
    return ProgressView(before, 100 - before - after, after)


def neighbour_link(neighbour: Neighbour, root: str) -> LinkView:
    """A neighbour; without an address when it is not out."""
    url = urls.join(root, urls.part_path(neighbour.address)) if neighbour.is_out else ""
    return LinkView(neighbour.title, url, neighbour.number, neighbour.summary)


def _contents(issue: Issue) -> tuple[ContentsEntry, ...]:
    """Second- and third-level headings that the web shows."""
    blocks = [
        block
        for section in sections_for(issue, Channel.WEB)
        if isinstance(section, placed.Prose)
        for block in section.blocks
    ]
    return tuple(
        ContentsEntry(max(block.level, 2), block.anchor, plain(block.children))
        for block in blocks
        if isinstance(block, Heading) and block.level <= 3
    )


class _Sections:
    """Turns an issue's sections into views: one method for each kind, one renderer for the whole edition."""

    def __init__(self, issue: Issue, library: Library, channel: Channel, root: str, pictures: PicturesIn) -> None:
        self._issue = issue
        self._library = library
        self._channel = channel
        self._root = root
        # A feed's content is read away from its page: bare anchors would point into the feed itself.
        page = urls.join(root, urls.part_path(issue.address)) if channel is Channel.FEED else ""
        around = Surroundings(channel, root, issue.part.path, page, library.assets, dict(issue.citations))
        around = replace(around, sources=pictures.sources, first_picture=pictures.first)
        around = replace(around, links=links_by_target(issue.links))
        if channel is Channel.EMAIL:
            around = replace(around, place=partial(merge.author_place, library.publication.id))
        self._around = around
        self._html = HtmlRenderer(around)

    def views(self) -> tuple[SectionView, ...]:
        return tuple(self._view(section) for section in sections_for(self._issue, self._channel))

    def _view(self, section: placed.Section) -> SectionView:
        match section:
            case placed.Prose(blocks):
                return ProseView(Markup(self._html.blocks(blocks)))  # noqa: S704
            case placed.Cta():
                return self._cta(section)
            case placed.Recap(previous, first):
                return RecapView(self._out(previous), self._out(first))
            case placed.Teaser():
                return self._teaser(section)
            case placed.Related(items):
                return RelatedView(tuple(self._related(item) for item in items))
            case placed.Notes(footnotes):
                return NotesView(Markup(self._html.notes(footnotes)))  # noqa: S704
            case placed.References(entries):
                return ReferencesView(Markup(self._html.references(entries)))  # noqa: S704
            case placed.Disclaimer(block):
                return DisclaimerView(block.slug, block.title, self._wording(block.path, block.body.blocks))
            case placed.RoundUp(items, first):
                start = None if first is None else self._item(first)
                return RoundUpView(tuple(map(self._item, items)), start)

    def _wording(self, path: str, blocks: tuple[object, ...]) -> Markup:
        around = replace(self._around, path=path, page="", citations=None, has_anchors=False)
        return Markup(HtmlRenderer(around).blocks(blocks))  # noqa: S704

    def _cta(self, section: placed.Cta) -> CtaView:
        block, issue = section.block, self._issue
        content = f"{issue.part.slug}-{section.spot}"
        url = urls.tracked(block.url, self._library.publication, self._channel, issue.series.slug, content)
        return CtaView(block.slug, block.title, self._wording(block.path, block.body.blocks), block.label, url)

    def _out(self, neighbour: Neighbour) -> LinkView:
        """A part before this one: it is out whenever this one is read."""
        url = urls.join(self._root, urls.part_path(neighbour.address))
        return LinkView(neighbour.title, url, neighbour.number, neighbour.summary)

    def _teaser(self, section: placed.Teaser) -> TeaserView:
        is_linked = self._channel is Channel.WEB and section.next is not None and section.next.is_out
        onward = None
        if section.onward_series:
            onward = LinkView(section.onward_title, urls.join(self._root, urls.series_path(section.onward_series)))
        return TeaserView(
            mode=section.kind.value,
            number=section.number,
            title=section.title,
            text=section.text,
            when=section.when,
            date=section.date,
            url=neighbour_link(section.next, self._root).url if is_linked and section.next else "",
            series_url=urls.join(self._root, urls.series_path(self._issue.series.slug)),
            series_title=self._issue.series.title,
            onward=onward,
        )

    def _item(self, item: placed.RoundUpItem) -> RoundUpItemView:
        issue, publication = self._issue, self._library.publication
        url = urls.join(self._root, urls.part_path(item.address))
        return RoundUpItemView(
            label=wording.part_words(item.number),
            title=item.title,
            summary=item.summary,
            url=urls.tracked(url, publication, self._channel, issue.series.slug, issue.part.slug),
            date=wording.weekday_date(item.slot.local.date()),
            reading_minutes=wording.reading_minutes(item.words),
        )

    def _related(self, item: placed.RelatedItem) -> LinkView:
        url = urls.join(self._root, urls.part_path(item.address)) if item.address else item.url
        return LinkView(item.title, url, None, item.summary, item.series_title)


def root_from(page_path: str) -> str:
    """The relative root of a page: ``../../`` for ``series/slug/``; ``./`` for the home page."""
    return "../" * page_path.count("/") or "./"
