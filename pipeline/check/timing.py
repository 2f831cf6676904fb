"""Slots: no link gives away a draft or a later part, no draft is forgotten, no skipped date is a slip."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import takewhile

from pipeline import issue as placed
from pipeline import part_links, rules, schedule, wording
from pipeline.check.catalogue import Catalogue
from pipeline.check.findings import Findings
from pipeline.check.links import part_linked
from pipeline.check.pointers import related_place
from pipeline.errors import Diagnostic
from pipeline.issue import Issue, Issues
from pipeline.model import Block, Part, Schedule, Series

IssuesRule = Callable[[Catalogue, Issues], Iterable[Diagnostic]]


def links_that_reveal(catalogue: Catalogue, issues: Issues) -> Iterator[Diagnostic]:
    """A link in a body leads to a part that is out when the body is read."""
    placed_by_path = {issue.part.path: issue for issue in issues.all}
    earliest = _earliest(issues)
    for found in catalogue.bodies:
        owner = found.owner
        if not found.links or (isinstance(owner, Part) and owner.path not in placed_by_path):
            continue
        for link in found.links:
            part = part_linked(catalogue, found.path, link.target)
            if part is None or part.path == found.path:
                continue
            reason = _reason(found, part, placed_by_path, earliest)
            if reason:
                place = catalogue.places.find(found.path, link.line, link.target, link.nth)
                yield rules.REVEALS_LATER.at(
                    place, f"the link to `{link.target}` is to {reason}", _cure_for(found.path, part)
                )


def _cure_for(path: str, part: Part) -> str:
    folder = "" if part_links.series_of(path) == part.series else f"{part.series}/"
    return f"write it as `[[{folder}{part.number:02d}]]`: words alone until that part is out, a link from then on"


def _reason(found: Findings, part: Part, issues: dict[str, Issue], earliest: dict[str, Issue]) -> str:
    """Why a part must not be linked to from this body; nothing when it may."""
    target = issues.get(part.path)
    if target is None:
        return "a draft"
    comes = f"a part that comes out on {wording.full_date(target.slot.local.date())}"
    match found.owner:
        case Part(path=path):
            return f"{comes}, later than this one" if target.slot.utc > issues[path].slot.utc else ""
        case Series():
            return "" if target.is_out else f"{comes}, and this page is read before that"
        case Block(slug=slug):
            carrier = earliest.get(slug)
            is_later = carrier is not None and target.slot.utc > carrier.slot.utc
            return f"{comes}, later than `{carrier.address}`, which has this block" if carrier and is_later else ""


def _earliest(issues: Issues) -> dict[str, Issue]:
    """For each block the first issue that carries it."""
    found: dict[str, Issue] = {}
    for issue in sorted(issues.all, key=lambda issue: (issue.slot.utc, issue.address)):
        for section in issue.sections:
            if isinstance(section, placed.Cta | placed.Disclaimer):
                found.setdefault(section.block.slug, issue)
    return found


def related_that_reveal(catalogue: Catalogue, issues: Issues) -> Iterator[Diagnostic]:
    """A related part is out when this one comes out."""
    placed_by_path = {issue.part.path: issue for issue in issues.all}
    for issue in issues.all:
        for index, link in enumerate(issue.part.related):
            part = (
                catalogue.addresses.get(link.target)
                if link.target
                else part_linked(catalogue, issue.part.path, link.url)
            )
            if part is None or part is issue.part:
                continue
            other = placed_by_path.get(part.path)
            if other and other.slot.utc <= issue.slot.utc:
                continue
            when = "is a draft"
            if other:
                when = f"comes out on {wording.full_date(other.slot.local.date())}, later than this one"
            yield rules.RELATED_REVEALS.at(
                related_place(issue.part, index),
                f"the related part `{part.address}` {when}",
                "take it out here; the later part can name this one",
            )


def drafts_that_passed(_: Catalogue, issues: Issues) -> Iterator[Diagnostic]:
    """A draft keeps its slot. When the slot has passed, the parts after it come out without it."""
    for series in issues.series:
        for part, slot in series.slots:
            if part.draft and slot.utc <= issues.as_of:
                yield rules.DRAFT_PASSED.at(
                    part.at("draft"),
                    f"the slot of this draft has passed: {schedule.described(slot)}",
                    "finish it, or give it a `date:` to come",
                )


def unused_skips(catalogue: Catalogue, _: Issues) -> Iterator[Diagnostic]:
    """A skipped date is one of the cadence's own."""
    for series in catalogue.library.series:
        if not series.schedule.skip:
            continue
        on_cadence = _cadence_until(series.schedule, max(series.schedule.skip))
        line = series.at("schedule.skip").line
        for day in sorted(series.schedule.skip - on_cadence):
            yield rules.SKIP_UNUSED.at(
                catalogue.places.find(series.path, line, day.isoformat()),
                f"nothing would have come out on {wording.weekday_date(day)} {day.year}",
                _cure(series.schedule, day, on_cadence),
            )


def _cadence_until(plan: Schedule, last: date) -> set[date]:
    """The dates of a cadence up to one, as if none was skipped."""
    every_time = schedule.cadence(replace(plan, skip=frozenset()))
    return {moment.date() for moment in takewhile(lambda moment: moment.date() <= last, every_time)}


def _cure(plan: Schedule, day: date, on_cadence: set[date]) -> str:
    near = min(on_cadence, key=lambda other: (abs((other - day).days), other), default=plan.start)
    return f"take it out, or did you mean {wording.weekday_date(near)} {near.year}?"
