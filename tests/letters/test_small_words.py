"""Spans of time and names of parts, as people read and write them."""

from dataclasses import dataclass

import pytest

from pipeline.cli.bar import Bar, lasting
from pipeline.cli.part_names import find
from pipeline.sending.errand import Progress
from pipeline.sending.forecast import takes


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0 seconds"),
        (1, "1 second"),
        (99, "99 seconds"),
        (100, "2 minutes"),
        (5_400, "90 minutes"),
        (7_500, "2 h 05 min"),
        (8.9 * 86_400, "9 days"),
    ],
)
def test_a_span_is_told_as_roughly_as_people_do(seconds, words):
    assert lasting(seconds) == words


def test_how_long_sending_takes_is_reckoned_from_the_rate():
    assert takes(1_000, None) is None
    assert takes(1_000, 14).total_seconds() == 72
    assert takes(3, 0.5).total_seconds() == 6


@dataclass(frozen=True)
class Named:
    number: int
    address: str


THERE = (Named(1, "tea/first"), Named(2, "tea/3-cups"), Named(3, "tea/the-wait"), Named(3, "coffee/the-wait"))


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("tea/1", "tea/first"),
        ("tea/01", "tea/first"),
        ("tea/3", "tea/the-wait"),
        ("tea/3-cups", "tea/3-cups"),  # a slug that looks like a number and a slug
        ("tea/02-3-cups", "tea/3-cups"),
        ("coffee/3", "coffee/the-wait"),
        ("series/coffee/03-the-wait.md", "coffee/the-wait"),
        ("tea/2-first", None),
        ("tea", None),
        ("tea/", None),
        ("", None),
    ],
)
def test_a_name_stands_for_one_part_or_for_none(name, address):
    found = find(name, THERE)
    assert (found.address if found else None) == address


def test_a_line_of_progress_counts_what_was_settled_before():
    lines: list[str] = []
    bar = Bar(100, 40, lines.append)
    bar._drawn = 0.0
    bar(Progress(accepted=10, rejected=2, deferred=3))
    assert lines[0].startswith("52 of 100   52%")
    assert lines[0].endswith("2 rejected  3 deferred")
    bar._drawn = 0.0
    bar(Progress(trouble="mail.example.org:25 cannot be reached"))
    assert "cannot be reached; trying again" in lines[1]
