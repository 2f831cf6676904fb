"""The library, indexed for the rules: what can be linked to, and the findings of every body."""

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from pipeline.check.findings import Findings, Owner, find
from pipeline.check.places import Places
from pipeline.errors import Diagnostic
from pipeline.model import Library, Part, Series
from pipeline.part_links import Directory, directory_of


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the rules share. Parts and series are found by path and by address; ``bodies`` has every body."""

    library: Library
    places: Places
    parts: dict[str, Part]
    addresses: dict[str, Part]
    aliases: dict[str, Part]
    series: dict[str, Series]
    slugs: dict[str, Series]
    bodies: tuple[Findings, ...]
    directory: Directory

    def findings(self, path: str) -> Findings | None:
        """The findings of one file's body."""
        return next((found for found in self.bodies if found.path == path), None)


LibraryRule = Callable[[Catalogue], Iterable[Diagnostic]]
TextRule = Callable[[Catalogue, Findings], Iterable[Diagnostic]]  # of one file, whatever the others say


def catalogue_of(library: Library) -> Catalogue:
    """Index a library."""
    parts = {part.path: part for series in library.series for part in series.parts}
    owners: list[Owner] = [*library.series, *parts.values(), *library.blocks.values()]
    return Catalogue(
        library,
        Places(library.texts),
        parts,
        {part.address: part for part in parts.values()},
        {f"{part.series}/{alias}": part for part in parts.values() for alias in part.aliases},
        {series.path: series for series in library.series},
        {series.slug: series for series in library.series},
        tuple(find(owner) for owner in owners),
        directory_of(library),
    )


def suggestion(written: str, known: Iterable[str], otherwise: str = "") -> str:
    """``did you mean `x`?`` when something known is close to what was written."""
    close = get_close_matches(written, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else otherwise


def written_from(path: str, target: str) -> str:
    """How a file (by its path from the root) is written in a link in another file."""
    return posixpath.relpath(target, posixpath.dirname(path))
