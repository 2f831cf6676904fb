"""One method for each kind of page that every publication has; ``serial_pages`` has the others."""

from dataclasses import replace
from urllib.parse import urlsplit

from markupsafe import Markup

from pipeline import urls
from pipeline.edition import Artifact
from pipeline.issue import Issue, SeriesIssues
from pipeline.model import Channel
from pipeline.render.context import PicturesIn, links_by_target, part_view, root_from
from pipeline.render.html import HtmlRenderer
from pipeline.render.surroundings import Surroundings
from pipeline.render.web import finding, listings
from pipeline.render.web.calendars import calendar_view
from pipeline.render.web.framing import Framing
from pipeline.render.web.page_views import PageView
from pipeline.render.web.pictures import first_seen, lead_picture, quoted_picture, shows_in_text
from pipeline.render.web.signup import signup_view

PART_TEMPLATE = "web/part.html.j2"
RECENT_PARTS = 6  # on the publication's page, after the latest
MIN_CONTENTS = 3  # headings from which a table of contents helps


class Pages(Framing):
    """Renders the pages of one publication as of one moment."""

    def home(self) -> Artifact:
        """The publication's page: the latest part, where to start, every series."""
        root = root_from("")
        latest, *earlier = self._issues.out or (None,)
        named = lead_picture(latest, self._library) if latest else None
        picture = self._shown(named, root) if named else None
        announced = [placed for placed in self._issues.series if listings.is_announced(placed)]
        page = PageView(
            title=self._publication.title,
            description=self._publication.description,
            canonical=self._publication.url,
            picture=self.cards.of_publication() or self._quoted(latest),
            graph=self._describe.home(),
            current="home",
        )
        return self.put(
            "",
            "web/home.html.j2",
            page,
            latest=listings.card_view(latest, root, picture) if latest else None,
            series=[self.series_view(placed, root) for placed in announced],
            signup=signup_view(self._publication, tuple(announced), self.chrome_at(root)[1].feeds, root),
            recent=[listings.card_view(issue, root) for issue in earlier[:RECENT_PARTS]],
            upcoming=finding.upcoming(self._issues, root),
            calendar=calendar_view(self._publication, root),
        )

    def series(self, placed: SeriesIssues) -> Artifact:
        """A series' page: its introduction, and every part that is out or planned."""
        series = placed.series
        path = urls.series_path(series.slug)
        root = root_from(path)
        view = self.series_view(placed, root)
        links = links_by_target(placed.links)
        around = Surroundings(Channel.WEB, root, series.path, "", self._library.assets, links=links)
        around = replace(around, sources=self.pictures.in_text)
        renderer = HtmlRenderer(around)
        introduction = renderer.blocks(series.introduction.blocks)
        notes = renderer.notes(series.introduction.footnotes) if series.introduction.footnotes else ""
        page = PageView(
            title=series.title,
            description=series.summary,
            canonical=self._absolute(path),
            picture=self.cards.of_series(series) or self._quoted(placed.out[0] if placed.out else None),
            graph=self._describe.series(placed),
            feeds=view.feeds,
            is_indexed=listings.is_announced(placed),
        )
        return self.put(
            path,
            "web/series.html.j2",
            page,
            series=view,
            calendar=calendar_view(self._publication, root, series.slug)
            if listings.is_announced(placed)
            else None,
            introduction=Markup(introduction),  # noqa: S704
            notes=Markup(notes),  # noqa: S704
            signup=signup_view(self._publication, (placed,), view.feeds, root, series.slug),
        )

    def part(self, issue: Issue, placed: SeriesIssues) -> Artifact:
        """A published part's page."""
        path = urls.part_path(issue.address)
        root = root_from(path)
        named = issue.part.image
        has_hero = named is not None and not shows_in_text(issue, named.source)
        inside = PicturesIn(self.pictures.in_text, None if has_hero else first_seen(issue))
        part = part_view(issue, self._library, Channel.WEB, root, inside)
        if self._has_search:
            self._search.append(finding.search_document(issue, part, self._publication.language))
        series = self.series_view(placed, root)
        picture = quoted_picture(issue, self._library) or self.cards.of_part(issue) or self._quoted(issue)
        tags = self.tags_of(issue)
        page = PageView(
            title=part.title,
            description=part.summary,
            canonical=part.web_url,
            type="article",
            picture=picture,
            graph=self._describe.part(issue, picture, tuple(tag.name for tag in tags)),
            feeds=series.feeds,
        )
        return self.put(
            path,
            PART_TEMPLATE,
            page,
            part=part,
            series=series,
            hero=self._shown(named, root) if named and has_hero else None,
            contents=part.contents if len(part.contents) >= MIN_CONTENTS else (),
            signup=signup_view(self._publication, (placed,), series.feeds, root, issue.series.slug),
            pager=listings.pager_view(issue, series.lines, root),
            tags=[self.tag_view(tag, root) for tag in tags],
        )

    def redirects(self, issue: Issue) -> list[Artifact]:
        """A page at each of a part's old addresses that leads on to the new one."""
        target = urls.part_path(issue.address)
        page = PageView(issue.part.title, issue.part.summary, self._absolute(target), is_indexed=False)
        folder = urls.series_path(issue.series.slug)
        return [
            self.put(f"{folder}{alias}/", "web/redirect.html.j2", page, to=f"../{issue.part.slug}/")
            for alias in issue.part.aliases
        ]

    def not_found(self) -> Artifact:
        """What a server shows for an address that does not exist, at whatever depth."""
        page = PageView("Page not found", self._publication.description, "", is_indexed=False)
        root = urlsplit(self._publication.url).path or "/"
        announced = [placed for placed in self._issues.series if listings.is_announced(placed)]
        series = [self.series_view(placed, root) for placed in announced]
        return self.put("404.html", "web/404.html.j2", page, root=root, series=series)
