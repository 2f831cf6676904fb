"""What the templates of the public pages (``serve/``) see, beside the publication.

Addresses are absolute, but for those that begin with ``root``.
"""

from dataclasses import dataclass

from pipeline.render.palette import Palette


@dataclass(frozen=True, slots=True)
class DeskView:
    """What every public page has: where it is (``root``), its style sheet, its logo and its colours.

    ``site`` is the publication's own address, ``logo_url`` empty without a logo.
    """

    root: str
    site: str
    style_url: str
    logo_url: str
    palette: Palette


@dataclass(frozen=True, slots=True)
class OfferView:
    """A series to sign up for. Addresses are empty where there is nothing at them yet.

    ``start_url`` is where one starts at Part 1, ``calendar_url`` its dates; ``often`` is ``once a week``, and
    ``begins`` the day of its first part, while that is to come. Of one that ``is_over`` no letter will ever come;
    one that is finished for now may go on.
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


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What a notice says: its ``paragraphs``, the one ``button`` at ``url``, and ``after``, below it.

    ``leave_url`` and ``choices_url`` are empty where there is no list to leave (yet).
    """

    subject: str
    preheader: str
    paragraphs: tuple[str, ...]
    button: str
    url: str
    offers: tuple[OfferView, ...]
    after: tuple[str, ...]
    leave_url: str = ""
    choices_url: str = ""
