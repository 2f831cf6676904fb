"""feedparser and atoma read what was written: the same ids, titles, dates and content, without a complaint."""

import calendar
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import atoma
import feedparser
import pytest

from pipeline.issue import Issues
from tests.feeds import builders

TYPES = {"feed.xml": "application/rss+xml", "atom.xml": "application/atom+xml"}


def read(data: Mapping[str, bytes], path: str, *, as_is: bool = True) -> Any:
    """A feed as feedparser sees it; ``as_is`` without its sanitiser and its resolving of addresses."""
    headers = {
        "content-type": f"{TYPES[path.rpartition('/')[2]]}; charset=utf-8",
        "content-location": builders.SITE + path,
    }
    return feedparser.parse(
        data[path], response_headers=headers, sanitize_html=not as_is, resolve_relative_uris=not as_is
    )


def seconds(moment: datetime) -> int:
    return calendar.timegm(moment.astimezone(UTC).timetuple())


def publication() -> Issues:
    first, _, *rest = builders.parts()
    titled = builders.part(2, "two", "Fish & chips: 3 > 2, “quoted” {{ x }} \U0001f41f עברית")
    return builders.publish((builders.with_image(first), titled, *rest))


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml", "gut/feed.xml", "gut/atom.xml"])
def test_feedparser_reads_what_was_written(path: str) -> None:
    issues = publication()
    found = read(builders.by_path(issues), path)
    assert not found.bozo, found.get("bozo_exception")
    entries = list(builders.feed_entries(issues).values())
    assert len(found.entries) == len(entries) == 3
    for seen, entry in zip(found.entries, entries, strict=True):
        assert seen.id == entry.id
        assert seen.title == entry.title
        assert seen.link == entry.url
        assert seen.summary == entry.summary
        assert seen.content[0].value == entry.html
        assert calendar.timegm(seen.published_parsed) == seconds(entry.published)
        assert [tag.term for tag in seen.tags] == list(entry.categories)
        # In Atom feedparser says so of every id that stands before the links.
        assert seen.guidislink is path.endswith("atom.xml")


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_feedparser_sees_the_feed_itself(path: str) -> None:
    feed = read(builders.by_path(publication()), path).feed
    assert feed.title == "The Slow Digest"
    assert feed.link == "https://weekly.example.org/"
    assert feed.language == "en-GB"
    assert calendar.timegm(feed.updated_parsed) == seconds(datetime(2026, 10, 27, 9, tzinfo=UTC))
    assert "https://weekly.example.org/" + path in [link.href for link in feed.links if link.rel == "self"]


def test_feedparser_sees_authors_and_pictures() -> None:
    data = builders.by_path(publication())
    rss, atom = (read(data, path).entries[-1] for path in ("feed.xml", "atom.xml"))
    assert [author.name for author in atom.authors] == ["Dr Maren Holt", "Ann & Bo"]
    assert "Dr Maren Holt" in [author.name for author in rss.authors]
    assert rss.media_content[0]["url"] == "https://weekly.example.org/gut/images/seam.png"
    assert atom.enclosures[0].href == "https://weekly.example.org/gut/images/seam.png"
    assert atom.enclosures[0].length == str(len(builders.SEAM.data))


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_a_sanitiser_leaves_words_links_tables_and_notes(path: str) -> None:
    content = read(builders.by_path(publication()), path, as_is=False).entries[-1].content[0].value
    assert "not medical advice &amp; no treatment. Ask a doctor." in content
    assert 'href="https://clinic.example.org/call?utm_source=' in content
    assert "<td>0.4 nm</td>" in content
    # xml:base: a reader that resolves in-page links leads to the part's page, which has the same anchors.
    assert 'href="https://weekly.example.org/gut/one/#fn1"' in content
    assert 'src="https://weekly.example.org/gut/images/seam.png"' in content


@pytest.mark.parametrize("path", ["feed.xml", "atom.xml"])
def test_a_feed_in_which_nothing_is_out_is_read_too(path: str) -> None:
    found = read(builders.by_path(builders.publish(as_of=datetime(2026, 1, 1, tzinfo=UTC))), path)
    assert not found.bozo
    assert found.entries == []


def test_json_feed_says_the_same_as_the_others() -> None:
    data = builders.by_path(publication())
    items = json.loads(data["feed.json"])["items"]
    for path in TYPES:
        for seen, item in zip(read(data, path).entries, items, strict=True):
            assert (seen.id, seen.title, seen.link) == (item["id"], item["title"], item["url"])
            assert (seen.summary, seen.content[0].value) == (item["summary"], item["content_html"])
            moment = datetime.fromisoformat(item["date_published"])
            assert calendar.timegm(seen.published_parsed) == seconds(moment)


def seen_by_atoma(data: bytes, path: str) -> list[tuple[str, str, str, str, datetime]]:
    """Id, title, address, content and date of each entry, as a second, independent library has them."""
    if path.endswith("feed.xml"):
        return [
            (item.guid, item.title, item.link, item.content_encoded, item.pub_date)
            for item in atoma.parse_rss_bytes(data).items
        ]
    if path.endswith("atom.xml"):
        return [
            (entry.id_, entry.title.value, entry.links[0].href, entry.content.value, entry.published)
            for entry in atoma.parse_atom_bytes(data).entries
        ]
    return [
        (item.id_, item.title, item.url, item.content_html, item.date_published)
        for item in atoma.parse_json_feed_bytes(data).items
    ]


@pytest.mark.parametrize("name", ["feed.xml", "atom.xml", "feed.json"])
@pytest.mark.parametrize("folder", ["", "gut/", "tags/zonulin/"])
def test_a_second_library_sees_the_same(folder: str, name: str) -> None:
    issues = publication()
    path = folder + name
    data = builders.by_path(issues)[path]
    wanted = [
        (entry.id, entry.title, entry.url, entry.html, entry.published.astimezone(UTC))
        for entry in builders.feed_entries(issues).values()
    ]
    found = [(*entry, moment.astimezone(UTC)) for *entry, moment in seen_by_atoma(data, path)]
    assert found == wanted
    if name.endswith(".xml"):
        assert [
            (seen.id, seen.title, seen.link, seen.content[0].value, calendar.timegm(seen.published_parsed))
            for seen in read(builders.by_path(issues), path).entries
        ] == [(*entry, seconds(moment)) for *entry, moment in wanted]


def test_both_libraries_read_the_pages_of_an_archive_and_a_paced_feed() -> None:
    data = builders.by_path(replace_items(2))
    for path in ("gut/archive/feed-1.xml", "gut/start/2026-W42.xml", "gut/archive/atom-1.xml"):
        name = path.replace("archive/feed-1", "feed").replace("archive/atom-1", "atom")
        name = "feed.xml" if "start" in name else name
        assert [entry[1] for entry in seen_by_atoma(data[path], name)]
        headers = {"content-type": "application/xml; charset=utf-8"}
        found = feedparser.parse(data[path], response_headers=headers)
        assert not found.bozo
        assert [entry.id for entry in found.entries] == [entry[0] for entry in seen_by_atoma(data[path], name)]


def replace_items(items: int) -> Issues:
    return builders.publish(publication=replace(builders.PUBLICATION, feed_items=items))
