"""One tag by itself: does MJML have it, does it hear these attributes, can they say this.

Nothing here depends on where a tag stands, except that inside ``mj-attributes`` a tag only sets what others start
from.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

from pipeline import rules
from pipeline.errors import Diagnostic
from pipeline.render.email.lint.elements import DOUBTS, ELEMENTS, EVERYWHERE, MISSING_FROM_MRML, OF_ALL, Element
from pipeline.render.email.lint.expressions import Sort
from pipeline.render.email.lint.html import HTML, NEEDS
from pipeline.render.email.lint.items import Attribute, Tag, shortened, slotless
from pipeline.render.email.lint.source import Mark, Segment
from pipeline.render.email.lint.values import Address, Kind

SortOf = Callable[[Segment], Sort]

_ADDRESS = Address(stands=True)
_ALTERNATIVES = re.compile(f"{Mark.STATEMENT}{Mark.FILLING}*")
WITHOUT = {
    "alt": 'say what the picture shows, or `alt=""` if it only adorns',
    "href": "without it nothing happens when it is pressed",
    "name": "name a network, or give a `src`",
    "src": "without it there is no picture",
}
_CURES = {
    "class": "MJML's word is `css-class`",
    "style": "MJML takes no `style`: use its attributes, or `css-class` and a rule in mj-style",
    "id": "give it a `css-class` instead",
    "bgcolor": "MJML's word is `background-color`",
    "valign": "MJML's word is `vertical-align`",
    "background": "MJML's word is `background-url` or `background-color`",
    "margin": "MJML has no margins: use `padding`",
    "colour": "MJML's word is `color`",
}


def known_name(name: str) -> bool:
    """Whether MJML or HTML has an element of this name; what a prefix marks (``v:rect``) is Outlook's."""
    return name in ELEMENTS or name in HTML or ":" in name


def is_of_mjml(name: str) -> bool:
    """Whether a name is meant as MJML's: it is one, or looks like one."""
    if name in ELEMENTS or name in MISSING_FROM_MRML or name.lower().startswith("mj"):
        return True
    return name.lower() not in HTML and ":" not in name and _near(f"mj-{name}", ELEMENTS, 0.85) != ""


def unknown_findings(tag: Tag, sort_of: SortOf) -> Iterator[Diagnostic]:
    """What to say of a name that MJML does not have, or that is not known before the template runs."""
    yield from _slots_between(tag, sort_of)
    if tag.name:
        yield _unknown_element(tag)


def _unknown_element(tag: Tag) -> Diagnostic:
    if tag.name in MISSING_FROM_MRML:
        return rules.MJML_NOT_HEARD.at(
            tag.place, f"<{tag.name}> is MJML, but mrml does not read it", MISSING_FROM_MRML[tag.name]
        )
    lower = tag.name.lower()
    near = lower if lower in ELEMENTS else _near(lower, ELEMENTS, 0.7)
    near = near or _near("mj-" + lower.removeprefix("mj").lstrip("-_"), ELEMENTS, 0.7)
    hint = f"did you mean <{near}>?" if near else "MJML's elements are listed at documentation.mjml.io"
    return rules.MJML_UNKNOWN_ELEMENT.at(tag.place, f"MJML has no <{tag.name}>", hint)


def html_findings(tag: Tag, sort_of: SortOf) -> Iterator[Diagnostic]:
    """What is wrong with a tag of HTML."""
    if not known_name(tag.name.lower()) and tag.name:
        near = _near(tag.name.lower(), HTML, 0.6)
        hint = f"did you mean <{near}>?" if near else "mail programs pass over what they do not know"
        yield rules.MJML_DOUBTFUL.at(tag.place, f"HTML has no <{tag.name}>", hint)
    yield from _twice(tag)
    yield from _slots_between(tag, sort_of)
    yield from _html_needs(tag)
    for attribute in tag.attributes:
        yield from _quoting(attribute)
        is_read = attribute.name in ("style", "class")
        yield from _slots(attribute, tag, sort_of, stands=not is_read)
        if attribute.name in ("href", "src") and attribute.value is not None and tag.name.lower() != "link":
            yield from _complaints(attribute, _ADDRESS, tag)


def _html_needs(tag: Tag) -> Iterator[Diagnostic]:
    said = {attribute.name for attribute in tag.attributes}
    if tag.prints or (tag.name == "a" and said & {"name", "id"}):
        return
    for name in NEEDS.get(tag.name, ()):
        if name not in said:
            near = _near(name, said, 0.6)
            hint = f"did you mean `{name}` by `{near}`?" if near else WITHOUT[name]
            yield rules.MJML_INCOMPLETE.at(tag.place, f"<{tag.name}> has no `{name}`", hint)


def mjml_findings(tag: Tag, element: Element, sort_of: SortOf) -> Iterator[Diagnostic]:
    """What is wrong with the attributes of a tag of MJML."""
    known = {**element.attributes, **(EVERYWHERE if element.in_body else {})}
    if tag.name in DOUBTS:
        yield rules.MJML_DOUBTFUL.at(tag.place, *DOUBTS[tag.name])
    yield from _twice(tag)
    yield from _slots_between(tag, sort_of)
    for attribute in tag.attributes:
        if not attribute.name:
            continue
        if attribute.name not in known:
            yield _unknown_attribute(attribute, tag.name, known)
        elif attribute.name in element.unheard:
            yield rules.MJML_NOT_HEARD.at(
                attribute.place,
                f"mrml leaves out `{attribute.name}` of <{tag.name}>",
                _instead(tag.name, attribute.name),
            )
        else:
            yield from _value(attribute, known[attribute.name], tag, sort_of)


def default_findings(tag: Tag, sort_of: SortOf) -> Iterator[Diagnostic]:
    """What is wrong with a tag inside ``mj-attributes``."""
    element = ELEMENTS.get(tag.name)
    if tag.name in ("mj-all", "mj-class"):
        element = Element((), attributes=OF_ALL)
        if tag.name == "mj-class" and not any(attribute.name == "name" for attribute in tag.attributes):
            yield rules.MJML_INCOMPLETE.at(tag.place, "<mj-class> has no `name`", "elements name it in `mj-class`")
        rest = tuple(each for each in tag.attributes if each.name != "name" or tag.name == "mj-all")
        tag = Tag(tag.place, tag.name, rest, prints=tag.prints)
    elif tag.name and (element is None or not element.in_body):
        names = [*(name for name, each in ELEMENTS.items() if each.in_body), "mj-all", "mj-class"]
        near = _near(tag.name.lower(), names, 0.6)
        hint = f"did you mean <{near}>?" if near else "it takes the elements of a body, mj-all and mj-class"
        yield rules.MJML_UNKNOWN_ELEMENT.at(tag.place, f"<{tag.name}> does nothing in <mj-attributes>", hint)
        return
    if element is None:
        return
    yield from mjml_findings(tag, element, sort_of)
    for attribute in tag.attributes:
        if attribute.name in element.own:
            yield rules.MJML_NOT_HEARD.at(
                attribute.place,
                f"mrml takes `{attribute.name}` of <{tag.name}> from no <mj-attributes>",
                f"write it on each <{tag.name}>",
            )


def _unknown_attribute(attribute: Attribute, element: str, known: Iterable[str]) -> Diagnostic:
    name = attribute.name
    near = name.lower() if name.lower() in known else _near(name.lower(), known, 0.6)
    near = near or min((each for each in known if each.endswith(f"-{name.lower()}")), key=len, default="")
    hint = _CURES.get(name.lower()) or (f"did you mean `{near}`?" if near else f"it takes {_listed(known)}")
    return rules.MJML_UNKNOWN_ATTRIBUTE.at(attribute.place, f"<{element}> has no attribute `{name}`", hint)


def _instead(element: str, attribute: str) -> str:
    if attribute == "position":
        return "take it out: mrml writes mj-raw where it stands"
    if element == "mj-image" and attribute.startswith("border-"):
        return "use `border`, which mrml hears"
    return "take it out, or use `css-class` and a rule in mj-style"


def _value(attribute: Attribute, kind: Kind, tag: Tag, sort_of: SortOf) -> Iterator[Diagnostic]:
    if attribute.value is None:
        yield rules.MJML_VALUE.at(
            attribute.place, f"`{attribute.name}` of <{tag.name}> has no value", f'write `{attribute.name}="…"`'
        )
        return
    yield from _quoting(attribute)
    slots = list(_slots(attribute, tag, sort_of, stands=kind.stands))
    yield from slots
    if slots:
        return
    yield from _complaints(attribute, kind, tag)
    if attribute.name == "mj-class" and slotless(attribute.masked) and len(attribute.value.split()) > 1:
        yield rules.MJML_NOT_HEARD.at(
            attribute.place, "of two classes in `mj-class` mrml takes the first alone", "make one class of both"
        )
    if tag.name == "mj-style" and attribute.quote == "'":
        yield rules.MJML_VALUE.at(
            attribute.place, "`inline` stands in single quotes, and is not inlined", 'write `inline="inline"`'
        )


def _complaints(attribute: Attribute, kind: Kind, tag: Tag) -> Iterator[Diagnostic]:
    for way in _ways(attribute):
        complaint = kind.complaint(way)
        if complaint:
            rule = rules.MJML_VALUE if complaint.is_sure else rules.MJML_DOUBTFUL
            near = _near(way.strip().lower(), complaint.close_to, 0.6)
            yield rule.at(
                attribute.place,
                f'`{attribute.name}="{shortened(attribute.value or "")}"` of <{tag.name}> {complaint.what}',
                f"did you mean `{near}`?" if near else complaint.hint,
            )
            return


def _ways(attribute: Attribute) -> list[str]:
    """What a value can be: one text with holes, or what stands in each case where all of it stands in cases."""
    masked = attribute.masked
    begins = masked.strip()[:1] == Mark.STATEMENT
    pieces = _ALTERNATIVES.split(masked)
    if (
        begins
        and len(pieces) > 2
        and not pieces[0].strip()
        and not pieces[-1].strip()
        and slotless("".join(pieces))
    ):
        return [piece for piece in pieces if piece.strip()]
    return [attribute.holed]


def _quoting(attribute: Attribute) -> Iterator[Diagnostic]:
    if attribute.quote == "'" and '"' in attribute.masked:
        yield rules.MJML_UNREADABLE.at(
            attribute.place,
            f'`{attribute.name}` has a double quote in it, which mrml writes as `\\"`',
            "write `&quot;`, or single quotes inside double ones",
        )


def _slots(attribute: Attribute, tag: Tag, sort_of: SortOf, *, stands: bool) -> Iterator[Diagnostic]:
    for segment in attribute.prints:
        sort = sort_of(segment)
        if sort is Sort.BODY:
            yield rules.SLOT_IN_TAG.at(
                attribute.place, f"a section's HTML is printed in `{attribute.name}`", "print it in mj-text"
            )
        elif sort is Sort.WORDS and not stands:
            yield rules.SLOT_IN_TAG.at(
                attribute.place,
                f"`{{{{ {shortened(segment.inside)} }}}}` comes too late into `{attribute.name}` of <{tag.name}>",
                "mark a value of the theme's own with `| safe`, or choose with {% if %}",
            )


def _slots_between(tag: Tag, sort_of: SortOf) -> Iterator[Diagnostic]:
    for segment in tag.prints:
        if sort_of(segment) in (Sort.WORDS, Sort.BODY):
            yield rules.SLOT_IN_TAG.at(
                tag.place,
                f"`{{{{ {shortened(segment.inside)} }}}}` comes too late into a tag",
                "write the tag out, and choose with {% if %}",
            )


def _twice(tag: Tag) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for attribute in tag.attributes:
        if attribute.name in seen and not attribute.sometimes:
            yield rules.MJML_VALUE.at(
                attribute.place,
                f"`{attribute.name}` stands twice in <{tag.name}>",
                "only the last one counts: keep one",
            )
        if attribute.name and not attribute.sometimes:
            seen.add(attribute.name)


def _near(name: str, known: Iterable[str], cutoff: float) -> str:
    close = get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return close[0] if close else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
