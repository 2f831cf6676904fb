"""What pages say of themselves to feed readers, search engines and whoever quotes them."""

import json
from datetime import date
from typing import Any

import pytest
from lxml import etree

from pipeline.render.web.structured_data import document
from tests.projects import CONFIG, index, part
from tests.web.builders import pages, png, sample, site, tree

HOME = "https://weekly.example.org/"
PART = "gut-and-immunity/the-zonulin-story/index.html"
SERIES = "gut-and-immunity/index.html"
NASTY = "</script><b>&amp; {{ 7*7 }} {% raw %} ]]> --> <!--"


def graph(data: bytes) -> dict[str, dict[str, Any]]:
    """The nodes of a page's JSON-LD by type."""
    (text,) = tree(data).xpath("//script[@type='application/ld+json']/text()")
    return {node["@type"]: node for node in json.loads(text)["@graph"]}


def meta(path: str, name: str) -> list[str]:
    return [
        str(value)
        for value in tree(sample()[path]).xpath(f"//meta[@property='{name}' or @name='{name}']/@content")
    ]


def test_every_page_that_is_indexed_names_its_own_address_once() -> None:
    for path, page in pages(sample()).items():
        expected = [] if path == "404.html" else [HOME + path.removesuffix("index.html")]
        assert page.xpath("//link[@rel='canonical']/@href") == expected, path
        assert page.xpath("//meta[@property='og:url']/@content") == expected, path


def test_titles_and_descriptions_are_there_and_tell_pages_apart() -> None:
    found = pages(sample())
    titles = [page.findtext(".//title") for page in found.values()]
    descriptions = [page.xpath("//meta[@name='description']/@content") for page in found.values()]

    assert len(set(titles)) == len(titles)
    assert all(len(description) == 1 and description[0].strip() for description in descriptions)


def test_language_and_direction_are_the_publications() -> None:
    arabic = CONFIG.replace('language = "en"', 'language = "ar"')
    files = site(arabic + index() + part(1, more="aliases: [old]\ntags: [x]"))

    for page in pages(files).values():
        assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert tree(sample()["index.html"]).get("dir") == "ltr"


def test_a_part_quotes_itself_with_a_picture_and_its_size() -> None:
    assert meta(PART, "og:type") == ["article"]
    assert meta(PART, "og:title") == ["The zonulin story"]
    assert meta(PART, "og:image")[0].startswith(f"{HOME}assets/cards/gut-and-immunity-the-zonulin-story-")
    assert meta(PART, "og:image:width") == ["1200"]
    assert meta(PART, "og:image:height") == ["630"]
    assert meta(PART, "og:image:alt") == [
        "The zonulin story. Part 3 of 8 of The Gut and Immunity, from The Slow Digest"
    ]
    assert meta(PART, "twitter:card") == ["summary_large_image"]
    assert meta(PART, "og:locale") == ["en_GB"]
    assert meta(PART, "article:published_time") == ["2026-10-27T09:00:00+00:00"]


def test_a_page_that_only_lists_parts_shows_the_publications_card() -> None:
    assert meta("archive/index.html", "og:image")[0].startswith(f"{HOME}assets/cards/publication-")
    assert meta("archive/index.html", "og:image") == meta("index.html", "og:image")
    assert meta("archive/index.html", "twitter:card") == ["summary_large_image"]


def test_without_cards_a_part_shows_its_first_picture_and_a_list_nothing() -> None:
    picture = png(800, 400)
    text = CONFIG + "[sharing]\ncards = false\n" + index() + part(1, body="![A plan](images/plan.png)")
    files = site(text, **{"series/small/images/plan.png": picture})
    image = "//meta[@property='og:image']/@content"

    assert tree(files["small/part-1/index.html"]).xpath(image) == [f"{HOME}small/images/plan.png"]
    assert tree(files["archive/index.html"]).xpath(image) == []
    assert not [path for path in files if path.startswith("assets/cards/")]


def test_every_page_makes_the_publications_feeds_known_and_a_series_its_own_first() -> None:
    alternate = "//link[@rel='alternate'][not(@type='text/calendar')]/@href"
    for path, page in pages(sample()).items():
        names = [str(href).rpartition("/")[2] for href in page.xpath(alternate)]
        assert names[-3:] == ["feed.xml", "atom.xml", "feed.json"], path
    assert tree(sample()[PART]).xpath(alternate)[0] == "../../gut-and-immunity/feed.xml"
    assert tree(sample()[PART]).xpath("//link[@rel='alternate']/@type")[:3] == [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ]


def test_the_logo_is_the_icon_and_without_one_no_browser_asks_for_a_favicon() -> None:
    assert tree(sample()["index.html"]).xpath("//link[@rel='icon']/@href") == ["./logo.png"]
    assert tree(site(CONFIG + index() + part(1))["index.html"]).xpath("//link[@rel='icon']/@href") == ["data:,"]


def test_a_part_is_an_article_in_a_series_with_its_position_authors_and_citations() -> None:
    nodes = graph(sample()[PART])
    article, series = nodes["Article"], nodes["CreativeWorkSeries"]

    assert article["headline"] == "The zonulin story"
    assert article["position"] == 3
    assert article["isPartOf"] == {"@id": series["@id"]}
    assert article["datePublished"] == "2026-10-27T09:00:00+00:00"
    assert article["author"][0]["name"] == "Dr Maren Holt"
    assert article["author"][0]["hasCredential"]["name"] == "PhD, mucosal immunologist"
    assert article["wordCount"] > 500
    assert {work["@type"] for work in article["citation"]} == {"ScholarlyArticle"}
    assert any(work.get("url", "").startswith("https://doi.org/") for work in article["citation"])
    assert article["image"]["width"] == 1200
    assert [step["item"] for step in nodes["BreadcrumbList"]["itemListElement"]] == [
        HOME,
        f"{HOME}gut-and-immunity/",
        f"{HOME}gut-and-immunity/the-zonulin-story/",
    ]


def test_only_pages_on_health_are_medical() -> None:
    assert "MedicalWebPage" in graph(sample()[PART])
    nodes = graph(sample()["reading-a-study/what-kind-of-study-is-it/index.html"])
    assert "MedicalWebPage" not in nodes
    assert nodes["WebPage"]["mainEntity"] == {"@id": nodes["Article"]["@id"]}


def test_a_series_names_its_published_parts_and_ends_only_when_it_is_finished() -> None:
    running = graph(sample()[SERIES])["CreativeWorkSeries"]
    finished = graph(sample()["reading-a-study/index.html"])["CreativeWorkSeries"]

    assert [item["position"] for item in running["hasPart"]] == [1, 2, 3, 4, 5]
    assert running["startDate"] == "2026-10-13T09:00:00+01:00"
    assert "endDate" not in running
    assert finished["endDate"] == "2026-10-06T09:00:00+01:00"


def test_every_id_that_structured_data_points_to_on_a_page_is_described_there() -> None:
    for path, data in sample().items():
        if path.endswith("index.html") and b"ld+json" in data:
            nodes = graph(data)
            described = {node["@id"] for node in nodes.values()}
            pointed = [
                node[key]["@id"] for node in nodes.values() for key in ("mainEntity", "breadcrumb") if key in node
            ]
            assert set(pointed) <= described, path


def test_structured_data_cannot_end_the_element_it_stands_in() -> None:
    written = document([{"name": f"{NASTY}\u2028\u2029"}])

    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written)["@graph"] == [{"name": f"{NASTY}\u2028\u2029"}]


@pytest.mark.parametrize("where", ["title", "summary", "tag"])
def test_markup_in_an_authors_words_is_only_words(where: str) -> None:
    quoted = json.dumps(NASTY, ensure_ascii=False)
    text = CONFIG + index() + part(1, more=f"tags: [{quoted}]" if where == "tag" else "") + part(2)
    if where != "tag":
        old = {"title": "title: Title 1", "summary": "summary: What part 1 says."}[where]
        text = text.replace(old, f"{where}: {quoted}")
    files = site(text)
    page = tree(files["small/part-1/index.html"])

    assert not page.xpath("//b")
    assert not page.xpath("//script[not(@type='application/ld+json') and not(@src)]")
    article = graph(files["small/part-1/index.html"])["Article"]
    said = {
        "title": article["headline"],
        "summary": article["description"],
        "tag": article.get("keywords", [""])[0],
    }
    assert said[where] == NASTY
    for path, other in pages(files).items():
        assert "49" not in other.text_content(), path


def test_the_sitemap_lists_what_is_indexed_with_the_day_of_the_last_change() -> None:
    text = CONFIG + index() + part(1, more="updated: 2026-11-20\naliases: [old]") + part(2) + part(3)
    files = site(text, date(2026, 11, 12))
    root = etree.fromstring(files["sitemap.xml"])
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    entries = {url.findtext(f"{space}loc"): url.findtext(f"{space}lastmod") for url in root}

    assert entries == {
        HOME: "2026-11-20",
        f"{HOME}small/": "2026-11-20",
        f"{HOME}small/part-1/": "2026-11-20",
        f"{HOME}small/part-2/": "2026-11-10",
        f"{HOME}archive/": "2026-11-20",
        f"{HOME}authors/": "2026-11-20",
        f"{HOME}authors/ada-writer/": "2026-11-20",
        f"{HOME}follow/": None,
        f"{HOME}small/follow/": None,
        f"{HOME}small/start/": None,
    }
    assert {child.tag for url in root for child in url} == {f"{space}loc", f"{space}lastmod"}


def test_the_samples_sitemap_and_its_indexed_pages_are_the_same() -> None:
    root = etree.fromstring(sample()["sitemap.xml"])
    listed = {url[0].text for url in root}
    indexed = {
        str(page.xpath("//link[@rel='canonical']/@href")[0])
        for page in pages(sample()).values()
        if not page.xpath("//meta[@name='robots']")
    }

    assert listed == indexed


def test_robots_may_read_everything_but_paced_feeds_and_are_shown_the_sitemap() -> None:
    assert sample()["robots.txt"].decode().splitlines() == [
        "User-agent: *",
        "Allow: /",
        "Disallow: /*/start/*.xml$",
        "Disallow: /*/start/*.json$",
        "",
        f"Sitemap: {HOME}sitemap.xml",
    ]
    without = site(CONFIG + "[feed]\npaced = false\n" + index() + part(1) + part(2))
    assert b"Disallow" not in without["robots.txt"]


def test_a_page_of_seven_hundred_words_is_under_thirty_kilobytes() -> None:
    for path, data in sample().items():
        words = (
            graph(data).get("Article", {}).get("wordCount") if path.count("/") == 2 and b"ld+json" in data else 0
        )
        assert not words or len(data) < 30_000 * max(1, words / 700), path


def test_llms_txt_is_written_only_where_it_is_asked_for_and_names_only_what_is_out() -> None:
    text = index() + part(1) + part(2, title="A secret")
    wanted = site(CONFIG + "[sharing]\nllms_txt = true\n" + text, date(2026, 11, 4))["llms.txt"].decode()

    assert "llms.txt" not in site(CONFIG + text)
    assert "- [Part 1: Title 1](https://weekly.example.org/small/part-1/): What part 1 says." in wanted
    assert "secret" not in wanted
