"""``partwork schedule``."""

import json

from pipeline.ical import _folded, _text
from tests.cli.conftest import spoil

WHEN = ("--as-of", "2026-11-18T12:00")
INDEX = "series/three-evenings/index.md"


def states(partwork, *options):
    run = partwork("schedule", "--json", *(options or WHEN))
    assert run.code == 0
    return [(entry["number"], entry["state"], entry["local"]) for entry in json.loads(run.out)["entries"]]


def test_every_state_has_its_name(partwork, publication):
    spoil(publication, "parts_planned: 3", "parts_planned: 5", INDEX)
    partwork("new", "part", "three-evenings", "Not yet finished")
    assert states(partwork) == [
        (1, "out", "2026-11-18T06:00:00+00:00"),
        (2, "next", "2026-11-25T06:00:00+00:00"),
        (3, "scheduled", "2026-12-02T06:00:00+00:00"),
        (4, "draft", "2026-12-09T06:00:00+00:00"),
        (5, "planned", "2026-12-16T06:00:00+00:00"),
    ]


def test_people_get_a_table(partwork, publication):
    spoil(publication, "parts_planned: 3", "parts_planned: 4", INDEX)
    assert partwork("schedule", *WHEN).out.splitlines() == [
        "Three Evenings With Your Money  (UTC)",
        "   1  Wednesday 18 November 2026, 06:00     out        Where it goes",
        "   2  Wednesday 25 November 2026, 06:00     next       A place for it",
        "   3  Wednesday 2 December 2026, 06:00      scheduled  Deciding once",
        "   4  Wednesday 9 December 2026, 06:00      planned    to be written",
    ]


def test_slots_keep_their_wall_clock_when_the_clocks_change(partwork, publication):
    spoil(publication, 'timezone = "UTC"', 'timezone = "Europe/London"', "partwork.toml")
    spoil(publication, "start: 2026-11-18", "start: 2026-10-20", INDEX)
    entries = json.loads(partwork("schedule", "--json", *WHEN).out)["entries"]
    assert [entry["utc"][11:16] for entry in entries] == ["05:00", "06:00", "06:00"]


def test_a_plan_beyond_the_calendar_has_no_date(partwork, publication):
    spoil(publication, "parts_planned: 3", "parts_planned: 100", INDEX)
    spoil(publication, "every: week", "every: 999 months", INDEX)
    found = states(partwork)
    assert len(found) == 100
    assert found[-1] == (100, "planned", None)
    assert "no date" in partwork("schedule", *WHEN).out


def test_a_publication_without_series_says_how_to_start(partwork, publication):
    for path in (publication / "series" / "three-evenings").iterdir():
        path.unlink()
    assert "Start one with: partwork new series" in partwork("schedule", *WHEN).out


def test_mistakes_are_shown_beside_the_calendar(partwork, publication):
    spoil(publication, "tags: [budget, saving]", "date: 2026-11-18", "series/three-evenings/02-a-place-for-it.md")
    run = partwork("schedule", *WHEN)
    assert run.code == 1
    assert "A place for it" in run.out
    assert "error PW401: " in run.err


def test_without_a_readable_configuration_there_is_no_calendar(partwork, publication):
    (publication / "partwork.toml").write_text("[")
    run = partwork("schedule", *WHEN)
    assert run.code == 1
    assert "error PW101: " in run.err
    assert run.out == ""


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_a_calendar_file_has_an_event_for_every_slot(partwork, publication):
    spoil(publication, "parts_planned: 3", "parts_planned: 4", INDEX)
    run = partwork("schedule", "--ics", *WHEN)
    assert run.code == 0
    lines = unfolded(run.out)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 4
    assert "DTSTART:20261125T060000Z" in lines
    assert "SUMMARY:Three Evenings With Your Money\\, Part 2: A place for it" in lines
    assert lines.count("STATUS:TENTATIVE") == 1
    assert lines.count("DTSTAMP:20261118T120000Z") == 4


def test_an_event_keeps_its_uid_when_its_part_is_moved_and_retitled(partwork, publication):
    def uids():
        return sorted(
            line for line in unfolded(partwork("schedule", "--ics", *WHEN).out) if line.startswith("UID:")
        )

    before = uids()
    assert "UID:tag:letters.example.org\\,2026:three-evenings/where-it-goes" in before
    spoil(publication, "title: Where it goes", "title: Where it went")
    spoil(publication, "start: 2026-11-18", "start: 2026-12-18", INDEX)
    assert uids() == before


def test_the_same_moment_gives_the_same_calendar(partwork, publication):
    assert partwork("schedule", "--ics", *WHEN) == partwork("schedule", "--ics", *WHEN)


def test_a_line_is_folded_at_75_octets_and_never_through_a_letter():
    line = "SUMMARY:" + "Größe 雨 👩‍🔬 " * 20
    folded = _folded(line)
    assert folded.endswith(b"\r\n")
    pieces = folded.removesuffix(b"\r\n").split(b"\r\n")
    assert len(pieces) > 1
    for piece in pieces:
        assert len(piece) <= 75
        piece.decode("utf-8")
    assert b"".join([pieces[0], *(piece[1:] for piece in pieces[1:])]).decode("utf-8") == line


def test_a_line_of_75_octets_is_left_alone():
    assert _folded("x" * 75) == b"x" * 75 + b"\r\n"
    assert _folded("x" * 76) == b"x" * 75 + b"\r\n x\r\n"


def test_text_in_a_calendar_is_escaped():
    assert _text("a, b; c\\d\ne") == "a\\, b\\; c\\\\d e"
