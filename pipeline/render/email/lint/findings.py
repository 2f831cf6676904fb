"""What the linter has found, and what it can only judge when it has seen every template: defaults, classes, fonts.

Each tag is judged once, however many ways lead to it.
"""

import re
from difflib import get_close_matches

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.render.email.lint import tags
from pipeline.render.email.lint.elements import LETTERED, Element
from pipeline.render.email.lint.items import Tag, slotless
from pipeline.render.email.lint.state import Frame
from pipeline.render.email.lint.tags import SortOf

_PERCENT = re.compile(r"\s*([\d.]+)%\s*\Z")
_SLACK = 0.6  # per cent: three columns of 33 % leave one, and three of 33.33 % leave 0.01


class Findings:
    """Findings, and the tags that wait for the end."""

    def __init__(self) -> None:
        self.told: set[Diagnostic] = set()
        self._judged: set[tuple[Location, bool, tuple[str, ...]]] = set()
        self.begin()

    def begin(self) -> None:
        """An email by itself begins: what was said of defaults before does not hold in it."""
        self._used: dict[Location, tuple[Tag, Element]] = {}
        self._defaults: set[tuple[str, str]] = set()  # element (or mj-all), attribute
        self._classes: set[str] = set()
        self._has_unknown_class = False
        self._sums: dict[Location, set[float]] = {}

    def tell(self, finding: Diagnostic) -> None:
        """Keep a finding."""
        self.told.add(finding)

    def html(self, tag: Tag, sort_of: SortOf) -> None:
        """A tag of HTML."""
        if self._is_new(tag, sort_of):
            self.told.update(tags.html_findings(tag, sort_of))

    def used(self, tag: Tag, element: Element, sort_of: SortOf) -> None:
        """An element of the email."""
        self._used[tag.place] = (tag, element)
        if self._is_new(tag, sort_of):
            self.told.update(tags.mjml_findings(tag, element, sort_of))

    def unknown(self, tag: Tag, sort_of: SortOf) -> None:
        """A tag that is meant as MJML's, or whose name Jinja writes."""
        if self._is_new(tag, sort_of):
            self.told.update(tags.unknown_findings(tag, sort_of))

    def default(self, tag: Tag, sort_of: SortOf) -> None:
        """An element in ``mj-attributes``."""
        if self._is_new(tag, sort_of, is_default=True):
            self.told.update(tags.default_findings(tag, sort_of))
        self._defaults |= {(tag.name, attribute.name) for attribute in tag.attributes}
        if tag.name == "mj-class":
            name = _said(tag, "name")
            self._classes |= {name} if name else set()
            self._has_unknown_class |= name is None

    def _is_new(self, tag: Tag, sort_of: SortOf, *, is_default: bool = False) -> bool:
        """Whether a tag has not been judged yet with what is printed in it this time."""
        prints = (*tag.prints, *(segment for attribute in tag.attributes for segment in attribute.prints))
        key = (tag.place, is_default, tuple(sort_of(segment) for segment in prints))
        is_new = key not in self._judged
        self._judged.add(key)
        return is_new

    def width_of(self, tag: Tag) -> str:
        """A column's width as it is counted: in per cent, ``*`` for a share, ``?`` for what cannot be counted."""
        if not any(attribute.name in ("width", "mj-class") for attribute in tag.attributes) and not tag.prints:
            return "*"
        match = _PERCENT.match(_said(tag, "width") or "")
        return match[1] if match else "?"

    def columns(self, frame: Frame) -> None:
        """A section is over: the widths that its columns have on this way."""
        widths = frame.children or ()
        if not widths or "?" in widths or widths == ("*",) * len(widths):
            return
        shares = [_number(width) if width != "*" else 100 / len(widths) for width in widths]
        self._sums.setdefault(frame.place, set()).add(sum(shares))

    def end(self) -> None:
        """The email is over: judge what wanted to see all of it."""
        for tag, element in self._used.values():
            self._judge_needs(tag, element)
            self._judge_class(tag)
        self._judge_fonts()
        if ("mj-column", "width") not in self._defaults:
            for place, sums in self._sums.items():
                self._judge_widths(place, sums)

    def _judge_needs(self, tag: Tag, element: Element) -> None:
        if tag.prints:
            return
        said = {attribute.name for attribute in tag.attributes}
        for name in element.needs:
            if name in said or "mj-class" in said or {(tag.name, name), ("mj-all", name)} & self._defaults:
                continue
            if tag.name == "mj-social-element" and "src" in said:
                continue
            rule = rules.MJML_DOUBTFUL if name == "href" else rules.MJML_INCOMPLETE
            self.tell(
                rule.at(tag.place, f"<{tag.name}> has no `{name}`", tags.WITHOUT.get(name, f'write `{name}="…"`'))
            )

    def _judge_class(self, tag: Tag) -> None:
        for attribute in tag.attributes:
            if attribute.name != "mj-class" or not attribute.value or not slotless(attribute.masked):
                continue
            name = attribute.value.split()[0] if attribute.value.split() else ""
            if name in self._classes or self._has_unknown_class:
                continue
            close = get_close_matches(name, sorted(self._classes), n=1, cutoff=0.6)
            hint = (
                f"did you mean `{close[0]}`?" if close else f'write <mj-class name="{name}" … /> in mj-attributes'
            )
            self.tell(rules.MJML_VALUE.at(attribute.place, f"there is no `mj-class` of the name `{name}`", hint))

    def _judge_fonts(self) -> None:
        documents = [tag for tag, _element in self._used.values() if tag.name == "mjml"]
        if ("mj-all", "font-family") in self._defaults or not documents:
            return
        without = set()
        for tag, _element in self._used.values():
            said = {attribute.name for attribute in tag.attributes}
            if tag.name in LETTERED and not said & {"font-family", "mj-class"} and not tag.prints:
                without.add(tag.name)
        without -= {name for name, attribute in self._defaults if attribute == "font-family"}
        if without:
            listed = ", ".join(f"<{name}>" for name in sorted(without))
            hint = 'write <mj-all font-family="{{ look.font }}" /> in mj-attributes'
            for tag in documents:
                self.tell(rules.NO_FONT.at(tag.place, f"nothing says the font of {listed}", hint))

    def _judge_widths(self, place: Location, sums: set[float]) -> None:
        most, least = max(sums), min(sums)
        if most > 100 + _SLACK:
            message = f"the columns take {most:.4g} % of their section"
            self.tell(rules.COLUMN_WIDTHS.at(place, message, "give them widths that make 100 %, or none"))
        elif least < 100 - _SLACK < most:
            message = f"when a column is left out, the others take {least:.4g} % of their section"
            self.tell(rules.COLUMN_WIDTHS.at(place, message, "leave out `width`: columns then share the room"))


def _said(tag: Tag, name: str) -> str | None:
    """An attribute's value, where it is written out."""
    for attribute in tag.attributes:
        if attribute.name == name and attribute.value is not None and slotless(attribute.masked):
            return None if attribute.sometimes else attribute.value
    return None


def _number(width: str) -> float:
    try:
        return float(width)
    except ValueError:
        return 0.0
