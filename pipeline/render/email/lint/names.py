"""What names mean in a template: macros of its own and of others, captured markup, and what is bound."""

from collections.abc import Iterable, Mapping

from jinja2 import nodes as jinja

from pipeline.render.email.lint.expressions import Sort, sort_of, wanted_templates
from pipeline.render.email.lint.nesting import Around
from pipeline.render.email.lint.theme import Template, Theme

Found = tuple[Template, Around]


def bound(target: jinja.Node) -> list[str]:
    """The names that a target binds."""
    return [name.name for name in ([target] if isinstance(target, jinja.Name) else target.find_all(jinja.Name))]


def macro_of(call: jinja.Call | None, within: Iterable[Template], theme: Theme) -> Found | None:
    """The macro that is called, sought from the innermost template outwards."""
    templates = list(within)[::-1]
    match call.node if call is not None else None:
        case jinja.Name(name=name):
            own = next(((each, each.macros[name]) for each in templates if name in each.macros), None)
            return own or _imported(templates, theme, name)
        case jinja.Getattr(node=jinja.Name(name=module), attr=name):
            return _imported(templates, theme, name, module)
    return None


def capture_of(expression: jinja.Node | None, within: Iterable[Template]) -> Found | None:
    """The markup that ``{% set name %}`` has kept under a name."""
    if not isinstance(expression, jinja.Name):
        return None
    name = expression.name
    return next(((each, each.captures[name]) for each in list(within)[::-1] if name in each.captures), None)


def parameters(macro: Around, call: jinja.Call, names: Mapping[str, Sort], theme: Theme) -> dict[str, Sort]:
    """What a macro's parameters are in one call of it."""
    tree = theme.statement(f"{{% macro {macro.head} %}}{{% endmacro %}}")
    if not isinstance(tree, jinja.Macro):
        return {}
    order = [argument.name for argument in tree.args]
    sorts = dict.fromkeys(order, Sort.UNKNOWN)
    defaults = order[len(order) - len(tree.defaults) :]
    sorts |= {name: sort_of(value, names) for name, value in zip(defaults, tree.defaults, strict=True)}
    sorts |= {name: sort_of(value, names) for name, value in zip(order, call.args, strict=False)}
    return sorts | {pair.key: sort_of(pair.value, names) for pair in call.kwargs}


def called_in(head: str) -> str:
    """The call of ``{% call(item) rows(…) %}``, without the parameters of the body."""
    return head.partition(")")[2].strip() if head.startswith("(") else head


def _imported(templates: list[Template], theme: Theme, name: str, module: str = "") -> Found | None:
    for template in templates:
        for node in template.imports:
            tree = theme.statement(f"{{% {node.keyword} {node.head} %}}")
            wanted = _original(tree, name, module)
            if not wanted or not isinstance(tree, jinja.Import | jinja.FromImport):
                continue
            for each in wanted_templates(tree.template, theme.texts)[0]:
                other = theme.template(each)
                if other and wanted in other.macros:
                    return other, other.macros[wanted]
    return None


def _original(tree: jinja.Node | None, name: str, module: str) -> str:
    """What a name is called where it comes from, if this statement brings it."""
    if isinstance(tree, jinja.Import):
        return name if module and tree.target == module else ""
    if isinstance(tree, jinja.FromImport) and not module:
        for brought in tree.names:
            original, alias = (brought, brought) if isinstance(brought, str) else brought
            if alias == name:
                return original
    return ""
