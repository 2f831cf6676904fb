"""Pictures in the sizes and formats in which pages want them: which there are, and what a page says of them.

Here they are only ordered, and named by a digest of what they are made from, so that they may be cached for ever.
The author's own file stands in ``img``, for browsers without WebP and for whoever saves the picture.
"""

import hashlib
from html import escape
from posixpath import basename

from slugify import slugify

from pipeline import urls
from pipeline.edition import Drawing, Resizing
from pipeline.model import Asset
from pipeline.render.views import SourceView

WIDTHS = (480, 960, 1600)  # pixels: a phone, a phone with a fine screen or a column, a column on a fine screen
VERSION = "1"  # of how they are made
_NAME_DIGITS = 10
# Width of a picture in the text, for browsers that do not work it out themselves (`auto`, lazily loaded ones).
IN_TEXT = "(min-width: 48rem) 37rem, (min-width: 36rem) 33rem, 92vw"


class Responsive:
    """Orders the pictures of one publication's pages."""

    def __init__(self, *, avif: bool) -> None:
        self._forms = ("avif", "webp") if avif else ("webp",)
        self._known: dict[str, dict[str, tuple[tuple[int, Drawing], ...]]] = {}
        self._drawings: dict[str, Drawing] = {}

    def taken(self) -> tuple[Drawing, ...]:
        """What has been ordered since this was last asked, by path."""
        drawings, self._drawings = self._drawings, {}
        return tuple(drawing for _, drawing in sorted(drawings.items()))

    def sources(self, asset: Asset, root: str) -> tuple[SourceView, ...]:
        """A picture's other forms, the smallest files first; none for a drawing, a film, or what is unknown."""
        if asset.path not in self._known:
            self._known[asset.path] = self._variants(asset) if is_resizable(asset) else {}
        views = []
        for form, variants in self._known[asset.path].items():
            self._drawings.update((drawing.path, drawing) for _, drawing in variants)
            named = (f"{urls.join(root, drawing.path)} {width}w" for width, drawing in variants)
            views.append(SourceView(f"image/{form}", ", ".join(named)))
        return tuple(views)

    def in_text(self, asset: Asset, root: str, is_lazy: bool) -> str:  # noqa: FBT001
        """The same as ``source`` elements, for a picture in the text."""
        sizes = f"auto, {IN_TEXT}" if is_lazy else IN_TEXT
        return "".join(
            f'<source type="{source.type}" srcset="{escape(source.srcset)}" sizes="{sizes}"/>'
            for source in self.sources(asset, root)
        )

    def _variants(self, asset: Asset) -> dict[str, tuple[tuple[int, Drawing], ...]]:
        digest = hashlib.sha256(asset.data).hexdigest()
        stem = slugify(basename(asset.path).rpartition(".")[0], max_length=40) or "picture"
        return {
            form: tuple((width, _ordered(asset, digest, stem, width, form)) for width in widths_of(asset))
            for form in self._forms
        }


def _ordered(asset: Asset, digest: str, stem: str, width: int, form: str) -> Drawing:
    key = hashlib.sha256(f"{VERSION} {digest} {width} {form}".encode()).hexdigest()
    path = f"assets/pictures/{stem}-{width}-{key[:_NAME_DIGITS]}.{form}"
    return Drawing(path, f"picture-{key}", Resizing(asset.path, asset.data, width, form))


def widths_of(asset: Asset) -> tuple[int, ...]:
    """The widths that a picture is made in: never more than its own."""
    own = min(asset.width, WIDTHS[-1])
    return (*(width for width in WIDTHS if width < own), own)


def is_resizable(asset: Asset) -> bool:
    """Whether smaller copies say the same: a photograph or a drawing in pixels that does not move."""
    data = asset.data
    if not asset.width:
        return False
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"acTL" not in data[: data.find(b"IDAT")]  # an animated PNG says so before its picture
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return not (data[12:16] == b"VP8X" and data[20] & 0x02)
    return data.startswith(b"\xff\xd8")
