"""A series bound: its published parts one after another, as one page or as an EPUB.

What is bound is the same parts rendered from the same trees with ids of their own. What stands between parts when
they come a week apart (recap, teaser, related articles, calls to action) would only interrupt, so it is left out;
each disclaimer stands once, in full, before the first part, and each call to action once, after the last.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from markupsafe import Markup

from pipeline import body as tree
from pipeline import urls, wording
from pipeline.fences import sections_for
from pipeline.issue import Cta, Disclaimer, Issue, LinkedPart, Notes, Prose, References, SeriesIssues
from pipeline.model import Asset, Block, Channel, Library
from pipeline.render.context import links_by_target, picture_view
from pipeline.render.html import HtmlRenderer
from pipeline.render.surroundings import Binding, Surroundings
from pipeline.render.views import CtaView
from pipeline.render.web.pictures import paths_named, shows_in_text
from pipeline.render.web.serial_views import BookView, ChapterView, NoticeView

# What every reading system can show (EPUB 3.3, 3.2, "core media types"), by a file's ending.
EPUB_PICTURES: Mapping[str, str] = {
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}
SERIES_PREFIX = "series."  # before the introduction's ids: no slug has a dot, so no part has them
MIN_PARTS = 2  # one part alone is already on one page


def is_bound(placed: SeriesIssues) -> bool:
    """Whether a series has a one-page version: as soon as two parts are out, and of published parts alone."""
    return len(placed.out) >= MIN_PARTS


def is_whole(placed: SeriesIssues) -> bool:
    """Whether there is an EPUB: of a finished series, as a file once taken along never hears of the next part."""
    return placed.is_finished and is_bound(placed)


class Binder:
    """How a series is bound. ``root`` goes before site paths; in an EPUB it is the publication's address.

    An EPUB has a file for each part and carries its pictures; a page has an anchor for each part.
    """

    def __init__(self, library: Library, root: str, *, is_epub: bool = False) -> None:
        self.library = library
        self.root = root
        self.is_epub = is_epub
        self._assets = carried(library) if is_epub else library.assets

    def book(self, placed: SeriesIssues) -> BookView:
        """The published parts of a series."""
        series, out = placed.series, placed.out
        places = {urls.part_path(issue.address): self._place(issue) for issue in out}
        binding = Binding(SERIES_PREFIX, places, self._pictures_at)
        opening = HtmlRenderer(self._around(series.path, binding, placed.links))
        introduction = opening.blocks(series.introduction.blocks)
        footnotes = series.introduction.footnotes
        root = self.library.publication.url
        return BookView(
            introduction=Markup(introduction),  # noqa: S704
            notes=Markup(opening.notes(footnotes) if footnotes else ""),  # noqa: S704
            notices=self._notices(out),
            chapters=tuple(self._chapter(issue, places) for issue in out),
            ctas=self._ctas(out),
            reading_minutes=sum(wording.reading_minutes(issue.words) for issue in out),
            web_url=urls.join(root, urls.book_path(series.slug)),
            epub_url=urls.join(self.root, urls.epub_path(series.slug)) if is_whole(placed) else "",
        )

    @property
    def _pictures_at(self) -> str | None:
        return "" if self.is_epub else None

    def _place(self, issue: Issue) -> tuple[str, str]:
        """Where a part begins in the book, and what goes before an anchor in it."""
        if self.is_epub:
            return f"{chapter_anchor(issue)}.xhtml", f"{chapter_anchor(issue)}.xhtml#"
        return f"#{chapter_anchor(issue)}", f"#{issue.part.slug}--"

    def _around(self, path: str, binding: Binding, links: tuple[LinkedPart, ...]) -> Surroundings:
        linked = links_by_target(links)
        return Surroundings(Channel.WEB, self.root, path, "", self._assets, links=linked, binding=binding)

    def _chapter(self, issue: Issue, places: Mapping[str, tuple[str, str]]) -> ChapterView:
        prefix = "" if self.is_epub else f"{issue.part.slug}--"
        around = self._around(issue.part.path, Binding(prefix, places, self._pictures_at), issue.links)
        renderer = HtmlRenderer(replace(around, citations=dict(issue.citations)))
        sections = tuple(sections_for(issue, Channel.WEB))
        # In reading order: the lists at the end link back to what the text has mentioned.
        prose = "\n".join(renderer.blocks(each.blocks) for each in sections if isinstance(each, Prose))
        notes = "".join(renderer.notes(each.footnotes) for each in sections if isinstance(each, Notes))
        works = "".join(renderer.references(each.entries) for each in sections if isinstance(each, References))
        part, local, named = issue.part, issue.slot.local, issue.part.image
        hero = None
        if named and not shows_in_text(issue, named.source) and not self._is_left_out(named.source):
            hero = picture_view(self.library, named.source, named.alt, "" if self.is_epub else self.root)
        return ChapterView(
            number=issue.number,
            label=issue.label,
            anchor=chapter_anchor(issue),
            title=part.title,
            subtitle=part.subtitle,
            summary=part.summary,
            date=wording.full_date(local.date()),
            date_iso=wording.iso(local),
            reading_minutes=wording.reading_minutes(issue.words),
            url=urls.join(self.root, urls.part_path(issue.address)),
            hero=hero,
            html=Markup(prose),  # noqa: S704
            notes=Markup(notes),  # noqa: S704
            references=Markup(works),  # noqa: S704
        )

    def _is_left_out(self, source: str) -> bool:
        """Whether an EPUB cannot carry a picture, as it is elsewhere on the web."""
        return source not in self._assets and self.is_epub

    def _notices(self, out: tuple[Issue, ...]) -> tuple[NoticeView, ...]:
        """Every disclaimer of any part, whole, once, and of which parts it speaks."""
        blocks = {block.slug: block for issue in out for block in issue.disclaimers}
        links = _links(out)
        notices = []
        for slug, block in blocks.items():
            numbers = [issue.number for issue in out if slug in {each.slug for each in issue.disclaimers}]
            parts = "" if len(numbers) == len(out) else _named(numbers)
            notices.append(NoticeView(slug, block.title, self._wording(block, links), parts))
        return tuple(notices)

    def _ctas(self, out: tuple[Issue, ...]) -> tuple[CtaView, ...]:
        sections = [each for issue in out for each in sections_for(issue, Channel.WEB) if isinstance(each, Cta)]
        blocks = {section.block.slug: section.block for section in sections}
        publication, series = self.library.publication, out[0].series.slug if out else ""
        content, links = "epub" if self.is_epub else "book", _links(out)
        return tuple(
            CtaView(
                slug,
                block.title,
                self._wording(block, links),
                block.label,
                urls.tracked(block.url, publication, Channel.WEB, series, content),
            )
            for slug, block in blocks.items()
        )

    def _wording(self, block: Block, links: tuple[LinkedPart, ...]) -> Markup:
        around = replace(self._around(block.path, Binding("", {}, self._pictures_at), links), has_anchors=False)
        return Markup(HtmlRenderer(around).blocks(block.body.blocks))  # noqa: S704


def _links(out: tuple[Issue, ...]) -> tuple[LinkedPart, ...]:
    """What any of the parts links to, and the blocks that stand in it."""
    return tuple(link for issue in out for link in issue.links)


def carried(library: Library) -> dict[str, Asset]:
    """The pictures that an EPUB may carry, by path."""
    return {path: asset for path, asset in library.assets.items() if _ending(path) in EPUB_PICTURES}


def media_type(path: str) -> str:
    """The media type of a picture that an EPUB carries."""
    return EPUB_PICTURES[_ending(path)]


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def pictures_of(placed: SeriesIssues, library: Library) -> list[str]:
    """The paths of the pictures that a series bound as an EPUB shows, sorted."""
    there = carried(library)
    return sorted({path for path in _named_pictures(placed) if path in there}) if there else []


def _named_pictures(placed: SeriesIssues) -> Iterator[str]:
    yield from paths_named(tree.walk_body(placed.series.introduction), placed.series.path)
    for issue in placed.out:
        if issue.part.image and not shows_in_text(issue, issue.part.image.source):
            yield issue.part.image.source
        for section in sections_for(issue, Channel.WEB):
            match section:
                case Prose(blocks):
                    yield from paths_named(tree.walk(blocks), issue.part.path)
                case Notes(footnotes):
                    for note in footnotes:
                        yield from paths_named(tree.walk(note.children), issue.part.path)
                case Cta(block) | Disclaimer(block):
                    yield from paths_named(tree.walk_body(block.body), block.path)
                case _:
                    continue


def chapter_anchor(issue: Issue) -> str:
    """Where a part begins: its anchor on the one page, its file's name in an EPUB."""
    return f"part-{issue.number}"


def _named(numbers: list[int]) -> str:
    """``Part 3``, ``Parts 2 and 5``, ``Parts 1, 2 and 5``."""
    *first, last = [str(number) for number in numbers]
    return f"Parts {', '.join(first)} and {last}" if first else f"Part {last}"
