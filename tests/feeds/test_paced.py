"""Paced feeds as readers get them: a series from Part 1, one part a week, in files that stay as they are."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from lxml import etree

from pipeline.issue import Issues
from tests.feeds import builders
from tests.feeds.cases import CONTENT

LATE = datetime(2027, 11, 24, 12, tzinfo=UTC)
WEEKS = [LATE + timedelta(weeks=k) for k in range(14)]
OWN = "gut/start/2027-W47"  # of who starts on 23 November 2027, when all has long been out


def at(moment: datetime) -> Issues:
    issues = builders.publish(builders.parts(8), as_of=moment)
    placed = issues.series[0]
    finished = all(issue.is_out for issue in placed.issues)
    return replace(issues, series=(replace(placed, is_finished=finished),))


def paced(moment: datetime) -> dict[str, bytes]:
    return {path: data for path, data in builders.by_path(at(moment)).items() if "/start/" in path}


def items(data: bytes) -> list[dict[str, object]]:
    return builders.json_items(data)


def test_part_one_is_there_at_once_and_one_part_comes_a_week() -> None:
    seen: list[str] = []
    for week, moment in enumerate(WEEKS[:8], 1):
        newest = items(paced(moment)[f"{OWN}.json"])[0]
        seen.append(str(newest["title"]))
        assert len(seen) == week
    assert seen == [f"Title {k}" for k in range(1, 9)]


def test_rss_and_json_say_the_same() -> None:
    data = paced(WEEKS[2])
    rss = [
        (item.findtext("guid"), item.findtext("title"), item.findtext(CONTENT))
        for item in etree.fromstring(data[f"{OWN}.xml"]).iter("item")
    ]
    assert rss == [(item["id"], item["title"], item["content_html"]) for item in items(data[f"{OWN}.json"])]
    moments = [parsedate_to_datetime(found.text) for found in etree.fromstring(data[f"{OWN}.xml"]).iter("pubDate")]
    assert moments == [datetime.fromisoformat(str(i["date_published"])) for i in items(data[f"{OWN}.json"])]
    assert [str(moment.date()) for moment in moments] == ["2027-12-07", "2027-11-30", "2027-11-23"]


def test_an_entry_has_an_id_of_its_own_that_never_changes() -> None:
    ids: dict[str, object] = {}
    for moment in WEEKS:
        for item in items(paced(moment).get(f"{OWN}.json", b'{"items":[]}')):
            assert ids.setdefault(str(item["title"]), item["id"]) == item["id"]
    assert len(ids) == len(set(ids.values())) == 9
    assert ids["Title 3"] == "tag:weekly.example.org,2026:gut/three/2027-W47"
    whole = {str(item["id"]) for item in builders.json_items(builders.by_path(at(LATE))["feed.json"])}
    assert not whole & {str(id_) for id_ in ids.values()}


def test_nothing_is_dated_in_the_future_or_before_its_slot() -> None:
    for moment in [builders.AS_OF, *WEEKS]:
        slots = {f"Title {issue.number}": issue.slot.utc for issue in at(moment).all}
        for path, data in paced(moment).items():
            for item in items(data) if path.endswith(".json") else ():
                published = datetime.fromisoformat(str(item["date_published"]))
                assert slots.get(str(item["title"]), published) <= published <= moment
                assert published <= datetime.fromisoformat(str(item["date_modified"])) <= moment


def test_a_later_build_changes_no_byte_unless_something_has_come() -> None:
    before = paced(WEEKS[1])
    after = paced(WEEKS[1] + timedelta(days=5))
    assert before == after
    grown = paced(WEEKS[2])
    finished = [path for path in before if path in grown and b'"expired":true' in before[path]]
    assert finished
    assert all(grown[path] == before[path] for path in finished)


def test_the_last_entry_says_that_it_is_all_and_the_feed_has_expired() -> None:
    running, over = (json.loads(paced(moment)[f"{OWN}.json"]) for moment in (WEEKS[7], WEEKS[8]))
    assert "expired" not in running
    assert over["expired"] is True
    last = over["items"][0]
    assert last["title"] == "You have read it all"
    assert last["id"] == "tag:weekly.example.org,2026:gut/start/2027-W47/end"
    assert "goes away after 15 February 2028" in last["content_html"]
    assert b"You have read it all" in paced(WEEKS[8])[f"{OWN}.xml"]


def test_who_has_caught_up_is_shown_the_way_to_the_series() -> None:
    issues = builders.publish(builders.parts(3), as_of=LATE)
    found = builders.by_path(issues)[f"{OWN.replace('W47', 'W45')}.json"]
    assert "Title 3" in [item["title"] for item in items(found)]
    three_on = builders.by_path(builders.publish(builders.parts(3), as_of=LATE + timedelta(weeks=1)))
    last = items(three_on[f"{OWN.replace('W47', 'W45')}.json"])[0]
    assert last["title"] == "You have caught up"
    assert "https://weekly.example.org/gut/follow/" in str(last["content_html"])


def test_what_comes_next_is_said_without_the_date_that_it_once_had() -> None:
    part = items(paced(WEEKS[0])[f"{OWN}.json"])[0]
    whole = builders.json_items(builders.by_path(at(LATE))["gut/feed.json"])[-1]
    assert part["title"] == whole["title"] == "Title 1"
    assert "October" in str(whole["content_html"])
    assert "October" not in str(part["content_html"])
    assert "<strong>Next</strong>" in str(part["content_html"])
    assert ">Next: Title 2</a>" in str(part["content_html"])


def test_every_part_carries_its_disclaimer() -> None:
    for path, data in paced(WEEKS[3]).items():
        for item in items(data) if path.endswith(".json") else ():
            if "You have" not in str(item["title"]):
                assert "not medical advice &amp; no treatment" in str(item["content_html"])


def test_a_feed_is_a_window_on_the_newest_parts() -> None:
    sizes = [len(items(data)) for path, data in paced(WEEKS[0]).items() if path.endswith(".json")]
    assert max(sizes) == 4  # three parts, and the last word
    assert len(sizes) == 12


@pytest.mark.parametrize("count", [0, 1])
def test_there_is_none_before_the_second_part(count: int) -> None:
    moment = builders.slot(1).utc + timedelta(days=1) if count else datetime(2026, 1, 1, tzinfo=UTC)
    assert paced(moment) == {}


def test_they_can_be_turned_off() -> None:
    off = replace(builders.PUBLICATION, has_paced_feeds=False)
    data = builders.by_path(builders.publish(as_of=LATE, publication=off))
    assert not [path for path in data if "/start/" in path]


def test_a_template_that_fails_at_the_end_stops_all_feeds() -> None:
    broken = builders.templates(end="{{ nothing }}")
    rendered = builders.render_feeds(at(LATE), broken)
    assert rendered.artifacts == ()
    assert [(found.code, found.location.path) for found in rendered.diagnostics] == [
        ("PW601", "templates/feed/end.html.j2")
    ]
