"""A deliberate fault in a template is told, once, at its exact place, with what to write instead."""

import pytest

from pipeline.errors import Severity
from tests.templates.builders import EMAIL, framed, lint, placed
from tests.templates.faults import FAULTS, Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.code} {fault.where}: {fault.piece[:60]}")
def test_a_fault_is_told_once_at_its_exact_place(fault: Fault) -> None:
    templates, spot = placed({EMAIL: framed(fault.where, fault.piece)})

    told = lint(templates[EMAIL])

    assert [(str(found.location), found.code) for found in told] == [(spot, fault.code)], told
    assert fault.says in f"{told[0].message} {told[0].hint}"
    assert told[0].hint
    assert "\n" not in told[0].message


def test_there_are_more_than_a_hundred_faults() -> None:
    assert len(FAULTS) > 100
    assert len({(fault.where, fault.piece) for fault in FAULTS}) == len(FAULTS)


def test_what_is_only_doubtful_stops_nothing() -> None:
    codes = {fault.code: lint(placed({EMAIL: framed(fault.where, fault.piece)})[0][EMAIL]) for fault in FAULTS}
    doubtful = {code for code, told in codes.items() if told[0].severity is Severity.WARNING}

    assert doubtful == {"PW614", "PW615", "PW616"}


def test_a_message_is_one_line_however_long_what_is_wrong() -> None:
    long = "word\n" * 200
    template = framed("column", f"{long}{{{{ part.title ~ '{long}' }}}}<mj-text color='{long}'>x</mj-text>")

    told = lint(template)

    assert [found.code for found in told] == ["PW608", "PW608", "PW607"]
    assert all(len(found.message) < 200 and "\n" not in found.message for found in told)
