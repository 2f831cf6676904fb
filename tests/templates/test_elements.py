"""The table of elements says what the installed mrml does: heard, left out, taken from defaults, reckoned with."""

import re
from collections import defaultdict

import mjml
import pytest

from pipeline.render.email.lint.elements import ELEMENTS, Holds
from pipeline.render.email.lint.values import Border, Choice, Colour, Kind, Length, Whole
from tests.templates.builders import lint

BODY = "<mjml><mj-head>{defaults}</mj-head><mj-body>{}</mj-body></mjml>"
COLUMN = "<mj-section><mj-column>{}</mj-column></mj-section>"
ACCORDION = "<mj-accordion><mj-accordion-element>{}</mj-accordion-element></mj-accordion>"
ENTRY = "<mj-accordion-title>t</mj-accordion-title><mj-accordion-text>x</mj-accordion-text>"
IMAGE = '<mj-image src="https://e.org/a.png" />'
# Around each element, and what stands in it, so that every attribute can show.
SAMPLES = {
    "mj-wrapper": ("{}", COLUMN.replace("{}", IMAGE) * 2),
    "mj-section": ("{}", f"<mj-column>{IMAGE}</mj-column>"),
    "mj-hero": ("{}", IMAGE),
    "mj-group": ("<mj-section>{}</mj-section>", f"<mj-column>{IMAGE}</mj-column>"),
    "mj-column": ("<mj-section>{}</mj-section>", IMAGE),
    "mj-table": (COLUMN, "<tr><td>x</td></tr>"),
    "mj-accordion": (
        COLUMN,
        ACCORDION.removeprefix("<mj-accordion>").removesuffix("</mj-accordion>").replace("{}", ENTRY),
    ),
    "mj-accordion-element": (
        COLUMN.replace("{}", "<mj-accordion>{}</mj-accordion>"),
        ENTRY,
    ),
    "mj-accordion-title": (COLUMN.replace("{}", ACCORDION), "t"),
    "mj-accordion-text": (COLUMN.replace("{}", ACCORDION), "t"),
    "mj-carousel": (COLUMN, '<mj-carousel-image src="a" /><mj-carousel-image src="b" />'),
    "mj-carousel-image": (COLUMN.replace("{}", '<mj-carousel>{}<mj-carousel-image src="b" /></mj-carousel>'), ""),
    "mj-navbar": (COLUMN, '<mj-navbar-link href="/x">x</mj-navbar-link>'),
    "mj-navbar-link": (COLUMN.replace("{}", "<mj-navbar>{}</mj-navbar>"), "x"),
    "mj-social": (COLUMN, '<mj-social-element name="web" href="https://e.org">x</mj-social-element>'),
    "mj-social-element": (COLUMN.replace("{}", "<mj-social>{}</mj-social>"), "x"),
    **dict.fromkeys(("mj-text", "mj-button"), (COLUMN, "x")),
    **dict.fromkeys(("mj-image", "mj-divider", "mj-spacer"), (COLUMN, "")),
}
GIVEN = {
    "mj-wrapper": {"background-url": "u"},
    "mj-section": {"background-url": "u"},
    "mj-hero": {"background-url": "u"},
    "mj-column": {"padding": "4px"},
    "mj-button": {"href": "h"},
    "mj-image": {"src": "s", "href": "h"},
    "mj-carousel-image": {"src": "s", "href": "h"},
    "mj-navbar": {"hamburger": "hamburger"},
    "mj-navbar-link": {"href": "h"},
    "mj-social-element": {"name": "web", "href": "h"},
}
# Heard as far as the width goes, and then not drawn.
HALF_HEARD = defaultdict(set, {"mj-image": {"border-left", "border-right"}})
# One value alone, which is the one that mrml takes anyway.
AS_IT_IS = defaultdict(set, {"mj-hero": {"mode"}})


def finished(element: str, defaults: str = "", /, **attributes: str) -> str:
    around, inside = SAMPLES[element]
    given = {**GIVEN.get(element, {}), **attributes}
    said = " ".join(f'{key}="{value}"' for key, value in given.items() if value)
    body = around.replace("{}", f"<{element} {said}>{inside}</{element}>")
    head = f"<mj-attributes>{defaults}</mj-attributes>" if defaults else ""
    return str(mjml.mjml2html(BODY.replace("{defaults}", head).replace("{}", body), fonts={}))


def samples(kind: Kind) -> list[str]:
    """Values that a kind takes."""
    match kind:
        case Choice(names):
            return list(names)
        case Length(most=most):
            return ["37px 38px 39px 36px" if most == 4 else "37px", "37%"]
        case Colour():
            return ["#123456"]
        case Whole():
            return ["7"]
        case Border():
            return ["7px solid #123456"]
    return ["https://e.org/z", "left", "bottom", "10px", "cover"]


@pytest.mark.parametrize("name", SAMPLES)
def test_mrml_hears_what_the_table_says_and_no_more(name: str) -> None:
    element = ELEMENTS[name]
    heard = set()
    for attribute, kind in element.attributes.items():
        plain = finished(name, **{attribute: ""})
        if any(finished(name, **{attribute: value}) != plain for value in samples(kind)):
            heard.add(attribute)

    assert heard - HALF_HEARD[name] == element.attributes.keys() - element.unheard - AS_IT_IS[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_mrml_takes_defaults_for_all_but_what_is_an_elements_own(name: str) -> None:
    element = ELEMENTS[name]
    taken = set()
    for attribute, kind in element.attributes.items():
        plain = finished(name, **{attribute: ""})
        if any(
            finished(name, f'<{name} {attribute}="{value}" />', **{attribute: ""}) != plain
            for value in samples(kind)
        ):
            taken.add(attribute)

    assert taken - HALF_HEARD[name] == element.attributes.keys() - element.unheard - element.own - AS_IT_IS[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shorthand_with_a_bare_nought_changes_widths_where_the_table_says_so(name: str) -> None:
    four = {
        name: kind
        for name, kind in ELEMENTS[name].attributes.items()
        if isinstance(kind, Length) and kind.most == 4
    }
    changed = set()
    for attribute in four:
        bare, full = finished(name, **{attribute: "0 24px"}), finished(name, **{attribute: "0px 24px"})
        if bare.replace("0 24px", "0px 24px") != full:
            changed.add(attribute)

    assert changed == {attribute for attribute, kind in four.items() if kind.computed}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_token_stands_outside_of_styles_where_the_table_says_so(name: str) -> None:
    element = ELEMENTS[name]
    for attribute, kind in element.attributes.items():
        html = finished(name, **{attribute: "pw7k0z"})
        if kind.stands and attribute not in element.unheard:
            assert "pw7k0z" in html, attribute
            assert not re.search(r"style=\"[^\"]*pw7k0z|<style[^>]*>[^<]*pw7k0z", html), attribute


@pytest.mark.parametrize("name", ELEMENTS["mj-social-element"].attributes["name"].names)
def test_mrml_has_a_picture_for_every_network(name: str) -> None:
    html = finished("mj-social-element", name=name)

    assert re.search(r"<img[^>]* src=\"https://", html)


def test_mrml_has_no_picture_for_other_networks() -> None:
    html = finished("mj-social-element", name="mastodon")

    assert not re.search(r"<img[^>]* src=\"https://", html)


def test_every_element_can_stand_where_the_table_says() -> None:
    for name, element in ELEMENTS.items():
        for parent in element.parents:
            assert parent == "" or ELEMENTS[parent].holds in (Holds.ELEMENTS, Holds.DEFAULTS), (name, parent)


@pytest.mark.parametrize("name", SAMPLES)
def test_an_element_with_every_attribute_that_mrml_hears_is_right(name: str) -> None:
    element = ELEMENTS[name]
    around, inside = SAMPLES[name]
    said = {
        attribute: next(value for value in samples(kind) if kind.complaint(value) is None)
        for attribute, kind in element.attributes.items()
        if attribute not in element.unheard and attribute != "width"
    }
    written = " ".join(f'{attribute}="{value}"' for attribute, value in said.items())
    body = around.replace("{}", f"<{name} {written}>{inside}</{name}>")
    fonts = '<mj-attributes><mj-all font-family="Georgia" /></mj-attributes>'
    template = BODY.replace("{defaults}", fonts).replace("{}", body)

    told = [found for found in lint(template) if found.code not in ("PW613", "PW614")]

    assert [found for found in told if "no whole address" not in found.message] == []
