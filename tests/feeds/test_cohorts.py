"""Who starts when, and gets which part when: true of every series, cadence, slot and moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import schedule
from pipeline.issue import Issue, SeriesIssues
from pipeline.model import Every, Schedule
from pipeline.pace import GRACE, MIN_PARTS, cohorts, course, current
from tests.feeds import builders

EVERY = st.sampled_from(
    [Every("day"), Every("weekday"), Every("week"), Every("week", 2), Every("month"), Every("day", 10)]
)
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Pacific/Auckland", "UTC"])


@st.composite
def series(draw: st.DrawFn) -> tuple[SeriesIssues, datetime]:
    """A series with any cadence, weeks off, drafts, pins and an ``as_of``."""
    zone = draw(ZONES)
    count = draw(st.integers(1, 14))
    start = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 400)))
    skip = frozenset(start + timedelta(days=7 * k) for k in draw(st.sets(st.integers(1, 20), max_size=4)))
    plan = Schedule(start, time(draw(st.integers(0, 23)), 30), draw(EVERY), skip)
    drafts = draw(st.sets(st.integers(1, count), max_size=3))
    own = replace(
        builders.series("gut", *(builders.part(k, f"p{k}", body="x") for k in range(1, count + 1))), schedule=plan
    )
    slots = schedule.plan(own, zone).slots
    as_of = slots[0][1].utc + timedelta(hours=draw(st.integers(-24, 24 * 500)))
    issues = tuple(
        Issue(part, own, slot, slot.utc <= as_of, None, None, None, (), 1, ())
        for part, slot in slots
        if part.number not in drafts
    )
    is_finished = not drafts and all(issue.is_out for issue in issues)
    return SeriesIssues(own, issues, (), slots, is_finished), as_of


@settings(max_examples=300, deadline=None)
@given(series())
def test_a_cohort_has_each_published_part_at_most_once_in_order_and_never_early(
    made: tuple[SeriesIssues, datetime],
) -> None:
    placed, as_of = made
    found = cohorts(placed, as_of)
    assert len({cohort.name for cohort in found}) == len(found)
    for cohort in found:
        numbers = [release.issue.number for release in cohort.releases]
        assert numbers == sorted(set(numbers))
        moments = [release.slot.utc for release in cohort.releases]
        assert moments == sorted(set(moments))
        for release in cohort.releases:
            assert release.issue.is_out
            assert release.issue.slot.utc <= release.slot.utc <= as_of
        assert numbers[0] == placed.out[0].number
        if cohort.end:
            assert moments[-1] < cohort.end.utc <= as_of
        if cohort.is_whole:
            assert numbers == [issue.number for issue in placed.issues]


@settings(max_examples=300, deadline=None)
@given(series(), st.integers(0, 24 * 200))
def test_what_a_cohort_has_had_stays_as_it_was(made: tuple[SeriesIssues, datetime], hours: int) -> None:
    placed, as_of = made
    later = as_of + timedelta(hours=hours)
    again = tuple(replace(issue, is_out=issue.slot.utc <= later) for issue in placed.issues)
    drafts = len(placed.issues) < len(placed.slots)
    finished = not drafts and all(issue.is_out for issue in again)
    after = {one.name: one for one in cohorts(replace(placed, issues=again, is_finished=finished), later)}
    for cohort in cohorts(placed, as_of):
        if cohort.name not in after:
            assert cohort.end is None or cohort.end.utc + GRACE <= later
            continue
        grown = after[cohort.name]
        seen = [(release.issue.number, release.slot) for release in cohort.releases]
        assert [(release.issue.number, release.slot) for release in grown.releases][: len(seen)] == seen
        assert grown.start == cohort.start
        if cohort.end:
            assert (grown.end, grown.is_whole, len(grown.releases)) == (cohort.end, cohort.is_whole, len(seen))


@settings(max_examples=200, deadline=None)
@given(series())
def test_there_are_no_more_cohorts_than_weeks_to_read_in_and_weeks_of_grace(
    made: tuple[SeriesIssues, datetime],
) -> None:
    placed, as_of = made
    found = cohorts(placed, as_of)
    if len(placed.out) < MIN_PARTS:
        assert found == ()
        assert current(placed, as_of) is None
        return
    if found:
        newest = course(placed, found[-1].start.local.date())
        longest = (newest.end or newest.start).utc - newest.start.utc + GRACE
        assert len(found) <= longest / timedelta(weeks=1) + 2
        offered = current(placed, as_of)
        assert offered is not None
        assert offered.name == found[-1].name


def weekly(count: int, as_of: datetime) -> SeriesIssues:
    parts = tuple(builders.part(k, f"p{k}", body="x") for k in range(1, count + 1))
    placed = builders.publish(parts, as_of=as_of).series[0]
    return replace(placed, is_finished=all(issue.is_out for issue in placed.issues))


def test_somebody_who_starts_a_year_late_gets_part_one_now_and_one_part_a_week() -> None:
    as_of = datetime(2027, 11, 26, 12, tzinfo=UTC)
    cohort = cohorts(weekly(8, as_of), as_of)[-1]
    assert (cohort.name, str(cohort.start.local)) == ("2027-W47", "2027-11-23 09:00:00+00:00")
    assert [release.issue.number for release in cohort.releases] == [1]
    later = cohorts(weekly(8, as_of), as_of + timedelta(weeks=3))
    same = next(one for one in later if one.name == "2027-W47")
    assert [str(release.slot.local.date()) for release in same.releases] == [
        *("2027-11-23", "2027-11-30", "2027-12-07", "2027-12-14"),
    ]


def test_a_finished_cohort_stays_for_four_weeks_and_goes() -> None:
    as_of = datetime(2027, 11, 26, 12, tzinfo=UTC)
    names = [one.name for one in cohorts(weekly(8, as_of), as_of)]
    # Eight weeks for eight parts, one for the last word, four of grace.
    assert len(names) == 12
    ended = [one for one in cohorts(weekly(8, as_of), as_of) if one.end]
    assert len(ended) == 4
    assert all(one.is_whole for one in ended)


def test_nine_o_clock_stays_nine_o_clock_for_every_cohort() -> None:
    as_of = datetime(2027, 4, 20, 12, tzinfo=UTC)
    for cohort in cohorts(weekly(8, as_of), as_of):
        assert {release.slot.local.hour for release in cohort.releases} == {9}


def test_who_is_as_far_as_everybody_is_told_so_and_not_that_the_series_is_over() -> None:
    as_of = datetime(2026, 12, 1, 12, tzinfo=UTC)
    whole = weekly(8, as_of)
    written = replace(whole, issues=whole.issues[:4], slots=whole.slots[:4], is_finished=False)
    cohort = next(one for one in cohorts(written, as_of) if one.name == "2026-W43")
    assert [release.issue.number for release in cohort.releases] == [1, 2, 3, 4]
    assert cohort.end is not None
    assert not cohort.is_whole
