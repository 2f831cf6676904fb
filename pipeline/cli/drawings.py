"""The pictures that a build ordered, drawn. ``check`` draws none, since it writes nothing, not even a cache."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.build import Build
    from pipeline.edition import Artifact


def with_drawings(built: "Build", root: Path) -> "tuple[Build, tuple[Artifact, ...]]":
    """The build with what the drawings told, and the drawings; none when anything stops the publication."""
    from pipeline.cache import Cache
    from pipeline.drawing import draw

    if not built.drawings:
        return built, ()
    drawn = draw(built.drawings, Cache(root))
    if not drawn.diagnostics:
        return built, drawn.artifacts
    told = tuple(sorted({*built.diagnostics, *drawn.diagnostics}))
    return replace(built, diagnostics=told, artifacts=(), drawings=()), ()
