"""Parts that are named in ``[[…]]``: what is wrong with a name, and what could have been meant."""

from collections.abc import Iterable

from pipeline import part_links
from pipeline.check.catalogue import Catalogue, suggestion
from pipeline.errors import Location
from pipeline.gist import SeenLink
from pipeline.model import Part, Series


def place(catalogue: Catalogue, path: str, link: SeenLink) -> Location:
    """Where a link's target is written. A name stands after ``[[``, whatever its words after a bar."""
    target = link.target
    return catalogue.places.find(path, link.line, target.removesuffix(part_links.CLOSE), link.nth)


def trouble(catalogue: Catalogue, path: str, name: str) -> tuple[str, str] | None:
    """What is wrong with a name between brackets in the file ``path``, and the cure."""
    found = catalogue.directory.named(name, path)
    if len(found) == 1:
        return None
    if found:
        full = [f"`[[{_full(each)}]]`" for each in found]
        return f"`[[{name}]]` could be several parts", f"write which: {' or '.join(full)}"
    folder, _, last = name.removesuffix(".md").strip("/").rpartition("/")
    series = folder.removeprefix("series/") or part_links.series_of(path)
    if folder and series not in catalogue.slugs:
        known = (f"{slug}/{last}" for slug in catalogue.slugs)
        hint = _meant(f"{series}/{last}", known, f"a series has an index.md: `series/{series}/index.md`")
        return f"`[[{name}]]` leads nowhere: there is no series `{series}`", hint
    if last.isascii() and last.isdigit():
        return _no_number(catalogue, name, series, int(last))
    own = {part.slug for part in catalogue.parts.values() if part.series == series}
    known_names = (
        [f"{folder}/{slug}" for slug in own] if folder else [*own, *catalogue.slugs, *catalogue.addresses]
    )
    hint = _meant(name, sorted(known_names), "write a part's number, or its slug: `[[03]]`, `[[other-series/03]]`")
    return f"`[[{name}]]` leads nowhere: no part or series is called so", hint


def _no_number(catalogue: Catalogue, name: str, series: str, number: int) -> tuple[str, str]:
    if not series:
        examples = (f"[[{slug}/{number:02d}]]" for slug in sorted(catalogue.slugs))
        hint = f"name the series as well: `{next(examples, '[[series/03]]')}`"
        return f"`[[{name}]]` stands in no series, so it names no part", hint
    numbers = sorted({part.number for part in catalogue.parts.values() if part.series == series})
    parts = "no parts" if not numbers else f"Parts {numbers[0]} to {numbers[-1]}"
    if len(numbers) == 1:
        parts = f"Part {numbers[0]} alone"
    return f"`[[{name}]]` leads nowhere: there is no Part {number} in `{series}`", f"it has {parts}"


def _meant(name: str, known: Iterable[str], otherwise: str) -> str:
    found = suggestion(name, known)
    return found.replace("`", "`[[", 1).replace("`?", "]]`?") if found else otherwise


def _full(found: Part | Series) -> str:
    return found.address if isinstance(found, Part) else found.slug
