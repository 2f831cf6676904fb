"""The theme's styles on a body's elements, learned from premailer and remembered.

Which style premailer gives to an element depends on the tags, classes and attributes on the way to it from the
root, as long as no rule asks for more than that. So premailer is asked once for each way, with a specimen, and a
body costs a parse and a look-up for each element instead of a run of the whole inliner. Rules that do ask for
more (siblings, positions, what a link's address says) are seen beforehand: ``is_learnable``.
"""

import re
from collections.abc import Iterable
from html import escape
from itertools import groupby

from lxml import etree

from pipeline.errors import RenderError
from pipeline.render.email.inline import INLINE_MARK, inlined
from pipeline.render.email.skeleton import VARYING, Path, Step, step_of

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTORS = re.compile(r"([^{}]+)\{")
_BEYOND = re.compile(rf"[+~#]|:(first|last|nth|only|empty|not|has)|\[\s*({'|'.join(sorted(VARYING))})\b")
_MARK = "data-partwork-specimen"
_ROOT = -1
_VOID = frozenset({"br", "hr", "img", "wbr"})


def is_learnable(css: str) -> bool:
    """Whether every rule of a style sheet asks only for tags, classes and attributes on the way to an element."""
    return not any(_BEYOND.search(match[1]) for match in _SELECTORS.finditer(_COMMENT.sub("", css)))


class Stylist:
    """Knows one style sheet, and the ways to elements met so far with their styles."""

    def __init__(self, css: str) -> None:
        self._css = css
        # A way is numbered by the way to its parent and its own step; looking one up hashes no long tuples.
        self._numbers: dict[tuple[int, Step], int] = {}
        self._parents: list[tuple[int, Step]] = []
        self._styles: list[str | None] = []

    def styled(self, html: str, frame: Path) -> str:
        """A piece of HTML that stands inside ``frame``, with the style of each of its elements.

        Raises:
            RenderError: premailer could not work.
        """
        holder = etree.fromstring(f"<html><body><div>{html}</div></body></html>", etree.HTMLParser())[0][0]
        outside = _ROOT
        for step in frame:
            outside = self._number(outside, step)
        numbers = {holder: outside}
        for element in holder.iterdescendants(etree.Element):
            parent = element.getparent()
            if parent is not None:
                numbers[element] = self._number(numbers[parent], step_of(element))
        del numbers[holder]
        self._learn(numbers.values())
        for element, number in numbers.items():
            style = self._styles[number]
            if style:
                element.set("style", style)
        inside: str = etree.tostring(holder, encoding="unicode", method="html", with_tail=False)
        return inside.removeprefix("<div>").removesuffix("</div>")

    def _number(self, parent: int, step: Step) -> int:
        key = (parent, step)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._parents)
            self._parents.append(key)
            self._styles.append(None)
        return number

    def _path(self, number: int) -> list[Step]:
        steps = []
        while number != _ROOT:
            number, step = self._parents[number]
            steps.append(step)
        return steps[::-1]

    def _learn(self, numbers: Iterable[int]) -> None:
        """Ask premailer for the styles that are not known yet, all at once."""
        paths = {number: self._path(number) for number in numbers if self._styles[number] is None}
        for (html, body), group in groupby(sorted(paths.items(), key=_outermost), key=_outermost):
            specimens = "\n".join(_specimen(path[2:], number) for number, path in group)
            head = f'<head><style type="text/css">{INLINE_MARK}{self._css}</style></head>'
            document = f"{_opened(html)}{head}{_opened(body)}{specimens}</body></html>"
            for element in etree.fromstring(inlined(document), etree.HTMLParser()).iter(etree.Element):
                mark = element.get(_MARK)
                if mark is not None:
                    self._styles[int(mark)] = element.get("style", "")
        if any(self._styles[number] is None for number in paths):
            raise RenderError("premailer lost an element while the theme's styles were learned")


def _outermost(item: tuple[int, list[Step]]) -> list[Step]:
    """The steps ``html`` and ``body``: elements that have them in common can be learned in one document."""
    return item[1][:2]


def _specimen(path: list[Step], number: int) -> str:
    """The elements of a path, one in another; the innermost carries its number."""
    opened = "".join(_opened(step) for step in path[:-1]) + _opened(path[-1], f' {_MARK}="{number}"')
    return opened + "".join(f"</{step.tag}>" for step in reversed(path) if step.tag not in _VOID)


def _opened(step: Step, more: str = "") -> str:
    return f"<{step.tag}" + "".join(f' {name}="{escape(value)}"' for name, value in step.attributes) + f"{more}>"
