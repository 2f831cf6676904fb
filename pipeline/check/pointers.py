"""Series and parts that are named in front matter: they exist."""

from collections.abc import Iterator

from pipeline import rules
from pipeline.check.catalogue import Catalogue, suggestion
from pipeline.errors import Diagnostic, Location
from pipeline.model import Part


def unknown_next_series(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """``next_series`` is the folder name of another series."""
    for series in catalogue.library.series:
        wanted = series.next_series
        if not wanted or (wanted in catalogue.slugs and wanted != series.slug):
            continue
        others = sorted(slug for slug in catalogue.slugs if slug != series.slug)
        if wanted == series.slug:
            message = "`next_series` is this series itself"
        else:
            message = f"there is no series `{wanted}`"
        otherwise = f"there are: {', '.join(others)}" if others else "take the line out: there is no other series"
        yield rules.UNKNOWN_SERIES.at(series.at("next_series"), message, suggestion(wanted, others, otherwise))


def unknown_related(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """A related part is another part, by ``series/slug``."""
    for part in catalogue.parts.values():
        for index, link in enumerate(part.related):
            if not link.target or (link.target in catalogue.addresses and link.target != part.address):
                continue
            place = related_place(part, index)
            yield rules.UNKNOWN_RELATED.at(place, *_why_not(catalogue, part, link.target))


def related_place(part: Part, index: int) -> Location:
    """Where one of a part's related links is written."""
    return part.keys.get(f"related[{index}]") or part.at("related")


def _why_not(catalogue: Catalogue, part: Part, target: str) -> tuple[str, str]:
    if target == part.address:
        return f"the part is related to itself (`{target}`)", "take the line out"
    renamed = catalogue.aliases.get(target)
    if renamed:
        return f"`{target}` is an old address", f"write the new one: `{renamed.address}`"
    message = f"there is no part `{target}`"
    file = catalogue.parts.get(f"series/{target.removeprefix('series/')}")
    if file:
        return message, f"name it by series and slug, without its number: `{file.address}`"
    folder, _, slug = target.rpartition("/")
    if folder in catalogue.slugs:
        known = [other.address for other in catalogue.slugs[folder].parts if other is not part]
    elif folder:
        known = [address for address in catalogue.addresses if address.endswith(f"/{slug}")]
        known += [f"{other}/{slug}" for other in catalogue.slugs if f"{other}/{slug}" in catalogue.addresses]
    else:
        known = [address for address in catalogue.addresses if address.endswith(f"/{target}")]
    if not folder and known:
        return message, f"did you mean `{known[0]}`?"
    otherwise = "a part is named `series/slug`: its folder, and its file's name without number and `.md`"
    return message, suggestion(target, known, otherwise)
