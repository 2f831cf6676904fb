"""Blocks that are named: calls to action, disclaimers added and removed, and where ``:::`` lines may stand."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from pipeline import rules
from pipeline.check.catalogue import Catalogue, suggestion
from pipeline.check.findings import Findings
from pipeline.check.source import words_as_written
from pipeline.errors import Diagnostic, Location
from pipeline.model import BlockKind, Library, Part, Series

NO_CTA = "none"
_INDENTED = re.compile(r"(?<=[ \t>]):::[ \t]*(?:cta|only)\b[^\n]*")


def unknown_ctas(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """A series' CTA, a part's, and one placed by hand are files in ``templates/blocks/``."""
    for found in catalogue.bodies:
        owner = found.owner
        if isinstance(owner, Part | Series) and owner.cta not in (None, "", NO_CTA):
            yield from _unknown(catalogue.library, str(owner.cta), BlockKind.CTA, owner.at("cta"))
        for mark in found.marks:
            place = catalogue.places.find(found.path, mark.line, mark.slug)
            yield from _unknown(catalogue.library, mark.slug, BlockKind.CTA, place)


def unknown_disclaimers(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """What a part adds and removes are disclaimers in ``templates/blocks/``."""
    for part in catalogue.parts.values():
        for key, slugs in (("add", part.disclaimers.add), ("remove", part.disclaimers.remove)):
            for index, slug in enumerate(slugs):
                place = _choice_place(part, key, index)
                yield from _unknown(catalogue.library, slug, BlockKind.DISCLAIMER, place)


def _unknown(library: Library, slug: str, kind: BlockKind, place: Location) -> Iterator[Diagnostic]:
    block = library.blocks.get(slug)
    if block and block.kind is kind:
        return
    rule, name = (rules.UNKNOWN_CTA, "CTA") if kind is BlockKind.CTA else (rules.UNKNOWN_DISCLAIMER, "disclaimer")
    if block:
        is_cta = block.kind is BlockKind.CTA
        message = f"`{slug}` is a {'CTA' if is_cta else 'disclaimer'}, and a {name} is wanted"
        yield rule.at(place, message, f"see `kind:` in {block.path}")
        return
    if f"templates/blocks/{slug}.md" in library.texts:
        return  # it is there and could not be read, which has been told
    known = sorted(block.slug for block in library.blocks.values() if block.kind is kind)
    otherwise = f"there are: {', '.join(known)}" if known else f"write `templates/blocks/{slug}.md`"
    yield rule.at(place, f"there is no {name} `{slug}`", suggestion(slug, known, otherwise))


def nearly_topics(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """A topic that no disclaimer is for, though one is for a topic spelled almost like it."""
    blocks = catalogue.library.blocks.values()
    known = {topic.casefold(): topic for block in blocks for topic in block.topics}
    owners: list[Part | Series] = [*catalogue.library.series, *catalogue.parts.values()]
    for owner in owners:
        for topic in owner.topics:
            close = get_close_matches(topic.casefold(), known, n=1, cutoff=0.75)
            if close and topic.casefold() not in known:
                message = f"no disclaimer is for the topic `{topic}`"
                hint = f"did you mean `{known[close[0]]}`? A disclaimer is for that one"
                yield rules.NEARLY_TOPIC.at(owner.at("topics"), message, hint)


def removed_disclaimers(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """A disclaimer is left out for a reason, and only where the topics ask for it."""
    for series in catalogue.library.series:
        for part in series.parts:
            if part.disclaimers.remove:
                yield from _removed(catalogue.library, series, part)


def _removed(library: Library, series: Series, part: Part) -> Iterator[Diagnostic]:
    if not part.disclaimers.because.strip():
        names = ", ".join(f"`{slug}`" for slug in part.disclaimers.remove)
        yield rules.REMOVED_WITHOUT_REASON.at(
            _choice_place(part, "remove"),
            f"{names} is removed without a reason",
            "add `because: …` beside `remove:`; it is for those who come after you, and not published",
        )
    topics = {*series.topics, *part.topics}
    for index, slug in enumerate(part.disclaimers.remove):
        block = library.blocks.get(slug)
        if block and block.kind is BlockKind.DISCLAIMER and block.topics and not topics & set(block.topics):
            yield rules.NOT_REMOVABLE.at(
                _choice_place(part, "remove", index),
                f"the disclaimer `{slug}` cannot be removed: this part does not have it",
                f"it goes to parts on {' or '.join(block.topics)}: take it out here, or correct the topics",
            )


def _choice_place(part: Part, key: str, index: int = -1) -> Location:
    keys = part.keys
    exact = keys.get(f"disclaimers.{key}[{index}]") if index >= 0 else None
    return exact or keys.get(f"disclaimers.{key}") or part.at("disclaimers")


def lost_directives(catalogue: Catalogue, found: Findings) -> Iterator[Diagnostic]:
    """``:::`` lines mean something in a part, at the left margin; elsewhere what they say would be lost."""
    if not isinstance(found.owner, Part):
        marks = [(mark.line, f"cta {mark.slug}") for mark in found.marks]
        fences = [(fence.line, f"only {' '.join(fence.names)}") for fence in found.fences]
        for line, what in (*marks, *fences):
            yield rules.UNKNOWN_DIRECTIVE.at(
                catalogue.places.start_of(found.path, line),
                f"`::: {what}` does nothing here: only a part can have it",
                "take it out; an introduction and a block are the same in every channel",
            )
    for match in words_as_written(catalogue, found, _INDENTED, (":::",)):
        yield rules.UNKNOWN_DIRECTIVE.at(
            match.place,
            f"`{match.text}` is indented, and readers would see it as it stands",
            "a `:::` line starts at the left margin, between paragraphs, lists and quotations",
        )
