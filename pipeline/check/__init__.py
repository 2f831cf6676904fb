"""The rules of a whole publication: one small function for each, over the library or over its issues.

What can be seen in one file alone (front matter, Markdown, unsafe HTML) is told where that file is parsed.
"""

from pipeline.check import (
    addresses,
    blocks,
    cards,
    citing,
    elements,
    headings,
    links,
    pictures,
    pointers,
    themes,
    timing,
    wording,
)
from pipeline.check.catalogue import LibraryRule, catalogue_of
from pipeline.check.timing import IssuesRule
from pipeline.errors import Diagnostic
from pipeline.issue import Issues
from pipeline.model import Library

LIBRARY_RULES: tuple[LibraryRule, ...] = (
    links.broken_links,
    links.broken_anchors,
    links.bare_link_texts,
    pictures.pictures,
    addresses.broken_addresses,
    addresses.unsafe_addresses,
    citing.unresolved_citations,
    citing.unused_references,
    headings.heading_levels,
    elements.misplaced_elements,
    wording.template_tokens,
    wording.placeholders,
    blocks.unknown_ctas,
    blocks.unknown_disclaimers,
    blocks.removed_disclaimers,
    blocks.nearly_topics,
    blocks.lost_directives,
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
)


def check(library: Library, issues: Issues) -> list[Diagnostic]:
    """Everything that is wrong with what is written and with when it comes out, bodies walked once; sorted."""
    catalogue = catalogue_of(library)
    placed = catalogue if issues.library is library else catalogue_of(issues.library)
    found = {diagnostic for rule in LIBRARY_RULES for diagnostic in rule(catalogue)}
    return sorted(found.union(diagnostic for rule in ISSUES_RULES for diagnostic in rule(placed, issues)))


def check_library(library: Library) -> list[Diagnostic]:
    """Everything that is wrong with what is written, whatever the date; sorted."""
    catalogue = catalogue_of(library)
    return sorted({diagnostic for rule in LIBRARY_RULES for diagnostic in rule(catalogue)})


def check_issues(issues: Issues) -> list[Diagnostic]:
    """Everything that is wrong with when things come out; sorted."""
    catalogue = catalogue_of(issues.library)
    return sorted({diagnostic for rule in ISSUES_RULES for diagnostic in rule(catalogue, issues)})
