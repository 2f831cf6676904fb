"""Pages on top of ``pages.py``: a series as one book, and every list by which a part is found."""

from dataclasses import replace

from pipeline import urls
from pipeline.edition import Artifact
from pipeline.issue import Issue, SeriesIssues
from pipeline.render.context import root_from
from pipeline.render.web import finding, listings
from pipeline.render.web.book import Binder
from pipeline.render.web.finding import Byline
from pipeline.render.web.framing import hashed
from pipeline.render.web.listings import Tag
from pipeline.render.web.page_views import PageView
from pipeline.render.web.pages import Pages

BOOK_TEMPLATE = "web/book.html.j2"


class AllPages(Pages):
    """Renders every kind of page of one publication as of one moment."""

    def book(self, placed: SeriesIssues) -> Artifact:
        """The published parts of a series on one page. Search engines are sent to the parts themselves."""
        series = placed.series
        path = urls.book_path(series.slug)
        root = root_from(path)
        view = self.series_view(placed, root)
        page = PageView(
            title=f"{series.title}, on one page",
            description=series.summary,
            canonical=self._absolute(path),
            picture=self._quoted(placed.out[0]),
            graph=self._describe.listing(series.title, path),
            feeds=view.feeds,
            is_indexed=False,
        )
        book = Binder(self._library, root).book(placed)
        return self.put(path, BOOK_TEMPLATE, page, series=view, book=book)

    def archive(self) -> Artifact:
        """Everything that is out, by year."""
        page = self.listed("Archive", urls.ARCHIVE, f"Every part of {self._publication.title}, newest first.")
        out, root = self._issues.out, root_from(urls.ARCHIVE)
        # A large archive shows its newest parts, and its years have pages of their own.
        shown = out[: finding.LARGE_ARCHIVE // 3] if finding.has_year_pages(out) else out
        return self.put(
            urls.ARCHIVE,
            "web/archive.html.j2",
            page,
            years=listings.year_views(shown, root),
            year_links=finding.year_links(out, root),
            is_split=finding.has_year_pages(out),
        )

    def tag_index(self) -> Artifact:
        """Every tag of a published part."""
        page = self.listed("Tags", urls.TAGS, f"What {self._publication.title} has written about, by tag.")
        root = root_from(urls.TAGS)
        return self.put(urls.TAGS, "web/tags.html.j2", page, tags=[self.tag_view(tag, root) for tag in self._tags])

    def tag(self, tag: Tag) -> Artifact:
        """The published parts that carry a tag."""
        path = urls.tag_path(tag.slug)
        root = root_from(path)
        feeds = listings.feed_links(f"{tag.name} · {self._publication.title}", root, path)
        page = self.listed(tag.name, path, f"Parts of {self._publication.title} on {tag.name}.", feeds)
        cards = [listings.card_view(issue, root) for issue in tag.issues]
        return self.put(path, "web/tag.html.j2", page, tag=self.tag_view(tag, root), cards=cards)

    def archive_year(self, year: int, issues: tuple[Issue, ...]) -> Artifact:
        """One year of a large archive."""
        path = urls.year_path(year)
        root = root_from(path)
        page = self.listed(f"Archive of {year}", path, f"Every part of {self._publication.title} from {year}.")
        (view,) = listings.year_views(issues, root)
        links = finding.year_links(self._issues.out, root)
        return self.put(path, "web/archive-year.html.j2", page, year=view, year_links=links)

    def authors(self, people: tuple[Byline, ...]) -> Artifact:
        """Everybody who wrote a published part."""
        page = self.listed("Authors", urls.AUTHORS, f"Who writes {self._publication.title}.")
        root = root_from(urls.AUTHORS)
        views = [listings.author_view(one.author, root, one.issues) for one in people]
        return self.put(urls.AUTHORS, "web/authors.html.j2", page, people=views)

    def author(self, one: Byline) -> Artifact:
        """An author's page: who they are, and their published parts."""
        path = urls.author_path(one.slug)
        root = root_from(path)
        named = f"{one.author.name}, {one.author.credentials}" if one.author.credentials else one.author.name
        page = self.listed(one.author.name, path, f"{named}: every part in {self._publication.title}.")
        page = replace(page, is_indexed=bool(one.issues))
        cards = [listings.card_view(issue, root) for issue in one.issues]
        view = listings.author_view(one.author, root, one.issues)
        return self.put(path, "web/author.html.j2", page, author=view, cards=cards)

    def topics(self, topics: tuple[Tag, ...]) -> Artifact:
        """Every topic of a published part."""
        page = self.listed("Topics", urls.TOPICS, f"What {self._publication.title} is about.")
        root = root_from(urls.TOPICS)
        return self.put(
            urls.TOPICS, "web/topics.html.j2", page, topics=[finding.topic_view(topic, root) for topic in topics]
        )

    def topic(self, topic: Tag) -> Artifact:
        """The published parts of a topic."""
        path = urls.topic_path(topic.slug)
        root = root_from(path)
        page = self.listed(topic.name, path, f"Parts of {self._publication.title} about {topic.name}.")
        cards = [listings.card_view(issue, root) for issue in topic.issues]
        return self.put(path, "web/topic.html.j2", page, topic=finding.topic_view(topic, root), cards=cards)

    def search(self) -> list[Artifact]:
        """The search page, and its script under a name that may be cached for ever."""
        script = hashed("search", "js", self._templates.render("web/search.js.j2").encode())
        root = root_from(urls.SEARCH)
        page = PageView(
            title="Search",
            description=f"Search every part of {self._publication.title}.",
            canonical=self._absolute(urls.SEARCH),
            picture=self._logo,
            graph=self._describe.listing("Search", urls.SEARCH),
            is_indexed=False,
            current="search",
        )
        started = [self.series_view(placed, root) for placed in self._issues.series if placed.out]
        return [
            script,
            self.put(
                urls.SEARCH,
                "web/search.html.j2",
                page,
                script_url=urls.join(root, script.path),
                bundle_url=urls.join(root, "pagefind/"),
                series=started,
                years=finding.year_links(self._issues.out, root),
            ),
        ]
