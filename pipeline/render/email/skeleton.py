"""An email's skeleton: the template's MJML with every word taken out, made into inlined HTML once.

While Jinja runs, each thing it prints gives way to a token of letters and digits, so what reaches MJML is the
theme's own markup and nothing of an author's: no title can break it, no body passes through it (mrml raises on
HTML that is not XML-clean, and backslashes quotes in attributes). And as two issues that are built alike have
one and the same skeleton, MJML and premailer run once for each way of being built, not for each issue.

A value that a tag itself must read (a colour, a width) stays: pass it as ``Markup``, or write ``{{ … | safe }}``.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from jinja2 import pass_context
from jinja2.runtime import Context
from lxml import etree
from markupsafe import Markup, escape

from pipeline import rules
from pipeline.errors import Location
from pipeline.render.email.inline import INLINE_MARK, inline_css, inlined
from pipeline.render.templates import TemplateFailedError

_TOKEN = re.compile(r"pw7k(\d+)z")
_IN_STYLE = re.compile(r"<style\b[^>]*>[^<]*?pw7k\d+z|\sstyle=\"[^\"]*?pw7k\d+z", re.IGNORECASE)
_INLINE_STYLE = re.compile(r"(<mj-style\b[^>]*\binline=\"inline\"[^>]*>)")
VARYING = frozenset("href src alt title id width height name datetime aria-label".split())  # noqa: SIM905
_OFFSETS = re.compile(r"at position (\d+):(\d+)")


class Lifter:
    """Takes the words out of one rendering after the other. ``lift`` is Jinja's ``finalize``."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self.bodies: set[int] = set()

    def begin(self) -> None:
        """Start a new rendering."""
        self.values = []
        self.bodies = set()

    def body(self, html: str) -> Markup:
        """A token for finished HTML, whose elements want the theme's styles."""
        self.bodies.add(len(self.values))
        return self._token(html)

    @pass_context  # so that Jinja does not fold constants through here when it compiles a template
    def lift(self, _context: Context, value: object) -> Markup:
        """A token for what a template prints; the theme's own markup passes as it is."""
        return value if isinstance(value, Markup) else self._token(str(escape(value)))

    def _token(self, html: str) -> Markup:
        self.values.append(html)
        return Markup(f"pw7k{len(self.values) - 1}z")  # noqa: S704


class Step(NamedTuple):
    """One element on the way from the root to another: its tag, and those attributes that a style may ask for."""

    tag: str
    attributes: tuple[tuple[str, str], ...]


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A finished document with slots: ``pieces`` are HTML and token numbers in turn.

    ``frames`` says for each slot in text what elements it stands in, from the root inwards; ``css`` are the
    rules that have been inlined; ``html`` is the document before inlining.
    """

    pieces: tuple[str, ...]
    frames: dict[int, Path]
    css: str
    html: str

    def filled(self, values: list[str]) -> str:
        """The document with its values in place."""
        pieces = list(self.pieces)
        pieces[1::2] = [values[int(number)] for number in pieces[1::2]]
        return "".join(pieces)


def fill_tokens(text: str, values: list[str]) -> str:
    """A text with the values put back."""
    return _TOKEN.sub(lambda match: values[int(match[1])], text)


def make_skeleton(mjml_text: str, template: str, values: list[str]) -> Skeleton:
    """Run MJML and premailer on a template's output. ``values`` are for messages only.

    Raises:
        TemplateFailedError: the MJML cannot be read, or prints a value where it cannot stand.
    """
    html = mjml_html(mjml_text, template)
    finished = inlined(html)
    if _IN_STYLE.search(finished):
        raise _fault(template, "a value is printed inside a style", "a colour or a size: write {{ … | safe }}")
    lost = sorted({*_TOKEN.findall(mjml_text)} - {*_TOKEN.findall(finished)}, key=int)
    if lost:
        value = values[int(lost[0])][:60]
        raise _fault(
            template,
            f"`{value}` does not come out: MJML drops the attribute or the place that it is printed in",
            "a width or a colour: write {{ … | safe }}; anything else: print it in mj-text",
        )
    return Skeleton(tuple(_TOKEN.split(finished)), _frames(html), inline_css(html), html)


def mjml_html(mjml_text: str, template: str) -> str:
    """MJML as HTML, by mjml-python, with no web font and the styles for inlining marked.

    Raises:
        TemplateFailedError: it cannot be read; with the line of the template's output that mrml names.
    """
    import mjml

    marked = _INLINE_STYLE.sub(rf"\1{INLINE_MARK}", mjml_text)
    try:
        # Without `fonts={}` a font name that mrml knows (Lato, Roboto …) becomes a link to Google.
        return str(mjml.mjml2html(marked, fonts={}))
    except Exception as error:  # a foreign library's troubles end here
        raise _fault(template, _mrml_message(str(error), marked), _HINT) from error


_HINT = "every tag is closed, every attribute quoted, `<` and `&` are escaped"


def _mrml_message(message: str, mjml_text: str) -> str:
    """Mrml's message with the line that it means: mrml counts bytes of what the template printed."""
    match = _OFFSETS.search(message)
    if not match:
        return message
    before = mjml_text.encode()[: int(match[1])].decode(errors="replace")
    number = before.count("\n")
    line = mjml_text.split("\n")[number].strip()
    return f"{message}: line {number + 1} of what the template printed, `{line[:80]}`"


def _fault(template: str, message: str, hint: str) -> TemplateFailedError:
    return TemplateFailedError(rules.MJML_ERROR.at(Location(f"templates/{template}"), message, hint))


def _frames(html: str) -> dict[int, Path]:
    """The way from the root to each slot that stands in text."""
    frames: dict[int, Path] = {}
    root = etree.fromstring(html, etree.HTMLParser())
    for element in root.iter(etree.Element):
        for text, parent in ((element.text, element), (element.tail, element.getparent())):
            for number in _TOKEN.findall(text or ""):
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
