from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import schedule
from pipeline.model import Every, Schedule
from pipeline.wording import when
from tests.projects import CONFIG, index, library, part

NINE = time(9, 0)
ZONES = sorted(available_timezones())


def days(every: Every, start: date, count: int = 5) -> list[str]:
    return [f"{moment:%m-%d}" for moment in islice(schedule.cadence(Schedule(start, NINE, every)), count)]


@pytest.mark.parametrize(
    ("every", "start", "expected"),
    [
        (Every("week"), date(2026, 11, 3), ["11-03", "11-10", "11-17", "11-24", "12-01"]),
        (Every("week", 2), date(2026, 11, 3), ["11-03", "11-17", "12-01", "12-15", "12-29"]),
        (Every("day"), date(2026, 11, 29), ["11-29", "11-30", "12-01", "12-02", "12-03"]),
        (Every("weekday"), date(2026, 11, 5), ["11-05", "11-06", "11-09", "11-10", "11-11"]),
        (Every("weekday"), date(2026, 11, 7), ["11-09", "11-10", "11-11", "11-12", "11-13"]),
        (Every("month"), date(2027, 1, 31), ["01-31", "02-28", "03-31", "04-30", "05-31"]),
    ],
)
def test_a_cadence_steps_as_its_words_say(every: Every, start: date, expected: list[str]) -> None:
    assert days(every, start) == expected


@given(
    every=st.builds(Every, st.sampled_from(["day", "weekday", "week", "month"]), st.integers(1, 6)),
    start=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    skip=st.frozensets(st.dates(date(2000, 1, 1), date(2100, 1, 1)), max_size=5),
)
def test_a_cadence_moves_forward_and_never_meets_a_skipped_date(
    every: Every, start: date, skip: frozenset[date]
) -> None:
    moments = list(islice(schedule.cadence(Schedule(start, NINE, every, skip)), 30))

    assert moments == sorted(set(moments))
    assert moments[0].date() >= start
    assert not {moment.date() for moment in moments} & skip


@given(
    local=st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
)
def test_a_slot_is_the_wall_clock_time_or_later_by_the_gap(local: datetime, zone: str) -> None:
    slot = schedule.at(local, zone)
    shown = slot.local.replace(tzinfo=None)

    assert slot.utc == slot.local.astimezone(UTC)
    assert shown >= local
    if shown == local:
        # Of a time that comes twice, the first.
        other = local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
        assert slot.utc <= other
    else:
        assert shown - local <= timedelta(days=1)


def test_nine_oclock_stays_nine_oclock_when_the_clocks_change() -> None:
    before = schedule.at(datetime(2026, 10, 20, 9), "Europe/London")  # noqa: DTZ001
    after = schedule.at(datetime(2026, 10, 27, 9), "Europe/London")  # noqa: DTZ001

    assert (before.local.hour, after.local.hour) == (9, 9)
    assert after.utc - before.utc == timedelta(days=7, hours=1)


def test_a_local_time_that_does_not_exist_moves_forward_by_the_gap() -> None:
    slot = schedule.at(datetime(2026, 3, 29, 1, 30), "Europe/London")  # noqa: DTZ001

    assert f"{slot.local:%H:%M %z}" == "02:30 +0100"


def slots_of(text: str) -> list[str]:
    (series,) = library(CONFIG + text).series
    calendar = schedule.plan(series, "Europe/London")
    assert not calendar.diagnostics
    return [f"{slot.local:%m-%d %H:%M}" for _, slot in calendar.slots]


def test_a_pin_moves_a_part_and_those_after_it_follow() -> None:
    text = index() + part(1) + part(2, more="date: 2026-11-26") + part(3)

    assert slots_of(text) == ["11-03 09:00", "11-26 09:00", "12-01 09:00"]


def test_a_pin_may_have_a_time() -> None:
    assert slots_of(index() + part(1, more="date: 2026-11-05 17:30")) == ["11-05 17:30"]


def test_a_draft_keeps_its_place_in_the_calendar() -> None:
    text = index() + part(1) + part(2, more="draft: true") + part(3)

    assert slots_of(text) == ["11-03 09:00", "11-10 09:00", "11-17 09:00"]


@pytest.mark.parametrize(("pin", "code"), [("2026-11-03", "PW401"), ("2026-11-01", "PW402")])
def test_two_parts_in_one_slot_and_a_pin_that_runs_backwards_show_the_calendar(pin: str, code: str) -> None:
    (series,) = library(CONFIG + index() + part(1) + part(2, more=f"date: {pin}")).series

    (problem,) = schedule.plan(series, "Europe/London").diagnostics

    assert problem.code == code
    assert f"01 2026-11-03 09:00; 02 {pin} 09:00" in problem.hint


def test_a_bare_as_of_is_the_end_of_that_day_in_the_zone() -> None:
    assert schedule.resolve_as_of(date(2026, 7, 1), "Europe/London").isoformat() == "2026-07-01T22:59:59+00:00"


@pytest.mark.parametrize(
    ("day", "said", "words"),
    [
        (date(2026, 11, 24), date(2026, 11, 17), "Next week, Tuesday 24 November"),
        (date(2026, 11, 18), date(2026, 11, 17), "Tomorrow, Wednesday 18 November"),
        (date(2026, 11, 20), date(2026, 11, 17), "This Friday 20 November"),
        (date(2026, 11, 23), date(2026, 11, 22), "Tomorrow, Monday 23 November"),
        (date(2026, 12, 1), date(2026, 11, 17), "In two weeks, Tuesday 1 December"),
        (date(2027, 1, 5), date(2026, 12, 29), "Next week, Tuesday 5 January 2027"),
        (date(2027, 3, 2), date(2026, 11, 17), "On Tuesday 2 March 2027"),
    ],
)
def test_a_coming_date_is_said_as_a_person_would(day: date, said: date, words: str) -> None:
    assert when(day, said) == words


def test_a_calendar_that_runs_past_all_calendars_is_told() -> None:
    text = index().replace("every: week", "every: 999 months") + "".join(part(k) for k in range(1, 100))
    (series,) = library(CONFIG + text).series
    calendar = schedule.plan(series, "Europe/London")

    assert [problem.code for problem in calendar.diagnostics] == ["PW207"]
    assert [found for found, _ in calendar.slots] == list(series.parts)
