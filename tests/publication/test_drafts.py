from datetime import date

import pytest

from pipeline.build import build
from pipeline.errors import Severity
from tests.projects import CONFIG, index, part, sources

BROKEN = part(2, more="draft: true", body="A [link](nowhere.md) and a [@citation].\n\n# A heading")


def test_what_is_wrong_in_a_draft_stops_nobody_else() -> None:
    made = build(sources(CONFIG + index() + part(1) + BROKEN), date(2026, 11, 18))

    assert made.artifacts
    assert {diagnostic.code for diagnostic in made.diagnostics} >= {"PW301", "PW305"}
    assert {diagnostic.severity for diagnostic in made.diagnostics} == {Severity.WARNING}


def test_a_draft_that_is_looked_at_is_held_to_the_rules() -> None:
    made = build(sources(CONFIG + index() + part(1) + BROKEN), date(2026, 11, 18), drafts=True)

    assert made.has_errors


@pytest.mark.parametrize("draft", [part(1, slug="again", more="draft: true"), part(3, more="draft: true")])
def test_a_drafts_number_belongs_to_the_series(draft: str) -> None:
    assert build(sources(CONFIG + index() + part(1) + draft), date(2026, 11, 18)).has_errors
