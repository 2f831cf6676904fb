"""The rules of a whole publication: one small function for each, over the library or over its issues.

What can be seen in one file alone (front matter, Markdown, unsafe HTML) is told where that file is parsed.
"""

from collections.abc import Iterator

from pipeline.check import (
    addresses,
    blocks,
    cards,
    citing,
    elements,
    headings,
    inboxes,
    links,
    pictures,
    pointers,
    themes,
    timing,
    wording,
)
from pipeline.check.catalogue import Catalogue, LibraryRule, TextRule, catalogue_of
from pipeline.check.findings import Findings, body_of
from pipeline.check.timing import IssuesRule
from pipeline.errors import Diagnostic
from pipeline.gist import KnownBody
from pipeline.issue import Issues
from pipeline.memo import Memo
from pipeline.model import Library
from pipeline.parse.plain import pack, unpack

# What one file says alone is told once for each text, and kept.
TEXT_RULES: tuple[TextRule, ...] = (
    links.bare_link_texts,
    addresses.broken_addresses,
    headings.heading_levels,
    elements.misplaced_elements,
    wording.template_tokens,
    wording.placeholders,
    blocks.lost_directives,
)
LIBRARY_RULES: tuple[LibraryRule, ...] = (
    links.broken_links,
    links.broken_anchors,
    pictures.pictures,
    addresses.unsafe_addresses,
    citing.unresolved_citations,
    citing.unused_references,
    wording.tokens_in_settings,
    blocks.unknown_ctas,
    blocks.unknown_disclaimers,
    blocks.removed_disclaimers,
    blocks.nearly_topics,
    pointers.unknown_next_series,
    pointers.unknown_related,
    themes.email_theme,
    cards.font,
    cards.titles,
)
ISSUES_RULES: tuple[IssuesRule, ...] = (
    timing.links_that_reveal,
    timing.related_that_reveal,
    timing.drafts_that_passed,
    timing.unused_skips,
    inboxes.subjects_and_preheaders,
)
_KIND = "checked"  # in the memo


def check(library: Library, issues: Issues, memo: Memo | None = None) -> list[Diagnostic]:
    """Everything that is wrong with what is written and with when it comes out; sorted."""
    catalogue = catalogue_of(library)
    placed = catalogue if issues.library is library else catalogue_of(issues.library)
    found = set(_of_what_is_written(catalogue, memo or Memo()))
    return sorted(found.union(diagnostic for rule in ISSUES_RULES for diagnostic in rule(placed, issues)))


def _of_what_is_written(catalogue: Catalogue, memo: Memo) -> Iterator[Diagnostic]:
    for found in catalogue.bodies:
        yield from _of_one_text(catalogue, found, memo)
    for rule in LIBRARY_RULES:
        yield from rule(catalogue)


def _of_one_text(catalogue: Catalogue, found: Findings, memo: Memo) -> tuple[Diagnostic, ...]:
    """What is wrong with one file, whatever the others say: as it is known, or looked for now."""
    body = body_of(found.owner)
    key = body.key if isinstance(body, KnownBody) else None
    known = memo.get(_KIND, key) if key else None
    if known is not None:
        told: tuple[Diagnostic, ...] = unpack(known)
        return told
    told = tuple(sorted({diagnostic for rule in TEXT_RULES for diagnostic in rule(catalogue, found)}))
    if key:
        memo.put(_KIND, key, pack(told))
    return told
