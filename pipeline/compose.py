"""Library into Issues: each part placed among its neighbours, with all that rules add to it. Pure.

Everything in an issue but ``is_out`` is as it stands at the part's own slot, so email and feed entry, which are
frozen, never change by the passing of time.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline import citations, schedule, urls, wording
from pipeline.errors import Diagnostic
from pipeline.gist import Gist, gist_of
from pipeline.issue import (
    Cta,
    Disclaimer,
    Issue,
    Issues,
    LinkedPart,
    Neighbour,
    Planned,
    Recap,
    References,
    Related,
    RelatedItem,
    Section,
    SeriesIssues,
    Slot,
    Teaser,
    TeaserKind,
)
from pipeline.memo import Memo
from pipeline.model import Block, BlockKind, Library, Part, Reference, Series
from pipeline.part_links import directory_of
from pipeline.prose import NotesOf, text_sections
from pipeline.related import Document, Similarity

RELATED_COUNT = 3


@dataclass(frozen=True, slots=True)
class Composed:
    """The issues, and what is wrong with the calendar or the citation style."""

    issues: Issues
    diagnostics: tuple[Diagnostic, ...]


def compose_issues(
    library: Library,
    as_of: date | datetime,
    *,
    drafts: bool = False,
    compared: Collection[str] | None = None,
    memo: Memo | None = None,
) -> Composed:
    """Place every part as of a moment (``schedule.resolve_as_of``); ``drafts`` places drafts as well.

    ``compared`` are the addresses of the parts among which related articles are looked for: all, if not given.
    """
    zone = library.publication.timezone or "UTC"
    moment = schedule.resolve_as_of(as_of, zone)
    if drafts:
        library = replace(library, series=tuple(_undrafted(series) for series in library.series))
    calendars = {series.slug: schedule.plan(series, zone) for series in library.series}
    style = citations.style_diagnostics(library.publication, library.templates, memo)
    csl = None if style else citations.style_text(library.publication, library.templates)
    composer = _Composer(library, calendars, moment, csl, compared, memo)
    issues = Issues(library, moment, tuple(composer.series(series) for series in library.series))
    clashes = (problem for calendar in calendars.values() for problem in calendar.diagnostics)
    return Composed(issues, (*clashes, *style))


def _undrafted(series: Series) -> Series:
    return replace(series, parts=tuple(replace(part, draft=False) for part in series.parts))


class _Composer:
    """Holds what every issue needs of the whole: slots, and the similarity of all parts that come out."""

    def __init__(
        self,
        library: Library,
        calendars: Mapping[str, schedule.Calendar],
        as_of: datetime,
        csl: str | None,
        compared: Collection[str] | None,
        memo: Memo | None,
    ) -> None:
        self._library = library
        self._as_of = as_of
        self._calendars = calendars
        self._slots = {part.address: slot for calendar in calendars.values() for part, slot in calendar.slots}
        self._parts = {part.address: part for series in library.series for part in series.parts}
        self._titles = {series.slug: series.title for series in library.series}
        self._style = csl
        self._memo = memo
        self._directory = directory_of(library)
        self._targets_of_block: dict[str, tuple[str, ...]] = {}
        documents = [
            self._document(part)
            for part in self._parts.values()
            if not part.draft and (compared is None or part.address in compared)
        ]
        self._similarity = Similarity(documents, memo)

    def _document(self, part: Part) -> Document:
        slot = self._slots[part.address]
        return Document(part.address, part.series, part.number, gist_of(part.body).terms, part.tags, slot.utc)

    # -- a series --------------------------------------------------------------------------------------

    def series(self, series: Series) -> SeriesIssues:
        ready = [part for part in series.parts if not part.draft]
        issues = tuple(self._issue(series, ready, index) for index in range(len(ready)))
        by_number = {issue.number: issue for issue in issues}
        calendar = [self._planned(part, by_number.get(part.number)) for part in series.parts]
        last = series.parts[-1].number if series.parts else 0
        calendar += [Planned(number) for number in range(last + 1, (series.parts_planned or 0) + 1)]
        is_finished = bool(calendar) and all(line.issue is not None for line in calendar)
        slots = self._calendars[series.slug].slots
        links = self._linked(series.path, _targets(gist_of(series.introduction)), series.slug, self._as_of)
        return SeriesIssues(series, issues, tuple(calendar), slots, is_finished, tuple(links))

    def _planned(self, part: Part, issue: Issue | None) -> Planned:
        if issue is None:
            return Planned(part.number)
        return Planned(part.number, part.title, issue.slot, issue if issue.is_out else None)

    # -- an issue --------------------------------------------------------------------------------------

    def _issue(self, series: Series, ready: list[Part], index: int) -> Issue:
        part = ready[index]
        slot = self._slots[part.address]
        previous = self._neighbour(ready[index - 1]) if index else None
        following = self._neighbour(ready[index + 1]) if index + 1 < len(ready) else None
        gist = gist_of(part.body)
        references = {reference.key: reference for reference in (*series.references, *part.references)}
        cited = _cited(gist, references)
        sections: list[Section] = []
        if previous:
            sections.append(Recap(previous, self._neighbour(ready[0])))
        asked = part.cta if part.cta is not None else series.cta
        sections += text_sections(part.body, self._library.blocks, asked)
        sections.append(self._teaser(series, part, slot, following))
        related = self._related(part)
        if related:
            sections.append(Related(related))
        if gist.notes:
            sections.append(NotesOf(part.body))
        if cited and self._style:
            language = self._library.publication.language
            sections.append(
                References(citations.reference_list(cited, references, self._style, language, self._memo))
            )
        sections += [Disclaimer(block) for block in disclaimers_for(self._library, series, part)]
        return Issue(
            part=part,
            series=series,
            slot=slot,
            is_out=slot.utc <= self._as_of,
            of=series.parts_planned,
            previous=previous,
            next=following,
            sections=tuple(sections),
            words=gist.words,
            citations=tuple((key, number) for number, key in enumerate(cited, 1)),
            links=tuple(self._links(part, sections, slot.utc)),
        )

    def _neighbour(self, part: Part) -> Neighbour:
        slot = self._slots[part.address]
        return Neighbour(part.number, part.title, part.summary, part.address, slot, slot.utc <= self._as_of)

    def _teaser(self, series: Series, part: Part, slot: Slot, following: Neighbour | None) -> Teaser:
        nxt = next((other for other in series.parts if other.number > part.number), None)
        if nxt is None or nxt.draft:
            has_more = nxt is not None or part.number < (series.parts_planned or 0)
            if has_more:
                return Teaser(TeaserKind.COMING, part.number + 1)
            onward = series.next_series if series.next_series in self._titles else ""
            return Teaser(TeaserKind.LAST, onward_title=self._titles.get(onward, ""), onward_series=onward)
        day = self._slots[nxt.address].local.date()
        return Teaser(
            TeaserKind.SCHEDULED,
            nxt.number,
            nxt.title,
            nxt.teaser or nxt.summary,
            wording.when(day, slot.local.date()),
            wording.weekday_date(day),
            following,
        )

    # -- links to other parts --------------------------------------------------------------------------

    def _links(self, part: Part, sections: list[Section], moment: datetime) -> Iterator[LinkedPart]:
        """What the part's own text links to, and the wording of its blocks."""
        yield from self._linked(part.path, _targets(gist_of(part.body)), part.series, moment)
        blocks = (section.block for section in sections if isinstance(section, Cta | Disclaimer))
        for block in dict.fromkeys(block.slug for block in blocks):
            found = self._library.blocks[block]
            if block not in self._targets_of_block:
                self._targets_of_block[block] = _targets(gist_of(found.body))
            yield from self._linked(found.path, self._targets_of_block[block], part.series, moment)

    def _linked(self, path: str, targets: tuple[str, ...], own: str, moment: datetime) -> Iterator[LinkedPart]:
        for target in targets:
            found = self._directory.linked(target, path)
            if isinstance(found, Series):
                address = urls.series_path(found.slug)
                yield LinkedPart(path, target, address, found.title, found.title, was_out=True, is_out=True)
            elif found:
                words = wording.part_words(found.number, self._titles[found.series] if found.series != own else "")
                slot = None if found.draft else self._slots[found.address]
                yield LinkedPart(
                    path,
                    target,
                    urls.part_path(found.address),
                    f"{words}: {found.title}",
                    words,
                    was_out=slot is not None and slot.utc <= moment,
                    is_out=slot is not None and slot.utc <= self._as_of,
                )

    # -- what goes with it -----------------------------------------------------------------------------

    def _related(self, part: Part) -> tuple[RelatedItem, ...]:
        items = []
        own = []
        for link in part.related:
            if link.url:
                items.append(RelatedItem(link.title, url=link.url))
            elif link.target in self._parts:
                own.append(link.target)
                items.append(self._related_item(link.target))
        wanted = max(0, RELATED_COUNT - len(items))
        computed = self._similarity.nearest(part.address, wanted, without=own) if wanted else []
        return (*items, *(self._related_item(address) for address in computed))

    def _related_item(self, address: str) -> RelatedItem:
        part = self._parts[address]
        return RelatedItem(part.title, address, "", part.summary, self._titles[part.series])


def disclaimers_for(library: Library, series: Series, part: Part) -> tuple[Block, ...]:
    """A part's disclaimers: those of its topics first, then those of every part, less and plus its own choice."""
    topics = {topic.casefold() for topic in (*series.topics, *part.topics)}
    choice = part.disclaimers
    chosen = [
        block
        for block in library.blocks.values()
        if block.kind is BlockKind.DISCLAIMER
        and (block.slug in choice.add or not block.topics or topics & {topic.casefold() for topic in block.topics})
        and (block.slug not in choice.remove or block.slug in choice.add)
    ]
    return tuple(sorted(chosen, key=lambda block: (not block.topics, block.slug)))


def _targets(gist: Gist) -> tuple[str, ...]:
    """Where a body's links lead, each target once."""
    return tuple(dict.fromkeys(link.target for link in gist.links))


def _cited(gist: Gist, references: Mapping[str, Reference]) -> list[str]:
    """The keys of the works cited, in order of first citation; unknown ones are told elsewhere."""
    return list(dict.fromkeys(cite.key for cite in gist.cites if cite.key in references))
