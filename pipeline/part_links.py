"""Parts by the names that authors give them in ``[[…]]``: a number, a slug, or either with its series.

``[[03]]`` is Part 3 of the series it is written in, ``[[zonulin]]`` the part with that slug, ``[[other/03]]`` and
``[[other/its-slug]]`` a part of another series, ``[[other]]`` that series' page. What stands after ``#`` is an
anchor there. Such a name never changes with a renumbered file's neighbours; its target is found on each build.
"""

from collections import defaultdict
from dataclasses import dataclass

from pipeline import urls
from pipeline.model import Library, Part, Series

OPEN, CLOSE = "[[", "]]"


def written(name: str) -> str:
    """A name as the target of a link: in its brackets, so that it is no path."""
    return f"{OPEN}{name}{CLOSE}"


def name_of(target: str) -> str:
    """The name between the brackets, without its anchor; nothing for any other target."""
    if not target.startswith(OPEN):
        return ""
    return target[len(OPEN) :].removesuffix(CLOSE).partition("#")[0].strip()


def anchor_of(target: str) -> str:
    """What stands after ``#`` in a target of either kind."""
    anchor = target.partition("#")[2]
    return anchor.removesuffix(CLOSE) if target.startswith(OPEN) else anchor


@dataclass(frozen=True, slots=True)
class Directory:
    """Every part and series of a library, by path and by name."""

    by_path: dict[str, Part | Series]
    by_number: dict[tuple[str, int], Part]
    by_slug: dict[tuple[str, str], Part]
    slugs: dict[str, tuple[Part, ...]]
    series: dict[str, Series]

    def linked(self, target: str, path: str) -> Part | Series | None:
        """What a target that is written in the file ``path`` leads to, when it is a part or a series."""
        if target.startswith(OPEN):
            found = self.named(name_of(target), path)
            return found[0] if len(found) == 1 else None
        if not target or target[0] in "#?" or urls.is_external(target):
            return None
        return self.by_path.get(urls.file_of(target, path))

    def named(self, name: str, path: str) -> tuple[Part | Series, ...]:
        """What a name between brackets can mean in the file ``path``: nothing, one thing, or several."""
        folder, _, last = name.removesuffix(".md").strip("/").rpartition("/")
        if folder:
            found = self._in_series(folder.removeprefix("series/"), last)
            return (found,) if found else ()
        own = self._in_series(series_of(path), last)
        if own:
            return (own,)
        if last in self.series:
            return (self.series[last],)
        return self.slugs.get(last, ())

    def _in_series(self, series: str, name: str) -> Part | None:
        if name.isascii() and name.isdigit():
            return self.by_number.get((series, int(name)))
        numbered = urls.PART_FILE.match(f"{name}.md")
        return self.by_slug.get((series, numbered.group(2) if numbered else name))


def series_of(path: str) -> str:
    """The slug of the series that a file belongs to; nothing for a block."""
    top, _, rest = path.partition("/")
    return rest.partition("/")[0] if top == "series" else ""


def directory_of(library: Library) -> Directory:
    """Index a library. Of two parts with one number or slug, the first; the other is told elsewhere."""
    parts = [part for series in library.series for part in series.parts]
    slugs: dict[str, list[Part]] = defaultdict(list)
    by_number: dict[tuple[str, int], Part] = {}
    by_slug: dict[tuple[str, str], Part] = {}
    for part in parts:
        slugs[part.slug].append(part)
        by_number.setdefault((part.series, part.number), part)
        by_slug.setdefault((part.series, part.slug), part)
    for part in parts:
        for alias in part.aliases:
            by_slug.setdefault((part.series, alias), part)
    owners: list[Part | Series] = [*parts, *library.series]
    return Directory(
        by_path={owner.path: owner for owner in owners},
        by_number=by_number,
        by_slug=by_slug,
        slugs={slug: tuple(found) for slug, found in slugs.items()},
        series={series.slug: series for series in library.series},
    )
