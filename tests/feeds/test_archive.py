"""Archived feeds (RFC 5005): a reader that goes back from the newest page has every part; closed pages stay."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.issue import Issues
from pipeline.render.feed.runs import pages
from tests.feeds import builders
from tests.feeds.cases import ATOM

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
HISTORY = "{http://purl.org/syndication/history/1.0}"
FORMATS = pytest.mark.parametrize("name", ["feed.xml", "atom.xml", "feed.json"])
MANY = 500


def of(count: int, *, as_of: datetime | None = None, items: int = 20, finished: bool = False) -> Issues:
    """A series of so many parts, a week apart."""
    parts = tuple(builders.part(k, f"p{k}", body=f"Body of {k}.") for k in range(1, count + 1))
    few = replace(builders.PUBLICATION, feed_items=items, has_paced_feeds=False)
    end = as_of or builders.slot(count).utc
    issues = builders.publish(parts, as_of=end, publication=few)
    return replace(issues, series=(replace(issues.series[0], is_finished=finished),))


@cache
def many() -> dict[str, bytes]:
    return builders.by_path(of(MANY))


def ids_of(data: bytes) -> list[str]:
    if data.startswith(b"{"):
        return [item["id"] for item in json.loads(data)["items"]]
    root = etree.fromstring(data)
    return [found.text for found in (*root.iter("guid"), *root.iterfind(f"{ATOM}entry/{ATOM}id"))]


def links(data: bytes) -> dict[str, str]:
    """A page's links to other pages, by their relation."""
    if data.startswith(b"{"):
        previous = json.loads(data).get("next_url")
        return {"prev-archive": previous} if previous else {}
    root = etree.fromstring(data)
    found = (*root.iterfind(f"{ATOM}link"), *root.iterfind(f"channel/{ATOM}link"))
    return {link.get("rel"): link.get("href") for link in found}


def walked(data: dict[str, bytes], path: str) -> Iterator[bytes]:
    """The newest page, and those before it, as a reader finds them."""
    yield data[path]
    while previous := links(data[path]).get("prev-archive"):
        path = previous.removeprefix(builders.SITE)
        yield data[path]


@FORMATS
@pytest.mark.parametrize("folder", ["", "gut/"])
def test_the_pages_of_five_hundred_parts_hold_every_part_once(folder: str, name: str) -> None:
    found = [ids_of(page) for page in walked(many(), folder + name)]
    wanted = [f"tag:weekly.example.org,2026:gut/p{k}" for k in range(MANY, 0, -1)]
    assert [id_ for page in found for id_ in page] == wanted
    assert {len(page) for page in found} == {20}


@FORMATS
def test_a_page_of_the_archive_says_that_it_is_one_and_where_the_newest_is(name: str) -> None:
    newest, *archive = walked(many(), f"gut/{name}")
    for page in archive:
        if name.endswith(".json"):
            assert json.loads(page)["feed_url"].startswith("https://weekly.example.org/gut/archive/feed-")
            continue
        assert page.count(b"archive xmlns:fh=") == 1
        assert etree.fromstring(page).find(f".//{HISTORY}archive") is not None
        assert links(page)["current"] == f"https://weekly.example.org/gut/{name}"
        assert links(page)["self"] != links(page)["current"]
        assert "next-archive" not in links(page)
    assert b"xmlns:fh" not in newest
    assert "current" not in links(newest)


@FORMATS
def test_closed_pages_keep_their_bytes_when_parts_come_out(name: str) -> None:
    before = builders.by_path(of(200, as_of=builders.slot(150).utc))
    after = builders.by_path(of(200))
    closed = [path for path in before if "archive/" in path and path.endswith(name.partition(".")[2])]
    assert len(closed) > 5
    assert {path: after[path] for path in closed} == {path: before[path] for path in closed}
    assert after[name] != before[name]


def test_atom_archives_follow_their_schema() -> None:
    paths = [path for path in many() if "atom-" in path]
    assert len(paths) == 48
    for path in paths:
        SCHEMA.assertValid(etree.fromstring(many()[path]))


@given(count=st.integers(0, 400), size=st.integers(1, 60))
def test_pages_together_hold_everything_and_the_newest_is_small(count: int, size: int) -> None:
    newest, *archive = pages(count, size)
    assert newest.end == count
    assert newest.end - newest.begin == min(size, count)
    # The archive is of whole pages, each of which begins where the one before ends.
    assert [page.begin for page in archive] == [size * k for k in range(len(archive))]
    assert all(page.end - page.begin == size and page.end <= count for page in archive)
    held = {k for page in (newest, *archive) for k in range(page.begin, page.end)}
    assert held == set(range(count))
    # No more pages than are needed, and going back from the newest one meets all of them.
    assert len(archive) == 0 or archive[-1].begin < newest.begin
    assert [page.previous for page in (newest, *archive)] == [len(archive), *range(len(archive))]


@given(count=st.integers(0, 300), more=st.integers(0, 300), size=st.integers(1, 40))
def test_a_page_once_closed_never_moves(count: int, more: int, size: int) -> None:
    before, after = pages(count, size)[1:], pages(count + more, size)[1:]
    assert after[: len(before)] == before


@FORMATS
def test_a_short_finished_series_says_that_it_is_complete(name: str) -> None:
    whole, running = (builders.by_path(of(8, finished=finished))[f"gut/{name}"] for finished in (True, False))
    if name.endswith(".json"):
        assert whole == running
        return
    assert etree.fromstring(whole).find(f".//{HISTORY}complete") is not None
    assert b"complete" not in running
    assert b"complete" not in builders.by_path(of(8, finished=True))[name]  # the publication goes on


def test_a_long_finished_series_is_an_archive_and_not_complete() -> None:
    data = builders.by_path(of(30, finished=True))
    assert b"fh:complete" not in b"".join(data.values())
    assert len(ids_of(data["gut/feed.xml"])) == 20
    assert links(data["gut/feed.xml"])["prev-archive"].endswith("gut/archive/feed-1.xml")


def test_a_feed_changes_with_its_content_and_with_nothing_else() -> None:
    late = datetime(2030, 1, 1, tzinfo=UTC)
    assert builders.by_path(of(30, as_of=late)) == builders.by_path(of(30, as_of=late + timedelta(days=300)))


def test_a_tags_feed_has_the_newest_parts_and_no_archive() -> None:
    assert ids_of(many()["tags/zonulin/feed.xml"]) == ids_of(many()["feed.xml"])
    assert not [path for path in many() if path.startswith("tags/zonulin/archive")]
    assert json.loads(many()["tags/zonulin/feed.json"])["title"] == "zonulin · The Slow Digest"
