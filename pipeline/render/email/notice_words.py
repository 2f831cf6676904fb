"""The words of a notice, from their own template: three fields, an empty line, and paragraphs.

``[button]`` on a line by itself says before which paragraphs the button stands; without it, it comes last.
Whatever the template prints is put on one line first, so that no title begins another field or paragraph.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline import rules
from pipeline.errors import Location
from pipeline.render.email.header import one_line
from pipeline.render.templates import TemplateFailedError, Templates

FIELDS = ("Subject", "Preheader", "Button")
BUTTON = "[button]"
_FIELD = re.compile(r"([A-Za-z]+):[ \t]*(.*)")
_BETWEEN = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says: paragraphs ``before`` the button, and those ``after`` it."""

    subject: str
    preheader: str
    button: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Phrasing:
    """Runs the templates of words, ``notices/<kind>.txt.j2``."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates.printing(_on_one_line, {})

    def words(self, kind: str, known: Mapping[str, Any]) -> Words:
        """What a kind of notice says.

        Raises:
            TemplateFailedError: the template could not be run, or a field is missing, unknown or empty.
        """
        name = f"notices/{kind}.txt.j2"
        head, *blocks = _BETWEEN.split(self._templates.render(name, **known).strip())
        fields = _fields(name, head)
        said = [" ".join(block.split()) for block in blocks]
        place = said.index(BUTTON) if BUTTON in said else len(said)
        after = tuple(paragraph for paragraph in said[place:] if paragraph != BUTTON)
        subject, preheader, button = (fields[field] for field in FIELDS)
        return Words(subject, preheader, button, tuple(said[:place]), after)


def _fields(name: str, head: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in head.split("\n"):
        match = _FIELD.fullmatch(line.strip())
        if match is None or match[1] not in FIELDS:
            raise _fault(name, f"`{line.strip()[:60]}` is no field of a notice")
        found[match[1]] = one_line(match[2])
    for field in FIELDS:
        if not found.get(field):
            raise _fault(name, f"the notice has no `{field}:`")
    return found


def _fault(name: str, message: str) -> TemplateFailedError:
    hint = "begin with the lines `Subject: …`, `Preheader: …` and `Button: …`, then leave a line empty"
    return TemplateFailedError(rules.TEMPLATE_ERROR.at(Location(f"templates/{name}"), message, hint))


def _on_one_line(value: object) -> str:
    return one_line(str(value))
