"""What a template prints with ``{{ … }}``: the theme's own markup, somebody's words, or finished HTML.

The theme's own (``look``, whatever is marked ``| safe``) is there when MJML runs. Anything else comes in
afterwards, so no tag can read it: not as a width, not as a class.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from jinja2 import nodes


class Sort(StrEnum):
    """What kind of thing is printed."""

    MARKUP = "markup"
    WORDS = "words"
    BODY = "body"  # HTML of a section
    UNKNOWN = "unknown"


# The names that every email template has; others (a loop's, a macro's) are worked out from these.
GIVEN: Mapping[str, Sort] = {
    **dict.fromkeys(("look", "styles", "screens", "unsubscribe_url", "recipient"), Sort.MARKUP),
    **dict.fromkeys(("publication", "part", "subject", "preheader", "browser_url", "loop"), Sort.WORDS),
}
_MARKING = frozenset({"safe", "e", "escape", "forceescape", "xmlattr", "tojson"})


def sort_of(expression: nodes.Node | None, names: Mapping[str, Sort]) -> Sort:
    """What an expression prints, as far as can be told without running it."""
    match expression:
        case nodes.Name():
            return names.get(expression.name, Sort.UNKNOWN)
        case nodes.TemplateData():
            return Sort.MARKUP
        case nodes.Const() | nodes.Compare() | nodes.Not() | nodes.Test():
            return Sort.WORDS
        case nodes.Getattr() | nodes.Getitem():
            inner = sort_of(expression.node, names)
            is_html = isinstance(expression, nodes.Getattr) and expression.attr == "html"
            return Sort.BODY if is_html and inner is Sort.WORDS else inner
        case nodes.Filter():
            if expression.name in _MARKING:
                return Sort.MARKUP
            inner = sort_of(expression.node, names)
            return Sort.UNKNOWN if inner is Sort.MARKUP else inner
        case nodes.Concat():
            return _joined([sort_of(node, names) for node in expression.nodes])
        case nodes.And() | nodes.Or():
            return _one_of([sort_of(expression.left, names), sort_of(expression.right, names)])
        case nodes.BinExpr():
            return _joined([sort_of(expression.left, names), sort_of(expression.right, names)])
        case nodes.UnaryExpr():
            return sort_of(expression.node, names)
        case nodes.CondExpr():
            return _one_of([sort_of(way, names) for way in (expression.expr1, expression.expr2) if way])
    return Sort.UNKNOWN


def _one_of(ways: list[Sort]) -> Sort:
    """One way or another: the worst of them may be printed."""
    return next((sort for sort in (Sort.BODY, Sort.WORDS, Sort.UNKNOWN) if sort in ways), Sort.MARKUP)


def _joined(sorts: list[Sort]) -> Sort:
    """Markup joined with anything is markup: the rest is escaped into it."""
    for sort in (Sort.MARKUP, Sort.UNKNOWN, Sort.BODY):
        if sort in sorts:
            return sort
    return Sort.WORDS


def wanted_templates(expression: nodes.Node | None, known: Mapping[str, object]) -> tuple[tuple[str, ...], bool]:
    """The templates that an expression can name, and whether it names them outright (they need not be there)."""
    if isinstance(expression, nodes.List | nodes.Tuple):
        found = [wanted_templates(item, known) for item in expression.items]
        names = tuple(name for those, _outright in found for name in those)
        return names, all(outright for _those, outright in found)
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        return (expression.value,), True
    if isinstance(expression, nodes.CondExpr) and expression.expr2 is not None:
        one, other = wanted_templates(expression.expr1, known), wanted_templates(expression.expr2, known)
        return (*one[0], *other[0]), one[1] and other[1]
    pieces = list(_pieces(expression))
    if not any(pieces):
        return (), False
    pattern = re.compile("".join(re.escape(piece) if piece else "[^/]*" for piece in pieces) + r"\Z")
    return tuple(sorted(name for name in known if pattern.match(name))), False


def _pieces(expression: nodes.Node | None) -> Iterator[str]:
    """The text of a name put together with ``~`` or ``+``, empty where it is not known."""
    match expression:
        case nodes.Concat():
            for node in expression.nodes:
                yield from _pieces(node)
        case nodes.Add():
            yield from _pieces(expression.left)
            yield from _pieces(expression.right)
        case nodes.Const(value=str(value)):
            yield value
        case nodes.Const(value=value):
            yield str(value)
        case _:
            yield ""


def called(expression: nodes.Node | None) -> nodes.Call | None:
    """The call whose outcome is printed, filters aside."""
    while isinstance(expression, nodes.Filter):
        expression = expression.node
    return expression if isinstance(expression, nodes.Call) else None
