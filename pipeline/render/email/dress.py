"""What every email of a theme sees: the publication, its look, and the theme's two style sheets."""

from typing import Any

from markupsafe import Markup

from pipeline.model import Library
from pipeline.render.context import publication_view
from pipeline.render.email.look import look_of, screens_of, styles_of
from pipeline.render.templates import Templates


def dress(library: Library, templates: Templates, theme: str) -> dict[str, Any]:
    """The names ``publication``, ``look``, ``styles`` and ``screens``, with their values.

    Style sheets are the same for all emails: one that differed would be another theme to inline.

    Raises:
        TemplateFailedError: a style sheet could not be read or run.
    """
    publication = library.publication
    views: dict[str, Any] = {
        "publication": publication_view(library, publication.url),
        "look": look_of(publication),
    }
    return {
        **views,
        "styles": Markup(templates.render(styles_of(publication, theme), **views)),  # noqa: S704
        "screens": Markup(templates.render(screens_of(publication, theme), **views)),  # noqa: S704
    }
