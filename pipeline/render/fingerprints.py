"""What quires are made from, as digests: the same one only where everything that is read is the same.

Too coarse is safe, and too fine would be wrong, so a value is taken whole, field by field. What an author wrote
stands for what was parsed from it: a part is its file, a series the files of its folder that are neither parts nor
pictures, and a block is known with everything else that lies outside of the series. The moment of the build counts
only by what it changes: who is out, whose turn is next.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from operator import attrgetter
from typing import Any

from pipeline import body as tree
from pipeline.issue import Issue, Issues, Notes, Prose, SeriesIssues
from pipeline.model import Asset, Block, Library, Part, Series, Sources
from pipeline.render.web.listings import card_view
from pipeline.render.web.pictures import named_in_blocks, named_in_introduction, named_in_issue

_PLAIN = frozenset({str, int, float, bool, type(None)})
_DIGITS = 32  # of hexadecimal: 128 bits
NOTHING_READ = Sources({}, {})


class Fingerprints:
    """Knows what everything in a publication is made from, as placed at one moment.

    ``ground`` is a digest of what lies outside of the publication: the program, and how it was called.
    """

    def __init__(self, issues: Issues, sources: Sources = NOTHING_READ, ground: str = "") -> None:
        self._issues = issues
        self._assets = issues.library.assets
        self._files = sources.files
        self._known: dict[str, str] = {}
        self._cards: dict[str, str] = {}
        self._pictures: dict[str, str] = {}
        self.named: dict[str, tuple[str, ...]] = {}  # the pictures of each issue, by address
        self._ways: dict[type, Callable[[Any], object]] = {
            Issue: self.issue,
            Part: lambda part: (part.path, part.draft, self._file(part.path)),
            Series: lambda series: self._folders.get(series.slug, ""),
            SeriesIssues: self.series,
            Asset: lambda asset: self._picture(asset.path),
            Block: lambda block: block.slug,
            Prose: lambda _: "prose",
            Notes: lambda _: "notes",
        }
        self._whole_issue, self._whole_series = self._by_fields_of(Issue), self._by_fields_of(SeriesIssues)
        parts = {part.path for placed in issues.series for part in placed.series.parts}
        self._folders = self._digests_of_folders(parts)
        self.common = self.of(ground, self._digest_of_common(sources), self._common_pictures(issues.library))

    def of(self, *values: object) -> str:
        """The digest of some values.

        Raises:
            TypeError: one holds something of which it is not known how it is taken.
        """
        return hashlib.sha256(repr(self._flat(values)).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]

    def issue(self, issue: Issue) -> str:
        """Everything that an issue's editions are made from, but for what other parts say of their own series."""
        known = self._known.get(issue.address)
        if known is None:
            pictures = [(path, self._picture(path)) for path in self.pictures_of(issue)]
            known = self._known[issue.address] = self.of(self.common, self._whole_issue(issue), pictures)
        return known

    def series(self, placed: SeriesIssues) -> str:
        """A series with everything in it."""
        introduction = sorted(set(named_in_introduction(placed)) & self._assets.keys()) if self._assets else ()
        return self.of(
            self.common, self._whole_series(placed), [(path, self._picture(path)) for path in introduction]
        )

    def card(self, issue: Issue) -> str:
        """What lists of parts say of an issue."""
        known = self._cards.get(issue.address)
        if known is None:
            known = self._cards[issue.address] = self.of(card_view(issue, ""))
        return known

    def cards(self, some: Iterable[Issue]) -> tuple[str, ...]:
        """The same of several."""
        return tuple(map(self.card, some))

    def pictures_of(self, issue: Issue) -> tuple[str, ...]:
        """The pictures of the publication's that an issue names, in any channel."""
        if not self._assets:
            return ()
        found = self.named.get(issue.address)
        if found is None:
            found = tuple(sorted(set(named_in_issue(issue)) & self._assets.keys()))
            self.named[issue.address] = found
        return found

    @property
    def all_assets(self) -> str:
        """Every picture that there is."""
        return self.of([self._picture(path) for path in sorted(self._assets)])

    def asset(self, path: str) -> str:
        """A picture."""
        return self._picture(path)

    # -- files -----------------------------------------------------------------------------------------

    def _file(self, path: str) -> str:
        return hashlib.sha256(self._files.get(path, b"")).hexdigest()[:_DIGITS]

    def _picture(self, path: str) -> str:
        if path not in self._pictures:
            asset = self._assets.get(path)
            size = (asset.width, asset.height) if asset else None
            self._pictures[path] = f"{path} {size} {hashlib.sha256(asset.data).hexdigest() if asset else ''}"
        return self._pictures[path]

    def _digests_of_folders(self, parts: set[str]) -> Mapping[str, str]:
        digests: dict[str, Any] = {placed.series.slug: hashlib.sha256() for placed in self._issues.series}
        for path, data in sorted(self._files.items()):
            if path not in parts and path not in self._assets and (slug := _series_of(path)) in digests:
                digests[slug].update(f"\0{path}\0{len(data)}\0".encode("utf-8", "surrogatepass") + data)
        return {slug: digest.hexdigest()[:_DIGITS] for slug, digest in digests.items()}

    def _digest_of_common(self, sources: Sources) -> str:
        digest = hashlib.sha256()
        for files in (sources.files, sources.theme):
            for path, data in sorted(files.items()):
                if files is sources.theme or not _series_of(path):
                    digest.update(f"\0{path}\0{len(data)}\0".encode("utf-8", "surrogatepass") + data)
        return digest.hexdigest()

    def _common_pictures(self, library: Library) -> list[str]:
        """Those that stand on every page, and those of blocks, wherever their files are."""
        theme = library.publication.theme
        named = {theme.logo, theme.logo_dark, *named_in_blocks(library.blocks.values())}
        return [self._picture(path) for path in sorted(named & self._assets.keys())]

    # -- values ----------------------------------------------------------------------------------------

    def _flat(self, value: Any) -> object:
        """A value as tuples of texts and numbers, which are written in one way alone."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        way = self._ways.get(kind)
        if way is None:
            way = self._ways[kind] = self._way(kind)
        return way(value)

    def _way(self, kind: type) -> Callable[[Any], object]:
        known = next((self._ways[base] for base in kind.__mro__ if base in self._ways), None)
        if known is not None:
            return known
        if is_dataclass(kind) and kind.__module__ != tree.__name__:
            return self._by_fields_of(kind)
        if issubclass(kind, Enum):
            return attrgetter("value")
        if issubclass(kind, str):
            return str
        if issubclass(kind, bytes):
            return lambda value: hashlib.sha256(value).hexdigest()
        if issubclass(kind, tuple | list):
            flat = self._flat
            return lambda value: tuple([each if type(each) in _PLAIN else flat(each) for each in value])
        if issubclass(kind, frozenset | set):
            return lambda value: sorted(map(repr, map(self._flat, value)))
        if issubclass(kind, datetime | date | time):
            return lambda value: value.isoformat()
        if issubclass(kind, dict):
            return lambda value: sorted(repr((self._flat(k), self._flat(v))) for k, v in value.items())
        raise TypeError(f"{kind.__name__} has no fingerprint")

    def _by_fields_of(self, kind: Any) -> Callable[[Any], object]:
        """How a value of this class is taken field by field."""
        name, names = kind.__name__, [each.name for each in fields(kind)]
        if len(names) < 2:  # of one name, attrgetter gives the value itself
            return lambda value: (name, *(self._flat(getattr(value, each)) for each in names))
        taken, flat = attrgetter(*names), self._flat
        return lambda value: (name, *[each if type(each) in _PLAIN else flat(each) for each in taken(value)])


def _series_of(path: str) -> str:
    """The slug of the series in whose folder a file is; empty for one that is in none."""
    top, _, rest = path.partition("/")
    slug, inside, _ = rest.partition("/")
    return slug if top == "series" and inside else ""
