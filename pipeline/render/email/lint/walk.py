"""Follows a theme's templates as Jinja would print them, on every way through their conditions at once.

Includes, blocks and macros are followed where they are used, so a fragment is judged by what really stands around
it. A loop is taken once and not at all. Where a name is not known before the template runs, all templates that fit
are taken.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches

from jinja2 import nodes as jinja

from pipeline import rules
from pipeline.errors import Location
from pipeline.render.email.lint.elements import Holds
from pipeline.render.email.lint.expressions import (
    GIVEN,
    Sort,
    called,
    sort_of,
    wanted_templates,
)
from pipeline.render.email.lint.findings import Findings
from pipeline.render.email.lint.items import EndTag, Remark, Slot, Tag, Text
from pipeline.render.email.lint.names import bound, called_in, capture_of, macro_of, parameters
from pipeline.render.email.lint.nesting import Around, Branches, Loop, Node, Nodes, Single
from pipeline.render.email.lint.source import Segment
from pipeline.render.email.lint.state import FRAGMENT, Frame, State, merged, with_given
from pipeline.render.email.lint.structure import Structure
from pipeline.render.email.lint.theme import Template, Theme, too_deep

DEEPEST = 24  # templates and macros in one another
MOST_STEPS = 200_000  # of one walk: templates that include each other again and again have a way of growing

States = list[State]


class Walk:
    """One walk through a theme. What has been met is in ``visited``: templates, macros and captured blocks."""

    def __init__(self, theme: Theme, findings: Findings) -> None:
        self.visited: set[int | str] = set()
        self._theme = theme
        self._findings = findings
        self._structure = Structure(findings)
        self._names: Mapping[str, Sort] = GIVEN
        self._within: tuple[Template, ...] = ()  # whose macros can be called, the innermost last
        self._steps = 0
        self._running: frozenset[int] = frozenset()  # macros and blocks, so that none is run inside itself
        self._callers: tuple[tuple[Nodes, Mapping[str, Sort]], ...] = ()
        self._blocks: Mapping[str, tuple[Around, ...]] = {}  # the outermost override first
        self._supers: tuple[tuple[Around, ...], ...] = ()

    def document(self, template: Template) -> None:
        """A template that is an email by itself."""
        self._structure.has_root = False
        self._findings.begin()
        self._alone(template, template.nodes, State())
        self._findings.end()
        if not self._structure.has_root:
            place = Location(f"templates/{template.name}")
            self._findings.tell(
                rules.MJML_INCOMPLETE.at(place, "this email has no <mjml>", "it stands around all of it")
            )

    def fragment(self, template: Template, nodes: Nodes) -> None:
        """Something that nothing else is seen to use."""
        outside = Frame(FRAGMENT, Location(f"templates/{template.name}"), Holds.ANYTHING)
        self._alone(template, nodes, State((outside,)))

    def _alone(self, template: Template, nodes: Nodes, state: State) -> None:
        depth = len(state.stack)
        self._structure.floor, self._names, self._within = 0, GIVEN, ()
        self._callers, self._blocks, self._supers, self._running = (), {}, (), frozenset()
        try:
            is_whole = nodes is template.nodes
            run = self._template(template, [state]) if is_whole else self._inside(template, nodes, [state])
        except RecursionError:
            self._findings.tell(too_deep(f"templates/{template.name}"))
            return
        for end in run:
            self._structure.left_open(end, depth, "")

    def _template(self, template: Template, states: States) -> States:
        """A template as it is included: its parent with its blocks, or itself."""
        self.visited.add(template.name)
        if len(self._within) >= DEEPEST or template in self._within:
            return states
        parents, outright = self._templates_for(template.extends) if template.extends else ((), False)
        if not template.extends:
            return self._inside(template, template.nodes, states)
        self._missing(template.extends, parents, outright=outright)
        self._structure.has_root |= not parents or parents[0] not in self._theme.texts
        before = self._blocks
        own = {name: (*before.get(name, ()), block) for name, block in template.blocks.items()}
        self._blocks = {**before, **own}
        with self._in(template):
            ways = [self._template(parent, states) for name in parents if (parent := self._theme.template(name))]
        self._blocks = before
        return merged(state for way in ways for state in way) or states

    def _inside(self, template: Template, nodes: Nodes, states: States) -> States:
        with self._in(template):
            return self._run(nodes, states)

    @contextmanager
    def _in(self, template: Template) -> Iterator[None]:
        before, names = self._within, self._names
        self._within = (*before, template)
        yield
        self._within, self._names = before, names

    def _run(self, nodes: Nodes, states: States) -> States:
        for node in nodes:
            self._steps += len(states)
            if self._steps > MOST_STEPS:
                break
            states = self._step(node, states)
        return states

    def _step(self, node: Node, states: States) -> States:
        structure = self._structure
        match node:
            case Tag():
                return [structure.opened(node, state, self._sort) for state in states]
            case EndTag():
                return merged(structure.closed(node, state) for state in states)
            case Text():
                for state in states:
                    structure.text(node, state)
            case Remark():
                for state in states:
                    structure.remark(node, state)
            case Slot():
                return self._slot(node, states)
            case Branches():
                return self._branches(node, states)
            case Loop():
                return self._loop(node, states)
            case Around():
                return self._around(node, states)
            case Single():
                return self._single(node, states)
        return states

    def _sort(self, segment: Segment) -> Sort:
        return sort_of(self._theme.expression(segment.inside), self._names)

    def _branches(self, node: Branches, states: States) -> States:
        done: States = []
        rest = states
        for condition, body in node.cases:
            taken = [s.assuming(condition, holds=True) for s in rest if s.may(condition, holds=True)]
            rest = [s.assuming(condition, holds=False) for s in rest if s.may(condition, holds=False)]
            done += self._run(body, taken) if taken else []
        done += self._run(node.otherwise, rest) if rest else []
        return merged(done)

    def _loop(self, node: Loop, states: States) -> States:
        tree = self._theme.statement(f"{{% for {node.head} %}}{{% endfor %}}")
        before, names = self._structure.floor, self._names
        if isinstance(tree, jinja.For):
            sort = sort_of(tree.iter, names)
            self._names = {**names, **dict.fromkeys(bound(tree.target), sort)}
        done: States = []
        for state in states:
            self._structure.floor = len(state.stack)
            ends = with_given(self._run(node.body, [state]), state.given)
            done += [self._after_loop(state, end) for end in ends]
        self._structure.floor, self._names = before, names
        return merged([*done, *(self._run(node.otherwise, states) if states else [])])

    def _after_loop(self, before: State, after: State) -> State:
        """A loop must leave what it found; how many children it made cannot be told."""
        depth = len(before.stack)
        self._structure.left_open(after, depth, " inside of the loop")
        frames = zip(before.stack, after.stack, strict=False)
        stack = tuple(
            one if one.children == other.children else replace(one, children=None) for one, other in frames
        )
        return replace(before, stack=stack)

    def _around(self, node: Around, states: States) -> States:
        if node.keyword in ("macro", "set"):
            return states
        if node.keyword == "block":
            return self._block(node, states)
        if node.keyword == "call":
            call = self._theme.expression(called_in(node.head))
            return self._call(called(call), node.body, states)
        names = self._names
        if node.keyword == "with":
            tree = self._theme.statement(f"{{% with {node.head} %}}{{% endwith %}}")
            if isinstance(tree, jinja.With):
                pairs = zip(tree.targets, tree.values, strict=False)
                sorts = {name: sort_of(value, names) for target, value in pairs for name in bound(target)}
                self._names = {**names, **sorts}
        states = self._run(node.body, states)
        self._names = names
        return states

    def _block(self, node: Around, states: States) -> States:
        name = node.head.split()[0] if node.head else ""
        chain = (*self._blocks.get(name, ()), node)
        return self._overridden(chain, states)

    def _overridden(self, chain: tuple[Around, ...], states: States) -> States:
        if not chain or id(chain[0]) in self._running:
            return states
        before, running = self._supers, self._running
        self._supers, self._running = (*before, chain[1:]), running | {id(chain[0])}
        states = self._run(chain[0].body, states)
        self._supers, self._running = before, running
        return states

    def _slot(self, node: Slot, states: States) -> States:
        expression = self._theme.expression(node.segment.inside)
        call = called(expression)
        if call is not None:
            return self._call(call, None, states)
        if captured := capture_of(expression, self._within):
            return self._used(captured, states)
        sort = sort_of(expression, self._names)
        for state in states:
            self._structure.printed(node.place, node.segment.inside, sort, state)
        return states

    def _call(self, call: jinja.Call | None, body: Nodes | None, states: States) -> States:
        name = call.node.name if call is not None and isinstance(call.node, jinja.Name) else ""
        if name == "caller" and self._callers:
            before, names = self._callers, self._names
            self._callers, (caller, self._names) = before[:-1], before[-1]
            states = self._run(caller, states)
            self._callers, self._names = before, names
        elif name == "super" and self._supers:
            return self._overridden(self._supers[-1], states)
        elif found := macro_of(call, self._within, self._theme):
            callers = self._callers
            self._callers = (*callers, (body or (), self._names))
            states = self._used(found, states, call)
            self._callers = callers
        return states

    def _used(self, found: tuple[Template, Around], states: States, call: jinja.Call | None = None) -> States:
        """A macro or a captured block, where it is printed."""
        template, around = found
        self.visited |= {id(around), template.name}
        if len(self._within) >= DEEPEST or id(around) in self._running:
            return states
        names, running = self._names, self._running
        self._running = running | {id(around)}
        if call is not None:
            self._names = {**GIVEN, **parameters(around, call, names, self._theme)}
        given = [state.given for state in states]
        done = self._inside(template, around.body, states)
        self._names, self._running = names, running
        return list(with_given(done, frozenset().union(*given)))

    def _single(self, node: Single, states: States) -> States:
        if node.keyword == "set":
            tree = self._theme.statement(f"{{% set {node.head} %}}")
            if isinstance(tree, jinja.Assign):
                sort = sort_of(tree.node, self._names)
                self._names = {**self._names, **dict.fromkeys(bound(tree.target), sort)}
        elif node.keyword in ("include", "import", "from"):
            names, outright = self._templates_for(node)
            self._missing(node, names, outright=outright)
            self.visited.update(names)
            if node.keyword == "include":
                found = [template for name in names if (template := self._theme.template(name))]
                self._structure.has_root |= not found  # nobody knows what it would bring
                blocks, self._blocks = self._blocks, {}  # an included template has its own
                ways = [self._template(template, states) for template in found]
                self._blocks = blocks
                return merged(state for way in ways for state in way) or states
        return states

    def _templates_for(self, node: Single) -> tuple[tuple[str, ...], bool]:
        tree = self._theme.statement(f"{{% {node.keyword} {node.head} %}}")
        if not isinstance(tree, jinja.Include | jinja.Extends | jinja.Import | jinja.FromImport):
            return (), False
        names, outright = wanted_templates(tree.template, self._theme.texts)
        return names, outright and not getattr(tree, "ignore_missing", False)

    def _missing(self, node: Single, names: tuple[str, ...], *, outright: bool) -> None:
        if not outright or any(name in self._theme.texts for name in names):
            return
        close = get_close_matches(names[0] if names else "", sorted(self._theme.texts), n=1, cutoff=0.6)
        hint = (
            f'did you mean "{close[0]}"?'
            if close
            else "a template is named from `templates/`: email/footer.mjml.j2"
        )
        named = " or ".join(names)
        self._findings.tell(rules.TEMPLATE_ERROR.at(node.place, f"it wants {named}, which is not there", hint))
