"""Pictures of the publication's own that a message carries itself, for readers whose inbox fetches none."""

import hashlib
import re
from functools import cached_property
from html import escape

from pipeline import urls
from pipeline.edition import EmbeddedPicture
from pipeline.model import Asset, Library

SOURCE = re.compile(r'(<img\b[^>]*?\ssrc=")([^"]*)')
# What every inbox shows (PW318): an SVG or a WebP would be an attachment.
_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}\Z")


class Pictures:
    """The library's pictures by their addresses in an email."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _by_address(self) -> dict[str, Asset]:
        root, assets = self._library.publication.url, self._library.assets
        return {escape(urls.join(root, urls.asset_path(path))): asset for path, asset in assets.items()}

    def shown_in(self, html: str) -> tuple[EmbeddedPicture, ...]:
        """The pictures that an email shows, each once, in order."""
        found = dict.fromkeys(source for _, source in SOURCE.findall(html))
        made = (self._embedded(source) for source in found)
        return tuple(picture for picture in made if picture is not None)

    def _embedded(self, source: str) -> EmbeddedPicture | None:
        asset = self._by_address.get(source)
        ending = asset.path.rpartition(".")[2].lower() if asset else ""
        if asset is None or ending not in _MEDIA_TYPES:
            return None
        drawn = hashlib.sha256(asset.path.encode() + b"\0" + asset.data).hexdigest()[:32]
        name = asset.path.rpartition("/")[2]
        domain = self._library.publication.id.partition(",")[0].rpartition("@")[2]
        return EmbeddedPicture(
            url=source,
            content_id=f"{drawn}@{domain}",
            media_type=_MEDIA_TYPES[ending],
            name=name if _NAME.match(name) else f"picture.{ending}",
            data=asset.data,
        )
