"""The CSS of an email, where it breaks MJML or is dropped by the inliner: braces, comments, `<`, at-rules.

What a style sheet says is not judged here, only whether all of it arrives.
"""

import re
from collections.abc import Iterator

from pipeline import rules
from pipeline.errors import Diagnostic
from pipeline.render.email.lint.source import Mark, Source

_SKIPPED = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_AT = re.compile(r"@[\w-]+")


def css_findings(source: Source, start: int, end: int, *, is_inlined: bool) -> Iterator[Diagnostic]:
    """What is wrong with a stretch of a template that is CSS. Jinja in it counts as nothing."""
    css = source.masked[start:end]
    for match in re.finditer("<", css):
        place = source.at(start + match.start())
        yield rules.TEMPLATE_CSS.at(
            place, "a `<` in a style sheet, and mrml stops at it", r"write `\3c` in a text, `max-width` in a query"
        )
    plain = _SKIPPED.sub(_blank, css)
    opened = plain.find("/*")
    if opened >= 0:
        yield rules.TEMPLATE_CSS.at(
            source.at(start + opened), "a comment that is not closed", "close it with `*/`"
        )
        return
    if is_inlined:
        for match in _AT.finditer(plain):
            yield rules.TEMPLATE_CSS.at(
                source.at(start + match.start()),
                f"`{match.group()}` cannot be put into a style attribute, and is dropped or loses its place",
                "put it into the style sheet that stays in the head",
            )
    if not _has_ways(source, start, end):
        yield from _braces(source, start, plain)


def _braces(source: Source, start: int, css: str) -> Iterator[Diagnostic]:
    opened: list[int] = []
    for match in re.finditer("[{}]", css):
        if match.group() == "{":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            yield rules.TEMPLATE_CSS.at(
                source.at(start + match.start()), "a `}` that closes nothing", "take it out"
            )
    for offset in opened:
        yield rules.TEMPLATE_CSS.at(source.at(start + offset), "a `{` that is not closed", "close it with `}`")


def _has_ways(source: Source, start: int, end: int) -> bool:
    """Whether Jinja chooses between stretches, so that braces cannot be counted in a row."""
    return any(segment.keyword in ("else", "elif") for segment in source.segments_in(start, end, Mark.STATEMENT))


def _blank(match: re.Match[str]) -> str:
    """Spaces in its place, so that offsets stay."""
    return re.sub(r"[^\n]", " ", match.group())
