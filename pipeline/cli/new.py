"""``partwork new``: a series or a part, with the right name in the right place."""

import json
import re
import unicodedata
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.init import create
from pipeline.cli.options import moment, now, root_option, shown
from pipeline.errors import OutputError

if TYPE_CHECKING:
    from pipeline.errors import Diagnostic
    from pipeline.model import Sources

_SLUG_LENGTH = 60
_NUMBER = re.compile(r"(\d+)-")

_SERIES = """\
---
title: {title}
summary: {summary}
topics: []                        # choose disclaimers, and bring related parts together
schedule:
  start: {start}
  at: "09:00"
  every: week                     # day, weekday, week, 2 weeks or month
---
"""
_DRAFT = """\
---
title: {title}
summary: {summary}
draft: true                       # take this line out when it is finished
---

{body}
"""
_FINISHED = """\
---
title: {title}
summary:
---
"""


@click.group("new", epilog="Example:  partwork new part three-evenings 'The letter about rent'")
def command() -> None:
    """Start a series, or the next part of one."""


@command.command("series", epilog="Example:  partwork new series 'How we sleep' --start 2026-12-01")
@click.argument("title")
@click.option("--slug", help="Its address, when the title does not make a good one.")
@click.option(
    "--start", callback=moment, metavar="DATE", default="now", help="Its first day.  [default: a week from now]"
)
@root_option
def series(title: str, slug: str | None, start: date | datetime, root: Path) -> None:
    """Start a series called TITLE, out every week.

    Prints the file to write on in. Nothing is overwritten.
    """
    from pipeline.cli.terminal import say
    from pipeline.read import read_sources

    title = _clean(title)
    sources = read_sources(root)
    slug = _slug(slug or title)
    path = f"series/{slug}/index.md"
    if any(file.startswith(f"series/{slug}/") for file in sources.files):
        raise OutputError(f"There is a series `{slug}` already: {shown(root / 'series' / slug)}")
    day = start.date() + timedelta(days=7) if isinstance(start, datetime) else start
    text = _SERIES.format(title=_yaml(title), summary=_yaml(f"{title}, in parts."), start=day.isoformat())
    _refuse_mistakes(sources, path, text)
    create(root, path, text.encode("utf-8"))
    say(f"{shown(root / path)}")
    say(f"Next: partwork new part {slug} 'The first title'")


@command.command("part", epilog="Example:  partwork new part three-evenings 'The letter about rent'")
@click.argument("series_slug", metavar="SERIES")
@click.argument("title")
@click.option("--slug", help="Its address, when the title does not make a good one.")
@click.option(
    "--draft/--no-draft", default=True, show_default=True, help="A draft has a place in the calendar and stays in."
)
@root_option
def part(series_slug: str, title: str, slug: str | None, draft: bool, root: Path) -> None:
    """Start the next part of SERIES, called TITLE.

    Prints the file to write on in, and when the part comes out. Nothing is overwritten.
    """
    from pipeline import wording
    from pipeline.cli.terminal import say
    from pipeline.read import read_sources

    title = _clean(title)
    sources = read_sources(root)
    _require_series(sources, series_slug)
    names = [path.split("/")[2] for path in sources.files if path.startswith(f"series/{series_slug}/")]
    parts = [name for name in names if _NUMBER.match(name) and name.endswith(".md")]
    number = max((int(name.split("-", 1)[0]) for name in parts), default=0) + 1
    slug = _slug(slug or title)
    path = f"series/{series_slug}/{number:02d}-{slug}.md"
    text = (_DRAFT if draft else _FINISHED).format(
        title=_yaml(title), summary=_yaml(wording.NEW_SUMMARY), body=wording.NEW_BODY
    )
    _refuse_mistakes(sources, path, text)
    create(root, path, text.encode("utf-8"))
    say(f"{shown(root / path)}")
    say(_slot_words(sources, path, text, draft=draft))
    _say_what_is_left(sources, path, text)


def _clean(title: str) -> str:
    """A title in one line."""
    title = " ".join(title.split())
    if not title:
        raise click.UsageError("A title is needed.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in title):
        raise click.UsageError("A title cannot have control characters.")
    return title


def _slug(text: str) -> str:
    from slugify import slugify

    slug: str = slugify(text, max_length=_SLUG_LENGTH, word_boundary=True)
    if not slug:
        raise click.UsageError(f"No address can be made from {text!r}. Choose one with --slug.")
    return slug


def _yaml(text: str) -> str:
    """A text as a YAML scalar. JSON's strings are YAML's (YAML 1.2, 1.3), once there are no line separators."""
    return json.dumps(text, ensure_ascii=False)


def _require_series(sources: "Sources", slug: str) -> None:
    known = sorted({path.split("/")[1] for path in sources.files if path.count("/") > 1 and path[:7] == "series/"})
    if f"series/{slug}/index.md" not in sources.files:
        near = get_close_matches(slug, known, 1)
        hint = f" Did you mean `{near[0]}`?" if near else " Start it with `partwork new series`."
        raise click.UsageError(f"There is no series `{slug}`.{hint}")


def _with(sources: "Sources", path: str, text: str) -> "Sources":
    from dataclasses import replace

    return replace(sources, files=dict(sorted({**sources.files, path: text.encode("utf-8")}.items())))


def _refuse_mistakes(sources: "Sources", path: str, text: str) -> None:
    """Refuse a file whose very name would be an error: a reserved name, or an address that is taken.

    Raises:
        OutputError: with the error's message.
    """
    from pipeline import rules

    about_names = {rules.RESERVED_NAME.code, rules.DUPLICATE_ADDRESS.code, rules.FILE_NAME.code}
    for diagnostic in _new_errors(sources, path, text):
        if diagnostic.code in about_names:
            raise OutputError(f"{path}: {diagnostic.message}. Choose another --slug.")


def _new_errors(sources: "Sources", path: str, text: str) -> list["Diagnostic"]:
    """The errors that there are with a file and were not without it."""
    from pipeline.parse import parse_library

    before = set(parse_library(sources).diagnostics)
    after = parse_library(_with(sources, path, text)).diagnostics
    return [diagnostic for diagnostic in after if diagnostic.is_error and diagnostic not in before]


def _say_what_is_left(sources: "Sources", path: str, text: str) -> None:
    """Show what must still be written before `partwork check` is content."""
    from pipeline.cli.terminal import say, show_diagnostics

    left = _new_errors(sources, path, text)
    if left:
        say("What is left to do before it passes `partwork check`:")
        show_diagnostics(left, _with(sources, path, text).files)


def _slot_words(sources: "Sources", path: str, text: str, *, draft: bool) -> str:
    """When a new part comes out, in a sentence."""
    from pipeline import schedule
    from pipeline.parse import parse_library

    library = parse_library(_with(sources, path, text)).library
    placed = [(each, one) for each in library.series for one in each.parts if one.path == path] if library else []
    if library is None or not placed:
        return "Its date cannot be told while there are errors: see `partwork check`."
    (owner, new_part) = placed[0]
    zone = library.publication.timezone or "UTC"
    slot = schedule.plan(owner, zone).slot_of(new_part)
    name, when = f"Part {new_part.number}", f"{schedule.described(slot)} ({zone})"
    if slot.utc <= now():
        return f"{name} has a slot that has passed: {when}. Pin a `date:`, or it comes out at once."
    return f"{name} comes out on {when}{', once it is no draft' if draft else ''}."
