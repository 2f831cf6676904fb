"""The site: a page for everything that is published, and for nothing that is not.

Links are relative, so that the site works from a sub-path and from any file server; only what others quote
(canonical addresses, Open Graph, JSON-LD, the sitemap) is absolute, and ``404.html``, which a server shows at
any depth, counts from the root of the host.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from pipeline import urls
from pipeline.edition import Artifact
from pipeline.errors import Diagnostic
from pipeline.issue import Issue, Issues, SeriesIssues
from pipeline.model import Channel, Library
from pipeline.quire import Printed, Quire
from pipeline.render import promises
from pipeline.render.context import root_from
from pipeline.render.fingerprints import Fingerprints
from pipeline.render.templates import Templates
from pipeline.render.web import finding, listings
from pipeline.render.web.book import is_bound, is_whole
from pipeline.render.web.calendars import events_of, publication_calendar, series_calendar
from pipeline.render.web.epub import OPENING_TEMPLATE, epub
from pipeline.render.web.follow_pages import follow_page, series_follow_pages, start_view
from pipeline.render.web.llms import llms_txt
from pipeline.render.web.pages import PART_TEMPLATE
from pipeline.render.web.pictures import pictures_on_site
from pipeline.render.web.serial_pages import BOOK_TEMPLATE, AllPages
from pipeline.render.web.signup import signup_view
from pipeline.render.web.sitemap import robots, sitemap

_DEEP = root_from("series/part/")  # pages count from there wherever only what they say matters


def web_quires(
    issues: Issues, templates: Templates, prints: Fingerprints, *, has_search: bool = False
) -> Iterator[Quire]:
    """The site in quires: each part's page, each series' own pages, and what lists the parts of several series.

    Raises:
        TemplateFailedError: the style sheet's template could not be read or run.
    """
    pages = AllPages(issues, templates, listings.tags_of(issues.out), has_search=has_search)
    site = _Site(issues, templates, prints, pages, has_search=has_search)
    for placed in issues.series:
        yield from site.parts(placed)
    for placed in issues.series:
        yield site.series(placed)
    yield from site.lists()


class _Site:
    """What the quires of one site have in common."""

    def __init__(
        self, issues: Issues, templates: Templates, prints: Fingerprints, pages: AllPages, *, has_search: bool
    ) -> None:
        self._issues = issues
        self._templates = templates
        self._prints = prints
        self._pages = pages
        self._has_search = has_search
        self._frame = prints.of(prints.common, pages.chrome_at(_DEEP))
        self._views = {placed.series.slug: prints.of(pages.series_view(placed, _DEEP)) for placed in issues.series}

    def parts(self, placed: SeriesIssues) -> Iterator[Quire]:
        """The page of each published part, with the addresses that it had."""
        if not placed.out:
            return
        pages, prints, slug = self._pages, self._prints, placed.series.slug
        feeds = pages.series_view(placed, _DEEP).feeds
        signup = signup_view(self._issues.publication, (placed,), feeds, _DEEP, slug)
        around = prints.of(self._frame, self._views[slug], signup)
        for issue in placed.out:
            tags = [pages.tag_view(tag, "") for tag in pages.tags_of(issue)]
            yield Quire(
                name=f"page {issue.address}",
                channel=Channel.WEB,
                fingerprint=prints.of(around, issue, tags),
                make=partial(self._part, issue, placed),
                series=slug,
            )

    def _part(self, issue: Issue, placed: SeriesIssues) -> Printed:
        page = self._pages.part(issue, placed)
        lacking = promises.missing_from_html(issue, page.data.decode(), PART_TEMPLATE)
        return self._printed([page, *self._pages.redirects(issue)], lacking)

    def series(self, placed: SeriesIssues) -> Quire:
        """A series' own pages, its book and its calendar."""
        prints, issues, slug = self._prints, self._issues, placed.series.slug
        cohort = self._pages.starts.get(slug)
        start = start_view(issues, placed, cohort, _DEEP) if cohort else None
        signup = signup_view(issues.publication, (placed,), (), _DEEP, slug)
        return Quire(
            name=f"series {slug}",
            channel=Channel.WEB,
            fingerprint=prints.of(self._frame, placed, self._views[slug], start, signup),
            make=partial(self._series, placed),
            series=slug,
        )

    def _series(self, placed: SeriesIssues) -> Printed:
        pages = self._pages
        lacking: list[Diagnostic] = []
        made = [pages.series(placed), *series_follow_pages(self._issues, pages, placed)]
        made += series_calendar(placed, self._issues.publication)
        for path_of_template, bound, shown in _bound(pages, placed, self._issues.library, self._templates):
            made.append(bound)
            lacking += _missing_in_book(placed, shown, path_of_template)
        return self._printed(made, lacking)

    def lists(self) -> Iterator[Quire]:
        """What is about the whole publication."""
        issues, pages, prints, out = self._issues, self._pages, self._prints, self._issues.out
        views = tuple(self._views.values())
        cards = prints.cards(out)
        years = tuple((year, len(some)) for year, some in finding.years_of(out))
        first = prints.issue(out[0]) if out else ""
        upcoming = finding.upcoming(issues, "")
        yield self._list("home", pages.home, first, cards[:10], views, upcoming, self._signups())
        yield self._list("not found", pages.not_found, views)
        yield self._list("follow", partial(follow_page, issues, pages), views)
        yield self._list("archive", pages.archive, cards, years)
        if self._has_search:
            yield self._lists("search", pages.search, views, years)
        yield from self._tags()
        yield from self._people()
        if finding.has_year_pages(out):
            for year, some in finding.years_of(out):
                yield self._list(
                    f"year {year}", partial(pages.archive_year, year, some), prints.cards(some), years
                )
        yield self._lists("style", lambda: [pages.style, pages.reading])
        publication = issues.publication
        events = prints.of([events_of(placed, publication) for placed in issues.series])
        yield self._lists("calendar", partial(publication_calendar, issues), events, cards)
        yield self._lists("pictures", self._pictures, [(path, prints.asset(path)) for path in self._on_site()])
        yield self._lists("map", self._map)

    def _tags(self) -> Iterator[Quire]:
        """The pages by tag and by topic."""
        pages, cards = self._pages, self._prints.cards
        tags, topics = listings.tags_of(self._issues.out), finding.topics_of(self._issues.out)
        if tags:
            yield self._list("tags", pages.tag_index, [pages.tag_view(tag, "") for tag in tags])
        for tag in tags:
            yield self._list(f"tag {tag.slug}", partial(pages.tag, tag), tag.name, cards(tag.issues))
        if topics:
            yield self._list("topics", partial(pages.topics, topics), [finding.topic_view(t, "") for t in topics])
        for topic in topics:
            yield self._list(f"topic {topic.slug}", partial(pages.topic, topic), topic.name, cards(topic.issues))

    def _people(self) -> Iterator[Quire]:
        """The pages by author."""
        pages, people = self._pages, finding.bylines(self._issues)
        views = [(one.slug, listings.author_view(one.author, "", one.issues)) for one in people]
        if people:
            yield self._list("authors", partial(pages.authors, people), views)
        for one, view in zip(people, views, strict=True):
            yield self._list(
                f"author {one.slug}", partial(pages.author, one), view, self._prints.cards(one.issues)
            )

    def _map(self) -> list[Artifact]:
        """What machines read of the whole: quicker made than compared."""
        issues = self._issues
        made = [sitemap(issues, listings.tags_of(issues.out), self._pages.starts), robots(issues.publication)]
        return [*made, llms_txt(issues)] if issues.publication.sharing.llms_txt else made

    def _on_site(self) -> list[str]:
        return pictures_on_site(self._issues, self._prints.pictures_of)

    def _pictures(self) -> list[Artifact]:
        assets = self._issues.library.assets
        return [Artifact(urls.asset_path(path), assets[path].data) for path in self._on_site()]

    def _signups(self) -> object:
        announced = tuple(placed for placed in self._issues.series if listings.is_announced(placed))
        return signup_view(self._issues.publication, announced, (), "")

    def _list(self, name: str, make: Callable[[], Artifact], *read: object) -> Quire:
        return self._lists(name, lambda: [make()], *read)

    def _lists(self, name: str, make: Callable[[], Iterable[Artifact]], *read: object) -> Quire:
        """A quire of the whole publication's, made from ``read`` and what stands on every page."""
        is_known = name != "map"
        return Quire(
            name=name,
            channel=Channel.WEB,
            fingerprint=self._prints.of(self._frame, name, read) if is_known else "",
            make=lambda: self._printed(make()),
        )

    def _printed(self, made: Iterable[Artifact], diagnostics: Iterable[Diagnostic] = ()) -> Printed:
        artifacts = tuple(made)
        search, drawings = self._pages.taken()
        return Printed(artifacts, tuple(diagnostics), search, drawings)


def _bound(
    pages: AllPages, placed: SeriesIssues, library: Library, templates: Templates
) -> Iterator[tuple[str, Artifact, str]]:
    """A series as one page and, once it is finished, as an EPUB: template, file, and the words that it shows."""
    if is_bound(placed):
        book = pages.book(placed)
        yield BOOK_TEMPLATE, book, promises.shown_text(book.data.decode())
    if is_whole(placed):
        made = epub(placed, library, templates)
        yield OPENING_TEMPLATE, made.artifact, promises.shown_text(made.opening)


def _missing_in_book(placed: SeriesIssues, shown: str, template: str) -> Iterator[Diagnostic]:
    """Each disclaimer of any part must be in its book; one part that carries it is enough to ask."""
    asked: set[str] = set()
    for issue in placed.out:
        wanted = {block.slug for block in issue.disclaimers}
        if not wanted <= asked:
            asked |= wanted
            yield from promises.missing_disclaimers(issue, shown, template)
