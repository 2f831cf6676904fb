"""How long a build lasts: within its span every moment gives the same bytes."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.build import build
from pipeline.compose import compose_issues
from pipeline.lasting import Span, span_of
from pipeline.model import Sources
from tests.projects import CONFIG, index, library, part, sources

# Two series in a zone whose clocks go back on 25 October and forward on 28 March: one every week, one on weekdays.
DAILY = index("daily", "Daily").replace("2026-11-03", "2026-10-19").replace("every: week", "every: weekday")
WEEKLY = index("small").replace("2026-11-03", "2026-10-13").replace('"09:00"', '"00:30"')
TEXT = (
    CONFIG.replace('timezone = "UTC"', 'timezone = "Europe/London"')
    + WEEKLY
    + part(1)
    + part(2, more="updated: 2026-10-22 17:45")
    + part(3, more="draft: true")
    + part(4)
    + DAILY
    + "".join(part(number, series="daily", slug=f"d{number}") for number in range(1, 5))
)
START = datetime(2026, 10, 10, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 60)


@cache
def written() -> Sources:
    return sources(TEXT)


@cache
def built(moment: datetime) -> tuple[object, ...]:
    made = build(written(), moment)
    assert not made.has_errors
    return (made.artifacts, made.drawings, [str(each) for each in made.diagnostics])


def span_at(moment: datetime) -> Span:
    return span_of(compose_issues(library(TEXT), moment).issues)


@settings(max_examples=25)
@given(MINUTES, st.floats(0, 1, exclude_max=True))
def test_every_moment_of_a_span_gives_the_same_bytes(minutes: int, share: float) -> None:
    moment = START + timedelta(minutes=minutes)
    span = span_at(moment)
    other = (span.since + (span.until - span.since) * share).replace(microsecond=0)
    other = min(other, span.until - timedelta(seconds=1))  # a share of nearly one is rounded to the end

    assert moment in span
    assert span_at(max(other, span.since)) == span
    assert built(max(other, span.since)) == built(moment)


@given(MINUTES)
def test_spans_stand_side_by_side_and_are_no_longer_than_a_day(minutes: int) -> None:
    span = span_at(START + timedelta(minutes=minutes))

    assert span.until not in span
    assert span_at(span.until).since == span.until
    assert timedelta(0) < span.until - span.since <= timedelta(hours=25)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 10, 12, 23, 30, tzinfo=UTC),  # half past midnight in London: Part 1
        datetime(2026, 10, 22, 16, 45, tzinfo=UTC),  # `updated`
        datetime(2026, 10, 26, 0, 0, tzinfo=UTC),  # midnight
    ],
)
def test_a_span_ends_where_something_changes(moment: datetime) -> None:
    assert span_at(moment).since == moment
    assert span_at(moment - timedelta(seconds=1)).until == moment
