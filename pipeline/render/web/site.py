"""The site: a page for everything that is published, and for nothing that is not.

Links are relative, so that the site works from a sub-path and from any file server; only what others quote
(canonical addresses, Open Graph, JSON-LD, the sitemap) is absolute, and ``404.html``, which a server shows at
any depth, counts from the root of the host.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline import urls
from pipeline.edition import Artifact, Drawing
from pipeline.errors import Diagnostic
from pipeline.issue import Issues, SeriesIssues
from pipeline.model import Library
from pipeline.render import promises
from pipeline.render.templates import Templates
from pipeline.render.web import finding, listings
from pipeline.render.web.book import is_bound, is_whole
from pipeline.render.web.calendars import calendar_artifacts
from pipeline.render.web.epub import OPENING_TEMPLATE, epub
from pipeline.render.web.finding import SearchDocument
from pipeline.render.web.follow_pages import follow_pages
from pipeline.render.web.llms import llms_txt
from pipeline.render.web.pages import PART_TEMPLATE
from pipeline.render.web.pictures import picture_artifacts
from pipeline.render.web.serial_pages import BOOK_TEMPLATE, AllPages
from pipeline.render.web.sitemap import robots, sitemap


@dataclass(frozen=True, slots=True)
class RenderedSite:
    """The site's files (paths under ``site/``), what is wrong with them, and what is still to be made from them.

    ``search`` is what a search should find, ``drawings`` the pictures that are still to be drawn.
    """

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...]
    search: tuple[SearchDocument, ...] = ()
    drawings: tuple[Drawing, ...] = ()


def render_web(
    issues: Issues, templates: Templates, emails: Mapping[str, bytes], *, has_search: bool = False
) -> RenderedSite:
    """Render the whole site as of one moment.

    ``emails`` are finished "view in browser" pages by part address; those of published parts are put beside
    their pages. Feeds are not made here, only linked to. ``has_search``: there will be an index, so there is a
    search page, and links to it.

    Raises:
        TemplateFailedError: a template could not be read or run.
    """
    tags = listings.tags_of(issues.out)
    pages = AllPages(issues, templates, tags, has_search=has_search)
    artifacts = [pages.style, pages.reading, pages.home(), pages.archive(), pages.not_found()]
    diagnostics: list[Diagnostic] = []
    for placed in issues.series:
        artifacts.append(pages.series(placed))
        for issue in placed.out:
            page = pages.part(issue, placed)
            diagnostics += promises.missing_from_html(issue, page.data.decode(), PART_TEMPLATE)
            artifacts += [page, *pages.redirects(issue)]
            if issue.address in emails:
                artifacts.append(Artifact(f"{urls.part_path(issue.address)}email.html", emails[issue.address]))
        for path_of_template, bound, shown in _bound(pages, placed, issues.library, templates):
            artifacts.append(bound)
            diagnostics += _missing_in_book(placed, shown, path_of_template)
    artifacts += _finding(pages, issues, has_search=has_search)
    if tags:
        artifacts += [pages.tag_index(), *(pages.tag(tag) for tag in tags)]
    artifacts += [*follow_pages(issues, pages), *calendar_artifacts(issues), *picture_artifacts(issues)]
    artifacts += [sitemap(issues, tags, pages.starts), robots(issues.publication)]
    if issues.publication.sharing.llms_txt:
        artifacts.append(llms_txt(issues))
    drawings = (*pages.cards.drawings, *pages.pictures.drawings)
    return RenderedSite(tuple(artifacts), tuple(diagnostics), tuple(pages.search_documents), drawings)


def _finding(pages: AllPages, issues: Issues, *, has_search: bool) -> list[Artifact]:
    """The pages by author, topic and year, and the search page."""
    made = []
    people, topics = finding.bylines(issues), finding.topics_of(issues.out)
    if people:
        made += [pages.authors(people), *(pages.author(one) for one in people)]
    if topics:
        made += [pages.topics(topics), *(pages.topic(topic) for topic in topics)]
    if finding.has_year_pages(issues.out):
        made += [pages.archive_year(year, some) for year, some in finding.years_of(issues.out)]
    return made + (pages.search() if has_search else [])


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
