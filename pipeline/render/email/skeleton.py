"""An email's skeleton: the template's MJML with every word taken out (``lifter``), made into inlined HTML once.

As two issues that are built alike have one and the same skeleton, MJML and premailer run once for each way of
being built, not for each issue. A condition around a column or a section makes another skeleton: each is compiled
by itself. What cannot wait for its value (a width, a class, a colour) is refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from pipeline import rules
from pipeline.errors import Location
from pipeline.render.email.inline import INLINE_MARK, inline_css, inlined_once
from pipeline.render.email.lifter import TOKEN, each_its_own, token_of
from pipeline.render.email.selectors import VARYING, watched
from pipeline.render.templates import TemplateFailedError

_IN_STYLE = re.compile(r"<style\b[^>]*>[^<]*?pw7k(\d+)z|\sstyle=\"[^\"]*?pw7k(\d+)z", re.IGNORECASE)
_INLINE_STYLE = re.compile(r"(<mj-style\b[^>]*\binline=\"inline\"[^>]*>)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CLASS_IN_COMMENT = re.compile(r"\sclass=\"[^\"]*?pw7k(\d+)z")
ADDRESSES = frozenset({"href", "src"})  # what libxml2 percent-encodes when it writes HTML
_NOT_IN_ADDRESS = re.compile(r"[^\x21-\x7e]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an email's MJML is from, for messages: its template, all of their sources, and what prints a value."""

    template: str
    sources: Mapping[str, str]
    locate: Callable[[int], Location]


class Step(NamedTuple):
    """One element on the way from the root to another: its tag, and those attributes that a style may ask for."""

    tag: str
    attributes: tuple[tuple[str, str], ...]


Path = tuple[Step, ...]


class Slot(NamedTuple):
    """One place for a value: its number, the elements around it if it stands in text, whether it is a link's."""

    number: int
    frame: Path | None
    is_address: bool


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A finished document with slots: what stands before, between and after them in ``texts``.

    ``css`` are the rules that have been inlined, and ``is_exact`` says that none of them looks at a slot's value;
    ``html`` is the document before inlining, with a token for each value.
    """

    texts: tuple[str, ...]
    slots: tuple[Slot, ...]
    css: str
    is_exact: bool
    html: str

    def filled(self, values: Sequence[str], styled: Mapping[int, str]) -> str:
        """The document with its values; ``styled`` has what to take instead, by a slot's place in ``slots``."""
        pieces = [self.texts[0]]
        for k, (text, slot) in enumerate(zip(self.texts[1:], self.slots, strict=True)):
            value = styled.get(k) or values[slot.number]
            pieces += (address(value) if slot.is_address else value, text)
        return "".join(pieces)


def address(value: str) -> str:
    """An address as libxml2 writes it into HTML: blanks and what is not ASCII percent-encoded."""
    return _NOT_IN_ADDRESS.sub(_percented, value) if _NOT_IN_ADDRESS.search(value) else value


def _percented(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())


def make_skeleton(
    mjml_text: str, values: Sequence[str], origin: Origin, kept: MutableMapping[str, bytes]
) -> Skeleton:
    """Run MJML and premailer on a template's output. ``values`` are for messages only.

    ``kept`` has what premailer once made of a document.

    Raises:
        TemplateFailedError: the MJML cannot be read, or prints a value where it cannot stand.
    """
    single, originals = each_its_own(mjml_text)
    html = mjml_html(single, origin)
    for lost in sorted(originals.keys() - {int(number) for number in TOKEN.findall(html)}):
        number = originals[lost]
        raise _bad_slot(
            origin.locate(number),
            f"`{values[number][:60]}` does not come out: MJML drops the attribute or the place it is printed in",
            "a width or a colour: write {{ … | safe }}; anything else: print it in mj-text",
        )
    finished = inlined_once(html, kept)
    root = etree.fromstring(html, etree.HTMLParser())
    for found, message in (*_in_styles(finished), *_in_tags(root, html)):
        hint = "write {{ … | safe }}: an email is compiled for each value then; words belong into text"
        raise _bad_slot(origin.locate(originals[found]), message, hint)
    css = inline_css(html)
    frames, attributes = _frames(root), dict(_attribute_slots(root))
    pieces = TOKEN.split(finished)
    return Skeleton(
        texts=tuple(pieces[::2]),
        slots=tuple(
            Slot(originals[found], frames.get(found), attributes.get(found) in ADDRESSES)
            for found in map(int, pieces[1::2])
        ),
        css=css,
        is_exact=not watched(css) & set(attributes.values()),
        html=TOKEN.sub(lambda match: token_of(originals[int(match[1])]), html),
    )


def mjml_html(mjml_text: str, origin: Origin) -> str:
    """MJML as HTML, by mjml-python, with no web font and the styles for inlining marked.

    Raises:
        TemplateFailedError: it cannot be read.
    """
    import mjml

    marked = _INLINE_STYLE.sub(rf"\1{INLINE_MARK}", mjml_text)
    try:
        # Without `fonts={}` a font name that mrml knows (Lato, Roboto …) becomes a link to Google.
        return str(mjml.mjml2html(marked, fonts={}))
    except Exception as error:  # a foreign library's troubles end here
        from pipeline.render.email.lint.trouble import explain_mjml_error  # 90 ms: the whole linter

        told = explain_mjml_error(str(error), marked, origin.sources, origin.template)
        raise TemplateFailedError(told) from error


def _bad_slot(location: Location, message: str, hint: str) -> TemplateFailedError:
    return TemplateFailedError(rules.SLOT_IN_TAG.at(location, message, hint))


def _in_styles(html: str) -> Iterator[tuple[int, str]]:
    """Slots in style sheets and attributes, those for Outlook in comments too."""
    for match in _IN_STYLE.finditer(html):
        yield int(match[1] or match[2]), "a value is printed inside a style, which is made before values come in"


def _in_tags(root: "etree._Element", html: str) -> Iterator[tuple[int, str]]:
    """Slots where a tag, an attribute's name or a class would have to be known."""
    for element in root.iter(etree.Element):
        if match := TOKEN.search(str(element.tag)):
            yield int(match[1]), "a value is printed as the name of a tag, which no style would know"
        for name, value in element.items():
            if match := TOKEN.search(str(name)):
                yield int(match[1]), "a value is printed as an attribute's name"
            elif name == "class" and (match := TOKEN.search(str(value))):
                yield int(match[1]), "a value is printed in a class, whose styles are given before values come in"
    for comment in _COMMENT.findall(html):
        for match in _CLASS_IN_COMMENT.finditer(comment):
            yield int(match[1]), "a value is printed in a class, whose styles are given before values come in"


def _attribute_slots(root: "etree._Element") -> Iterator[tuple[int, str]]:
    for element in root.iter(etree.Element):
        for name, value in element.items():
            for number in TOKEN.findall(str(value)):
                yield int(number), str(name)


def _frames(root: "etree._Element") -> dict[int, Path]:
    """The way from the root to each slot that stands in text."""
    frames: dict[int, Path] = {}
    for element in root.iter(etree.Element):
        for text, parent in ((element.text, element), (element.tail, element.getparent())):
            for number in TOKEN.findall(text or ""):
                if parent is not None:
                    line = [parent, *parent.iterancestors()]
                    frames[int(number)] = tuple(step_of(ancestor) for ancestor in reversed(line))
    return frames


def step_of(element: "etree._Element") -> Step:
    """An element as a step. Of attributes that say something else on each element, only the name is kept."""
    items = element.items()
    if not items:
        return Step(str(element.tag), ())
    kept = sorted((str(name), "" if name in VARYING else str(value)) for name, value in items)
    return Step(str(element.tag), tuple(kept))
