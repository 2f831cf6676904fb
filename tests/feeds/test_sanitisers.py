"""What is left of an entry when a reader has taken out what it does not allow.

nh3 stands in for each reader's own sanitiser, with the elements and attributes that its source lets through:
Miniflux (internal/reader/sanitizer), FreshRSS (SimplePie's strip lists), NetNewsWire (main.js, newsfoot.js).
feedparser is itself, in ``test_readers``.
"""

from collections.abc import Callable
from datetime import date

import nh3
import pytest
from lxml import html as lxml_html

from pipeline.render import promises
from tests.feeds import builders
from tests.feeds.test_sample import feeds, issues

_TEXT = {
    *("a", "abbr", "aside", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del"),
    *("dfn", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img"),
    *("ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "strong", "sub", "sup", "table", "tbody"),
    *("td", "tfoot", "th", "thead", "tr", "u", "ul", "var", "wbr", "ruby", "rt", "rp", "time"),
}
_IDS = {name: {"id"} for name in ("h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "ul", "dl", "dt", "dd", "sup")}
_CELLS = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_IMAGE = {"img": {"src", "alt", "title", "width", "height"}}


def miniflux(content: str) -> str:
    """No style, no class, no section, div or span; ids on some elements alone."""
    return nh3.clean(content, tags=_TEXT, attributes={**_IDS, **_CELLS, **_IMAGE, "a": {"href", "title", "id"}})


def freshrss(content: str) -> str:
    """No style; ids and classes become ``data-`` attributes, so in-page links lead nowhere."""
    more = {"div", "section", "nav", "span", "details", "summary", "picture"}
    return nh3.clean(content, tags=_TEXT | more, attributes={**_CELLS, **_IMAGE, "a": {"href", "title"}})


def netnewswire(content: str) -> str:
    """Nearly everything; of styles only colour, ground, font, size and position go."""
    more = {"div", "section", "span", "details", "summary"}
    keep = {"*": {"id", "class", "style", "lang", "dir"}, **_CELLS, **_IMAGE, "a": {"href", "title"}}
    return nh3.clean(content, tags=_TEXT | more, attributes=keep, filter_style_properties={"text-align"})


def barest(content: str) -> str:
    """A reader that keeps paragraphs and links."""
    return nh3.clean(content, tags={"p", "a", "br", "li"}, attributes={"a": {"href"}})


READERS = pytest.mark.parametrize("reader", [miniflux, freshrss, netnewswire])
ALL = pytest.mark.parametrize("reader", [miniflux, freshrss, netnewswire, barest])
Reader = Callable[[str], str]
END = date(2027, 6, 1)


def sample() -> dict[str, str]:
    items = builders.json_items(feeds(END)["feed.json"])
    return {str(item["id"]).rpartition(":")[2]: str(item["content_html"]) for item in items}


@ALL
def test_no_word_is_lost(reader: Reader) -> None:
    for content in sample().values():
        # Between words of one element and the next there may be a blank less.
        assert "".join(promises.shown_text(reader(content)).split()) == "".join(
            promises.shown_text(content).split()
        )


@ALL
def test_every_disclaimer_is_there_in_full(reader: Reader) -> None:
    seen = sample()
    told = 0
    for issue in issues(END).out:
        assert promises.missing_disclaimers(issue, promises.shown_text(reader(seen[issue.address])), "") == []
        told += len(issue.disclaimers)
    assert told


@ALL
def test_calls_to_action_are_plain_links(reader: Reader) -> None:
    with_cta = [content for content in sample().values() if "utm_campaign=" in content]
    assert with_cta
    for content in with_cta:
        links = lxml_html.fragment_fromstring(reader(content), create_parent="div").xpath("//a/@href")
        assert [link for link in links if "utm_medium=feed" in link]


@READERS
def test_tables_pictures_and_links_are_as_they_were(reader: Reader) -> None:
    for content in sample().values():
        before, after = (
            lxml_html.fragment_fromstring(text, create_parent="div") for text in (content, reader(content))
        )
        for path in ("//th", "//td", "//h2", "//h3", "//blockquote", "//ol/li", "//img[@alt]"):
            assert len(after.xpath(path)) == len(before.xpath(path)), path
        assert after.xpath("//img/@src") == before.xpath("//img/@src")
        assert after.xpath("//img/@width") == before.xpath("//img/@width")
        assert after.xpath("//a/@href") == before.xpath("//a/@href")


@pytest.mark.parametrize("reader", [miniflux, netnewswire])
def test_notes_are_still_linked_to_where_the_reader_keeps_ids(reader: Reader) -> None:
    content = next(iter(builders.feed_entries(builders.publish()).values())).html
    assert 'href="#fn1"' in content
    after = lxml_html.fragment_fromstring(reader(content), create_parent="div")
    ids = set(after.xpath("//@id"))
    targets = {link[1:] for link in after.xpath("//a/@href") if link.startswith("#")}
    assert targets
    assert targets <= ids


def test_no_meaning_is_in_a_style_a_class_or_a_hidden_element() -> None:
    for content in sample().values():
        tree = lxml_html.fragment_fromstring(content, create_parent="div")
        assert not tree.xpath("//@style | //@class | //@hidden | //@aria-hidden | //script | //style | //svg")
