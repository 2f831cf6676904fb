"""Front matter: the YAML between two lines of hyphens, with the place of every key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.parse import yaml_words

_FENCE = "---"
_DEEPEST = 100  # levels of nesting; a reference's author list has four
_MOST = 100_000  # values, with each alias counted as often as it is used; a long reference list has 5,000
# libyaml where the wheel has it (ten times faster), the pure one otherwise.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file's header says, where each key stands (``schedule.start`` for nested ones), and the rest."""

    values: Mapping[str, Any]
    keys: Mapping[str, Location]
    body: str
    body_line: int
    diagnostics: tuple[Diagnostic, ...]


def split_front_matter(text: str, path: str) -> FrontMatter:
    """Read a file's front matter. Line ends must be LF, and there must be no byte-order mark."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        problem = rules.NO_FRONT_MATTER.at(
            Location(path), "there is no front matter", "start the file with `---`, `title: …`, `---`"
        )
        return FrontMatter({}, {}, text, 1, (problem,))
    end = next((k for k, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        problem = rules.NO_FRONT_MATTER.at(
            Location(path), "the front matter is never closed", "put a line `---` after its last key"
        )
        return FrontMatter({}, {}, "", len(lines), (problem,))
    header = read_mapping("\n".join(lines[1:end]), path, first_line=2)
    return FrontMatter(header.values, header.keys, "\n".join(lines[end + 1 :]), end + 2, header.diagnostics)


def _refuse_depth(text: str) -> None:
    """Libyaml composes nodes by recursion in C and ends the process at some 100,000 levels; its events do not."""
    if sum(text.count(opening) for opening in ("[", "{", "- -", "? ")) < _DEEPEST:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecursionError


def unfolds(value: Any) -> bool:
    """Whether aliases of aliases stand for more values than anybody can have meant (or for endlessly many)."""
    sizes: dict[int, int] = {}

    def size(value: Any) -> int:
        if not isinstance(value, dict | list):
            return 1
        if id(value) not in sizes:
            sizes[id(value)] = _MOST  # while it is counted: whoever comes here again is inside it
            sizes[id(value)] = 1 + sum(
                size(each) for each in (value.values() if isinstance(value, dict) else value)
            )
        return sizes[id(value)]

    return size(value) >= _MOST


@dataclass(frozen=True, slots=True)
class YamlMapping:
    """A YAML mapping, the places of its keys, and what is wrong with it."""

    values: Mapping[str, Any]
    keys: Mapping[str, Location]
    diagnostics: tuple[Diagnostic, ...] = ()


def read_yaml(text: str, path: str, first_line: int = 1) -> tuple[Any, dict[str, Location], list[Diagnostic]]:
    """A YAML document as values, the places of its mappings' keys, and its errors with line and column."""
    keys = _KeyPlaces(path, first_line)
    problem: Diagnostic
    loader = None
    try:
        _refuse_depth(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None, keys.places, keys.diagnostics
        keys.note(node)
        return loader.construct_document(node), keys.places, keys.diagnostics
    except yaml.MarkedYAMLError as error:
        said = yaml_words.explained(error, text)
        problem = rules.NOT_YAML.at(Location(path, first_line + said.line, said.column), said.message, said.hint)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = yaml_words.explained_value(error, text)
        problem = rules.NOT_YAML.at(Location(path, first_line + said.line, said.column), said.message, said.hint)
    finally:
        if loader is not None:
            loader.dispose()
    return None, keys.places, [*keys.diagnostics, problem]


def read_mapping(text: str, path: str, first_line: int = 1) -> YamlMapping:
    """A YAML document that must be a mapping."""
    values, places, diagnostics = read_yaml(text, path, first_line)
    if values is None:
        return YamlMapping({}, places, tuple(diagnostics))
    if not isinstance(values, dict):
        message = "this is no mapping of keys to values"
        problem = rules.NOT_YAML.at(Location(path, first_line), message, "write `key: value`, one on each line")
        return YamlMapping({}, places, (*diagnostics, problem))
    if unfolds(values):
        message = "the aliases (`*name`) stand for more than anybody can have meant"
        problem = rules.NOT_YAML.at(Location(path, first_line), message, "write the values out")
        return YamlMapping({}, places, (*diagnostics, problem))
    return YamlMapping({str(key): value for key, value in values.items()}, places, tuple(diagnostics))


class _KeyPlaces:
    """Where each key of a document stands, and which stand twice. An aliased node is looked at once."""

    def __init__(self, path: str, first_line: int) -> None:
        self._path = path
        self._first_line = first_line
        self._seen: set[int] = set()
        self.places: dict[str, Location] = {}
        self.diagnostics: list[Diagnostic] = []

    def note(self, node: Any, prefix: str = "") -> None:
        if id(node) in self._seen:
            return
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.places.setdefault(f"{prefix}[{index}]", self._location(item))
                self.note(item, f"{prefix}[{index}]")
        elif isinstance(node, yaml.MappingNode):
            self._note_mapping(node, prefix)

    def _note_mapping(self, node: Any, prefix: str) -> None:
        keys: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            place = self._location(key_node)
            if key in keys:
                message = f"`{key}` is written twice"
                self.diagnostics.append(rules.DUPLICATE_KEY.at(place, message, "keep one of them"))
                continue
            keys.add(key)
            name = f"{prefix}.{key}" if prefix else key
            self.places[name] = place
            self.note(value_node, name)

    def _location(self, node: Any) -> Location:
        mark = node.start_mark
        return Location(self._path, mark.line + self._first_line, mark.column + 1)
