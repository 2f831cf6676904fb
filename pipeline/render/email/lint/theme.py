"""The templates of a theme, each read once, with what Jinja itself says of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

import jinja2
from jinja2 import nodes

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.render.email.lint.markup import read_css, read_markup
from pipeline.render.email.lint.nesting import Around, Nodes, Single, flat, nested
from pipeline.render.email.lint.source import Source, read_plain, read_template

_QUOTED = re.compile(r"'([^']+)'")
_OPENERS = ("autoescape", "block", "call", "filter", "for", "if", "macro", "raw", "set", "with")
_TAGS = (*_OPENERS, *(f"end{tag}" for tag in _OPENERS), "elif", "else", "extends", "from", "import", "include")


@dataclass(frozen=True, slots=True)
class Template:
    """A template: its nodes, and what it defines or takes from elsewhere, by name."""

    name: str
    nodes: Nodes
    macros: Mapping[str, Around] = field(default_factory=dict)
    captures: Mapping[str, Around] = field(default_factory=dict)
    blocks: Mapping[str, Around] = field(default_factory=dict)
    extends: Single | None = None
    imports: tuple[Single, ...] = ()


class Theme:
    """Templates by name (``email/part.mjml.j2``), read when they are first wanted."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.told: list[Diagnostic] = []
        self._environment = jinja2.Environment(autoescape=True, keep_trailing_newline=True)
        self._sources: dict[str, Source | None] = {}
        self._read: dict[str, Template | None] = {}
        self._statements: dict[str, nodes.Node | None] = {}

    def template(self, name: str) -> Template | None:
        """A template that is there and that Jinja can read."""
        if name not in self._read:
            try:
                self._read[name] = self._template(name) if name in self.texts else None
            except RecursionError:
                self._read[name] = None
                self.told.append(too_deep(f"templates/{name}"))
        return self._read[name]

    def source(self, name: str) -> Source | None:
        """A template's source with its tags masked; what Jinja has against it is told, once."""
        if name not in self._sources:
            self._sources[name] = self._source(f"templates/{name}", self.texts[name])
        return self._sources[name]

    def expression(self, text: str) -> nodes.Expr | None:
        """What stands in ``{{ … }}``, as Jinja's tree."""
        statement = self.statement(f"{{{{ {text} }}}}")
        if isinstance(statement, nodes.Output) and len(statement.nodes) == 1:
            return statement.nodes[0]
        return None

    def statement(self, text: str) -> nodes.Node | None:
        """One statement with all its tags, as Jinja's tree."""
        if text not in self._statements:
            try:
                self._statements[text] = next(iter(self._environment.parse(text).body), None)
            except (jinja2.TemplateSyntaxError, RecursionError):
                self._statements[text] = None
        return self._statements[text]

    def _source(self, path: str, text: str) -> Source | None:
        try:
            tree = self._environment.parse(text)
            source = read_template(path, text, self._environment)
            self.told += [self._syntax(source, error) for error in self._unknown_names(tree)]
        except jinja2.TemplateSyntaxError as error:
            self.told.append(self._syntax(read_plain(path, text), error))
        except (RecursionError, OverflowError):
            self.told.append(too_deep(path))
        else:
            return source
        return None

    def _unknown_names(self, tree: nodes.Template) -> Iterator[jinja2.TemplateSyntaxError]:
        """What Jinja would say when it compiles: filters and tests that are not there, a block written twice."""
        blocks: set[str] = set()
        for node in tree.find_all((nodes.Filter, nodes.Test, nodes.Block)):
            if isinstance(node, nodes.Block):
                if node.name in blocks:
                    yield jinja2.TemplateAssertionError(f"block {node.name!r} defined twice", node.lineno)
                blocks.add(node.name)
            elif isinstance(node, nodes.Filter) and node.name not in self._environment.filters:
                yield jinja2.TemplateAssertionError(f"No filter named {node.name!r}.", node.lineno)
            elif isinstance(node, nodes.Test) and node.name not in self._environment.tests:
                yield jinja2.TemplateAssertionError(f"No test named {node.name!r}.", node.lineno)

    def _template(self, name: str) -> Template | None:
        source = self.source(name)
        if source is None:
            return None
        if name.endswith(".css.j2"):
            return template_of(name, nested(read_css(source)))
        items, faults = read_markup(source)
        self.told += faults
        return template_of(name, nested(items))

    def _syntax(self, source: Source, error: jinja2.TemplateSyntaxError) -> Diagnostic:
        message = error.message or "this is not Jinja"
        named = _QUOTED.findall(message)
        return rules.TEMPLATE_ERROR.at(
            _place(source, error.lineno, named[:1]),
            message,
            self._hint(message, named) or "the names that a template can use are in docs/reference/templates.md",
        )

    def _hint(self, message: str, named: list[str]) -> str:
        known = {"tag": _TAGS, "filter": [*self._environment.filters], "test": [*self._environment.tests]}
        for word, names in known.items():
            if named and f" {word} " in message:
                close = get_close_matches(named[0], names, n=1, cutoff=0.6)
                return f"did you mean `{close[0]}`?" if close else ""
        return ""


def template_of(name: str, nodes: Nodes) -> Template:
    """A template from its nodes."""
    arounds = [node for node in flat(nodes) if isinstance(node, Around)]
    singles = [node for node in flat(nodes) if isinstance(node, Single)]
    return Template(
        name,
        nodes,
        macros=dict(_named(arounds, "macro")),
        captures=dict(_named(arounds, "set")),
        blocks=dict(_named(arounds, "block")),
        extends=next((node for node in singles if node.keyword == "extends"), None),
        imports=tuple(node for node in singles if node.keyword in ("import", "from")),
    )


def too_deep(path: str) -> Diagnostic:
    """What to say of a template that no Python can follow."""
    return rules.TEMPLATE_ERROR.at(Location(path), "it is nested too deeply", "split it in two")


def _named(arounds: list[Around], keyword: str) -> Iterator[tuple[str, Around]]:
    for node in arounds:
        match = re.match(r"\w+", node.head)
        if node.keyword == keyword and match:
            yield match[0], node


def _place(source: Source, line: int, named: list[str]) -> Location:
    """Where on a line Jinja stumbled: at the tag that has the word it names, or at the line's first tag."""
    lines = source.text.split("\n")
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    starts = [match.start() for match in re.finditer(r"\{[{%#]", written)]
    for start, end in zip(starts, [*starts[1:], len(written)], strict=False):
        if any(word in written[start:end] for word in named):
            return Location(source.path, line, start + 1)
    return Location(source.path, line, starts[0] + 1 if starts else 1)
