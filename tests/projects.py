"""A whole publication in a string, and small valid ones to change."""

import re
from functools import cache
from pathlib import Path

from pipeline.model import Library, Sources
from pipeline.parse import parse_library

ROOT = Path(__file__).parent.parent
THEME_FOLDERS = ("csl", "email", "feed", "notices", "text", "web")

CONFIG = """\
-- partwork.toml --
[publication]
id = "weekly.example.org,2026"
title = "The Weekly"
description = "A letter about small things."
url = "https://weekly.example.org/"
language = "en"
timezone = "Europe/London"

[sender]
name = "The Weekly"
email = "letters@weekly.example.org"
postal_address = "1 Small Street, Bristol, United Kingdom"
"""
INDEX = """\
-- series/{slug}/index.md --
---
title: {title}
summary: What it is about.
author: Ada Writer
schedule: {{start: 2026-11-03, at: "09:00", every: week}}
{more}
---
Welcome.
"""
PART = """\
-- series/{series}/{number:02d}-{slug}.md --
---
title: {title}
summary: What part {number} says.
{more}
---
{body}
"""


def files(text: str) -> dict[str, bytes]:
    """`-- path --` lines, each followed by a file's text."""
    pieces = re.split(r"^-- (\S+) --\n", text, flags=re.MULTILINE)
    return {path: body.encode() for path, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def sources(text: str, **more: bytes) -> Sources:
    """Sources of a publication in a string, with the built-in theme."""
    return Sources({**files(text), **more}, theme())


@cache
def theme() -> dict[str, bytes]:
    """The built-in theme, read once."""
    templates = ROOT / "templates"
    return {
        path.relative_to(templates).as_posix(): path.read_bytes()
        for folder in THEME_FOLDERS
        for path in sorted((templates / folder).rglob("*"))
        if path.is_file()
    }


def index(slug: str = "small", title: str = "Small things", more: str = "") -> str:
    """A series' index.md."""
    return INDEX.format(slug=slug, title=title, more=more)


def part(
    number: int,
    slug: str = "",
    title: str = "",
    more: str = "",
    body: str = "A first paragraph.\n\nA second one.",
    series: str = "small",
) -> str:
    """A part's file."""
    return PART.format(
        series=series,
        number=number,
        slug=slug or f"part-{number}",
        title=title or f"Title {number}",
        more=more,
        body=body,
    )


def library(text: str, **more: bytes) -> Library:
    """The library of a publication that has no errors."""
    parsed = parse_library(sources(text, **more))
    errors = [str(diagnostic) for diagnostic in parsed.diagnostics if diagnostic.is_error]

    assert not errors
    assert parsed.library is not None
    return parsed.library
