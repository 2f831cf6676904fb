"""What there is to sign up for: the series that strangers may know of, and where each begins."""

import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from pipeline import urls
from pipeline.compose import compose_issues
from pipeline.model import Library
from pipeline.render.offers import OfferView, offers_of
from pipeline.render.views import LinkView

_FRESH = timedelta(minutes=10)


class Catalogue:
    """The series as they stand now, looked at anew every few minutes."""

    def __init__(self, library: Library, clock: Callable[[], datetime]) -> None:
        self._library, self._clock = library, clock
        self._lock = threading.Lock()
        self._kept: tuple[OfferView, ...] = ()
        self._out: dict[str, LinkView] = {}
        self._until: datetime | None = None

    def offers(self) -> tuple[OfferView, ...]:
        """Those that are announced: who signs up for one that is not would learn of it."""
        with self._lock:
            now = self._clock()
            if self._until is None or now >= self._until:
                issues = compose_issues(self._library, now).issues
                self._kept = offers_of(issues, now)
                url = self._library.publication.url
                self._out = {
                    issue.address: LinkView(
                        issue.part.title,
                        urls.join(url, urls.part_path(issue.address)),
                        issue.number,
                        series_title=issue.series.title,
                    )
                    for issue in issues.out[::-1]
                }
                self._until = now + _FRESH
            return self._kept

    def offer(self, slug: str) -> OfferView | None:
        """One by its slug."""
        return next((offer for offer in self.offers() if offer.slug == slug), None)

    def parts(self, addresses: Collection[str]) -> tuple[LinkView, ...]:
        """Those of some parts (``series/slug``) that are out, in the order in which they came out."""
        self.offers()
        return tuple(link for address, link in self._out.items() if address in addresses)

    def begun(self) -> frozenset[str]:
        """The slugs of those that have started."""
        return frozenset(offer.slug for offer in self.offers() if offer.has_begun)
