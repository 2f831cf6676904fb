"""Citations and references: every work cited is known, every work given is cited."""

from collections.abc import Iterator

from pipeline import rules
from pipeline.check.catalogue import Catalogue, suggestion
from pipeline.check.findings import Findings
from pipeline.errors import Diagnostic
from pipeline.model import Part, Series


def unresolved_citations(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """A citation names a reference of its part or of its series. Only parts have a reference list."""
    for found in catalogue.bodies:
        known = _known(catalogue, found)
        for cite in found.cites:
            key = cite.key
            if known is None:
                message = f"`@{key}` is cited where there is no reference list"
                hint = "only parts have one: cite it there, or link to the work"
            elif key not in known:
                message = f"`@{key}` is cited, and no reference has that id"
                otherwise = "add it to `references:` here, or to references.yaml of the series"
                hint = suggestion(key, known, otherwise)
            else:
                continue
            yield rules.UNRESOLVED_CITATION.at(
                catalogue.places.find(found.path, cite.line, f"@{key}", cite.nth), message, hint
            )


def _known(catalogue: Catalogue, found: Findings) -> set[str] | None:
    if not isinstance(found.owner, Part):
        return None
    series = catalogue.slugs[found.owner.series]
    return {reference.key for reference in (*found.owner.references, *series.references)}


def unused_references(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """A part's reference is cited by that part, a series' by any of its parts (a draft, too)."""
    cited = {found.path: {cite.key for cite in found.cites} for found in catalogue.bodies}
    for series in catalogue.library.series:
        for part in series.parts:
            yield from _unused(part, cited[part.path], "by this part")
        in_series = set().union(*(_from_series(part, cited[part.path]) for part in series.parts))
        yield from _unused(series, in_series, "by any part of the series")


def _from_series(part: Part, cited: set[str]) -> set[str]:
    """The works that a part cites and does not give itself."""
    return cited - {reference.key for reference in part.references}


def _unused(owner: Part | Series, cited: set[str], whom: str) -> Iterator[Diagnostic]:
    for reference in owner.references:
        if reference.key not in cited:
            yield rules.UNUSED_REFERENCE.at(
                reference.location,
                f"the reference `{reference.key}` is not cited {whom}",
                f"cite it with `[@{reference.key}]`, or take it out",
            )
