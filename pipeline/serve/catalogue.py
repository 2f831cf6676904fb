"""What there is to sign up for: the series that strangers may know of, and where each begins."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from pipeline import pace, urls
from pipeline.compose import compose_issues
from pipeline.issue import SeriesIssues
from pipeline.model import Library, Publication
from pipeline.render.web.listings import is_announced
from pipeline.render.web.signup import often
from pipeline.serve.views import OfferView
from pipeline.wording import weekday_date

_FRESH = timedelta(minutes=10)


class Catalogue:
    """The series as they stand now, looked at anew every few minutes."""

    def __init__(self, library: Library, clock: Callable[[], datetime]) -> None:
        self._library, self._clock = library, clock
        self._lock = threading.Lock()
        self._kept: tuple[OfferView, ...] = ()
        self._until: datetime | None = None

    def offers(self) -> tuple[OfferView, ...]:
        """Those that are announced: who signs up for one that is not would learn of it."""
        with self._lock:
            now = self._clock()
            if self._until is None or now >= self._until:
                issues = compose_issues(self._library, now).issues
                announced = (placed for placed in issues.series if is_announced(placed))
                self._kept = tuple(_offer(self._library.publication, placed, now) for placed in announced)
                self._until = now + _FRESH
            return self._kept

    def offer(self, slug: str) -> OfferView | None:
        """One by its slug."""
        return next((offer for offer in self.offers() if offer.slug == slug), None)

    def begun(self) -> frozenset[str]:
        """The slugs of those that have started."""
        return frozenset(offer.slug for offer in self.offers() if offer.has_begun)


def _offer(publication: Publication, placed: SeriesIssues, now: datetime) -> OfferView:
    series, out, root = placed.series, placed.out, publication.url
    start = ""
    if out:
        is_paced = publication.has_paced_feeds and pace.current(placed, now) is not None
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
        begins=weekday_date(slots[0].local.date()) if slots and not out else "",
        has_begun=bool(out),
        is_finished=placed.is_finished,
        is_over=placed.is_over,
    )
