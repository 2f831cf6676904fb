"""What there is to sign up for: a series as strangers may know of it, where it begins, and what comes next."""

from dataclasses import dataclass
from datetime import date, datetime

from pipeline import pace, urls, wording
from pipeline.issue import Issues, Planned, SeriesIssues
from pipeline.model import Publication
from pipeline.render.web.listings import is_announced, teased
from pipeline.render.web.signup import often


@dataclass(frozen=True, slots=True)
class ComingView:
    """The next part: its ``number``, its ``title`` once a teaser has given it away, and when it comes.

    ``when`` is as a person would say it (``Next week, Tuesday 24 November``), and empty where no date is promised.
    """

    number: int
    title: str
    when: str


@dataclass(frozen=True, slots=True)
class OfferView:
    """A series to sign up for. Addresses are empty where there is nothing at them yet.

    ``start_url`` is where one starts at Part 1, ``calendar_url`` its dates; ``often`` is ``once a week``,
    ``begins`` the day of its first part, while that is to come, and ``coming`` the next part, if there is one. Of
    one that ``is_over`` no letter will ever come; one that is finished for now may go on.
    """

    slug: str
    title: str
    summary: str
    url: str
    start_url: str
    calendar_url: str
    often: str
    begins: str
    has_begun: bool
    is_finished: bool
    is_over: bool
    coming: ComingView | None = None


def offers_of(issues: Issues, said_at: datetime) -> tuple[OfferView, ...]:
    """The series that are announced: who signs up for one that is not would learn of it.

    ``said_at`` is when somebody is told of them.
    """
    announced = (placed for placed in issues.series if is_announced(placed))
    return tuple(_offer(issues.publication, placed, said_at) for placed in announced)


def _offer(publication: Publication, placed: SeriesIssues, said_at: datetime) -> OfferView:
    series, out, root = placed.series, placed.out, publication.url
    start = ""
    if out:
        is_paced = publication.has_paced_feeds and pace.current(placed, said_at) is not None
        start = urls.join(root, urls.start_path(series.slug) if is_paced else urls.part_path(out[0].address))
    slots = [planned.slot for planned in placed.calendar if planned.slot]
    return OfferView(
        slug=series.slug,
        title=series.title,
        summary=series.summary,
        url=urls.join(root, urls.series_path(series.slug)),
        start_url=start,
        calendar_url="" if placed.is_finished else urls.join(root, urls.calendar_path(series.slug)),
        often=often(series.schedule.every),
        begins=_begins(slots[0].local.date(), said_at) if slots and not out else "",
        has_begun=bool(out),
        is_finished=placed.is_finished,
        is_over=placed.is_over,
        coming=_coming(placed, said_at),
    )


def _begins(day: date, said_at: datetime) -> str:
    """A day, with its year where that is not the one in which it is said."""
    words = wording.weekday_date(day)
    return words if day.year == said_at.year else f"{words} {day.year}"


def _coming(placed: SeriesIssues, said_at: datetime) -> ComingView | None:
    line = next((line for line in placed.calendar if not (line.issue and line.issue.is_out)), None)
    if line is None:
        return None
    return ComingView(line.number, teased(placed).get(line.number, ""), _when(line, said_at))


def _when(line: Planned, said_at: datetime) -> str:
    if line.slot is None:
        return ""
    local = line.slot.local
    return wording.when(local.date(), said_at.astimezone(local.tzinfo).date())
