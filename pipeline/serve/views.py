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
