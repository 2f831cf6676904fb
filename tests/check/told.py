"""What `check` tells of a publication in a string."""

import io
from datetime import date, datetime

from PIL import Image

from pipeline.check import ISSUES_RULES, LIBRARY_RULES, TEXT_RULES
from pipeline.check.catalogue import catalogue_of
from pipeline.compose import compose_issues
from tests.projects import library

BLOCKS = """\
-- templates/blocks/call.md --
---
kind: cta
label: Book a call
url: https://example.org/call
---
Talk to us.
-- templates/blocks/medical.md --
---
kind: disclaimer
topics: [health]
---
Not medical advice.
"""


def of_library(text: str, **more: bytes) -> list[str]:
    """Codes with their lines and columns: `PW301 9:5`."""
    catalogue = catalogue_of(library(text, **more))
    found = {told for body in catalogue.bodies for rule in TEXT_RULES for told in rule(catalogue, body)}
    found.update(told for rule in LIBRARY_RULES for told in rule(catalogue))
    return [f"{each.code} {each.location.line}:{each.location.column}" for each in sorted(found)]


def picture(kind: str) -> bytes:
    """The smallest picture of a kind that Pillow knows."""
    file = io.BytesIO()
    Image.new("RGB", (2, 3)).save(file, kind)
    return file.getvalue()


def of_issues(text: str, as_of: date | datetime = date(2026, 11, 20), *, drafts: bool = False) -> list[str]:
    """Codes with their files, as of a day."""
    issues = compose_issues(library(text), as_of, drafts=drafts).issues
    catalogue = catalogue_of(issues.library)
    found = {told for rule in ISSUES_RULES for told in rule(catalogue, issues)}
    return [f"{each.code} {each.location.path}" for each in sorted(found)]
