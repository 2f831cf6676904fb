"""MJML's elements: where each may stand, what it holds, which attributes it hears and what these may say.

Facts of MJML 4 (documentation.mjml.io), narrowed to what mrml 6.0 makes of them: mrml takes any name, any
attribute and any place without a word. ``unheard`` are attributes that MJML documents and mrml leaves out; ``own``
are those that it reads on the element alone, never from ``mj-attributes``. Tests hold both against the mrml that
is installed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.render.email.lint.values import Address, AnyOf, Border, Choice, Colour, Kind, Length, Whole, Words


class Holds(StrEnum):
    """What may stand between an element's tags."""

    ELEMENTS = "elements"  # MJML that names it as a parent
    HTML = "html"
    WORDS = "words"  # and nothing else
    STYLES = "styles"  # CSS
    DEFAULTS = "defaults"  # any element, with attributes for all of its kind
    NOTHING = "nothing"
    ANYTHING = "anything"  # it is not known


@dataclass(frozen=True, slots=True)
class Element:
    """One element of MJML. ``needs`` are attributes without which it is of no use."""

    parents: tuple[str, ...]
    holds: Holds = Holds.ELEMENTS
    attributes: Mapping[str, Kind] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    unheard: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    in_body: bool = True  # and so takes css-class and mj-class


_WORDS, _TEXT = Words(), Words(stands=True)
_ADDRESS, _BACKGROUND = Address(stands=True), Address()
_COLOUR, _GROUND, _BORDER = Colour(), Colour(ground=True), Border()
_SIZE, _PX, _FOUR = Length(), Length(("px",)), Length(most=4)
_COUNTED, _COUNTED_FOUR = Length(computed=True), Length(most=4, computed=True)
_HIGH = Length(("px", "%"), bare=True, loose=("em",), names=("normal",))
_APART = Length(("px", "em"), negative=True, names=("normal",))
_SIDES = ("left", "center", "right")
_ALIGN, _ALIGN_CELL = Choice(_SIDES), Choice(_SIDES, stands=True)
_VERTICAL, _VERTICAL_CELL = Choice(("top", "middle", "bottom")), Choice(("top", "middle", "bottom"), stands=True)
_WEIGHT = Choice(
    ("normal", "inherit", "bold", "bolder", "lighter", *(str(hundred) for hundred in range(100, 1000, 100)))
)
_DIRECTION = Choice(("ltr", "rtl"))
_EDGES = ("top", "right", "bottom", "left")


def _four(name: str, whole: Kind, each: Kind) -> dict[str, Kind]:
    return {name: whole, **{f"{name}-{edge}": each for edge in _EDGES}}


_PADDING = _four("padding", _FOUR, _SIZE)
_COUNTED_PADDING = _four("padding", _COUNTED_FOUR, _COUNTED)
_BORDERS = _four("border", _BORDER, _BORDER)
_BACKDROP: dict[str, Kind] = {
    "background-url": _BACKGROUND,
    "background-repeat": Choice(("repeat", "no-repeat")),
    "background-size": _WORDS,
    "background-position": _WORDS,
    "background-position-x": _WORDS,
    "background-position-y": _WORDS,
}
_BLOCK: dict[str, Kind] = {"container-background-color": _COLOUR, **_PADDING}
_FONT: dict[str, Kind] = {
    "color": _COLOUR,
    "font-family": _WORDS,
    "font-size": _PX,
    "font-weight": _WEIGHT,
}
_TYPE: dict[str, Kind] = {
    **_FONT,
    "font-style": Choice(("normal", "italic", "oblique", "inherit")),
    "line-height": _HIGH,
    "text-decoration": _WORDS,
}
_TRANSFORM = Choice(("none", "inherit", "capitalize", "uppercase", "lowercase"))
_LINK: dict[str, Kind] = {"href": _ADDRESS, "rel": _TEXT, "target": _TEXT}
_ICON: dict[str, Kind] = {
    "border": _BORDER,
    "font-family": _WORDS,
    "icon-align": _VERTICAL,
    "icon-height": _SIZE,
    "icon-position": Choice(("left", "right")),
    "icon-unwrapped-alt": _TEXT,
    "icon-unwrapped-url": _TEXT,
    "icon-width": _SIZE,
    "icon-wrapped-alt": _TEXT,
    "icon-wrapped-url": _TEXT,
}
_SECTION: dict[str, Kind] = {
    **_COUNTED_PADDING,
    **_BORDERS,
    **_BACKDROP,
    "background-color": _GROUND,
    "border-radius": _FOUR,
    "direction": _DIRECTION,
    "full-width": Choice(("full-width",)),
    "text-align": _ALIGN,
    "text-padding": _FOUR,
}
_INNER_BORDERS = _four("inner-border", _BORDER, _BORDER)
_NETWORKS = tuple(
    f"{name}{end}"
    for name in (
        *("dribbble", "facebook", "github", "google", "instagram", "linkedin", "medium", "pinterest", "snapchat"),
        *("soundcloud", "tumblr", "twitter", "vimeo", "web", "x", "xing", "youtube"),
    )
    for end in ("", "-noshare")
)
_IN_COLUMN = ("mj-column", "mj-hero")
_HEAD = ("mj-head",)


def _head(holds: Holds, attributes: Mapping[str, Kind] | None = None, needs: tuple[str, ...] = ()) -> Element:
    return Element(_HEAD, holds, attributes or {}, needs, in_body=False)


_FRAME: dict[str, Element] = {
    "mjml": Element(("",), attributes={
        "lang": _TEXT, "dir": Choice(("ltr", "rtl", "auto"), stands=True), "owa": _WORDS},
        unheard=frozenset({"owa"}), in_body=False),
    "mj-head": Element(("mjml",), in_body=False),
    "mj-attributes": _head(Holds.DEFAULTS),
    "mj-breakpoint": _head(Holds.NOTHING, {"width": _PX}, ("width",)),
    "mj-font": _head(Holds.NOTHING, {"name": _WORDS, "href": _BACKGROUND}, ("name", "href")),
    "mj-preview": _head(Holds.WORDS),
    "mj-style": _head(Holds.STYLES, {"inline": Choice(("inline",))}),
    "mj-title": _head(Holds.WORDS),
    "mj-raw": Element(
        ("mj-head", "mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"), Holds.HTML,
        {"position": _WORDS}, unheard=frozenset({"position"}), in_body=False),
    "mj-body": Element(("mjml",), attributes={"width": _PX, "background-color": _COLOUR},
                       own=frozenset({"width", "background-color"})),
}  # fmt: skip

_LAYOUT: dict[str, Element] = {
    "mj-wrapper": Element(("mj-body",), attributes={**_SECTION, "gap": _PX},
                          unheard=frozenset({"gap", "text-padding"})),
    "mj-section": Element(("mj-body", "mj-wrapper"), attributes=_SECTION, unheard=frozenset({"text-padding"})),
    "mj-hero": Element(("mj-body", "mj-wrapper"), attributes={
        **_PADDING, **_four("inner-padding", _FOUR, _SIZE), "background-color": _COLOUR,
        "background-url": _BACKGROUND, "background-width": _SIZE, "background-height": _SIZE,
        "background-position": _WORDS,
        "border-radius": _FOUR, "container-background-color": _COLOUR, "height": _SIZE,
        "inner-background-color": _COLOUR, "mode": Choice(("fixed-height",)), "vertical-align": _VERTICAL},
        unheard=frozenset({"border-radius", "container-background-color"})),
    "mj-group": Element(("mj-section",), attributes={
        "background-color": _GROUND, "direction": _DIRECTION, "vertical-align": _VERTICAL, "width": _SIZE}),
    "mj-column": Element(("mj-section", "mj-group"), attributes={
        **_COUNTED_PADDING, **_BORDERS, **_INNER_BORDERS, "background-color": _COLOUR, "border-radius": _FOUR,
        "direction": _DIRECTION, "inner-background-color": _COLOUR, "inner-border-radius": _FOUR,
        "vertical-align": _VERTICAL, "width": _SIZE}),
}  # fmt: skip

_CONTENT: dict[str, Element] = {
    "mj-text": Element(_IN_COLUMN, Holds.HTML, {
        **_BLOCK, **_TYPE, "align": Choice((*_SIDES, "justify")), "background-color": _COLOUR, "height": _SIZE,
        "letter-spacing": _APART, "text-transform": _TRANSFORM, "vertical-align": _VERTICAL_CELL},
        unheard=frozenset({"background-color"})),
    "mj-button": Element(_IN_COLUMN, Holds.HTML, {
        **_BLOCK, **_BORDERS, **_TYPE, **_LINK, "align": _ALIGN_CELL, "background-color": _GROUND,
        "border-radius": _FOUR, "height": _SIZE, "inner-padding": _FOUR, "letter-spacing": _APART, "name": _TEXT,
        "text-align": _ALIGN, "text-transform": _TRANSFORM, "title": _TEXT, "vertical-align": _VERTICAL_CELL,
        "width": _SIZE}, ("href",), unheard=frozenset({"title"})),
    "mj-image": Element(_IN_COLUMN, Holds.NOTHING, {
        **_BORDERS, **_COUNTED_PADDING, **_LINK, "align": _ALIGN_CELL, "alt": _TEXT, "border-radius": _FOUR,
        "container-background-color": _COLOUR, "fluid-on-mobile": Choice(("true", "false")), "font-size": _PX,
        "height": Length(("px",), names=("auto",)), "max-height": _SIZE, "name": _TEXT, "sizes": _TEXT,
        "src": _ADDRESS, "srcset": _TEXT, "title": _TEXT, "usemap": _TEXT, "vertical-align": _VERTICAL,
        "width": _PX}, ("src", "alt"), unheard=frozenset({"sizes", *(f"border-{edge}" for edge in _EDGES)})),
    "mj-divider": Element(_IN_COLUMN, Holds.NOTHING, {
        **_COUNTED_PADDING, "align": _ALIGN_CELL, "border-color": _COLOUR,
        "border-style": Choice(("solid", "dashed", "dotted", "double", "none")), "border-width": _PX,
        "container-background-color": _COLOUR, "vertical-align": _VERTICAL, "width": _COUNTED}),
    "mj-spacer": Element(_IN_COLUMN, Holds.NOTHING, {
        **_BLOCK, **_BORDERS, "height": _PX, "vertical-align": _VERTICAL}, unheard=frozenset(_BORDERS)),
    "mj-table": Element(_IN_COLUMN, Holds.HTML, {
        **_BLOCK, **_FONT, "align": _ALIGN_CELL, "border": _BORDER, "cellpadding": Whole(stands=True),
        "cellspacing": Whole(stands=True), "line-height": _HIGH, "role": Choice(("none", "presentation")),
        "table-layout": Choice(("auto", "fixed", "initial", "inherit")), "vertical-align": _VERTICAL_CELL,
        "width": Length(names=("auto",))}, unheard=frozenset({"font-weight", "role"})),
    "mj-accordion": Element(_IN_COLUMN, attributes={**_BLOCK, **_ICON, "vertical-align": _VERTICAL}),
    "mj-accordion-element": Element(("mj-accordion",), attributes={**_ICON, "background-color": _COLOUR},
                                    own=frozenset(_ICON)),
    "mj-accordion-title": Element(("mj-accordion-element",), Holds.WORDS, {
        **_PADDING, **_FONT, "background-color": _COLOUR}, unheard=frozenset({"font-weight"}),
        own=frozenset({"font-family"})),
    "mj-accordion-text": Element(("mj-accordion-element",), Holds.HTML, {
        **_PADDING, **_FONT, "background-color": _COLOUR, "letter-spacing": _APART, "line-height": _HIGH},
        own=frozenset({"font-family"})),
    "mj-carousel": Element(_IN_COLUMN, attributes={
        **_BLOCK, "align": _ALIGN_CELL, "border-radius": _FOUR, "icon-width": _SIZE, "left-icon": _TEXT,
        "right-icon": _TEXT, "tb-border": _BORDER, "tb-border-radius": _SIZE, "tb-hover-border-color": _COLOUR,
        "tb-selected-border-color": _COLOUR, "tb-width": _SIZE,
        "thumbnails": Choice(("visible", "hidden", "supported")), "vertical-align": _VERTICAL}),
    "mj-carousel-image": Element(("mj-carousel",), Holds.NOTHING, {
        **_LINK, "alt": _TEXT, "border-radius": _FOUR, "src": _ADDRESS, "tb-border": _BORDER,
        "tb-border-radius": _FOUR, "thumbnails-src": _ADDRESS, "title": _TEXT}, ("src", "alt"),
        own=frozenset({"border-radius", "tb-border", "tb-border-radius"})),
    "mj-navbar": Element(_IN_COLUMN, attributes={
        **_BLOCK, **_four("ico-padding", _FOUR, _SIZE), "align": _ALIGN_CELL, "base-url": _TEXT,
        "hamburger": Choice(("hamburger",)), "ico-align": _ALIGN_CELL, "ico-close": _TEXT, "ico-color": _COLOUR,
        "ico-font-family": _WORDS, "ico-font-size": _SIZE, "ico-line-height": _HIGH, "ico-open": _TEXT,
        "ico-text-decoration": _WORDS, "ico-text-transform": _TRANSFORM, "vertical-align": _VERTICAL}),
    "mj-navbar-link": Element(("mj-navbar",), Holds.HTML, {
        **_PADDING, **_TYPE, **_LINK, "href": _TEXT, "letter-spacing": _APART, "name": _TEXT,
        "text-transform": _TRANSFORM}, ("href",)),
    "mj-social": Element(_IN_COLUMN, attributes={
        **_BLOCK, **_TYPE, "align": _ALIGN_CELL, "border-radius": _SIZE, "icon-height": _SIZE,
        "icon-padding": _FOUR, "icon-size": _SIZE, "inner-padding": _FOUR,
        "mode": Choice(("horizontal", "vertical")),
        "table-layout": Choice(("auto", "fixed")), "text-padding": _FOUR, "vertical-align": _VERTICAL_CELL},
        unheard=frozenset({"table-layout"})),
    "mj-social-element": Element(("mj-social",), Holds.HTML, {
        **_PADDING, **_TYPE, **_LINK, "align": _ALIGN, "alt": _TEXT, "background-color": _COLOUR,
        "border-radius": _PX, "icon-height": _SIZE, "icon-padding": _FOUR,
        "icon-position": Choice(("left", "right")), "icon-size": _SIZE, "name": Choice(_NETWORKS),
        "sizes": _TEXT, "src": _ADDRESS, "srcset": _TEXT, "text-padding": _FOUR,
        "title": _TEXT, "vertical-align": _VERTICAL}, ("name",),
        unheard=frozenset({"icon-position", "sizes", "srcset"}),
        own=frozenset({"border-radius", "color", "font-family", "font-size", "icon-size", "line-height", "name",
                       "text-decoration"})),
}  # fmt: skip

ELEMENTS: Mapping[str, Element] = {**_FRAME, **_LAYOUT, **_CONTENT}
EVERYWHERE: Mapping[str, Kind] = {"css-class": _WORDS, "mj-class": _WORDS}  # on each element of the body


def _for_all() -> Iterator[tuple[str, Kind]]:
    """Each attribute with what any element takes for it; widths that are reckoned with are the stricter kind."""
    kinds: dict[str, list[Kind]] = {}
    for element in ELEMENTS.values():
        for name, kind in element.attributes.items():
            if kind not in kinds.setdefault(name, []):
                kinds[name].append(kind)
    for name, those in kinds.items():
        strict = [kind for kind in those if isinstance(kind, Length) and kind.computed]
        yield name, AnyOf(tuple(strict or those))


OF_ALL: Mapping[str, Kind] = dict(_for_all())  # what mj-all and mj-class can say

# What MJML has and mrml has not, with what to write instead.
MISSING_FROM_MRML: Mapping[str, str] = {
    "mj-include": 'include the file with Jinja: {% include "email/…" %}',
    "mj-html-attributes": "write the attribute where the element stands, in mj-text or mj-raw",
    "mj-selector": "write the attribute where the element stands, in mj-text or mj-raw",
    "mj-html-attribute": "write the attribute where the element stands, in mj-text or mj-raw",
}
# What works, but not as one would think.
DOUBTS: Mapping[str, tuple[str, str]] = {
    "mj-preview": (
        "mrml writes <mj-preview> as white text of one pixel, which spam filters count against an email",
        "write it into <mj-raw> as the built-in themes do: in their part.mjml.j2",
    ),
    "mj-font": (
        "<mj-font> makes mail programs fetch a font from elsewhere: most do not, and some so tell who reads",
        "name fonts that readers have, with `font` under [theme] in partwork.toml",
    ),
}
# Texts whose font is MJML's own (Ubuntu) unless somebody says another.
LETTERED = frozenset({"mj-text", "mj-button", "mj-table", "mj-accordion", "mj-navbar-link", "mj-social"})
