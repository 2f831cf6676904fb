"""What the pages of a site share: the frame around each, and series, tags and pictures as any of them shows these.

What is the same for many pages is made once and kept.
"""

import hashlib
from dataclasses import replace

from markupsafe import Markup

from pipeline import urls
from pipeline.edition import Artifact, Drawing, SearchDocument
from pipeline.gist import gist_of
from pipeline.issue import Issue, Issues, SeriesIssues
from pipeline.model import Picture
from pipeline.pace import Cohort, current
from pipeline.render.context import picture_view, publication_view, root_from
from pipeline.render.palette import palette_of
from pipeline.render.templates import Templates
from pipeline.render.views import PictureView, PublicationView
from pipeline.render.web import listings
from pipeline.render.web.cards import Cards
from pipeline.render.web.listings import Tag
from pipeline.render.web.page_views import FeedLink, FrameView, PageView, SeriesView, SiteView, TagView
from pipeline.render.web.pictures import lead_picture
from pipeline.render.web.responsive import Responsive
from pipeline.render.web.structured_data import Describer

_ASSET_HASH = 10  # hexadecimal digits in the name of a file that may be cached for ever


class Framing:
    """What the pages of one publication share as of one moment."""

    def __init__(
        self, issues: Issues, templates: Templates, tags: tuple[Tag, ...], *, has_search: bool = False
    ) -> None:
        self._issues = issues
        self._library = issues.library
        self._publication = issues.publication
        self._templates = templates
        self._tags = tags
        self._has_topics = any(issue.topics for issue in issues.out)
        self._has_authors = any(placed.series.authors for placed in issues.series)
        self._has_search = has_search
        self._search: list[SearchDocument] = []
        self._tags_by_slug = {tag.slug: tag for tag in tags}
        self._palette = palette_of(self._publication.theme.accent)
        self._chrome: dict[str, tuple[PublicationView, SiteView]] = {}
        self._frames: dict[tuple[str, str, tuple[FeedLink, ...]], FrameView] = {}
        self._series: dict[tuple[str, str], SeriesView] = {}
        self.style = self._style()
        self.reading = hashed("reading", "js", templates.sources["web/reading.js"].encode())
        self.cards = Cards(self._library)
        self.pictures = Responsive(avif=self._publication.sharing.avif)
        self._logo = self._publication_view(self._publication.url).logo
        self._describe = Describer(issues, self._logo)
        self.starts = self._current_cohorts()

    def put(self, path: str, template: str, page: PageView, *, root: str = "", **context: object) -> Artifact:
        """A page of any kind, with what all pages share around it; ``root`` where its depth does not give it."""
        root = root or root_from(path)
        publication, site = self.chrome_at(root)
        text = self._templates.render(
            template,
            publication=publication,
            site=site,
            frame=self._frame(root, page.current, page.feeds),
            page=page,
            **context,
        )
        return Artifact(path if path.endswith(".html") else f"{path}index.html", text.encode())

    def _frame(self, root: str, current: str, feeds: tuple[FeedLink, ...]) -> FrameView:
        """Rendered once for all pages at one depth, in one place of the navigation, with the same feeds."""
        key = (root, current, feeds)
        if key not in self._frames:
            publication, site = self.chrome_at(root)

            def piece(name: str) -> Markup:
                text = self._templates.render(
                    f"web/{name}.html.j2", publication=publication, site=site, feeds=feeds, current=current
                )
                return Markup(text.rstrip("\n"))  # noqa: S704

            self._frames[key] = FrameView(piece("head"), piece("masthead"), piece("footer"))
        return self._frames[key]

    def taken(self) -> tuple[tuple[SearchDocument, ...], tuple[Drawing, ...]]:
        """What a search should find, and what is to be drawn, of the pages since this was last asked."""
        search, self._search = tuple(self._search), []
        return search, (*self.cards.taken(), *self.pictures.taken())

    def chrome_at(self, root: str) -> tuple[PublicationView, SiteView]:
        """What is the same on every page of one depth."""
        if root not in self._chrome:
            publication = self._publication_view(root)
            site = SiteView(
                home=root,
                style_url=urls.join(root, self.style.path),
                icon_url=publication.logo.url if publication.logo else "",
                feeds=listings.feed_links(self._publication.title, root),
                palette=self._palette,
                has_tags=bool(self._tags),
                has_topics=self._has_topics,
                has_authors=self._has_authors,
                has_search=self._has_search,
                locale=_locale(self._publication.language),
                reading_url=urls.join(root, self.reading.path),
            )
            self._chrome[root] = (publication, site)
        return self._chrome[root]

    def _publication_view(self, root: str) -> PublicationView:
        return publication_view(self._library, root)

    def _style(self) -> Artifact:
        # Configuration lets nothing into a font list that could end a declaration; its quotation marks stay.
        font = Markup(self._publication.theme.font)  # noqa: S704
        text = self._templates.render(
            "web/style.css.j2",
            palette=self._palette,
            font=font,
            most_notes=max((gist_of(issue.part.body).notes for issue in self._issues.out), default=0),
            most_references=max((len(issue.citations) for issue in self._issues.out), default=0),
        )
        return hashed("style", "css", text.encode())

    def series_view(self, placed: SeriesIssues, root: str) -> SeriesView:
        """A series, as every page of one depth shows it."""
        key = (placed.series.slug, root)
        if key not in self._series:
            start = (
                urls.join(root, urls.start_path(placed.series.slug)) if placed.series.slug in self.starts else ""
            )
            view = listings.series_view(placed, self._issues.as_of, root)
            self._series[key] = replace(view, start_url=start)
        return self._series[key]

    def _current_cohorts(self) -> dict[str, Cohort]:
        """By series: who starts at Part 1 now."""
        if not self._publication.has_paced_feeds:
            return {}
        found = {placed.series.slug: current(placed, self._issues.as_of) for placed in self._issues.series}
        return {slug: cohort for slug, cohort in found.items() if cohort}

    def tags_of(self, issue: Issue) -> list[Tag]:
        """A part's tags."""
        slugs = dict.fromkeys(listings.tag_slug(name) for name in issue.part.tags)
        return [self._tags_by_slug[slug] for slug in slugs]

    def tag_view(self, tag: Tag, root: str) -> TagView:
        """A tag as a link."""
        return TagView(tag.name, urls.join(root, urls.tag_path(tag.slug)), len(tag.issues))

    def listed(self, title: str, path: str, description: str, feeds: tuple[FeedLink, ...] = ()) -> PageView:
        """The head of a page that lists things; ``feeds`` are its own."""
        return PageView(
            title=title,
            description=description,
            canonical=self._absolute(path),
            picture=self.cards.of_publication() or self._logo,
            graph=self._describe.listing(title, path),
            feeds=feeds,
            current=path.rstrip("/"),
        )

    def _quoted(self, issue: Issue | None) -> PictureView | None:
        """The picture that others show when they quote a page: absolute; the logo when there is none."""
        found = lead_picture(issue, self._library) if issue else None
        if found is None:
            return self._logo
        return picture_view(self._library, found.source, found.alt, self._publication.url)

    def _shown(self, picture: Picture, root: str) -> PictureView:
        """A picture with its other sizes and formats."""
        view = picture_view(self._library, picture.source, picture.alt, root)
        asset = self._library.assets.get(picture.source)
        return replace(view, sources=self.pictures.sources(asset, root)) if asset else view

    def _absolute(self, path: str) -> str:
        return urls.join(self._publication.url, path)


def hashed(name: str, ending: str, data: bytes) -> Artifact:
    """A file under ``assets/`` whose name changes with its bytes, so that it may be kept for ever."""
    return Artifact(f"assets/{name}.{hashlib.sha256(data).hexdigest()[:_ASSET_HASH]}.{ending}", data)


def _locale(language: str) -> str:
    """Open Graph's ``en_GB`` for ``en-GB``; nothing without a territory, which it requires."""
    parts = language.split("-")
    return f"{parts[0].lower()}_{parts[-1].upper()}" if len(parts) > 1 and len(parts[-1]) == 2 else ""
