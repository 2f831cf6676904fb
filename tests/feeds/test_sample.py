"""This repository's own publication, parsed and composed: its feeds in the middle of its run and at its end."""

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as lxml_html

from pipeline import urls
from pipeline.compose import compose_issues
from pipeline.issue import Issues
from pipeline.parse.library import parse_library
from pipeline.read import read_sources
from pipeline.render import promises
from pipeline.render.templates import Templates
from pipeline.render.web.listings import tag_slug
from tests.feeds.builders import RenderedFeeds, render_feeds

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
MIDDLE, END = date(2026, 11, 22), date(2027, 6, 1)
EVERY_DAY = pytest.mark.parametrize("day", [MIDDLE, END])


@cache
def issues(day: date) -> Issues:
    library = parse_library(read_sources(Path(__file__).parents[2])).library
    assert library is not None
    return compose_issues(library, day).issues


@cache
def rendered(day: date) -> RenderedFeeds:
    found = issues(day)
    return render_feeds(found, Templates(found.library.templates))


def feeds(day: date) -> dict[str, bytes]:
    assert rendered(day).diagnostics == ()
    return {artifact.path: artifact.data for artifact in rendered(day).artifacts if is_whole(artifact.path)}


def is_whole(path: str) -> bool:
    """Whether a path is one of a feed that has everything: paced ones have tests of their own."""
    return path != "feed.css" and "/start/" not in path


def contents(data: bytes, path: str) -> dict[str, str]:
    """Content by id, in the order of the feed, read without our own readers."""
    if path.endswith(".json"):
        return {item["id"]: item["content_html"] for item in json.loads(data)["items"]}
    root = etree.fromstring(data)
    if path.endswith("atom.xml"):
        return {e.findtext(f"{ATOM}id"): e.findtext(f"{ATOM}content") for e in root.iter(f"{ATOM}entry")}
    return {item.findtext("guid"): item.findtext(CONTENT) for item in root.iter("item")}


@EVERY_DAY
def test_the_publication_and_every_series_and_tag_have_three_feeds(day: date) -> None:
    tags = {tag_slug(name) for issue in issues(day).out for name in issue.part.tags}
    assert tags
    series = [f"{placed.series.slug}/" for placed in issues(day).series]
    folders = ["", *series, *(f"tags/{tag}/" for tag in tags)]
    assert sorted(feeds(day)) == sorted(f + n for f in folders for n in ("atom.xml", "feed.json", "feed.xml"))


@EVERY_DAY
def test_every_part_that_is_out_carries_its_disclaimers_in_every_feed(day: date) -> None:
    publication = issues(day).publication
    for path, data in feeds(day).items():
        found = contents(data, path)
        folder = path.rpartition("/")[0]
        out = [
            issue
            for issue in issues(day).out
            if folder in ("", issue.series.slug, *(f"tags/{tag_slug(name)}" for name in issue.part.tags))
        ]
        assert list(found) == [urls.entry_id(publication, issue.address) for issue in out]
        assert folder.startswith("tags/") or any(issue.disclaimers for issue in out)
        for issue in out:
            shown = promises.shown_text(found[urls.entry_id(publication, issue.address)])
            for block in issue.disclaimers:
                for sentence in promises.wordings_of(issue, block)[0].split(". "):
                    assert sentence.rstrip(".") in shown


@EVERY_DAY
def test_the_atom_feeds_follow_their_schema(day: date) -> None:
    schema = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
    for path, data in feeds(day).items():
        if path.endswith("atom.xml"):
            schema.assertValid(etree.fromstring(data))


@EVERY_DAY
def test_every_link_and_picture_works_away_from_the_page(day: date) -> None:
    for content in contents(feeds(day)["feed.json"], "feed.json").values():
        tree = lxml_html.fragment_fromstring(content, create_parent="div")
        ids = tree.xpath("//@id")
        assert len(set(ids)) == len(ids)
        for address in tree.xpath("//@href | //@src"):
            assert address[1:] in ids if address.startswith("#") else address.startswith(("https://", "mailto:"))
        assert not tree.xpath("//@class | //@style | //@hidden | //@srcset")
        assert all(picture.get("alt") for picture in tree.iter("img"))


def test_an_entry_in_the_middle_is_the_same_at_the_end() -> None:
    before, after = (contents(feeds(day)["feed.json"], "feed.json") for day in (MIDDLE, END))
    assert before
    assert len(after) > len(before)
    assert {key: after[key] for key in before} == before


def test_no_feed_gives_away_what_is_not_out() -> None:
    everything = b"".join(feeds(MIDDLE).values()).decode()
    hidden = [issue for issue in issues(MIDDLE).all if not issue.is_out]
    assert hidden
    for issue in hidden:
        assert urls.part_path(issue.address) not in everything
        assert urls.entry_id(issues(MIDDLE).publication, issue.address) not in everything


def test_the_same_input_gives_the_same_bytes() -> None:
    found = issues(MIDDLE)
    assert render_feeds(found, Templates(found.library.templates)) == rendered(MIDDLE)
