"""The theme's styles on a body's elements, learned from premailer and remembered.

Which style premailer gives to an element depends on the tags, classes and attributes on the way to it from the
root, as long as no rule asks for more than that (``selectors.is_learnable``). So premailer is asked once for each
way, with a specimen, and a body costs a look at its tags instead of a run of the whole inliner.
"""

import re
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby
from operator import itemgetter

from lxml import etree

from pipeline.errors import RenderError
from pipeline.render.email.inline import INLINE_MARK, inlined_once
from pipeline.render.email.nesting import stands_well
from pipeline.render.email.selectors import VARYING
from pipeline.render.email.skeleton import ADDRESSES, Path, Step, address, step_of

_TAG = re.compile(r"(<[^>]*>)")
_OPENING = re.compile(r'<([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)(/?)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_SAID = re.compile(rf'( (?:{"|".join(sorted(VARYING))})=")[^"]*')
_FIRST_GROUP = itemgetter(1)  # a third of the time that a template for `sub` takes
_ADDRESS = re.compile(rf'( (?:{"|".join(sorted(ADDRESSES))})=")([^"]*)')
_MARK = "data-partwork-specimen"
_ROOT = -1
_VOID = frozenset({"br", "hr", "img", "wbr"})


@dataclass(frozen=True, slots=True)
class _Tag:
    """An opening tag as met in one place: the element's number, and the ``style`` that goes to its end."""

    number: int
    name: str
    style: str
    is_void: bool


class Stylist:
    """Knows one style sheet, and the ways to elements met so far with their styles."""

    def __init__(self, css: str, kept: MutableMapping[str, bytes] | None = None) -> None:
        self._css = css
        self._kept: MutableMapping[str, bytes] = {} if kept is None else kept
        # A way is numbered by the way to its parent and its own step; looking one up hashes no long tuples.
        self._numbers: dict[tuple[int, Step], int] = {}
        self._parents: list[tuple[int, Step]] = []
        self._styles: list[str | None] = []
        self._stands_well: list[bool] = []
        self._is_in_link: list[bool] = []
        self._tags: dict[tuple[int, str], _Tag] = {}
        self._ends: dict[int, tuple[Path, int]] = {}

    def styled(self, pieces: Sequence[tuple[str, Path]]) -> list[str]:
        """Pieces of HTML, each with the elements it stands in, with the style of each of their own elements.

        Raises:
            RenderError: premailer could not work.
        """
        framed = [(html, self._end_of(frame)) for html, frame in pieces]
        met: set[int] = set()
        written = [self._written(html, outside, met) for html, outside in framed]
        if self._learn(met):
            written = [self._written(html, outside, met) for html, outside in framed]
        return [
            self._parsed(html, outside) if made is None else made
            for made, (html, outside) in zip(written, framed, strict=True)
        ]

    def _end_of(self, frame: Path) -> int:
        """The number of a frame's innermost element. Skeletons keep their frames, so each is looked up once."""
        known = self._ends.get(id(frame))
        if known is not None:
            return known[1]
        end = _ROOT
        for step in frame:
            end = self._number(end, step)
        self._ends[id(frame)] = (frame, end)
        return end

    def _written(self, html: str, outside: int, met: set[int]) -> str | None:
        """The HTML with styles in its tags; none when it may not be read by its tags alone. Fills ``met``."""
        pieces = _TAG.split(html)
        here = outside
        line: list[_Tag] = []
        known = self._tags
        for k in range(1, len(pieces), 2):
            text = pieces[k]
            if text[1] == "/":
                if not line or line[-1].name != text[2:-1]:
                    return None
                line.pop()
                here = line[-1].number if line else outside
                continue
            if '="' in text:
                tag = known.get((here, _SAID.sub(_FIRST_GROUP, text))) or self._tag(here, text)
                text = _percented(text)
            else:
                tag = known.get((here, text)) or self._tag(here, text)
            if tag is None:
                return None
            met.add(tag.number)
            if tag.style:
                end = -2 if text[-2] == "/" else -1
                pieces[k] = f"{text[:end]}{tag.style}{text[end:]}"
            else:
                pieces[k] = text
            if not tag.is_void:
                line.append(tag)
                here = tag.number
        return None if line else "".join(pieces)

    def _tag(self, here: int, text: str) -> _Tag | None:
        """An opening tag read, unless it is one that a parser could put somewhere else."""
        match = _OPENING.fullmatch(text)
        if match is None or here == _ROOT:
            return None
        name, attributes = match[1], _ATTRIBUTE.findall(match[2])
        kept = sorted((key, "" if key in VARYING else unescape(value)) for key, value in attributes)
        number = self._number(here, Step(name, tuple(kept)))
        is_void = name in _VOID
        if not self._stands_well[number] or (match[3] and not is_void) or any(key == "style" for key, _ in kept):
            return None
        style = self._styles[number]
        tag = _Tag(number, name, f' style="{escape(style)}"' if style else "", is_void)
        if style is not None:
            self._tags[here, _SAID.sub(_FIRST_GROUP, text)] = tag
        return tag

    def _parsed(self, html: str, outside: int) -> str:
        """The HTML as a parser reads it and writes it again, with its styles."""
        holder = etree.fromstring(f"<html><body><div>{html}</div></body></html>", etree.HTMLParser())[0][0]
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
            is_outermost = parent == _ROOT
            is_in_link = not is_outermost and self._is_in_link[parent]
            around = "" if is_outermost else self._parents[parent][1].tag
            self._parents.append(key)
            self._styles.append(None)
            self._stands_well.append(stands_well(step.tag, around, is_in_link=is_in_link))
            self._is_in_link.append(is_in_link or step.tag == "a")
        return number

    def _path(self, number: int) -> list[Step]:
        steps = []
        while number != _ROOT:
            number, step = self._parents[number]
            steps.append(step)
        return steps[::-1]

    def _learn(self, numbers: Iterable[int]) -> bool:
        """Ask premailer for the styles that are not known yet, all at once; whether there were any."""
        paths = {number: self._path(number) for number in numbers if self._styles[number] is None}
        for (html, body), group in groupby(sorted(paths.items(), key=_outermost), key=_outermost):
            specimens = "\n".join(_specimen(path[2:], number) for number, path in group)
            head = f'<head><style type="text/css">{INLINE_MARK}{self._css}</style></head>'
            document = f"{_opened(html)}{head}{_opened(body)}{specimens}</body></html>"
            for element in etree.fromstring(inlined_once(document, self._kept), etree.HTMLParser()).iter(
                etree.Element
            ):
                mark = element.get(_MARK)
                if mark is not None:
                    self._styles[int(mark)] = element.get("style", "")
        if any(self._styles[number] is None for number in paths):
            raise RenderError("premailer lost an element while the theme's styles were learned")
        return bool(paths)


def _percented(text: str) -> str:
    """A tag with its addresses as libxml2 writes them."""
    if text.isascii() and text.count(" ") == text.count('="'):
        return text  # no blank in any value, so nothing to do
    return _ADDRESS.sub(lambda match: match[1] + address(match[2]), text)


def _outermost(item: tuple[int, list[Step]]) -> list[Step]:
    """The steps ``html`` and ``body``: elements that have them in common can be learned in one document."""
    return item[1][:2]


def _specimen(path: list[Step], number: int) -> str:
    """The elements of a path, one in another; the innermost carries its number."""
    opened = "".join(_opened(step) for step in path[:-1]) + _opened(path[-1], f' {_MARK}="{number}"')
    return opened + "".join(f"</{step.tag}>" for step in reversed(path) if step.tag not in _VOID)


def _opened(step: Step, more: str = "") -> str:
    return f"<{step.tag}" + "".join(f' {name}="{escape(value)}"' for name, value in step.attributes) + f"{more}>"
