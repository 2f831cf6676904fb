"""Every mistake that an author can make has its message, exactly."""

from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.rules import ALL_RULES
from tests.templates.faults import FAULTS

CASES = sorted(path.name for path in Path(__file__).parent.glob("*.txt"))
MISTAKES = [name for name in CASES if name != "base.txt"]


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_in_these_words_and_stops_what_it_must(name, case, sources):
    told = case(name)
    result = build(sources(told), told.as_of)
    assert "\n".join(str(diagnostic) for diagnostic in result.diagnostics) == told.expected
    assert bool(result.artifacts) != any(diagnostic.is_error for diagnostic in result.diagnostics)


def test_every_rule_has_a_case_that_provokes_it():
    by_templates = {fault.code for fault in FAULTS}

    # A theme that comes out other than MJML makes it is provoked in tests/email/test_proof.py.
    assert {name[:5] for name in MISTAKES} | by_templates | {"PW619"} == {rule.code for rule in ALL_RULES}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_case_is_called_after_the_rule_that_it_provokes(name, case):
    assert f" {name[:5]}: " in case(name).expected


@pytest.mark.parametrize("name", MISTAKES)
def test_an_error_comes_with_a_cure(name, case):
    lines = case(name).expected.split("\n")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        assert line.startswith("    hint: ") or after.startswith("    hint: "), line


def test_there_are_more_than_forty_kinds_of_mistake():
    assert len(MISTAKES) > 40
