"""What search engines are told of a page: one JSON-LD ``@graph`` of schema.org nodes.

A part is an ``Article`` with a ``position`` in a ``CreativeWorkSeries``; only published parts are ever named.
``lastReviewed``, ``reviewedBy`` and their like belong to ``WebPage``, not to ``Article``, and are left out
altogether: nobody has reviewed anything.
"""

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from pipeline import urls, wording
from pipeline.issue import Issue, Issues, ReferenceEntry, References, SeriesIssues
from pipeline.model import Author, Publication, Series
from pipeline.render.views import PictureView

Node = dict[str, Any]

HEALTH = "health"  # the topic whose pages schema.org calls MedicalWebPage

# Valid inside a script element: `<` and `&` could end it or start a comment (HTML, "Restrictions for contents
# of script elements"); U+2028 and U+2029 end a line in older JavaScript.
_HARMLESS = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_WORK_TYPES = {
    "article-journal": "ScholarlyArticle",
    "article-magazine": "Article",
    "article-newspaper": "NewsArticle",
    "book": "Book",
    "chapter": "Chapter",
    "dataset": "Dataset",
    "report": "Report",
    "thesis": "Thesis",
    "webpage": "WebPage",
}


def document(nodes: Iterable[Node]) -> Markup:
    """A JSON-LD document of some nodes, safe to put into a ``script`` element as it stands."""
    graph = {"@context": "https://schema.org", "@graph": list(nodes)}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_HARMLESS))  # noqa: S704


class Describer:
    """Describes the pages of one publication; what is the same on all of them is made once."""

    def __init__(self, issues: Issues, logo: PictureView | None) -> None:
        self._publication: Publication = issues.publication
        home = self._publication.url
        self._publisher: Node = {
            "@type": "Organization",
            "@id": f"{home}#publisher",
            "name": self._publication.sender.name,
            "url": home,
            **({"logo": _image(logo)} if logo else {}),
        }
        self._site: Node = {
            "@type": "WebSite",
            "@id": f"{home}#site",
            "name": self._publication.title,
            "description": self._publication.description,
            "url": home,
            "inLanguage": self._publication.language,
            "publisher": {"@id": f"{home}#publisher"},
        }
        self._series = {placed.series.slug: self._series_node(placed.series) for placed in issues.series}

    def home(self) -> Markup:
        """The publication's page."""
        return document([self._site, self._publisher])

    def listing(self, title: str, path: str) -> Markup:
        """A page that only lists parts: the archive, the tags."""
        page = self._page("CollectionPage", title, path)
        return document([page, self._crumbs([(title, path)])])

    def series(self, placed: SeriesIssues) -> Markup:
        """A series' page, with its published parts."""
        series = placed.series
        path = urls.series_path(series.slug)
        node = {**self._series[series.slug], "inLanguage": self._publication.language}
        node["author"] = [_person(author) for author in series.authors]
        if placed.out:
            node["startDate"] = wording.iso(placed.out[0].slot.local)
            node["hasPart"] = [self._part_of_list(issue) for issue in placed.out]
        if placed.out and placed.is_finished:
            node["endDate"] = wording.iso(placed.out[-1].slot.local)
        page = {**self._page("CollectionPage", series.title, path), "mainEntity": {"@id": node["@id"]}}
        return document([page, node, self._crumbs([(series.title, path)])])

    def part(self, issue: Issue, picture: PictureView | None, tags: tuple[str, ...]) -> Markup:
        """A part's page."""
        path, series = urls.part_path(issue.address), issue.series
        kind = "MedicalWebPage" if HEALTH in issue.topics else "WebPage"
        article = self._article(issue, picture, tags)
        page = {**self._page(kind, issue.part.title, path), "mainEntity": {"@id": article["@id"]}}
        crumbs = self._crumbs([(series.title, urls.series_path(series.slug)), (issue.part.title, path)])
        return document([page, article, self._series[series.slug], crumbs])

    def _article(self, issue: Issue, picture: PictureView | None, tags: tuple[str, ...]) -> Node:
        part, url = issue.part, self._url(urls.part_path(issue.address))
        published = wording.iso(issue.slot.local)
        article: Node = {
            "@type": "Article",
            "@id": f"{url}#article",
            "headline": part.title,
            "description": part.summary,
            "url": url,
            "mainEntityOfPage": {"@id": f"{url}#page"},
            "inLanguage": self._publication.language,
            "datePublished": published,
            "dateModified": part.updated.isoformat() if part.updated else published,
            "author": [_person(author) for author in issue.series.authors],
            "publisher": {key: value for key, value in self._publisher.items() if key != "url"},
            "isPartOf": {"@id": self._series[issue.series.slug]["@id"]},
            "position": issue.number,
            "wordCount": issue.words,
            "timeRequired": f"PT{wording.reading_minutes(issue.words)}M",
        }
        if part.subtitle:
            article["alternativeHeadline"] = part.subtitle
        if tags:
            article["keywords"] = list(tags)
        if picture:
            article["image"] = _image(picture)
        cited = [self._work(entry, issue) for entry in _entries(issue)]
        if cited:
            article["citation"] = cited
        return article

    def _part_of_list(self, issue: Issue) -> Node:
        url = self._url(urls.part_path(issue.address))
        return {
            "@type": "Article",
            "@id": f"{url}#article",
            "headline": issue.part.title,
            "url": url,
            "position": issue.number,
            "datePublished": wording.iso(issue.slot.local),
        }

    def _series_node(self, series: Series) -> Node:
        url = self._url(urls.series_path(series.slug))
        return {
            "@type": "CreativeWorkSeries",
            "@id": f"{url}#series",
            "name": series.title,
            "description": series.summary,
            "url": url,
        }

    def _page(self, kind: str, name: str, path: str) -> Node:
        url = self._url(path)
        return {
            "@type": kind,
            "@id": f"{url}#page",
            "url": url,
            "name": name,
            "inLanguage": self._publication.language,
            "isPartOf": {"@type": "WebSite", "@id": self._site["@id"], "name": self._publication.title},
            "breadcrumb": {"@id": f"{url}#breadcrumb"},
        }

    def _crumbs(self, steps: list[tuple[str, str]]) -> Node:
        trail = [(self._publication.title, ""), *steps]
        return {
            "@type": "BreadcrumbList",
            "@id": f"{self._url(steps[-1][1])}#breadcrumb",
            "itemListElement": [
                {"@type": "ListItem", "position": position, "name": name, "item": self._url(path)}
                for position, (name, path) in enumerate(trail, 1)
            ],
        }

    def _work(self, entry: ReferenceEntry, issue: Issue) -> Node:
        """A cited work, by its CSL item where the author gave one."""
        reference = next(
            (found for found in (*issue.part.references, *issue.series.references) if found.key == entry.key),
            None,
        )
        item = json.loads(reference.item) if reference else {}
        node: Node = {
            "@type": _WORK_TYPES.get(item.get("type", ""), "CreativeWork"),
            "name": item.get("title") or entry.text,
        }
        if entry.url:
            node["url"] = entry.url
        if item.get("DOI"):
            node["identifier"] = f"https://doi.org/{item['DOI']}"
        authors = [person for name in item.get("author", ()) if (person := _cited_author(name))]
        if authors:
            node["author"] = authors
        if year := _year(item):
            node["datePublished"] = year
        return node

    def _url(self, path: str) -> str:
        return urls.join(self._publication.url, path)


def _entries(issue: Issue) -> tuple[ReferenceEntry, ...]:
    return tuple(
        entry for section in issue.sections if isinstance(section, References) for entry in section.entries
    )


def _cited_author(name: object) -> Node:
    """An author of a cited work, by the names that CSL has for people and for bodies."""
    if not isinstance(name, dict):
        return {}
    if name.get("literal"):
        return {"@type": "Organization", "name": str(name["literal"])}
    words = (str(name[key]) for key in ("given", "family") if name.get(key))
    full = " ".join(words)
    return {"@type": "Person", "name": full} if full else {}


def _year(item: Node) -> str:
    """The year of a CSL date (``issued: {date-parts: [[2012, 3]]}``), as ISO 8601 wants it."""
    try:
        year = int(item["issued"]["date-parts"][0][0])
    except (KeyError, IndexError, TypeError, ValueError):
        return ""
    return f"{year:04d}" if 0 < year < 10_000 else ""


def _person(author: Author) -> Node:
    node: Node = {"@type": "Person", "name": author.name}
    if author.url:
        node["url"] = author.url
    if author.credentials:
        node["hasCredential"] = {"@type": "EducationalOccupationalCredential", "name": author.credentials}
    return node


def _image(picture: PictureView) -> Node:
    size = {"width": picture.width, "height": picture.height} if picture.width else {}
    return {"@type": "ImageObject", "url": picture.url, **size}
