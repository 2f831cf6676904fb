"""What there is to sign up for: the series that strangers may know of, and where each begins."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from pipeline.compose import compose_issues
from pipeline.model import Library
from pipeline.render.offers import OfferView, offers_of

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
                self._kept = offers_of(compose_issues(self._library, now).issues, now)
                self._until = now + _FRESH
            return self._kept

    def offer(self, slug: str) -> OfferView | None:
        """One by its slug."""
        return next((offer for offer in self.offers() if offer.slug == slug), None)

    def begun(self) -> frozenset[str]:
        """The slugs of those that have started."""
        return frozenset(offer.slug for offer in self.offers() if offer.has_begun)
