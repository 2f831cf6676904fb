"""What notices are about: for somebody, or for a sample reader, to be looked at before anybody gets one.

Samples say of dates what is said on the day on which the newest part came out, so that they stay as they are
until the next one does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.issue import Issues
from pipeline.render.email.merge import SAMPLE_ADDRESS
from pipeline.render.offers import OfferView, offers_of

KINDS = ("confirm", "known", "welcome", "change-old", "change-new", "data")
_LINKS = {"confirm": "c", "change-old": "a", "change-new": "a", "data": "d"}
_BEFORE_ALL = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a notice is about. ``kind`` is one of ``KINDS``, ``recipient`` an address, ``url`` the button's.

    ``offer`` is the one series that it is about, if it is about one, ``offers`` are those to show, and ``start``
    is the one whose Part 1 the button leads to; ``has_begun`` says whether any has begun, shown or not.
    ``leave_url`` and ``choices_url`` are empty where there is no list to leave (yet).
    """

    kind: str
    recipient: str
    url: str
    offer: OfferView | None = None
    offers: tuple[OfferView, ...] = ()
    start: OfferView | None = None
    leave_url: str = ""
    choices_url: str = ""
    has_begun: bool = False


def sample_occasions(issues: Issues) -> tuple[Occasion, ...]:
    """One of each kind, in the order of ``KINDS``; nothing while there are no pages for subscribers."""
    if not issues.publication.public_url:
        return ()
    offers = tuple(sorted(offers_of(issues, _said_at(issues)), key=lambda offer: offer.is_finished))
    return tuple(_sample(kind, issues, offers) for kind in KINDS)


def welcome(
    offers: tuple[OfferView, ...], home: str, leave_url: str, recipient: str, *, has_begun: bool
) -> Occasion:
    """A letter of welcome to some series. Its button leads to Part 1 where that is one place, otherwise home."""
    begun = [offer for offer in offers if offer.start_url]
    starts = [offer for offer in begun if not offer.is_finished] or begun
    start = starts[0] if len(starts) == 1 else None
    return Occasion(
        kind="welcome",
        recipient=recipient,
        url=start.start_url if start else home,
        offer=offers[0] if len(offers) == 1 else None,
        offers=offers,
        start=start,
        leave_url=leave_url,
        choices_url=f"{leave_url}/choices",
        has_begun=has_begun,
    )


def _sample(kind: str, issues: Issues, offers: tuple[OfferView, ...]) -> Occasion:
    root = issues.publication.public_url
    leave = f"{root}u/sample"
    if kind == "welcome":
        return welcome(offers, issues.publication.url, leave, SAMPLE_ADDRESS, has_begun=bool(issues.out))
    if kind == "known":
        url = f"{leave}/choices"
        return Occasion(kind, SAMPLE_ADDRESS, url, leave_url=leave, choices_url=url)
    return Occasion(kind, SAMPLE_ADDRESS, f"{root}{_LINKS[kind]}/sample", offer=offers[0] if offers else None)


def _said_at(issues: Issues) -> datetime:
    if issues.out:
        return issues.out[0].slot.utc
    coming = (line.slot.utc for placed in issues.series for line in placed.calendar if line.slot)
    first = min(coming, default=None)
    return issues.as_of if first is None else first - _BEFORE_ALL
