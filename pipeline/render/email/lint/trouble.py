"""Mrml's own errors, brought home: from a byte of what a template printed to the line of the template.

Mrml names a byte at best. So the printed MJML goes through the linter, which knows what mrml stops at, and the
line that it finds is looked up in the templates: the longest of their own words around that spot, in the same
company.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.render.email.lint.findings import Findings
from pipeline.render.email.lint.markup import read_markup
from pipeline.render.email.lint.nesting import nested
from pipeline.render.email.lint.source import Mark, Source, read_printed
from pipeline.render.email.lint.theme import Theme, template_of
from pipeline.render.email.lint.walk import Walk

_WHERE = re.compile(r" in root template(?: at position (\d+):\d+)?")
_OWN_WORDS = re.compile(f"[^{Mark.PRINT}{Mark.STATEMENT}{Mark.REMARK}{Mark.FILLING}]+")
_TOKEN = re.compile(r"pw\w{0,5}\d+z")
_STOPPING = tuple(
    rule.code for rule in (rules.MJML_UNREADABLE, rules.MJML_UNBALANCED, rules.TEMPLATE_CSS, rules.MJML_NOT_HEARD)
)
_QUOTED = re.compile(r"\"([^\"\n]+)\"|'([^'\n]+)'")
_COMPANY = 3  # lines before and after that are compared
_NEAR = 8  # lines of the template in which that company is looked for
_HINT = "every tag is closed, every attribute quoted, `<` and `&` are escaped"


def explain_mjml_error(message: str, mjml_text: str, templates: Mapping[str, str], template: str) -> Diagnostic:
    """Mrml's message with what is wrong and where.

    ``mjml_text`` is what mrml was given, ``templates`` the theme's sources by name, and ``template`` the name of
    the one that was run; its first line is named when nothing better is found.
    """
    said = _WHERE.search(message)
    message, hint, place = _WHERE.sub("", message), _HINT, None
    if said and said[1]:
        offset = len(mjml_text.encode()[: int(said[1])].decode(errors="replace"))
        place = read_printed(mjml_text).at(offset)
    fault = _fault(mjml_text, place)
    if fault:
        place, message, hint = fault.location, f"{message}: {fault.message}", fault.hint
    if place is None:
        return rules.MJML_ERROR.at(Location(f"templates/{template}"), message, hint)
    home = place_in_templates(place, mjml_text, _reached(template, templates))
    if home is None:
        written = _line(mjml_text.split("\n"), place.line)
        message = f"{message}: line {place.line} of what the template printed, `{written.strip()[:80]}`"
    return rules.MJML_ERROR.at(home or Location(f"templates/{template}"), message, hint)


def lint_printed(mjml_text: str, templates: Mapping[str, str], template: str) -> list[Diagnostic]:
    """What is wrong with what a template printed, at the places in the templates that printed it.

    This sees what no look at the templates can: markup that comes in as a value (``{{ … | safe }}``).
    """
    told = set()
    for fault in _told(mjml_text):
        home = place_in_templates(fault.location, mjml_text, _reached(template, templates))
        told.add(replace(fault, location=home or Location(f"templates/{template}")))
    return sorted(told)


def place_in_templates(place: Location, printed: str, templates: Mapping[str, str]) -> Location | None:
    """The place in a template that printed a line and column, if the words there are some template's own."""
    lines = printed.split("\n")
    found = [
        (home.length + _company(source, home, lines, place.line), home.place)
        for source in _sources(templates)
        for home in _homes(source, _line(lines, place.line), place.column - 1)
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _reached(template: str, templates: Mapping[str, str]) -> dict[str, str]:
    """The templates that one names, and those that they name: others that say the same are none of its own."""
    found: dict[str, str] = {}
    names = [template]
    while names:
        name = names.pop()
        if name in found or name not in templates:
            continue
        found[name] = templates[name]
        for match in _QUOTED.finditer(templates[name]):
            named = match[1] or match[2]
            # Half a name ("email/letter/sections/" ~ kind) may be that of any in its folder.
            names += [each for each in templates if each.startswith(named)] if named.endswith("/") else [named]
    return found


class _Home(NamedTuple):
    """Where a template has words that were printed: how many, and the place that is meant among them."""

    length: int
    place: Location


def _told(mjml_text: str) -> list[Diagnostic]:
    items, faults = read_markup(read_printed(mjml_text))
    findings = Findings()
    Walk(Theme({}), findings).document(template_of("", nested(items)))
    return sorted({*faults, *findings.told})


def _fault(mjml_text: str, place: Location | None) -> Diagnostic | None:
    """What the linter says of the place that mrml names, or else of the first thing that mrml stops at."""
    told = _told(mjml_text)
    here = next((fault for fault in told if fault.location == place), None)
    stopping = [fault for fault in told if fault.code in _STOPPING]
    return here or min(stopping, key=lambda fault: (_STOPPING.index(fault.code), fault), default=None)


def _sources(templates: Mapping[str, str]) -> Iterator[Source]:
    theme = Theme(templates)
    for name in sorted(templates):
        if name.startswith("email/"):
            source = theme.source(name)
            if source:
                yield source


def _homes(source: Source, line: str, column: int) -> Iterator[_Home]:
    for match in _OWN_WORDS.finditer(source.masked):
        offset = match.start()
        for words in match.group().split("\n"):
            start = line.find(words) if words.strip() else -1
            while start >= 0:
                if start <= column <= start + len(words):  # right behind them: what Jinja prints there
                    is_inside = column < start + len(words)
                    yield _Home(len(words.strip()) + is_inside, source.at(offset + column - start))
                start = line.find(words, start + 1)
            offset += len(words) + 1


def _company(source: Source, home: _Home, lines: list[str], number: int) -> int:
    """How much of the lines around stands around the home, too."""
    first = max(home.place.line - _NEAR - 1, 0)
    around = "\n".join(source.text.split("\n")[first : home.place.line + _NEAR])
    score = 0
    for step in (*range(-_COMPANY, 0), *range(1, _COMPANY + 1)):
        words = max((piece.strip() for piece in _TOKEN.split(_line(lines, number + step))), key=len)
        score += len(words) if words and words in around else 0
    return score


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""
