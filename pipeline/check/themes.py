"""The email theme that the publication names: all of its templates are there."""

from collections.abc import Iterator

from pipeline.check.catalogue import Catalogue
from pipeline.errors import Diagnostic


def email_theme(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Without a theme no email can be made; a misspelled name is told with the one that was meant."""
    from pipeline.render.email.look import theme_diagnostics  # 15 ms, and asked for only when something changed

    yield from theme_diagnostics(catalogue.library)
