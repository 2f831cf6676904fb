"""Authors, topics, years, what comes next, and what a search is given to read."""

from datetime import date, timedelta

from pipeline.build import build
from pipeline.read import read_sources
from tests.projects import CONFIG, ROOT, index, part, sources
from tests.web.builders import AS_OF, LATER, sample, site, tree, words
from tests.web.crawler import dead_links

HOME = "https://weekly.example.org/"
TWO_SERIES = (
    CONFIG
    + index(more="topics: [Kitchen]")
    + part(1)
    + part(2, more="topics: [Ice cream]")
    + index("large", "Large things").replace(
        "author: Ada Writer", "author: [{name: Ada Writer, credentials: MD}, Bo]"
    )
    + part(1, series="large", slug="whale")
    + index("later", "Later things").replace("Ada Writer", "Cy Later").replace("2026-11-03", "2028-01-04")
    + part(1, series="later", slug="unseen")
)


def test_an_author_has_a_page_with_credentials_and_every_part_of_theirs() -> None:
    files = site(TWO_SERIES)
    page = tree(files["authors/ada-writer/index.html"])

    assert words(page.xpath("//h1")[0]) == "Ada Writer"
    assert words(page.xpath("//p[@class='subtitle']")[0]) == "MD"
    assert sorted(words(title) for title in page.xpath("//h2[@class='entry-title']")) == [
        "Title 1",
        "Title 1",
        "Title 2",
    ]
    assert [words(name) for name in tree(files["authors/index.html"]).xpath("//h2/a")] == [
        "Ada Writer",
        "Bo",
        "Cy Later",
    ]


def test_an_author_whose_series_has_not_begun_lists_nothing_and_is_not_indexed() -> None:
    files = site(TWO_SERIES)
    page = tree(files["authors/cy-later/index.html"])

    assert not page.xpath("//h2[@class='entry-title']")
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert b"cy-later" not in files["sitemap.xml"]
    assert b"unseen" not in b"".join(files.values())


def test_a_byline_leads_to_the_author_s_page_and_that_to_their_own() -> None:
    page = tree(sample()["gut-and-immunity/the-lodgers/index.html"])

    assert page.xpath("//p[@class='byline']//a/@href") == ["../../authors/dr-maren-holt/"]
    author = tree(sample()["authors/dr-maren-holt/index.html"])
    assert author.xpath("//header//a[@rel='author']/@href") == ["https://maren-holt.example.org/"]


def test_topics_hold_the_parts_of_their_series_and_those_that_name_them() -> None:
    files = site(TWO_SERIES)

    assert len(tree(files["topics/kitchen/index.html"]).xpath("//h2[@class='entry-title']")) == 2
    assert len(tree(files["topics/ice-cream/index.html"]).xpath("//h2[@class='entry-title']")) == 1


def test_pages_to_find_things_are_in_the_sitemap_with_the_day_of_their_newest_part() -> None:
    listed = sample()["sitemap.xml"].decode()

    for path, day in {
        "authors/": "2026-11-17",
        "authors/dr-maren-holt/": "2026-11-17",
        "authors/idris-penhallow/": "2026-10-06",
        "topics/research/": "2026-10-06",
    }.items():
        assert f"<url><loc>{HOME}{path}</loc><lastmod>{day}</lastmod></url>" in listed


def test_a_large_archive_has_a_page_for_each_year_and_a_small_one_has_not() -> None:
    start = date(2025, 1, 1)
    pins = "".join(
        part(number, slug=f"p{number}", more=f"date: {start + timedelta(days=4 * number)}")
        for number in range(1, 160)
    )
    config = CONFIG + "[feed]\npaced = false\n"
    files = site(config + index().replace("2026-11-03", "2025-01-01") + pins)
    years = [path for path in files if path.startswith("archive/")]

    assert years == ["archive/index.html", "archive/2026/index.html", "archive/2025/index.html"]
    feeds = {folder + name: b"" for folder in ("", "small/") for name in ("feed.xml", "atom.xml", "feed.json")}
    assert dead_links(files | feeds, HOME) == []
    links = tree(files["archive/index.html"]).xpath("//nav[@aria-label='Years']//a/@href")
    assert links == ["../archive/2026/", "../archive/2025/"]
    listed = [len(tree(files[path]).xpath("//li[@class='entry']")) for path in years]
    assert sum(listed[1:]) == 159
    assert listed[0] == 50
    assert "archive/2026/index.html" not in sample()


def test_the_front_page_leads_with_the_newest_part_then_what_comes_then_the_series() -> None:
    page = tree(sample()["index.html"])

    assert [words(heading) for heading in page.xpath("//main//h2")] == [
        "What becomes of fibre",
        "What comes next",
        "The series",
        "Get the next part by email",
        "Earlier parts",
    ]
    assert words(page.xpath("//li[@class='date-line']/span[2]")[0]) == (
        "Part 6 of The Gut and Immunity Thursday 26 November"
    )
    starts = page.xpath("//a[@class='start-link']/@href")
    assert starts == ["./gut-and-immunity/the-quiet-border/", "./reading-a-study/what-kind-of-study-is-it/"]


def test_without_an_index_there_is_no_search_page_and_no_link_to_one() -> None:
    files = sample()

    assert not [path for path in files if path.startswith("search") or "/search." in path]
    assert b"../search/" not in b"".join(data for path, data in files.items() if path.endswith(".html"))


def test_a_search_reads_the_author_s_text_alone() -> None:
    made = build(read_sources(ROOT), AS_OF, has_search=True)
    read = {document.path: document.html.decode() for document in made.search}

    assert len(read) == 8
    fibre = read["gut-and-immunity/what-becomes-of-fibre/"]
    assert "four-kinds-of-evidence" in fibre
    for said in ("not medical advice", "Previously", "The art of not reacting", "Talk it through", "Archive"):
        assert said not in fibre, said


def test_every_link_of_a_site_with_a_search_page_leads_somewhere() -> None:
    text = CONFIG.replace(HOME, "https://example.org/weekly/") + TWO_SERIES.removeprefix(CONFIG)
    made = build(sources(text), LATER, has_search=True)
    assert not made.has_errors
    files = {
        artifact.path.removeprefix("site/"): artifact.data
        for artifact in made.artifacts
        if artifact.path.startswith("site/")
    }
    files |= {drawing.path.removeprefix("site/"): b"" for drawing in made.drawings}  # still to be made

    assert dead_links(files, "https://example.org/weekly/") == []
    page = tree(files["search/index.html"])
    assert page.xpath("//script[not(@type='application/ld+json')]/@type") == ["module"]
    assert not page.xpath("//*[@onclick or @style] | //script[not(@src)][not(@type='application/ld+json')]")


def test_a_daily_series_leaves_a_place_for_the_next_part_of_a_weekly_one() -> None:
    daily = index("daily", "Daily").replace("every: week", "every: day").replace("2026-11-03", "2026-11-10")
    parts = "".join(part(number, series="daily", slug=f"d{number}") for number in range(1, 9))
    weekly = index().replace("2026-11-03", "2026-11-30") + part(1)
    page = tree(site(CONFIG + daily + parts + weekly, date(2026, 11, 9))["index.html"])
    lines = [words(line) for line in page.xpath("//li[@class='date-line']/span[2]")]

    assert lines[0] == "Part 1 of Daily Tuesday 10 November"
    assert lines[-1] == "Part 1 of Small things Monday 30 November"
