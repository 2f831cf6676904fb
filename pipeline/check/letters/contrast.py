"""Whether a letter's words can be read, by day and in the dark: colours as the cascade gives them.

Inline styles, the sheets in the head and, for the dark, what stands in ``@media (prefers-color-scheme: dark)``.
Pictures behind words are not looked at.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from lxml import etree

from pipeline.check.letters.colours import Colour, background_of, colour_of
from pipeline.check.letters.css import Declaration, StyleRule, declarations
from pipeline.check.letters.faults import Fault, quoted
from pipeline.check.letters.letter import Letter
from pipeline.check.letters.rules import LOW_CONTRAST
from pipeline.render.colour import READABLE, contrast

_WATCHED = frozenset({"color", "background", "background-color", "display"})


class Scheme(StrEnum):
    """How the reader's inbox is set."""

    LIGHT = "light"
    DARK = "dark"


# What stands there before any style: text, links and paper (Chromium's, which Apple Mail's are near to).
_GIVEN = {
    Scheme.LIGHT: ("#000000", "#0000ee", "#ffffff"),
    Scheme.DARK: ("#ffffff", "#9e9eff", "#121212"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Words of one colour on another, how far the two are apart (1 to 21), and the first such words."""

    scheme: Scheme
    ink: str
    paper: str
    ratio: float
    words: str


def pairs(letter: Letter, scheme: Scheme) -> list[Pair]:
    """Every pair of colours that words are shown in, the hardest to read first."""
    is_made_for_both = any(
        "dark" in str(meta.get("content", ""))
        for meta in letter.root.iter("meta")
        if str(meta.get("name", "")).lower() == "color-scheme"
    )
    text, link, paper = map(colour_of, _GIVEN[scheme if is_made_for_both else Scheme.LIGHT])
    body = letter.root.find("body")
    if body is None or text is None or link is None or paper is None:
        return []
    found: dict[tuple[str, str], str] = {}
    for ink, ground, words in _painted(body, _by_rule(letter, scheme), (text, paper), link):
        found.setdefault((str(ink.on(ground)), str(ground)), words)
    made = [Pair(scheme, *both, contrast(*both), words) for both, words in found.items()]
    return sorted(made, key=lambda pair: (pair.ratio, pair.ink, pair.paper))


_Styles = dict["etree._Element", list[tuple[tuple[int, ...], Declaration]]]  # noqa: SLF001


def _painted(
    element: "etree._Element", styles: _Styles, around: tuple[Colour, Colour], link: Colour
) -> Iterator[tuple[Colour, Colour, str]]:
    """The words in an element and below, each with its colour and what is behind it."""
    values = _values(element, styles)
    if values.get("display") == "none" or element.tag in ("style", "script"):
        return
    ink, ground = around
    if element.tag == "a" and element.get("href") is not None:
        ink = link
    ink = colour_of(values.get("color", "")) or ink
    painted = background_of(values.get("background-color", ""))
    ground = painted.on(ground) if painted else ground
    words = [element.text, str(element.get("alt", "")) if element.tag == "img" else ""]
    words += [child.tail for child in element]
    shown = " ".join(" ".join(filter(None, words)).split())
    if shown:
        yield ink, ground, shown
    for child in element.iterchildren(etree.Element):
        yield from _painted(child, styles, (ink, ground), link)


def _values(element: "etree._Element", styles: _Styles) -> dict[str, str]:
    """What the cascade gives an element: sheets, then its own style, then what is important."""
    weighed = list(styles.get(element, ()))
    own = declarations(str(element.get("style", "")))
    weighed += [((2 * each.is_important + 1, 0, 0, 0, number), each) for number, each in enumerate(own)]
    values = {"background-color": str(element.get("bgcolor", ""))}
    for _, each in sorted(weighed, key=lambda pair: pair[0]):
        if each.name in _WATCHED:
            values["background-color" if each.name == "background" else each.name] = each.value.lower()
    return values


def _by_rule(letter: Letter, scheme: Scheme) -> _Styles:
    """What the sheets in the head say of each element, weighed: important, specificity, order."""
    styles: _Styles = defaultdict(list)
    for order, rule in enumerate(letter.rules):
        watched = [each for each in rule.declarations if each.name in _WATCHED]
        if not watched or not _holds(rule, scheme):
            continue
        for find, specificity in _finders(rule.selectors):
            for element in _elements(find(letter.root)):
                styles[element] += [((2 * each.is_important, *specificity, order), each) for each in watched]
    return styles


def _holds(rule: StyleRule, scheme: Scheme) -> bool:
    """Whether a rule counts on a wide screen in this scheme."""
    for around in rule.around:
        asked = around.lower().replace(" ", "")
        if "prefers-color-scheme:" in asked:
            if f"prefers-color-scheme:{scheme}" not in asked:
                return False
        elif "width" in asked or "print" in asked:
            return False
    return True


def _elements(found: object) -> list["etree._Element"]:
    return [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []  # noqa: SLF001


@cache
def _finders(selectors: str) -> tuple[tuple["etree.XPath", tuple[int, int, int]], ...]:
    """Each selector of a rule as XPath, with its specificity; none for what depends on the reader (``:hover``)."""
    from cssselect import HTMLTranslator, SelectorError, parse

    try:
        parsed = parse(selectors)
        translator = HTMLTranslator()
        return tuple(
            (etree.XPath(translator.selector_to_xpath(each)), each.specificity())
            for each in parsed
            if each.pseudo_element is None
        )
    except (SelectorError, etree.XPathError):
        return ()


def contrast_faults(found: list[Pair]) -> Iterator[Fault]:
    """The pairs that are too near to each other."""
    for pair in found:
        if pair.ratio < READABLE:
            where = "by day" if pair.scheme is Scheme.LIGHT else "in the dark"
            message = f"{quoted(pair.words)} is {pair.ink} on {pair.paper} {where}: {pair.ratio:.1f} to 1"
            yield Fault(LOW_CONTRAST, message, f"take colours that are {READABLE} to 1 apart, or more")
