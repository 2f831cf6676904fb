"""How to follow, and where to start: pages for people, and what every page tells feed readers."""

from datetime import date, datetime

from tests.projects import CONFIG, index, part
from tests.web.builders import pages, sample, site, tree, words

HOME = "https://weekly.example.org/"
NAMES = ("feed.xml", "atom.xml", "feed.json")


def test_every_page_makes_the_feeds_known_and_every_feed_that_it_names_is_there() -> None:
    files = sample()
    for path, page in pages(files).items():
        depth = path.count("/")
        found = page.xpath("//link[@rel='alternate'][@type!='text/calendar']/@href")
        rooted = "/" if path == "404.html" else "../" * depth or "./"
        assert found[-3:] == [rooted + name for name in NAMES], path
        for address in found:
            folder = path.rpartition("/")[0].split("/") if "/" in path else []
            up = address.count("../")
            base = "/".join(folder[: len(folder) - up]) if up else ""
            assert f"{base}/{address.replace('../', '').removeprefix('./')}".strip("/") in files, (path, address)


def test_a_tags_page_makes_the_tags_feed_known_first() -> None:
    page = tree(sample()["tags/zonulin/index.html"])
    assert page.xpath("//link[@rel='alternate']/@href")[:3] == [f"../../tags/zonulin/{name}" for name in NAMES]
    assert "This tag" in words(page.xpath("//footer")[0])


def test_the_page_on_following_explains_feeds_and_lists_every_address() -> None:
    page = tree(sample()["follow/index.html"])
    said = words(page.xpath("//main")[0])
    assert "A feed is a list of what is new" in said
    for folder in ("", "gut-and-immunity/", "reading-a-study/"):
        for name in NAMES:
            assert f"{HOME}{folder}{name}" in said
    assert page.xpath("//main//a[.='Start at Part 1']/@href") == [
        "../gut-and-immunity/start/",
        "../reading-a-study/start/",
    ]
    assert page.xpath("//main//a[.='Dates for your calendar']/@href") == [
        "../calendar.ics",
        "../gut-and-immunity/calendar.ics",
        "../reading-a-study/calendar.ics",
    ]
    assert page.xpath("//nav//a[@aria-current='page']/@href") == ["../follow/"]


def test_a_series_has_a_page_on_following_of_its_own() -> None:
    page = tree(sample()["gut-and-immunity/follow/index.html"])
    said = words(page.xpath("//main")[0])
    assert f"{HOME}gut-and-immunity/feed.xml" in said
    assert "reading-a-study" not in said
    assert page.xpath("//link[@rel='alternate']/@href")[0] == "../../gut-and-immunity/feed.xml"


def test_the_page_to_start_from_offers_this_weeks_feed_and_says_what_comes_when() -> None:
    page = tree(sample()["gut-and-immunity/start/index.html"])
    said = words(page.xpath("//main")[0])
    assert "you get one part a week" in said
    assert f"{HOME}gut-and-immunity/start/2026-W47.xml" in said
    assert page.xpath("//p[@class='actions']/a/@href")[:2] == [
        "../../gut-and-immunity/start/2026-W47.xml",
        "../../gut-and-immunity/start/2026-W47.json",
    ]
    steps = [words(step) for step in page.xpath("//section[@class='plan']//li")]
    assert steps[0] == "1 The quiet border At once"
    assert steps[1] == "2 The seams between cells Tuesday 24 November"
    assert len(steps) == 5  # the sixth is not out, and is not named
    assert not page.xpath("//link[@rel='alternate'][contains(@href, 'start/')]")


def test_paced_feeds_are_linked_to_from_their_own_page_alone() -> None:
    for path, page in pages(sample()).items():
        links = [link for link in page.xpath("//@href") if "start/20" in link]
        assert bool(links) is path.endswith("/start/index.html"), path
    assert b"start/20" not in sample()["sitemap.xml"]


def test_the_page_to_start_from_comes_with_the_second_part() -> None:
    text = CONFIG + index() + part(1) + part(2)
    assert "small/start/index.html" not in site(text, date(2026, 11, 4))
    early = site(text, date(2026, 11, 4))
    assert "start/" not in str(tree(early["small/index.html"]).xpath("//main//@href"))
    assert "small/start/index.html" in site(text, date(2026, 11, 10))


def test_without_paced_feeds_nothing_leads_to_them() -> None:
    files = site(CONFIG + "[feed]\npaced = false\n" + index() + part(1) + part(2))
    assert not [path for path in files if "start" in path]
    for page in pages(files).values():
        assert not [link for link in page.xpath("//@href") if "start" in link]
    assert "small/follow/index.html" in files


def test_a_daily_series_says_so() -> None:
    text = CONFIG + index().replace("every: week", "every: weekday") + part(1) + part(2)
    page = tree(site(text)["small/start/index.html"])
    assert "you get one part every weekday" in words(page)


def test_a_long_series_lists_the_first_parts_and_the_day_of_the_last() -> None:
    text = CONFIG + index() + "".join(part(k) for k in range(1, 11))
    page = tree(site(text, datetime(2027, 3, 2, 12, 0))["small/start/index.html"])  # noqa: DTZ001 - wall-clock time
    steps = page.xpath("//section[@class='plan']//li")
    assert len(steps) == 6
    assert "And so on, 4 more; the last of those that are out comes on 4 May 2027." in words(page)
