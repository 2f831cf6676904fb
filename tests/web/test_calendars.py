"""Calendars to subscribe to, read back by the icalendar library."""

from datetime import UTC, date, datetime

from icalendar import Calendar

from tests.projects import CONFIG, index, part
from tests.web.builders import sample, site, tree, words

TEXT = (
    CONFIG
    + index(more="parts_planned: 5")
    + part(1, title="One; two, \\three")
    + part(2)
    + part(3, slug="vermilion", title="Vermilion")
    + part(4, slug="cerise", title="Cerise")
    + part(5, slug="indigo", title="Indigo", more="draft: true")
)


def events(data: bytes) -> list[tuple[str, datetime]]:
    read = Calendar.from_ical(data)
    return [(str(event["SUMMARY"]), event["DTSTART"].dt) for event in read.walk("VEVENT")]


def uids(data: bytes) -> list[str]:
    return [str(event["UID"]) for event in Calendar.from_ical(data).walk("VEVENT")]


def test_a_series_calendar_has_every_slot_and_names_what_the_teaser_names() -> None:
    files = site(TEXT, date(2026, 11, 12))

    assert events(files["small/calendar.ics"]) == [
        ("Small things, Part 1: One; two, \\three", datetime(2026, 11, 3, 9, tzinfo=UTC)),
        ("Small things, Part 2: Title 2", datetime(2026, 11, 10, 9, tzinfo=UTC)),
        ("Small things, Part 3: Vermilion", datetime(2026, 11, 17, 9, tzinfo=UTC)),
        ("Small things, Part 4", datetime(2026, 11, 24, 9, tzinfo=UTC)),
    ]
    assert b"erise" not in files["small/calendar.ics"]
    assert b"vermilion" not in files["small/calendar.ics"]
    assert b"ndigo" not in files["calendar.ics"]


def test_an_event_keeps_its_uid_when_its_part_comes_out_moves_and_is_retitled() -> None:
    before = uids(site(TEXT, date(2026, 11, 12))["small/calendar.ics"])
    after = uids(site(TEXT, date(2026, 12, 12))["small/calendar.ics"])
    moved = TEXT.replace("title: Cerise", "title: Cherry\ndate: 2026-12-03")

    assert before == after == uids(site(moved, date(2026, 11, 12))["small/calendar.ics"])
    assert len(set(before)) == 4


def test_a_calendar_is_the_same_until_something_comes_out() -> None:
    first, same = (site(TEXT, date(2026, 11, day))["calendar.ics"] for day in (10, 16))

    assert first == same
    assert site(TEXT, date(2026, 11, 17))["calendar.ics"] != first
    stamps = {event["DTSTAMP"].dt for event in Calendar.from_ical(first).walk("VEVENT")}
    assert stamps == {datetime(2026, 11, 10, 9, tzinfo=UTC)}


def test_the_publication_s_calendar_holds_every_series_in_order_of_time() -> None:
    read = events(sample()["calendar.ics"])

    assert len(read) == 9
    assert [start for _, start in read] == sorted(start for _, start in read)
    assert read[-1][0] == "The Gut and Immunity, Part 6: The art of not reacting"


def test_only_what_is_out_has_an_address_of_its_own() -> None:
    found = Calendar.from_ical(site(TEXT, date(2026, 11, 12))["small/calendar.ics"]).walk("VEVENT")

    assert [str(event["URL"]) for event in found] == [
        "https://weekly.example.org/small/part-1/",
        "https://weekly.example.org/small/part-2/",
        "https://weekly.example.org/small/",
        "https://weekly.example.org/small/",
    ]


def test_no_line_is_longer_than_75_octets_and_every_line_ends_as_it_must() -> None:
    data = sample()["gut-and-immunity/calendar.ics"]

    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


def test_pages_offer_the_calendar_to_subscribe_to_and_to_download() -> None:
    config = CONFIG.replace("https://weekly.example.org/", "https://example.org/weekly/")
    page = tree(site(TEXT.replace(CONFIG, config), date(2026, 11, 12))["small/index.html"])
    links = page.xpath("//*[@class='calendar-links']//a")

    assert [link.get("href") for link in links] == [
        "webcal://example.org/weekly/small/calendar.ics",
        "../small/calendar.ics",
    ]
    assert page.xpath("//link[@type='text/calendar']/@href") == ["../small/calendar.ics"]
    assert "Vermilion" in words(page.xpath("//aside[@class='next-up']")[0])


def test_a_series_of_drafts_alone_has_no_calendar() -> None:
    files = site(CONFIG + index() + part(1, more="draft: true"))

    assert not [path for path in files if path.endswith(".ics")]


def test_a_long_title_in_any_script_is_folded_between_letters() -> None:
    title = "Größe 大きさ мера 🜚 " * 12
    files = site(CONFIG + index(title=title.strip()) + part(1), date(2026, 11, 12))
    data = files["small/calendar.ics"]

    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    for line in data.split(b"\r\n"):
        line.decode()
    assert events(data)[0][0] == f"{title.strip()}, Part 1: Title 1"
