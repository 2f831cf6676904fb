"""Templates compiled flat: what a template includes is compiled into it, and what never changes is printed once.

An email is printed by some twenty templates that include one another, and Jinja makes a context for each of them,
for every part: that takes longer than all that they print. So an include becomes a scope of the template that
includes it, which sees the same names and keeps its own to itself. Where the name is put together (``"sections/" ~
section.kind ~ ".html.j2"``) it becomes a choice between the templates that there are. What cannot be compiled in
without a difference stays an include: one without context, one of itself, one that extends or has blocks, and one
with another way of escaping.

A line of a flat template says nothing to the theme's author; ``Templates`` asks Jinja again for faults.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jinja2 import Environment, TemplateError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

_BOUND_ELSEWHERE = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})
_CHOICE = "chosen_include"


class FlatEnvironment(Environment):
    """Jinja with flat templates, of which ``sources`` are all.

    ``known`` are values that every rendering gets: as far as they are markup they are compiled into the templates
    in ``entries``, those that are rendered themselves. (One that is imported may be without these names.)
    """

    sources: Mapping[str, str] = {}
    known: Mapping[str, Any] = {}
    entries: frozenset[str] | set[str] = frozenset()


class _FlatGenerator(CodeGenerator):
    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's
        """The code of a template, flattened first."""
        environment = self.environment
        if isinstance(environment, FlatEnvironment):
            node = _Flattener(environment, self.name or "").visit(node)
            if environment.known and self.name in environment.entries:
                node = _Printer(environment, node).visit(node)
        super().visit_Template(node, frame)


FlatEnvironment.code_generator_class = _FlatGenerator


class _Flattener(NodeTransformer):
    """Puts scopes where includes were."""

    def __init__(self, environment: FlatEnvironment, name: str, around: tuple[str, ...] = ()) -> None:
        self._environment = environment
        self._name = name
        self._around = (*around, name)

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 - Jinja's
        """A scope, a choice of scopes, or the include as it was."""
        if not node.with_context or node.ignore_missing:
            return node
        if isinstance(node.template, nodes.Const):
            return self._scope(node.template.value, node.lineno) or node
        return self._choice(node) or node

    def _scope(self, name: object, line: int) -> nodes.Scope | None:
        """Another template as a scope of this one; none when it has to stay a template."""
        environment = self._environment
        escapes = environment.autoescape
        if not isinstance(name, str) or name in self._around or name not in environment.sources:
            return None
        if callable(escapes) and escapes(name) != escapes(self._name):
            return None
        try:
            found = environment.parse(environment.sources[name], name)
        except TemplateError:
            return None  # told when it is rendered, with its own name
        stays = found.find(nodes.Extends) is not None or found.find(nodes.Block) is not None
        if stays or _BOUND_ELSEWHERE & _names(found):
            return None
        body = _Flattener(environment, name, self._around).visit(found).body
        return nodes.Scope(body, lineno=line, environment=environment)

    def _choice(self, node: nodes.Include) -> nodes.Node | None:
        """``{% include "a/" ~ kind ~ ".j2" %}``, or a list of such names, as a choice by the kind."""
        offered = node.template.items if isinstance(node.template, nodes.List) else [node.template]
        patterns = [_pattern(each) for each in offered]
        kind = patterns[0][1] if patterns[0] else None
        if kind is None or any(pattern is None or pattern[1] != kind for pattern in patterns):
            return None
        scopes = dict(self._scopes([(each[0], each[2]) for each in patterns if each], node.lineno))
        chosen = nodes.Name(_CHOICE, "load")
        cases: list[nodes.If] = [
            nodes.If(nodes.Compare(chosen, [nodes.Operand("eq", nodes.Const(value))]), [scope], [], [])
            for value, scope in scopes.items()
        ]
        if not cases:
            return None
        first, *others = cases
        first.elif_, first.else_ = others, [node]
        choice = nodes.With([nodes.Name(_CHOICE, "store")], [kind], [first])
        return choice.set_environment(self._environment).set_lineno(node.lineno)

    def _scopes(self, patterns: Sequence[tuple[str, str]], line: int) -> Iterator[tuple[str, nodes.Scope]]:
        """Each kind for which there is a template, with the first in the order of the patterns."""
        told: set[str] = set()
        for before, after in patterns:
            for name in sorted(self._environment.sources):
                kind = name.removeprefix(before).removesuffix(after)
                if name != f"{before}{kind}{after}" or "/" in kind or kind in told:
                    continue
                told.add(kind)
                scope = self._scope(name, line)
                if scope is not None:
                    yield kind, scope


def _pattern(name: nodes.Expr) -> tuple[str, nodes.Expr, str] | None:
    match name:
        case nodes.Concat(nodes=[nodes.Const(value=str(before)), kind, nodes.Const(value=str(after))]):
            return before, kind, after
    return None


class _Printer(NodeTransformer):
    """Prints what is known while a template is compiled."""

    def __init__(self, environment: FlatEnvironment, template: nodes.Template) -> None:
        self._environment = environment
        bound = {node.name for node in template.find_all(nodes.Name) if node.ctx != "load"}
        imported = {
            name if isinstance(name, str) else name[1]
            for node in template.find_all(nodes.FromImport)
            for name in node.names
        }
        targets = {node.target for node in template.find_all(nodes.Import)}
        macros = {node.name for node in template.find_all(nodes.Macro)}
        self._known = {
            name: value
            for name, value in environment.known.items()
            if name not in bound | imported | targets | macros
        }

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802 - Jinja's
        """What is printed: words, values, and values that have become words."""
        node.nodes = [self._printed(child) for child in node.nodes]
        return node

    def _printed(self, child: nodes.Expr) -> nodes.Expr:
        value = self._value(child)
        if not isinstance(value, Markup):
            return child
        return nodes.TemplateData(str(value), lineno=child.lineno, environment=self._environment)

    def _value(self, expression: nodes.Node) -> object:
        """What an expression is, as far as it is known; otherwise nothing."""
        match expression:
            case nodes.Name(name=name):
                return self._known.get(name)
            case nodes.Getattr(node=of, attr=name):
                return getattr(self._value(of), name, None)
            case nodes.Filter(node=nodes.Expr() as of, name="safe"):
                value = self._value(of)
                return Markup(value) if isinstance(value, str) else None  # noqa: S704 - the template says so
        return None


def _names(template: nodes.Template) -> set[str]:
    return {node.name for node in template.find_all(nodes.Name)}
