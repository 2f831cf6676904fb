"""The signs of a letter: each name of CSS and HTML that it uses, in a form that tables can be asked by.

``prop:border-radius``, ``value:display:flex``, ``function:calc``, ``unit:vw``, ``at:font-face``, ``media:hover``,
``pseudo:first-child``, ``tag:svg``, ``attr:srcset``, ``link:anchor``, ``image:webp``.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from pipeline import urls
from pipeline.check.letters.css import Declaration, StyleRule, at_name, declarations

_STRING = re.compile(r"\"[^\"]*\"|'[^']*'|url\([^()]*\)", re.IGNORECASE)
_FUNCTION = re.compile(r"([a-z][a-z-]*)\(", re.IGNORECASE)
_UNIT = re.compile(r"(?<![\w#-])[\d.]+([a-z]+)\b", re.IGNORECASE)
_PSEUDO = re.compile(r"(?<!\\)(::?)([a-z-]+)", re.IGNORECASE)
_FEATURE = re.compile(r"\(\s*([a-z-]+)", re.IGNORECASE)
_OLD_ELEMENTS = frozenset({"before", "after", "first-letter", "first-line"})


def signs_of(root: "etree._Element", rules: tuple[StyleRule, ...]) -> frozenset[str]:
    """Everything that a document uses; Outlook's conditional comments aside."""
    found: set[str] = set()
    for rule in rules:
        found.update(_of_rule(rule))
    for element in root.iter(etree.Element):
        found.update(_of_element(element))
    return frozenset(found)


def _of_rule(rule: StyleRule) -> Iterator[str]:
    for around in rule.around:
        name = at_name(around)
        yield f"at:{name}"
        if name == "media":
            yield from (f"media:{feature.lower()}" for feature in _FEATURE.findall(around))
    for colons, name in _PSEUDO.findall(_STRING.sub("", rule.selectors)):
        kind = "element" if colons == "::" or name in _OLD_ELEMENTS else "pseudo"
        yield f"{kind}:{name.lower()}"
    for each in rule.declarations:
        yield from _of_declaration(each)


def _of_declaration(each: Declaration) -> Iterator[str]:
    value = _STRING.sub("", each.value.lower())
    yield "prop:--" if each.name.startswith("--") else f"prop:{each.name}"
    yield f"value:{each.name}:{value}"
    yield from (f"function:{name}" for name in _FUNCTION.findall(value))
    yield from (f"unit:{unit}" for unit in _UNIT.findall(value))


def _of_element(element: "etree._Element") -> Iterator[str]:
    yield f"tag:{element.tag!s}"
    attributes = {str(name): str(value) for name, value in element.items()}
    yield from (f"attr:{name}" for name in attributes)
    for each in declarations(attributes.get("style", "")):
        yield from _of_declaration(each)
    if attributes.get("href", "").startswith("#"):
        yield "link:anchor"
    if element.tag == "meta":
        yield f"meta:{attributes.get('name', '').lower()}"
    if element.tag == "img":
        source = attributes.get("src", "")
        ending = urlsplit(source).path.rpartition(".")[2].lower()
        yield f"image:{'data' if urls.scheme_of(source) == 'data' else ending}"
