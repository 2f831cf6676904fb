"""What feedgen gets wrong by itself, each fault shown in feedgen and absent from our feeds.

When one of the first halves fails, feedgen has been repaired, and its repair here can go.
"""

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from tests.feeds import builders

ATOM = "{http://www.w3.org/2005/Atom}"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def entry() -> Any:
    made = FeedEntry()
    made.id("tag:example.org,2026:a")
    made.title("A")
    made.updated(NOON)
    made.content("<p>x</p>", type="CDATA")
    made.link(href="https://example.org/a/", rel="alternate", type="text/html")
    return made


def generator() -> Any:
    made = FeedGenerator()
    made.id("tag:example.org,2026:")
    made.title("T")
    made.description("D")
    made.updated(NOON)
    made.link(href="https://example.org/", rel="alternate")
    made.link(href="https://example.org/feed.xml", rel="self")
    return made


def test_atom_links_keep_their_rel_type_and_title() -> None:
    assert dict(entry().atom_entry().find("link").attrib) == {"href": "https://example.org/a/"}
    feed = etree.fromstring(builders.by_path(builders.publish())["atom.xml"])
    assert dict(feed.find(f"{ATOM}entry/{ATOM}link").attrib) == {
        "href": "https://weekly.example.org/gut/three/",
        "rel": "alternate",
        "type": "text/html",
        "title": "Title 3",
    }


def test_cdata_does_not_leak_into_atom() -> None:
    assert entry().atom_entry().find("content").get("type") == "CDATA"
    assert b"CDATA" not in builders.by_path(builders.publish())["atom.xml"]


def test_a_channel_links_to_its_page_and_not_to_itself() -> None:
    assert b"<link>https://example.org/feed.xml</link>" in generator().rss_str()
    assert b"<link>https://weekly.example.org/gut/</link>" in builders.by_path(builders.publish())["gut/feed.xml"]


def test_no_date_is_that_of_the_build() -> None:
    this_year = f"{datetime.now(UTC).year}-".encode()
    unset = FeedGenerator()
    unset.id("a")
    unset.title("T")
    assert this_year in unset.atom_str()
    early = builders.by_path(builders.publish(as_of=datetime(2026, 10, 14, tzinfo=UTC)))
    dates = [found.text for found in etree.fromstring(early["atom.xml"]).iter(f"{ATOM}updated")]
    assert dates == ["2026-10-13T09:00:00+01:00"] * 2
    channel = etree.fromstring(early["feed.xml"])[0]
    assert channel.findtext("lastBuildDate") == channel.findtext("item/pubDate")


def test_entries_keep_their_order() -> None:
    both = generator()
    for name in ("first", "second"):
        both.add_entry().title(name)
    assert [made.title() for made in both.entry()] == ["second", "first"]
    items = etree.fromstring(builders.by_path(builders.publish())["feed.xml"]).iter("item")
    assert [item.findtext("title") for item in items] == ["Title 3", "Title 2", "Title 1"]


def test_the_locale_of_the_process_is_never_touched() -> None:
    assert "setlocale" in called_during(generator().rss_str)
    issues = builders.publish()
    seen = called_during(lambda: builders.by_path(issues))
    assert "setlocale" not in seen
    assert "format_datetime" in seen


def test_what_was_written_is_read_back_to_verify_it() -> None:
    issues = builders.publish()
    assert {"rss_contents", "atom_contents", "json_contents"} <= called_during(lambda: builders.by_path(issues))


def called_during(work: Callable[[], object]) -> set[str]:
    """The names of all functions called, C functions too."""
    names: set[str] = set()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            names.add(frame.f_code.co_name)
        elif event == "c_call":
            names.add(argument.__name__)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return names


def test_two_threads_make_the_same_feeds() -> None:
    issues = builders.publish()
    wanted = builders.by_path(issues)
    made: list[dict[str, bytes]] = []
    threads = [threading.Thread(target=lambda: made.append(builders.by_path(issues))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [wanted] * 4
