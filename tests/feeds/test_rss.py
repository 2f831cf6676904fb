"""RSS 2.0 by its specification and the RSS Advisory Board's Best Practices Profile."""

from dataclasses import replace
from email.utils import parsedate_to_datetime

from tests.feeds import builders
from tests.feeds.cases import ATOM, AWKWARD, BASE, CASES, CONTENT, CREATOR, MEDIA, Make, awkward, channel, ordinary


@CASES
def test_an_rss_channel_has_what_readers_look_for(make: Make) -> None:
    found = channel(make(), "feed.xml")
    assert found.findtext("link") == "https://weekly.example.org/"
    assert dict(found.find(f"{ATOM}link").attrib) == {
        "href": "https://weekly.example.org/feed.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert found.findtext("language") == "en-GB"
    assert 0 < int(found.findtext("ttl")) <= 240
    assert found.findtext("image/title") == found.findtext("title")
    assert found.findtext("image/link") == found.findtext("link")
    tags = [child.tag for child in found]
    assert tags == sorted(tags, key=lambda tag: tag == "item")
    for once in ("title", "link", "description", "language", "ttl", "image"):
        assert tags.count(once) == 1


@CASES
def test_an_rss_item_has_what_readers_look_for(make: Make) -> None:
    for item in channel(make()).findall("item"):
        tags = [child.tag for child in item]
        assert tags.index("description") < tags.index(CONTENT)
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.get(BASE) == item.findtext("link")
        assert parsedate_to_datetime(item.findtext("pubDate")).utcoffset() is not None
        assert tags.count(f"{MEDIA}content") <= 1
        assert "author" not in tags  # it would need an email address
        assert "enclosure" not in tags


def test_an_rss_item_says_all_it_knows() -> None:
    item = channel(ordinary()).findall("item")[-1]
    assert [found.text for found in item.findall(CREATOR)] == ["Dr Maren Holt", "Ann & Bo"]
    assert [found.text for found in item.findall("category")] == ["health", "zonulin"]
    assert item.findtext("pubDate") == "Tue, 13 Oct 2026 09:00:00 +0100"
    picture = item.find(f"{MEDIA}content")
    assert dict(picture.attrib) == {
        "url": "https://weekly.example.org/gut/images/seam.png",
        "type": "image/png",
        "medium": "image",
        "fileSize": str(len(builders.SEAM.data)),
        "width": "12",
        "height": "8",
    }
    assert picture.findtext(f"{MEDIA}description") == "A seam, “close up” & <wide>"


def test_a_small_logo_says_its_size_and_a_large_one_does_not() -> None:
    assert channel(ordinary()).findtext("image/width") == "16"
    large = replace(builders.LOGO, width=256, height=256)
    issues = ordinary()
    assets = {**issues.library.assets, large.path: large}
    issues = replace(issues, library=replace(issues.library, assets=assets))
    assert channel(issues).find("image/width") is None  # RSS 2.0 allows 144


def test_plain_text_in_rss_has_hexadecimal_references_and_html_is_escaped_twice() -> None:
    data = builders.by_path(awkward())["feed.xml"].decode()
    assert "<title>Fish &#x26; chips &#x3C;b&gt; ]]&gt; {{ x }}" in data
    assert "<category>a &#x26; b</category>" in data
    assert "<dc:creator>Ann &#x26; Bo</dc:creator>" in data
    assert "<description>Fish &#x26; chips &#x3C;b&gt;" in data  # the channel's
    assert "<description>Fish &amp;amp; chips &amp;lt;b&amp;gt;" in data  # the item's
    assert channel(awkward()).findtext("item/title") == AWKWARD


def test_content_is_one_readable_cdata_section() -> None:
    data = builders.by_path(awkward())["feed.xml"].decode()
    assert data.count("<![CDATA[") == data.count("]]>") == 1
    assert "]]&gt;" in data
