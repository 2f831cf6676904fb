"""All of a publication's files into one Library."""

import io
import posixpath
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from slugify import slugify

from pipeline import rules, urls
from pipeline.errors import Diagnostic, Location
from pipeline.memo import Memo, key_of
from pipeline.model import Asset, Block, Library, Part, Reference, Series, Sources
from pipeline.parse import config
from pipeline.parse.block import parse_block
from pipeline.parse.metadata import without_metadata
from pipeline.parse.part import parse_part
from pipeline.parse.plain import pack, unpack
from pipeline.parse.references import references_from_file, unique
from pipeline.parse.series import parse_series, with_parts

TEXT_LIMIT = 2 * 1024 * 1024  # bytes; a long part is 20 KB
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico")
FONTS = (".ttf", ".otf")
_TEXT_ENDINGS = (".md", ".markdown", ".mkd", ".mdown")
_KIND = "parsed"  # in the memo
_REFERENCE_FILES = ("references.yaml", "references.yml", "references.bib")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The library, unless there is no readable ``partwork.toml``, and every diagnostic so far."""

    library: Library | None
    diagnostics: tuple[Diagnostic, ...]


def parse_library(sources: Sources, memo: Memo | None = None) -> Parsed:
    """Read everything. Trouble in one file never hides another's. What the memo knows is not parsed again."""
    reader = _Reader(sources, memo or Memo())
    library = reader.library()
    return Parsed(library, tuple(reader.diagnostics))


class _Reader:
    def __init__(self, sources: Sources, memo: Memo) -> None:
        self._sources = sources
        self._memo = memo
        self.diagnostics: list[Diagnostic] = [
            rules.PATH_REFUSED.at(Location(path), reason, "put a copy of the file into the publication")
            for path, reason in sources.refused
        ]
        self._texts: dict[str, str] = {}

    def library(self) -> Library | None:
        """The story: configuration, blocks, series with their parts, pictures, templates."""
        if config.FILE not in self._sources.files:
            hint = "`partwork init` makes one"
            self.diagnostics.append(
                rules.CONFIG_UNREADABLE.at(Location(config.FILE), "there is no partwork.toml", hint)
            )
            return None
        text = self._text(config.FILE)
        if text is None:
            return None
        parsed = config.parse_config(text)
        self.diagnostics.extend(parsed.diagnostics)
        if parsed.publication is None:
            return None
        folders = self._folders()
        return Library(
            publication=parsed.publication,
            series=tuple(
                series for slug, paths in sorted(folders.items()) if (series := self._series(slug, paths))
            ),
            blocks=self._blocks(),
            assets=self._assets(),
            templates=self._templates(),
            texts=self._texts,
            fonts=self._fonts(),
        )

    # -- files -----------------------------------------------------------------------------------------

    def _text(self, path: str) -> str | None:
        """A file's text: UTF-8, without a byte-order mark, line ends LF; none when it cannot be had."""
        data = self._sources.files[path]
        if len(data) > TEXT_LIMIT:
            size = f"{len(data) / 1024 / 1024:.1f} MB"
            message = f"this file has {size}; a text may have {TEXT_LIMIT // 1024 // 1024} MB"
            self.diagnostics.append(rules.FILE_TOO_LARGE.at(Location(path), message, "split it"))
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
            message = f"byte {data[error.start]:#04x} is not UTF-8"
            hint = "save the file as UTF-8"
            self.diagnostics.append(rules.NOT_UTF8.at(Location(path, line, column), message, hint))
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._texts[path] = text
        return text

    def _folders(self) -> Mapping[str, list[str]]:
        """The files of each series' folder, by its name. Names that cannot be addresses are told."""
        folders: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._sources.files):
            top, _, rest = path.partition("/")
            slug, inside, _ = rest.partition("/")
            if top == "series" and inside:
                folders[slug].append(path)
            elif top == "series" and path.lower().endswith(_TEXT_ENDINGS):
                message = f"`{path}` is in no series"
                self.diagnostics.append(
                    rules.FILE_NAME.at(Location(path), message, "a part is series/<series>/01-<slug>.md")
                )
        good = {}
        for slug, paths in folders.items():
            if slug in urls.RESERVED:
                message = f"a series cannot be called `{slug}`: the site has an address of that name"
                self.diagnostics.append(rules.RESERVED_NAME.at(Location(paths[0]), message, "rename the folder"))
            elif urls.SLUG.match(slug):
                good[slug] = paths
            elif any(path.endswith(".md") for path in paths):
                message = f"the folder name `{slug}` cannot be an address"
                hint = f"call it `{slugify(slug) or 'my-series'}`"
                self.diagnostics.append(rules.FILE_NAME.at(Location(paths[0]), message, hint))
        return good

    # -- one folder of series/ -------------------------------------------------------------------------

    def _series(self, slug: str, paths: list[str]) -> Series | None:
        index = f"series/{slug}/index.md"
        has_text = any(path.endswith(".md") for path in paths)
        if index not in paths:
            if has_text:
                message = f"the series `{slug}` has no index.md"
                hint = "write one with title, summary and schedule, or try `partwork new series`"
                self.diagnostics.append(rules.NO_INDEX.at(Location(index), message, hint))
            return None
        text = self._text(index)
        if text is None:
            return None
        series = self._once(index, text, lambda told: parse_series(text, index, slug, told))
        parts = [part for path in paths if path != index and (part := self._part(slug, path))]
        references = unique((*series.references, *self._references(slug, paths)), self.diagnostics)
        return with_parts(series, parts, references, self.diagnostics)

    def _part(self, series: str, path: str) -> Part | None:
        folder, name = posixpath.split(path)
        if not name.lower().endswith(_TEXT_ENDINGS):
            return None
        match = urls.PART_FILE.match(name)
        if folder != f"series/{series}":
            if match:
                message = f"`{name}` is in a folder in which no part is looked for"
                hint = f"move it to `series/{series}/`, beside index.md"
                self.diagnostics.append(rules.FILE_NAME.at(Location(path), message, hint))
            return None
        if match is None or int(match.group(1)) == 0:
            message = f"`{name}` is no part's name"
            stem = slugify(posixpath.splitext(name)[0].lstrip("0123456789-_ ")) or "title"
            hint = f"a part is called NN-slug.md, from 01: for instance `01-{stem}.md`"
            self.diagnostics.append(rules.FILE_NAME.at(Location(path), message, hint))
            return None
        if match.group(2) in urls.RESERVED_IN_SERIES or urls.ROUNDUP.match(match.group(2)):
            message = f"a part cannot be called `{match.group(2)}`: the series has an address of that name"
            self.diagnostics.append(rules.RESERVED_NAME.at(Location(path), message, "rename the file"))
        text = self._text(path)
        if text is None:
            return None
        number, slug = int(match.group(1)), match.group(2)
        return self._once(path, text, lambda told: parse_part(text, path, series, number, slug, told))

    def _references(self, slug: str, paths: list[str]) -> list[Reference]:
        found: list[Reference] = []
        for name in _REFERENCE_FILES:
            path = f"series/{slug}/{name}"
            if path in paths and (text := self._text(path)) is not None:
                found.extend(self._references_in(path, text))
        return found

    def _references_in(self, path: str, text: str) -> tuple[Reference, ...]:
        return self._once(path, text, lambda told: tuple(references_from_file(text, path, told)))

    def _once(self, path: str, text: str, parse: Callable[[list[Diagnostic]], _T]) -> _T:
        """What a file says, and what is wrong with it: as it is known, or parsed now. Its path says what it is."""
        key = key_of(path, self._sources.files[path])
        known = self._memo.get(_KIND, key)
        if known is not None:
            value: _T
            value, told = unpack(known, path, text)
        else:
            found: list[Diagnostic] = []
            value = parse(found)
            told = tuple(found)
            self._memo.put(_KIND, key, pack((value, told)))
        self.diagnostics.extend(told)
        return value

    # -- the rest --------------------------------------------------------------------------------------

    def _blocks(self) -> dict[str, Block]:
        blocks: dict[str, Block] = {}
        for path in sorted(self._sources.files):
            folder, name = posixpath.split(path)
            slug = name.removesuffix(".md")
            if folder != "templates/blocks" or slug == name:
                continue
            if not urls.SLUG.match(slug) or slug == "none":
                message = f"`{name}` is no block's name"
                hint = f"call it `{slugify(slug) or 'my-block'}.md`" if slug != "none" else "`none` means no CTA"
                self.diagnostics.append(rules.FILE_NAME.at(Location(path), message, hint))
                continue
            text = self._text(path)
            block = self._block(path, text, slug) if text is not None else None
            if block:
                blocks[slug] = block
        return blocks

    def _block(self, path: str, text: str, slug: str) -> Block | None:
        return self._once(path, text, lambda told: parse_block(text, path, slug, told))

    def _assets(self) -> dict[str, Asset]:
        return {
            path: _asset(path, data)
            for path, data in sorted(self._sources.files.items())
            if path.startswith("series/") and path.lower().endswith(PICTURES)
        }

    def _templates(self) -> dict[str, str]:
        """The theme's templates, and the publication's own over them, file by file."""
        theme = self._sources.theme
        templates = {name: data.decode("utf-8") for name, data in theme.items() if not _is_of_a_font(name)}
        for path in sorted(self._sources.files):
            name = path.removeprefix("templates/")
            if name == path or name.startswith("blocks/") or _is_of_a_font(name):
                continue
            text = self._text(path)
            if text is not None:
                templates[name] = text
        self._tell_unused(templates)
        return templates

    def _fonts(self) -> dict[str, bytes]:
        """Font files of the theme, and the publication's own over them."""
        own = {
            path.removeprefix("templates/"): data
            for path, data in self._sources.files.items()
            if path.startswith("templates/")
        }
        found = {**self._sources.theme, **own}
        return {name: data for name, data in sorted(found.items()) if name.lower().endswith(FONTS)}

    def _tell_unused(self, templates: dict[str, str]) -> None:
        """A file of the publication's own that overrides nothing, and that no template names."""
        own = [name for name in templates if name not in self._sources.theme and name.endswith(".j2")]
        for name in own:
            is_part_of_a_theme = name.startswith("email/") and name.count("/") > 1
            if is_part_of_a_theme or any(name in text for text in templates.values()):
                continue
            found = get_close_matches(name, self._sources.theme, n=1)
            hint = f"did you mean `{found[0]}`?" if found else "remove it, or include it somewhere"
            place = Location(f"templates/{name}")
            message = f"no template is called `{name}`, and none includes it"
            self.diagnostics.append(rules.UNUSED_TEMPLATE.at(place, message, hint))


def _asset(path: str, data: bytes) -> Asset:
    cleaned = without_metadata(data)
    return Asset(path, cleaned, *_size(cleaned))


def _size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of the picture as it is seen, zero when its format does not tell."""
    import imagesize  # 20 ms: it can ask the network, and so knows HTTP

    try:
        width, height = imagesize.get(io.BytesIO(data))
    except (ValueError, OSError, KeyError, IndexError):
        return 0, 0
    return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)


def _is_of_a_font(name: str) -> bool:
    """A font file, or the licence beside it: no template."""
    return name.lower().endswith(FONTS) or "/fonts/" in f"/{name}"
