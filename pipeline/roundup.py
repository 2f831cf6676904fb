"""Round-ups: once a month one letter with what came out in a series, for subscribers who read seldom.

A round-up's moment is the first of a month, on the publication's clocks. What came out before it and not before
the moment of the one before belongs to it; a part that comes out at the very moment waits for the next, for its
page may not be up yet when the round-up is made. It is named after the month that it closes: ``roundup-2026-11``.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from pipeline import schedule, wording
from pipeline.issue import Disclaimer, Issue, Issues, LinkedPart, RoundUp, RoundUpItem, SeriesIssues, Slot
from pipeline.model import EMPTY_BODY, Block, Part
from pipeline.settings import RoundUpSettings

_SUBJECT_ROOM = 60  # as much as inboxes show of one (pipeline.render.email.inbox)
_PREHEADER_ROOM = 120
_DAY = timedelta(days=1)


def moment_after(settings: RoundUpSettings, moment: datetime, zone: str) -> Slot:
    """The first moment of a round-up that is later than another moment.

    Raises:
        OverflowError: it would be after the year 9999.
    """
    month = schedule.at(moment, zone).local.date().replace(day=1)
    while (found := schedule.at(datetime.combine(month, settings.at), zone)).utc <= moment:
        month = _next(month)
    return found


def moment_before(settings: RoundUpSettings, moment: datetime, zone: str) -> Slot:
    """The last moment of a round-up that is not later than another moment.

    Raises:
        OverflowError: it would be before the year 1.
    """
    month = schedule.at(moment, zone).local.date().replace(day=1)
    while (found := schedule.at(datetime.combine(month, settings.at), zone)).utc > moment:
        month = (month - _DAY).replace(day=1)
    return found


def moment_of(settings: RoundUpSettings, slug: str, zone: str) -> Slot:
    """The moment of the round-up of this name.

    Raises:
        ValueError: there is no such month.
    """
    year, month = map(int, slug.split("-")[1:])
    return schedule.at(datetime.combine(_next(date(year, month, 1)), settings.at), zone)


def slug_of(moment: Slot) -> str:
    """The name of the round-up of this moment, as a part has its slug."""
    return f"roundup-{_month_of(moment):%Y-%m}"


def roundups(issues: Issues) -> tuple[Issue, ...]:
    """Every round-up that the calendar has parts for, those to come too, by series and month.

    It goes by the slots alone. What is sent goes by the ledger, too: a part that was late is in a later one.
    """
    settings, zone = issues.publication.sending.roundup, issues.publication.timezone or "UTC"
    if settings is None:
        return ()
    return tuple(found for placed in issues.series for found in _of_series(placed, settings, zone))


def _of_series(placed: SeriesIssues, settings: RoundUpSettings, zone: str) -> Iterator[Issue]:
    gathered: dict[Slot, list[Issue]] = {}
    for issue in placed.issues:
        try:
            gathered.setdefault(moment_after(settings, issue.slot.utc, zone), []).append(issue)
        except (OverflowError, ValueError):
            break  # the year 9999
    for moment in sorted(gathered):
        yield roundup(placed, moment, gathered[moment])


def roundup(placed: SeriesIssues, moment: Slot, parts: Iterable[Issue]) -> Issue:
    """The round-up of some parts of a series, one at least, with all disclaimers that they carry, each once."""
    told = sorted(parts, key=lambda issue: issue.number)
    series = placed.series
    first = placed.issues[0]
    is_late = first.slot.utc >= moment.utc or any(issue.number == first.number for issue in told)
    items = tuple(map(_item, told))
    blocks: dict[str, Block] = {block.slug: block for issue in told for block in issue.disclaimers}
    links: dict[tuple[str, str], LinkedPart] = {
        (link.path, link.target): link
        for issue in told
        for link in issue.links
        if link.path.startswith("templates/")
    }
    month = wording.month_name(_month_of(moment))
    part = Part(
        series=series.slug,
        number=0,
        slug=slug_of(moment),
        path=series.path,
        title=f"{series.title} in {month}",
        summary=_cut(" \u00b7 ".join(item.title for item in items)),
        body=EMPTY_BODY,
        subtitle=parts_in_words([item.number for item in items]),
        subject=_subject(series.title, month, [item.number for item in items]),
    )
    return Issue(
        part=part,
        series=series,
        slot=moment,
        is_out=False,
        of=None,
        previous=None,
        next=None,
        sections=(RoundUp(items, None if is_late else _item(first)), *map(Disclaimer, blocks.values())),
        words=0,
        citations=(),
        links=tuple(links.values()),
    )


def parts_in_words(numbers: list[int]) -> str:
    """``Part 3``, ``Parts 3 to 5``, ``Parts 1, 2 and 4``."""
    if len(numbers) == 1:
        return wording.part_words(numbers[0])
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"Parts {numbers[0]} to {numbers[-1]}"
    return f"Parts {wording.listed([str(number) for number in numbers])}"


def _subject(series: str, month: str, numbers: list[int]) -> str:
    whole = f"{series} in {month}: {parts_in_words(numbers)}"
    return whole if len(whole) <= _SUBJECT_ROOM else f"{series} in {month}"


def _item(issue: Issue) -> RoundUpItem:
    part = issue.part
    return RoundUpItem(issue.number, part.title, part.summary, issue.address, issue.slot, issue.words)


def _month_of(moment: Slot) -> date:
    """The month that a round-up closes."""
    return (moment.local.date().replace(day=1) - _DAY).replace(day=1)


def _next(month: date) -> date:
    return (month + 31 * _DAY).replace(day=1)


def _cut(text: str) -> str:
    return text if len(text) <= _PREHEADER_ROOM else f"{text[: _PREHEADER_ROOM - 1].rstrip()}\u2026"
