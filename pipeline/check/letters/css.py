"""Style sheets and ``style`` attributes, read as far as a letter's checks need it: rules, their media, values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_DECLARATION = re.compile(r"((?:[^;\"'(]|\"[^\"]*\"|'[^']*'|\([^()]*(?:\([^()]*\)[^()]*)*\))+)")
_IMPORTANT = re.compile(r"\s*!\s*important\s*\Z", re.IGNORECASE)
_AT_NAME = re.compile(r"@(?:-[a-z]+-)?([a-z-]+)", re.IGNORECASE)
_NESTING = frozenset({"media", "supports", "layer", "container"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """One ``name: value``; the name in lower case."""

    name: str
    value: str
    is_important: bool


@dataclass(frozen=True, slots=True)
class StyleRule:
    """``selectors { … }``, with the at-rules around it (``@media …``), outermost first.

    An at-rule with no rules inside, such as ``@font-face``, is one without selectors.
    """

    selectors: str
    declarations: tuple[Declaration, ...]
    around: tuple[str, ...]


@cache
def declarations(text: str) -> tuple[Declaration, ...]:
    """The declarations of a ``style`` attribute or a rule, in order."""
    found = []
    for piece in _DECLARATION.findall(text):
        name, colon, value = piece.partition(":")
        if colon and name.strip():
            bare = _IMPORTANT.sub("", value)
            found.append(Declaration(name.strip().lower(), bare.strip(), is_important=bare != value))
    return tuple(found)


@cache
def sheet(css: str, media: str = "") -> tuple[StyleRule, ...]:
    """The rules of a style sheet; ``media`` is what its ``style`` element says of it."""
    return tuple(_rules(_COMMENT.sub("", css), (f"@media {media}",) if media else ()))


def _rules(css: str, around: tuple[str, ...]) -> Iterator[StyleRule]:
    start = 0
    while (opened := css.find("{", start)) >= 0:
        # Whatever stands before the last `;` is an at-rule without braces: @import, @charset.
        *lone, head = css[start:opened].split(";")
        yield from (StyleRule("", (), (*around, rule.strip())) for rule in lone if rule.strip().startswith("@"))
        end = _end(css, opened)
        inside, head = css[opened + 1 : end], " ".join(head.split())
        if not head.startswith("@"):
            yield StyleRule(head, declarations(inside), around)
        elif at_name(head) in _NESTING:
            yield from _rules(inside, (*around, head))
        else:
            yield StyleRule("", (), (*around, head))
        start = end + 1
    for rule in css[start:].split(";"):
        if rule.strip().startswith("@"):
            yield StyleRule("", (), (*around, rule.strip()))


def _end(css: str, opened: int) -> int:
    depth = 0
    for match in re.finditer(r"[{}]", css[opened:]):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return opened + match.start()
    return len(css)


def at_name(rule: str) -> str:
    """The name of an at-rule: ``media`` for ``@media screen``; nothing when it is none."""
    match = _AT_NAME.match(rule)
    return match[1].lower() if match else ""
