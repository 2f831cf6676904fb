"""Ways to find a part: by its author, its topic, its year, what is to come, and by its words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby

from pipeline import urls, wording
from pipeline.edition import SearchDocument
from pipeline.issue import Issue, Issues
from pipeline.model import Author
from pipeline.render.views import PartView, ProseView
from pipeline.render.web.listings import Tag, author_slug, tag_slug
from pipeline.render.web.serial_views import TopicView, UpcomingView, YearLinkView

UPCOMING = 4  # slots that the publication's page looks ahead
LARGE_ARCHIVE = 150  # parts from which each year has a page of its own


@dataclass(frozen=True, slots=True)
class Byline:
    """An author with the published issues that are theirs, newest first. Two with one name are one."""

    slug: str
    author: Author
    issues: tuple[Issue, ...]


def bylines(issues: Issues) -> tuple[Byline, ...]:
    """The authors of all series by name, with the address and the credentials that they gave first.

    One whose series has not begun has a page too, since the series' page leads there; it lists no part.
    """
    people: dict[str, Author] = {}
    written: dict[str, list[Issue]] = {}
    for placed in issues.series:
        for author in placed.series.authors:
            slug = author_slug(author)
            known = people.get(slug, author)
            people[slug] = Author(known.name, known.url or author.url, known.credentials or author.credentials)
            written.setdefault(slug, [])
    for issue in issues.out:
        for slug in dict.fromkeys(author_slug(author) for author in issue.series.authors):
            written[slug].append(issue)
    return tuple(
        Byline(slug, people[slug], tuple(written[slug]))
        for slug in sorted(people, key=lambda slug: (people[slug].name.casefold(), slug))
    )


def topics_of(issues: Iterable[Issue]) -> tuple[Tag, ...]:
    """The topics of published issues by name: their series' and their own."""
    names: dict[str, str] = {}
    carriers: dict[str, list[Issue]] = {}
    for issue in issues:
        for slug, name in {tag_slug(name): name for name in reversed(issue.topics)}.items():
            names.setdefault(slug, name)
            carriers.setdefault(slug, []).append(issue)
    return tuple(Tag(slug, names[slug], tuple(carriers[slug])) for slug in sorted(names))


def topic_view(topic: Tag, root: str) -> TopicView:
    """A topic with the number of its parts."""
    return TopicView(topic.name, urls.join(root, urls.topic_path(topic.slug)), len(topic.issues))


def years_of(out: Iterable[Issue]) -> tuple[tuple[int, tuple[Issue, ...]], ...]:
    """Published issues by year, newest first."""
    return tuple((year, tuple(group)) for year, group in groupby(out, key=lambda i: i.slot.local.year))


def has_year_pages(out: tuple[Issue, ...]) -> bool:
    """Whether the archive is so long that each year has a page of its own."""
    return len(out) > LARGE_ARCHIVE


def year_links(out: tuple[Issue, ...], root: str) -> tuple[YearLinkView, ...]:
    """The years of the archive: anchors of its one page, or pages of their own once it is large."""
    own = has_year_pages(out)
    return tuple(
        YearLinkView(
            year,
            urls.join(root, urls.year_path(year)) if own else urls.join(root, urls.ARCHIVE, f"pw-{year}"),
            len(issues),
        )
        for year, issues in years_of(out)
    )


def upcoming(issues: Issues, root: str) -> tuple[UpcomingView, ...]:
    """The next slots, soonest first: numbers and dates, and no titles.

    Every series has its next before any has more: otherwise a daily series would leave no place for a weekly one.
    """
    coming = [
        (line.slot, line.number, placed.series)
        for placed in issues.series
        for line in placed.calendar
        if line.slot and not (line.issue and line.issue.is_out)
    ]
    coming.sort(key=lambda found: (found[0].utc, found[2].slug, found[1]))
    turns: Counter[str] = Counter()
    in_turn = []
    for found in coming:
        in_turn.append((turns[found[2].slug], found))
        turns[found[2].slug] += 1
    chosen = [found for _, found in sorted(in_turn, key=lambda each: each[0])[:UPCOMING]]
    views = []
    for slot, number, series in sorted(chosen, key=lambda found: (found[0].utc, found[2].slug, found[1])):
        day = slot.local.date()
        views.append(
            UpcomingView(
                label=f"Part {number}",
                url=urls.join(root, urls.series_path(series.slug), f"part-{number}"),
                series_title=series.title,
                date=_date_words(slot.local, issues.as_of),
                date_iso=wording.iso(slot.local),
                day=str(day.day),
                month=wording.weekday_date(day).split()[-1][:3],
            )
        )
    return tuple(views)


def _date_words(local: datetime, as_of: datetime) -> str:
    words = wording.weekday_date(local.date())
    return words if local.year == as_of.astimezone(local.tzinfo).year else f"{words} {local.year}"


def finding_paths(issues: Issues) -> Iterator[tuple[str, tuple[Issue, ...]]]:
    """The pages by author, topic and year that search engines may read, each with the parts that it lists."""
    people = [one for one in bylines(issues) if one.issues]
    topics = topics_of(issues.out)
    if people:
        yield urls.AUTHORS, issues.out
    yield from ((urls.author_path(one.slug), one.issues) for one in people)
    if topics:
        yield urls.TOPICS, issues.out
    yield from ((urls.topic_path(topic.slug), topic.issues) for topic in topics)
    if has_year_pages(issues.out):
        yield from ((urls.year_path(year), some) for year, some in years_of(issues.out))


def search_document(issue: Issue, part: PartView, language: str) -> SearchDocument:
    """A part for the index: title, summary and prose, with the anchors of its headings; nothing added by rule.

    It is made from the views and not read off the page, so a theme of one's own needs no marks for it. No Pagefind
    filters: of two values, Pagefind 1.5 writes now one first and now the other, and the index would never be the
    same twice. The search page sifts by the metadata instead.
    """
    named = (("series", part.series_title), ("label", part.label), ("date", part.date))
    hidden = "".join(f'<p data-pagefind-meta="{name}">{escape(value)}</p>' for name, value in named)
    prose = "\n".join(section.html for section in part.sections if isinstance(section, ProseView))
    text = (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><title>{escape(part.title)}</title></head><body>'
        f"<div data-pagefind-ignore>{hidden}</div>"
        f"<main data-pagefind-body><h1>{escape(part.title)}</h1><p>{escape(part.subtitle)}</p>"
        f"<p>{escape(part.summary)}</p>{prose}</main></body></html>"
    )
    return SearchDocument(urls.part_path(issue.address), text.encode())
