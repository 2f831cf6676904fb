"""A series' ``index.md`` into a Series, its parts beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.model import Author, Every, Part, Reference, Schedule, Series
from pipeline.parse import keys
from pipeline.parse.fields import Fields, where_in
from pipeline.parse.front_matter import split_front_matter
from pipeline.parse.manuscript import manuscript
from pipeline.parse.references import references_from_yaml

_EVERY = re.compile(r"(?:(\d{1,3})\s+)?(day|weekday|week|month)s?\Z")
_NINE = time(9, 0)


def parse_series(text: str, path: str, slug: str, diagnostics: list[Diagnostic]) -> Series:
    """Read a series' own file; its parts are put in by ``with_parts``."""
    header = split_front_matter(text, path)
    diagnostics.extend(header.diagnostics)
    place = where_in(header.keys, path)
    is_readable = not header.diagnostics
    fields = Fields(header.values, keys.SERIES, place, diagnostics)
    introduction = manuscript(text, header, path, diagnostics)
    return Series(
        slug=slug,
        path=path,
        title=fields.text("title", required=is_readable) or slug.replace("-", " ").capitalize(),
        summary=fields.text("summary", required=is_readable),
        authors=_authors(fields),
        schedule=_schedule(fields, is_wanted=is_readable),
        topics=fields.texts("topics"),
        cta=fields.text("cta") or None,
        parts_planned=fields.number("parts_planned", 1, 9999),
        next_series=fields.text("next_series"),
        introduction=introduction,
        references=references_from_yaml(
            fields.raw("references"), place("references"), header.keys, "references", diagnostics
        ),
        keys=dict(header.keys),
    )


def with_parts(
    series: Series, parts: Sequence[Part], references: tuple[Reference, ...], diagnostics: list[Diagnostic]
) -> Series:
    """A series with its parts by number; numbers and addresses that do not fit together are told."""
    ordered = tuple(sorted(parts, key=lambda part: (part.number, part.path)))
    _check_numbers(ordered, diagnostics)
    _check_addresses(ordered, diagnostics)
    planned = series.parts_planned
    if planned is not None and ordered and ordered[-1].number > planned:
        message = f"`parts_planned` is {planned}, but there is a Part {ordered[-1].number}"
        diagnostics.append(
            rules.TOO_FEW_PLANNED.at(
                series.at("parts_planned"), message, f"make it {ordered[-1].number} or more, or take it out"
            )
        )
    return replace(series, parts=ordered, references=references)


def _check_numbers(parts: tuple[Part, ...], diagnostics: list[Diagnostic]) -> None:
    expected = 1
    for before, part in zip((None, *parts), parts, strict=False):
        if before is not None and part.number == before.number:
            message = f"Part {part.number} is there already: {before.path}"
            diagnostics.append(
                rules.DUPLICATE_NUMBER.at(Location(part.path), message, "give one of the files another number")
            )
            continue
        if part.number > expected:
            gap = f"Part {expected}" if part.number == expected + 1 else f"Parts {expected} to {part.number - 1}"
            verb = "is" if part.number == expected + 1 else "are"
            message = f"{gap} {verb} missing before this one"
            diagnostics.append(
                rules.MISSING_NUMBER.at(
                    Location(part.path), message, f"number this file {expected:02d}, or add what is missing"
                )
            )
        expected = part.number + 1


def _check_addresses(parts: tuple[Part, ...], diagnostics: list[Diagnostic]) -> None:
    owner: dict[str, Part] = {}
    for part in parts:
        if part.slug in owner:
            message = f"the address `{part.slug}` belongs to {owner[part.slug].path} already"
            diagnostics.append(rules.DUPLICATE_ADDRESS.at(Location(part.path), message, "rename one of the files"))
        owner.setdefault(part.slug, part)
    for part in parts:
        for alias in part.aliases:
            if alias in owner:
                message = f"the alias `{alias}` is the address of {owner[alias].path}"
                diagnostics.append(
                    rules.DUPLICATE_ADDRESS.at(part.at("aliases"), message, "an old address leads to one part")
                )
            owner.setdefault(alias, part)


def _authors(fields: Fields) -> tuple[Author, ...]:
    value = fields.raw("author")
    items = value if isinstance(value, list) else [] if value is None else [value]
    authors = []
    for index, item in enumerate(items):
        if isinstance(item, str) and item.strip():
            authors.append(Author(" ".join(item.split())))
        elif isinstance(item, dict):
            inner = fields.nested(f"author[{index}]" if isinstance(value, list) else "author", item, keys.AUTHOR)
            name = inner.text("name", required=True)
            if name:
                authors.append(Author(name, inner.text("url"), inner.text("credentials")))
        else:
            fields.wrong(
                "author", "`author` must be a name, a mapping, or a list of them", "author: {name: …, url: …}"
            )
    return tuple(authors)


def _schedule(fields: Fields, *, is_wanted: bool) -> Schedule:
    if is_wanted:
        fields.required("schedule")
    inner = fields.mapping("schedule", keys.SCHEDULE)
    if fields.has("schedule"):
        inner.required("start")
    return Schedule(
        start=inner.day("start") or date(2000, 1, 3),
        at=inner.clock("at", _NINE),
        every=_every(inner),
        skip=inner.days("skip"),
    )


def _every(fields: Fields) -> Every:
    words = fields.text("every", default="week")
    match = _EVERY.match(words)
    count = int(match.group(1) or 1) if match else 0
    if not match or not count:
        fields.wrong("every", f"`every` cannot be `{words}`", "write day, weekday, week, 2 weeks or month")
        return Every("week")
    return Every(match.group(2), count)
