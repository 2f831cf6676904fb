"""What is due, over any slots, any clock, any ledger."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.schedule import at
from pipeline.sending.due import Departure, due, on_their_clocks, opening

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC).replace(tzinfo=None)
LATE = timedelta(hours=6)
ZONES = ["Europe/London", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"]
moments = st.integers(0, 60 * 24 * 40).map(lambda m: BEGIN.replace(tzinfo=UTC) + timedelta(minutes=m))
series = st.builds(
    lambda name, zone, start, number: [
        Departure(name, f"part-{k + 1}", k + 1, at(BEGIN + timedelta(days=7 * k, minutes=start), zone))
        for k in range(number)
    ],
    st.sampled_from(["one", "two"]),
    st.sampled_from(ZONES),
    st.integers(0, 5_000),
    st.integers(1, 4),
)


def london(day: int, hour: int = 9) -> Departure:
    return Departure("s", f"p{day}", day, at(BEGIN.replace(day=day, hour=hour), "Europe/London"))


def test_a_part_is_due_at_its_slot_and_not_before():
    part = london(24)
    assert due([part], (), part.slot.utc - timedelta(seconds=1), LATE).plan == ()
    assert due([part], (), part.slot.utc, LATE).plan == (part,)


def test_a_late_part_is_sent_and_a_later_one_has_slipped():
    part = london(24)
    assert due([part], (), part.slot.utc + LATE, LATE).plan == (part,)
    assert due([part], (), part.slot.utc + LATE + timedelta(seconds=1), LATE).slip == (part,)


def test_what_was_out_before_anybody_was_on_the_list_is_passed_over():
    part = london(3)
    decision = due([part], (), london(24).slot.utc, LATE, since=london(10).slot.utc)
    assert (decision.plan, decision.slip) == ((), ())


def test_it_wakes_for_the_next_slot():
    now = london(24).slot.utc
    assert due([london(24), london(30), london(27)], (), now, LATE).wake_at == london(27).slot.utc


@given(series, moments, st.booleans())
def test_nothing_is_planned_before_its_time_or_after_it_is_too_late(them, now, is_local):
    decision = due(them, (), now, LATE, is_local=is_local)

    for departure in decision.plan:
        assert (opening(departure.slot) if is_local else departure.slot.utc) <= now <= departure.slot.utc + LATE
    for departure in decision.slip:
        assert now > departure.slot.utc + LATE
    assert not set(decision.plan) & set(decision.slip)
    assert decision.wake_at is None or decision.wake_at > now


@given(series, st.lists(moments, max_size=12), st.booleans())
def test_however_the_clock_moves_nothing_is_planned_twice(them, clock, is_local):
    known: set[tuple[str, str]] = set()
    for now in clock:
        decision = due(them, known, now, LATE, is_local=is_local)
        keys = [departure.key for departure in (*decision.plan, *decision.slip)]
        assert len(keys) == len(set(keys))
        assert not known & set(keys)
        known |= set(keys)


@given(series, st.integers(1, 300))
def test_whoever_looks_often_enough_plans_every_part_once_and_nothing_slips(them, step):
    known: list[tuple[str, str]] = []
    now = BEGIN.replace(tzinfo=UTC) - timedelta(days=1)
    while len(known) < len(them):
        decision = due(them, known, now, LATE)
        assert not decision.slip
        known += [departure.key for departure in decision.plan]
        assert decision.plan or decision.wake_at is not None
        now = (decision.wake_at or now) + timedelta(minutes=step)
    assert sorted(known) == sorted(departure.key for departure in them)


@given(series, st.sampled_from(ZONES))
def test_on_each_subscribers_clock_it_is_the_slots_hour(them, zone):
    for departure in them:
        moment = on_their_clocks(departure.slot)(zone)
        assert at(moment, zone).local.replace(tzinfo=None) == departure.slot.local.replace(tzinfo=None)
        assert opening(departure.slot) <= moment


def test_an_unknown_time_zone_means_the_publications():
    slot = london(24).slot
    for zone in ("", "Nowhere/At_All", "../etc/passwd", "\0"):
        assert on_their_clocks(slot)(zone) == slot.utc
