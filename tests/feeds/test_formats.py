"""What RSS, Atom and JSON Feed have in common: ids, content, cleanliness, the same bytes."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from pipeline.render.feed.formats import clean
from pipeline.render.feed.read_back import missing_from_feeds
from tests.feeds import builders
from tests.feeds.cases import (
    ATOM,
    CASES,
    CONTENT,
    Make,
    atom,
    awkward,
    ordinary,
)


@CASES
def test_a_feed_has_no_character_that_xml_forbids(make: Make) -> None:
    for data in builders.by_path(make()).values():
        assert not re.search("[\x00-\x08\x0b-\x1f\ufdd0\ufdd1\ufffe\uffff]", data.decode())


def test_cleaning_keeps_everything_that_may_be_kept() -> None:
    assert clean("a\tb\r\nc\rd\u0000\u001b\ufffe\ufdd0\ud800e\U0010ffff\x85") == "a\tb\nc\nde\U0010ffff\x85"


@CASES
def test_the_same_issues_give_the_same_bytes(make: Make) -> None:
    assert builders.by_path(make()) == builders.by_path(make())


def test_an_empty_feed_stays_the_same_until_something_comes_out() -> None:
    one, other = (
        builders.by_path(builders.publish(as_of=datetime(2026, month, 1, tzinfo=UTC))) for month in (1, 7)
    )
    assert one == other
    assert b"<updated>2026-01-01T00:00:00+00:00</updated>" in one["atom.xml"]
    assert b"lastBuildDate" not in one["feed.xml"]
    assert json.loads(one["gut/feed.json"])["items"] == []


def test_ids_survive_a_new_title_a_new_number_and_a_new_date() -> None:
    before = builders.by_path(builders.publish((builders.part(1, "one"), builders.part(2, "two"))))
    moved = (builders.part(1, "zero"), builders.part(2, "two"), builders.part(3, "one", "New title"))
    after = builders.by_path(builders.publish(moved, days=1))
    wanted = {f"tag:weekly.example.org,2026:gut/{slug}" for slug in ("one", "two")}
    for path, tag in (("feed.xml", "guid"), ("atom.xml", f"{ATOM}id"), ("gut/feed.xml", "guid")):
        for data in (before, after):
            assert wanted <= {found.text for found in etree.fromstring(data[path]).iter(tag)}
    for data in (before, after):
        assert wanted <= {str(item["id"]) for item in builders.json_items(data["gut/feed.json"])}
    assert before != after


def test_ids_survive_a_move_to_another_domain() -> None:
    moved = replace(builders.PUBLICATION, url="https://new.example.com/letters/")
    ids = [
        [item["id"] for item in builders.json_items(builders.by_path(issues)["feed.json"])]
        for issues in (builders.publish(), builders.publish(publication=moved))
    ]
    assert ids[0] == ids[1]
    data = builders.by_path(builders.publish(publication=moved))["gut/feed.xml"]
    assert b"https://new.example.com/letters/gut/one/" in data
    assert b"https://weekly.example.org/" not in data


def test_the_three_formats_hold_the_same_content() -> None:
    data = builders.by_path(awkward())
    json_content = {item["id"]: item["content_html"] for item in builders.json_items(data["feed.json"])}
    rss, atom_feed = etree.fromstring(data["feed.xml"]), etree.fromstring(data["atom.xml"])
    assert {i.findtext("guid"): i.findtext(CONTENT) for i in rss.iter("item")} == json_content
    assert {
        e.findtext(f"{ATOM}id"): e.findtext(f"{ATOM}content") for e in atom_feed.iter(f"{ATOM}entry")
    } == json_content


@pytest.mark.parametrize("broken", ["feed.xml", "atom.xml", "feed.json"])
def test_a_disclaimer_lost_in_one_format_is_found(broken: str) -> None:
    issues = ordinary()
    written = {path: data for path, data in builders.by_path(issues).items() if "/" not in path}
    out = list(issues.out)
    entries = builders.feed_entries(issues)
    assert missing_from_feeds(out, entries, written) == []
    lost = {**written, broken: written[broken].replace(b"Ask a doctor", b"Ask a baker", 1)}
    found = missing_from_feeds(out, entries, lost)
    assert [diagnostic.code for diagnostic in found] == ["PW603"]
    assert "gut/three" in found[0].message


@pytest.mark.program
@CASES
def test_xmllint_has_nothing_to_say(make: Make, tmp_path: Path) -> None:
    program = shutil.which("xmllint")
    if program is None:
        pytest.skip("xmllint is not installed")
    for path, data in builders.by_path(make()).items():
        if path.endswith(".xml"):
            (tmp_path / "feed").write_bytes(data)
            done = subprocess.run(
                [program, "--noout", "--nonet", str(tmp_path / "feed")], capture_output=True, check=False
            )
            assert (done.returncode, done.stderr) == (0, b"")


def test_two_updates_in_the_hour_that_comes_twice_are_told_apart() -> None:
    """At 01:30 on 25 October 2026 London's clocks show a time that they have shown an hour before."""
    early = replace(builders.part(1, "one"), updated=datetime(2026, 10, 25, 0, 45, tzinfo=UTC))
    late = replace(builders.part(2, "two"), updated=datetime(2026, 10, 25, 1, 15, tzinfo=UTC))
    feed = atom(builders.publish((early, late), as_of=builders.AS_OF - timedelta(days=5)))
    assert feed.findtext(f"{ATOM}updated") == "2026-10-25T01:15:00+00:00"
