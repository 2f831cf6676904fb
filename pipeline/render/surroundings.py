"""What a body needs to know of the place in which it is rendered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from pipeline import body as tree
from pipeline.issue import LinkedPart
from pipeline.model import Asset, Channel


@dataclass(frozen=True, slots=True)
class Binding:
    """How a body stands among others in one document, or in one book.

    ``prefix`` goes before each of its ids, so that no two bodies share one. ``places`` are the other bodies by
    site path: where each begins, and what goes before an anchor in it. With ``pictures_at``, pictures count from
    there and not from the root, and one that is elsewhere on the web is linked to: a book opens without a network.
    """

    prefix: str = ""
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    pictures_at: str | None = None


ALONE = Binding()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a body needs to know of where it is rendered.

    ``root`` goes before site paths; ``page`` before bare anchors ("" where the anchor is on the same page);
    ``path`` is the author's file, from which relative targets count. ``has_anchors`` is false for wording that
    stands beside a body (a disclaimer), whose headings could clash with the body's own. ``place`` says what stands
    in a merge place: the fallback, unless somebody fills it for each reader. ``links`` are the parts that are
    linked to, by file and target. ``sources`` gives the ``source`` elements for a picture, from its root and
    whether it is loaded lazily; ``first_picture`` is seen at once.
    """

    channel: Channel
    root: str
    path: str
    page: str = ""
    assets: Mapping[str, Asset] | None = None
    citations: Mapping[str, int] | None = None
    has_anchors: bool = True
    place: Callable[[tree.MergePlace], str] = attrgetter("fallback")
    links: Mapping[tuple[str, str], LinkedPart] | None = None
    binding: Binding = ALONE
    sources: Callable[[Asset, str, bool], str] | None = None
    first_picture: tree.Image | None = None
