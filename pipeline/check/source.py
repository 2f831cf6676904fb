"""What readers see of a body, looked up in its source: code and comments do not count as words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import body as tree
from pipeline.body import Body, children_of
from pipeline.check.catalogue import Catalogue
from pipeline.check.findings import Findings, body_of
from pipeline.errors import Location

_HEADER = re.compile(r"---[ \t]*\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)
_UNSEEN = re.compile(
    r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)|(?<!`)(`+)(?!`).*?(?<!`)\2(?!`)|<!--.*?-->",
    re.DOTALL | re.MULTILINE,
)
_CHANGED = str.maketrans("", "", "'\"‘’“”\\ \t\n:")  # by smart punctuation, escapes, definition lists


@dataclass(frozen=True, slots=True)
class Written:
    """Words as the author wrote them, and where."""

    text: str
    place: Location


def words_as_written(
    catalogue: Catalogue, found: Findings, pattern: re.Pattern[str], signs: tuple[str, ...]
) -> Iterator[Written]:
    """Where a pattern is found in a body's words: in its source, and in what readers see, too.

    Every match has one of the ``signs``: without any, there is nothing to look for.
    """
    source = catalogue.library.texts.get(found.path, "")
    if not any(sign in source for sign in signs) or not pattern.search(source):
        return
    header = _HEADER.match(source)
    start = header.end() if header else 0
    body = _UNSEEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), source[start:])
    seen = ""
    for match in pattern.finditer(body):
        seen = seen or "\n".join(_even(text) for text in _texts(body_of(found.owner)))
        if _even(match.group()) in seen:
            before = source[: start + match.start()]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            yield Written(match.group().rstrip(), Location(found.path, line, column))


def _even(text: str) -> str:
    return text.translate(_CHANGED)


def _texts(body: Body) -> Iterator[str]:
    """A body's words, one text for each run of inlines; emphasis as it is written, code left out."""
    stack: list[object] = [*(block for note in body.footnotes for block in note.children), *body.blocks]
    while stack:
        node = stack.pop()
        children = children_of(node)
        if any(isinstance(child, tree.Text | tree.Emphasis | tree.Link) for child in children):
            yield "".join(_pieces(children))
        if isinstance(node, tree.Link):
            yield node.target
        elif isinstance(node, tree.Image):
            yield f"{node.alt} {node.title} {node.source}"
        stack.extend(children)


def _pieces(nodes: tuple[object, ...]) -> Iterator[str]:
    for node in nodes:
        match node:
            case tree.Text():
                yield node.text
            case tree.Emphasis():
                yield from ("*", *(child.text for child in node.children if isinstance(child, tree.Text)), "*")
            case _:
                yield " "
