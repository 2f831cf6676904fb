"""Round-ups: who reads seldom gets one letter a month for each series, and loses no part."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from benchmarks.rough_server import Manner, RoughServer
from pipeline.cli import main
from pipeline.database import open_database
from tests.letters.conftest import PART, SECOND, START, Shop

DECEMBER = datetime(2026, 12, 1, 9, tzinfo=UTC)
JANUARY = datetime(2027, 1, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WEEK = timedelta(weeks=1)
ROUNDUP = "three-evenings/roundup-2026-11"
ON = '\n[roundup]\nevery = "month"\n'


def set_rhythm(shop: Shop, address: str, rhythm: str) -> None:
    database = open_database("", shop.root)
    with database.writing() as connection:
        done = "UPDATE subscribers SET rhythm = ? WHERE address = ?"
        assert connection.exec_driver_sql(done, (rhythm, address)).rowcount == 1
    database.close()


def offer(shop: Shop) -> None:
    with shop.file("partwork.toml").open("a", encoding="utf-8") as file:
        file.write(ON)


@pytest.fixture
def seldom(shop: Shop) -> Shop:
    """Round-ups are offered, and the first of three has chosen them."""
    offer(shop)
    set_rhythm(shop, "r1@example.org", "round-up")
    return shop


def letters(server: RoughServer) -> dict[str, list[EmailMessage]]:
    found: dict[str, list[EmailMessage]] = {}
    for taken in server.taken:
        message = message_from_bytes(taken.data, policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.setdefault(taken.addresses[0], []).append(message)
    return found


def texts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def run_at(shop: Shop, *moments: datetime) -> None:
    for moment in moments:
        shop.clock.set(moment)
        assert shop("run", "--once").code in (0, 1)  # 1: a part has slipped


def test_over_two_months_everybody_hears_of_every_part_once(seldom: Shop) -> None:
    with RoughServer(manner=Manner(keeps_data=True)) as server:
        seldom.change(ON, "\n", "partwork.toml")
        seldom.through(server.port)
        offer(seldom)
        weeks = [START + week * WEEK + MINUTE for week in range(-1, 12)]
        months = [datetime(2026, 11, 1, 9, 1, tzinfo=UTC), DECEMBER + MINUTE, JANUARY + MINUTE]
        run_at(seldom, *sorted((*weeks, *months, datetime(2027, 2, 1, 9, 1, tzinfo=UTC))))
        got = letters(server)

    parts = [message["Subject"] for message in got["r2@example.org"]]
    assert parts == ["Where it goes (Part 1 of 3)", "A place for it (Part 2 of 3)", "Deciding once (Part 3 of 3)"]
    assert [message["Subject"] for message in got["r3@example.org"]] == parts
    november, december = got["r1@example.org"]
    assert november["Subject"] == "Three Evenings With Your Money in November: Parts 1 and 2"
    assert december["Subject"] == "Three Evenings With Your Money in December: Part 3"
    plain, html = texts(november)
    for text in (plain, html):
        assert [title in text for title in ("Where it goes", "A place for it", "Deciding once")] == [1, 1, 0]
        assert text.index("Where it goes") < text.index("A place for it")
        assert "utm_content=roundup-2026-11" in text
        assert "1 Example Street" in text
        assert "financial" in text  # the disclaimer of its parts
        assert "https://letters.example.org/u/" in text
    assert "New here?" not in plain
    assert "New here? Start with Part 1: Where it goes" in texts(december)[0]
    assert november["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert november["Message-ID"] != december["Message-ID"]


def test_people_reports_say_why_somebody_did_not_get_a_part(seldom: Shop) -> None:
    run_at(seldom, START + MINUTE)

    assert " 1   round-up 1\n" in seldom("campaign", PART).out
    assert "r1@example.org" in seldom("who", PART, "--state", "excluded").out
    run_at(seldom, DECEMBER + MINUTE)
    assert seldom("who", ROUNDUP).out.count("@") == 1
    assert ROUNDUP in seldom("campaigns").out
    assert seldom("campaign", ROUNDUP).code == 0


def test_a_month_without_a_part_has_no_letter(seldom: Shop) -> None:
    run_at(seldom, START + MINUTE, START + WEEK + MINUTE, DECEMBER + MINUTE, START + 2 * WEEK + MINUTE)
    run_at(seldom, JANUARY + MINUTE)
    run_at(seldom, *(datetime(2027, month, 1, 9, 1, tzinfo=UTC) for month in range(2, 7)))

    found = {each["part"]: each["state"] for each in seldom.campaigns() if not each["number"]}
    assert found == {"roundup-2026-12": "finished", "roundup-2026-11": "finished"}


def test_what_a_round_up_that_slipped_had_to_tell_comes_with_the_next(seldom: Shop) -> None:
    run_at(seldom, *(START + k * WEEK + MINUTE for k in range(2)))
    seldom.clock.set(DECEMBER + timedelta(hours=7))
    late = seldom("run", "--once")
    assert late.code == 1
    assert f"{ROUNDUP}: slipped, not sent" in late.out
    run_at(seldom, START + 2 * WEEK + timedelta(hours=5))
    run_at(seldom, JANUARY + MINUTE)

    subject = "Three Evenings With Your Money in December: Parts 1 to 3"
    assert seldom.campaigns()[0]["subject"] == subject


def test_a_part_that_is_given_another_slug_is_told_of_once(seldom: Shop) -> None:
    run_at(seldom, START + MINUTE)
    seldom.rename()
    run_at(seldom, START + WEEK + MINUTE, DECEMBER + MINUTE, START + 2 * WEEK + MINUTE, JANUARY + MINUTE)

    subjects = [each["subject"] for each in seldom.campaigns() if "roundup-" in each["part"]]
    assert sorted(subjects) == [
        "Three Evenings With Your Money in December: Part 3",
        "Three Evenings With Your Money in November: Parts 1 and 2",
    ]


def test_one_that_slipped_can_be_sent_by_hand_and_the_next_does_not_repeat_it(seldom: Shop) -> None:
    run_at(seldom, *(START + k * WEEK + MINUTE for k in range(2)))
    seldom.clock.set(DECEMBER + timedelta(hours=7))
    seldom("run", "--once")
    sent = seldom("send", ROUNDUP, "--yes")
    assert sent.code == 0
    assert "1 subscriber who chose round-ups" in sent.out
    assert "A round-up goes out once" in seldom("send", ROUNDUP, "--yes").out
    run_at(seldom, START + 2 * WEEK + timedelta(hours=5), JANUARY + MINUTE)

    assert seldom.campaigns()[0]["subject"].endswith("December: Part 3")


def test_a_part_that_is_sent_late_by_hand_is_in_the_next_round_up(seldom: Shop) -> None:
    run_at(seldom, START + timedelta(hours=7), START + WEEK + MINUTE, DECEMBER + MINUTE)
    seldom.clock.set(DECEMBER + timedelta(days=9))
    assert seldom("send", PART, "--yes").code == 0
    run_at(seldom, JANUARY + MINUTE)

    found = {each["part"]: each["subject"] for each in seldom.campaigns()}
    assert found["roundup-2026-11"].endswith("November: Part 2")
    assert found["roundup-2026-12"].endswith("December: Part 1")


def test_switched_off_everybody_gets_every_part_again(seldom: Shop) -> None:
    run_at(seldom, START + MINUTE)
    seldom.change(ON, "\n", "partwork.toml")
    run_at(seldom, START + WEEK + MINUTE, DECEMBER + MINUTE)

    assert seldom.states(0) == ["excluded", "accepted", "accepted"]
    assert seldom.states(1) == ["accepted"] * 3
    assert len(seldom.campaigns()) == 2


def test_switched_on_again_it_tells_what_it_owed_and_nothing_that_everybody_got(seldom: Shop) -> None:
    run_at(seldom, START + MINUTE)
    seldom.change(ON, "\n", "partwork.toml")
    run_at(seldom, START + WEEK + MINUTE)
    offer(seldom)
    run_at(seldom, DECEMBER + MINUTE)

    assert seldom.campaigns()[0]["subject"].endswith("in November: Part 1")


def test_a_round_up_that_has_to_be_approved_waits_for_it_and_can_be_approved_before(seldom: Shop) -> None:
    seldom.change(ON, '\n[sending]\napproval = "required"\n' + ON, "partwork.toml")
    assert seldom("approve", PART, "--yes").code == 0
    run_at(seldom, START + MINUTE)
    assert seldom("approve", "three-evenings/2", "--yes").code == 0
    run_at(seldom, START + WEEK + MINUTE)
    seldom.clock.set(DECEMBER + MINUTE)
    held = seldom("run", "--once")
    assert held.code == 1
    assert f"{ROUNDUP}: due, and held back: not approved: partwork approve {ROUNDUP}" in held.out
    looked = seldom("approve", ROUNDUP, "--yes")
    assert looked.code == 0
    run_at(seldom, DECEMBER + 5 * MINUTE)
    assert seldom.states(2) == ["accepted"]


def test_what_is_approved_ahead_is_what_goes_out(seldom: Shop) -> None:
    seldom.change(ON, '\n[sending]\napproval = "required"\n' + ON, "partwork.toml")
    for name in (PART, "three-evenings/2", ROUNDUP):
        assert seldom("approve", name, "--yes").code == 0
    run_at(seldom, START + MINUTE, START + WEEK + MINUTE, DECEMBER + MINUTE)

    assert seldom.states(2) == ["accepted"]


def test_nobody_has_to_approve_what_nobody_gets(shop: Shop) -> None:
    shop.settings('approval = "required"', ON)
    for name in (PART, "three-evenings/2"):
        assert shop("approve", name, "--yes").code == 0
    run_at(shop, START + MINUTE, START + WEEK + MINUTE, DECEMBER + MINUTE)

    assert shop.states(2) == []
    assert shop.campaigns()[0]["state"] == "finished"


def test_nobody_has_to_approve_what_was_chosen_by_who_has_left(seldom: Shop) -> None:
    seldom.change(ON, '\n[sending]\napproval = "required"\n' + ON, "partwork.toml")
    for name in (PART, "three-evenings/2"):
        assert seldom("approve", name, "--yes").code == 0
    assert seldom("subscribers", "suppress", "r1@example.org").code == 0
    run_at(seldom, START + MINUTE, START + WEEK + MINUTE, DECEMBER + MINUTE)

    assert "accepted" not in seldom.states(2)
    assert seldom.campaigns()[0]["state"] == "finished"


def test_it_is_shown_on_the_calendar_and_can_be_looked_at(seldom: Shop) -> None:
    run_at(seldom, START + MINUTE)
    schedule = seldom("schedule")
    assert "Tuesday 1 December 2026, 09:00" in schedule.out
    assert "in November: Parts 1 and 2, to 1 subscriber" in schedule.out
    (told,) = seldom("schedule", "--json").data["roundups"]
    assert (told["address"], told["parts"]) == (ROUNDUP, ["where-it-goes", "a-place-for-it"])
    assert seldom("send", ROUNDUP, "--test", "me@example.org").code == 0
    shown = seldom("send", ROUNDUP, "--dry-run")
    assert "partwork run sends it then" in shown.err
    assert "--early" not in shown.err


@pytest.mark.parametrize("option", [("--early",), ("--to", "friends")])
def test_it_goes_to_all_who_chose_it_and_not_before_its_moment(seldom: Shop, option: tuple[str, ...]) -> None:
    run_at(seldom, START + MINUTE)

    assert seldom("send", ROUNDUP, "--yes", *option).code == 2
    assert len(seldom.campaigns()) == 1


def test_a_part_for_some_alone_goes_to_them_whatever_their_rhythm_and_is_told_in_no_round_up(
    seldom: Shop,
) -> None:
    assert seldom("subscribers", "tag", "friends", "r1@example.org").code == 0
    assert seldom("send", PART, "--to", "friends", "--yes").code == 0
    run_at(seldom, DECEMBER + MINUTE)

    assert seldom.states(0) == ["accepted"]
    assert {each["part"] for each in seldom.campaigns()} == {"where-it-goes", "a-place-for-it"}


def test_where_none_are_offered_there_is_none_to_be_sent(shop: Shop) -> None:
    refused = shop("send", ROUNDUP, "--yes")
    assert refused.code == 1
    assert "round-ups are not offered" in refused.err


def test_where_everybody_has_chosen_them_a_part_can_be_sent_all_the_same(seldom: Shop) -> None:
    for number in (2, 3):
        set_rhythm(seldom, f"r{number}@example.org", "round-up")
    assert seldom("send", PART, "--yes").code == 0
    run_at(seldom, START + WEEK + MINUTE, DECEMBER + MINUTE)

    assert seldom.states(2) == ["accepted"] * 3


def test_a_build_shows_what_is_sent(seldom: Shop) -> None:
    assert seldom("build").code == 0
    run_at(seldom, START + MINUTE, START + WEEK + MINUTE)
    seldom.clock.set(DECEMBER + MINUTE)
    looked = seldom("approve", ROUNDUP, "--yes")
    assert "build/email/three-evenings/roundup-2026-11.html" in looked.out
    assert "partwork build, then" not in looked.out  # the file is of this very edition


def test_the_doctor_tells_of_those_who_chose_what_is_not_made_any_more(seldom: Shop) -> None:
    assert "1 subscriber has chosen round-ups" in seldom("doctor", "--offline").out
    seldom.change(ON, "\n", "partwork.toml")
    assert "1 subscriber has chosen round-ups, and none are made" in seldom("doctor", "--offline").out


def test_a_correction_goes_to_those_who_got_the_part(seldom: Shop) -> None:
    run_at(seldom, START + MINUTE)
    seldom.file("correction.md").write_text("It was *not* so.\n", "utf-8")
    assert seldom("errata", PART, "--message", "correction.md", "--yes").code == 0

    assert [fate.address for fate in seldom.fates(1)] == ["r2@example.org", "r3@example.org"]


def test_no_part_can_have_a_round_ups_name(seldom: Shop) -> None:
    text = seldom.file(SECOND).read_text("utf-8")
    seldom.file("series/three-evenings/04-roundup-2026-11.md").write_text(text, "utf-8")

    assert "a part cannot be called `roundup-2026-11`" in seldom("check").out


def test_a_series_that_somebody_does_not_want_sends_them_no_round_up(seldom: Shop) -> None:
    run_at(seldom, START + MINUTE)
    database = open_database("", seldom.root)
    with database.writing() as connection:
        connection.exec_driver_sql("INSERT INTO series_choices VALUES (1, 'three-evenings', 0)")
    database.close()
    run_at(seldom, DECEMBER + MINUTE)

    (fate,) = seldom.fates(1)
    assert (fate.state, fate.reason) == ("excluded", "not wanted")


def test_an_export_and_an_import_keep_the_rhythm(seldom: Shop) -> None:
    listed = seldom("subscribers", "export").out
    seldom.file("people.csv").write_text(listed, "utf-8")
    seldom.file("partwork.db").unlink()
    assert main(["subscribers", "import", str(seldom.file("people.csv"))]) == 0

    assert seldom("subscribers", "export").out == listed
    assert ",round-up," in listed


def test_it_goes_out_at_one_moment_though_parts_go_by_everybodys_own_clocks(seldom: Shop) -> None:
    seldom.change(ON, "\n[sending]\nlocal_time = true\n" + ON, "partwork.toml")
    database = open_database("", seldom.root)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE subscribers SET timezone = 'America/Los_Angeles'")
    database.close()
    run_at(seldom, START + MINUTE)
    assert seldom.states(0) == ["excluded", "planned", "planned"]
    run_at(seldom, START + timedelta(hours=9), START + WEEK + timedelta(hours=9), DECEMBER - timedelta(hours=10))
    assert not [each for each in seldom.campaigns() if each["number"] == 0]
    run_at(seldom, DECEMBER + MINUTE)

    assert seldom.campaigns()[0]["part"] == "roundup-2026-11"
    assert seldom.states(len(seldom.campaigns()) - 1) == ["accepted"]
