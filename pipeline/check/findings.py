"""What the rules look for in a body: its gist, with whose body it is."""

from dataclasses import dataclass

from pipeline.body import Body
from pipeline.gist import Channels, Gist, SeenCite, SeenFence, SeenHeading, SeenImage, SeenLink, SeenMark, gist_of
from pipeline.model import Block, Part, Series

Owner = Part | Series | Block


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of one body, in reading order."""

    owner: Owner
    gist: Gist

    @property
    def path(self) -> str:
        """The file that the body is written in."""
        return self.owner.path

    @property
    def links(self) -> tuple[SeenLink, ...]:
        """Its links."""
        return self.gist.links

    @property
    def images(self) -> tuple[SeenImage, ...]:
        """Its pictures."""
        return self.gist.images

    @property
    def cites(self) -> tuple[SeenCite, ...]:
        """The works it cites."""
        return self.gist.cites

    @property
    def headings(self) -> tuple[SeenHeading, ...]:
        """Its headings."""
        return self.gist.headings

    @property
    def marks(self) -> tuple[SeenMark, ...]:
        """The calls to action placed by hand."""
        return self.gist.marks

    @property
    def fences(self) -> tuple[SeenFence, ...]:
        """Text for some channels alone."""
        return self.gist.fences

    @property
    def notes(self) -> int:
        """How many footnotes it has."""
        return self.gist.notes

    @property
    def anchors(self) -> dict[str, Channels]:
        """Where each id of the author's is shown."""
        return dict(self.gist.anchors)


def body_of(owner: Owner) -> Body:
    """The text of a part, of a block, or of a series' introduction."""
    return owner.introduction if isinstance(owner, Series) else owner.body


def find(owner: Owner) -> Findings:
    """What there is in a body."""
    return Findings(owner, gist_of(body_of(owner)))
