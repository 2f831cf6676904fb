"""JSON Feed by the rules of version 1.1."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

from lxml import etree

from tests.feeds import builders
from tests.feeds.cases import (
    ATOM,
    CASES,
    Make,
    ordinary,
)


@CASES
def test_json_feed_keeps_its_rules(make: Make) -> None:
    data = builders.by_path(make())["gut/feed.json"]
    document = json.loads(data)
    assert list(document)[:2] == ["version", "title"]
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["home_page_url"] == "https://weekly.example.org/gut/"
    assert document["feed_url"] == "https://weekly.example.org/gut/feed.json"
    assert document["language"] == "en-GB"
    for item in document["items"]:
        assert set(item) <= {
            *("id", "url", "title", "summary", "content_html", "image", "date_published", "date_modified"),
            *("authors", "tags", "language", "_partwork"),
        }
        for key in ("date_published", "date_modified"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", item[key])
        assert all(author["name"] for author in item["authors"])
        assert item["_partwork"] == {"part": item["_partwork"]["part"], "of": 8, "series": "gut"}
    assert len({item["id"] for item in document["items"]}) == len(document["items"])
    assert data.endswith(b"}\n")


def test_an_update_is_told_in_every_format() -> None:
    part = replace(builders.part(1, "one"), updated=datetime(2026, 10, 20, 15, 30, tzinfo=UTC))
    data = builders.by_path(builders.publish((part,)))
    (item,) = builders.json_items(data["feed.json"])
    assert item["date_published"] == "2026-10-13T09:00:00+01:00"
    assert item["date_modified"] == "2026-10-20T16:30:00+01:00"
    entry = etree.fromstring(data["atom.xml"]).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}published") == item["date_published"]
    assert entry.findtext(f"{ATOM}updated") == item["date_modified"]
    assert etree.fromstring(data["feed.xml"]).findtext("channel/item/pubDate") == "Tue, 13 Oct 2026 09:00:00 +0100"


def test_a_series_without_an_author_is_the_sender_s() -> None:
    issues = ordinary()
    series = replace(issues.series[0], series=replace(issues.series[0].series, authors=()))
    feed = json.loads(builders.by_path(replace(issues, series=(series,)))["gut/feed.json"])
    assert feed["authors"] == [{"name": "The Slow Digest", "url": "https://weekly.example.org/"}]


def test_a_part_of_an_unplanned_series_is_part_of_nothing() -> None:
    issues = ordinary()
    placed = tuple(replace(issue, of=None) for issue in issues.series[0].issues)
    issues = replace(issues, series=(replace(issues.series[0], issues=placed),))
    (item, *_) = builders.json_items(builders.by_path(issues)["feed.json"])
    assert item["_partwork"] == {"part": 3, "series": "gut"}
