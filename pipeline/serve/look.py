"""The pages in the publication's look: its templates, the style sheet, the logo. Nothing comes from elsewhere."""

import mimetypes
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from pipeline.model import Library
from pipeline.render.context import publication_view
from pipeline.render.palette import palette_of
from pipeline.render.templates import Templates
from pipeline.render.web.framing import hashed
from pipeline.serve.views import DeskView


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the pages need, by the last part of its address."""

    data: bytes
    media_type: str


class Look:
    """Renders pages."""

    def __init__(self, library: Library, templates: Templates | None = None) -> None:
        publication = library.publication
        self._templates = templates or Templates(library.templates)
        self._palette = palette_of(publication.theme.accent)
        self.root = urlsplit(publication.public_url).path or "/"
        self.assets: dict[str, Asset] = {}
        style_url = self._keep("style", "css", self._style(publication.theme.font), "text/css; charset=utf-8")
        logo = library.assets.get(publication.theme.logo)
        logo_url = ""
        if logo is not None:
            ending = logo.path.rpartition(".")[2].lower()
            logo_url = self._keep("logo", ending, logo.data, mimetypes.guess_type(logo.path)[0] or "image/png")
        self._publication = publication_view(library, publication.url)
        self.desk = DeskView(self.root, publication.url, style_url, logo_url, self._palette)

    def page(self, name: str, **known: object) -> bytes:
        """A page (``leave``) in UTF-8."""
        common = {"publication": self._publication, "desk": self.desk}
        return self._templates.render(f"serve/{name}.html.j2", **common, **known).encode()

    def _style(self, font: str) -> bytes:
        # Configuration lets nothing into a font list that could end a declaration; its quotation marks stay.
        words = Markup(font)  # noqa: S704
        return self._templates.render("serve/style.css.j2", palette=self._palette, font=words).encode()

    def _keep(self, name: str, ending: str, data: bytes, media_type: str) -> str:
        found = hashed(name, ending, data)
        self.assets[found.path.removeprefix("assets/")] = Asset(data, media_type)
        return self.root + found.path
