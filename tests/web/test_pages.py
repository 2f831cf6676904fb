import re
from datetime import date

import pytest

from tests.projects import CONFIG, index, part
from tests.web.builders import AS_OF, pages, sample, site, tree, words

PART = "gut-and-immunity/the-zonulin-story/index.html"
LAST_OUT = "gut-and-immunity/what-becomes-of-fibre/index.html"
SERIES = "gut-and-immunity/index.html"


def test_every_published_part_has_a_page_and_no_other() -> None:
    files = site(CONFIG + index() + part(1) + part(2) + part(3) + part(4, more="draft: true"), date(2026, 11, 12))

    assert sorted(path for path in files if path.startswith("small/") and path.endswith(".html")) == [
        "small/all/index.html",
        "small/follow/index.html",
        "small/index.html",
        "small/part-1/index.html",
        "small/part-2/index.html",
        "small/start/index.html",
    ]


def test_the_publication_page_leads_with_the_newest_part_and_where_to_start() -> None:
    page = tree(sample()["index.html"])

    assert words(page.xpath("//h1")[0]) == "The Slow Digest"
    assert page.xpath("//section[@aria-labelledby='pw-latest']//h2/a/@href") == [
        "./gut-and-immunity/what-becomes-of-fibre/"
    ]
    assert page.xpath("//section[@aria-labelledby='pw-series']//a[@class='start-link']/@href") == [
        "./gut-and-immunity/the-quiet-border/",
        "./reading-a-study/what-kind-of-study-is-it/",
    ]
    series = words(page.xpath("//section[@aria-labelledby='pw-series']")[0])
    assert "5 of 8 parts are out" in series
    assert "Next: Part 6, on Thursday 26 November" in series
    assert "Complete in 3 parts" in series


def test_a_series_page_shows_what_is_out_what_is_next_and_what_has_no_date() -> None:
    page = tree(sample()[SERIES])
    lines = {line.get("id"): words(line) for line in page.xpath("//ol[@class='part-lines']/li")}

    assert list(lines) == [f"part-{number}" for number in range(1, 9)]
    assert "13 October 2026 · 4 minutes" in lines["part-1"]
    assert "Comes on Thursday 26 November" in lines["part-6"]
    assert lines["part-7"] == "7 Part 7 On its way"
    assert page.xpath("//a[@class='button']/@href") == ["../gut-and-immunity/the-quiet-border/"]
    assert "thinnest border" in words(page.xpath("//p[@class='subtitle']")[0])
    assert "mucosal immunologist" in words(page.xpath("//p[@class='byline']")[0])
    assert "This series is about that restraint" in words(page.xpath("//*[contains(@class, 'introduction')]")[0])


def test_a_date_in_another_year_says_so() -> None:
    text = CONFIG + index().replace("2026-11-03", "2026-12-29") + part(1) + part(2)
    page = tree(site(text, date(2026, 12, 30))["small/index.html"])

    assert "Comes on Tuesday 5 January 2027" in words(page)


def test_a_part_knows_its_place_in_the_run() -> None:
    page = tree(sample()[PART])
    run = page.xpath("//nav[@aria-label='Parts of this series']")[0]

    assert "Part 3 of 8" in words(page.xpath("//p[@class='kicker']")[0])
    assert [words(link) for link in run.xpath(".//details//a[@aria-current='page']")] == ["The zonulin story"]
    assert run.xpath("./a[@rel='prev']/@href") == ["../../gut-and-immunity/the-seams-between-cells/"]
    assert run.xpath("./a[@rel='next']/@href") == ["../../gut-and-immunity/the-lodgers/"]
    pager = page.xpath("//nav[@aria-label='Previous and next']")[0]
    assert [words(link) for link in pager.xpath("./a")] == ["Part 2 The seams between cells", "Part 4 The lodgers"]


def test_the_last_part_that_is_out_points_to_the_calendar_for_the_next() -> None:
    page = tree(sample()[LAST_OUT])
    onward = page.xpath("//a[contains(@class, 'pager-next')]")[0]

    assert onward.get("href") == "../../gut-and-immunity/#part-6"
    assert words(onward) == "Part 6, Thursday 26 November The art of not reacting"
    assert not page.xpath("//a[@rel='next'] | //link[@rel='next']")


def test_the_only_part_of_a_series_leads_to_its_series_once() -> None:
    page = tree(site(CONFIG + index() + part(1))["small/part-1/index.html"])

    assert page.xpath("//nav[@aria-label='Previous and next']/a/@href") == ["../../small/"]


def test_a_series_without_parts_has_no_heading_over_nothing() -> None:
    page = tree(site(CONFIG + index() + part(1) + index("other", "Other things"))["other/index.html"])

    assert "The parts" not in words(page)
    assert "On its way" in words(page)


def test_the_teaser_becomes_a_link_once_the_next_part_is_out() -> None:
    teaser = "//section[@aria-labelledby='pw-next']"
    before, after = tree(sample()[LAST_OUT]), tree(sample(date(2026, 11, 27))[LAST_OUT])

    assert words(before.xpath(f"{teaser}/h2")[0]) == "Next, on Thursday 26 November"
    assert not before.xpath(f"{teaser}/p[@class='teaser-title']/a")
    assert after.xpath(f"{teaser}/p[@class='teaser-title']/a/@href") == [
        "../../gut-and-immunity/the-art-of-not-reacting/"
    ]


def test_sections_come_in_the_order_in_which_they_were_placed() -> None:
    text = words(tree(sample()[PART]).xpath("//div[@class='text']")[0])
    order = [
        text.index(said)
        for said in (
            "Previously:",
            "Some ideas in science",
            "Talk it through",
            "Next in this series",
            "Read on",
            "References",
            "This letter is general information",
            "Nobody pays The Slow Digest",
        )
    ]

    assert order == sorted(order)


@pytest.mark.parametrize(("headings", "has_contents"), [(2, False), (3, True)])
def test_contents_appear_from_three_headings(headings: int, *, has_contents: bool) -> None:
    body = "Words.\n\n" + "\n\n".join(f"## Heading {n}\n\nWords." for n in range(headings))
    page = tree(site(CONFIG + index() + part(1, body=body))["small/part-1/index.html"])

    contents = page.xpath("//nav[@aria-labelledby='pw-contents']//a/@href")
    assert contents == ([f"#heading-{n}" for n in range(headings)] if has_contents else [])


def test_an_updated_part_says_when() -> None:
    page = tree(site(CONFIG + index() + part(1, more="updated: 2026-11-20"))["small/part-1/index.html"])

    assert "Updated 20 November 2026" in words(page)
    assert page.xpath("//meta[@property='article:modified_time']/@content") == ["2026-11-20"]


def test_related_articles_name_their_series_or_say_that_they_are_elsewhere() -> None:
    cards = tree(sample()[PART]).xpath("//section[@aria-labelledby='pw-related']//li")

    assert "How to Read a Study" in words(cards[0])
    assert "Elsewhere on the web" in words(cards[1])


def test_the_archive_lists_every_published_part_by_year_newest_first() -> None:
    text = CONFIG + index().replace("2026-11-03", "2026-12-22") + part(1) + part(2) + part(3)
    page = tree(site(text)["archive/index.html"])

    assert [words(year) for year in page.xpath("//h2[starts-with(@id, 'pw-2')]")] == ["2027", "2026"]
    titles = [words(link) for link in page.xpath("//*[@class='entry-title']")]
    assert titles == ["Title 3", "Title 2", "Title 1"]


def test_tags_with_one_address_are_one_tag() -> None:
    text = CONFIG + index() + part(1, more="tags: [Gut Health, mice]") + part(2, more="tags: [gut-health]")
    files = site(text)

    assert {path for path in files if path.startswith("tags/")} == {
        "tags/index.html",
        "tags/gut-health/index.html",
        "tags/mice/index.html",
    }
    page = tree(files["tags/gut-health/index.html"])
    assert [words(link) for link in page.xpath("//*[@class='entry-title']")] == ["Title 2", "Title 1"]


def test_without_tags_there_is_no_page_for_them_and_no_link_to_it() -> None:
    files = site(CONFIG + index() + part(1))

    assert not [path for path in files if path.startswith("tags/")]
    assert not tree(files["index.html"]).xpath("//a[contains(@href, 'tags')]")


def test_an_old_address_leads_to_the_new_one() -> None:
    files = site(CONFIG + index() + part(1, slug="new-name", more="aliases: [old-name]"))
    page = tree(files["small/old-name/index.html"])

    assert page.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=../new-name/"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://weekly.example.org/small/new-name/"]
    assert page.xpath("//body//a/@href") == ["../new-name/"]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_an_old_address_of_an_unpublished_part_does_not_exist() -> None:
    files = site(CONFIG + index() + part(1) + part(2, more="aliases: [old-name]"), date(2026, 11, 4))

    assert not [path for path in files if "old-name" in path]


def test_only_published_letters_can_be_viewed_in_a_browser() -> None:
    letters = {"small/part-1": b"<p>one</p>", "small/part-2": b"<p>two</p>"}
    files = site(CONFIG + index() + part(1) + part(2), date(2026, 11, 4), letters)

    assert files["small/part-1/email.html"] == b"<p>one</p>"
    assert "small/part-2/email.html" not in files


def test_a_publication_with_nothing_out_yet_has_its_pages() -> None:
    files = site(CONFIG + index() + part(1), date(2026, 10, 1))

    assert "Begins on Tuesday 3 November" in words(tree(files["index.html"]))
    assert "Nothing is out yet" in words(tree(files["archive/index.html"]))
    assert "Comes on Tuesday 3 November" in words(tree(files["small/index.html"]))


def test_a_series_of_drafts_alone_is_announced_nowhere() -> None:
    files = site(
        CONFIG + index() + part(1) + index("quiet", "Still quiet") + part(1, series="quiet", more="draft: true")
    )

    naming = [path for path, data in files.items() if b"Still quiet" in data]
    assert naming == ["quiet/index.html"]
    assert tree(files["quiet/index.html"]).xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_a_finished_series_says_so_and_leads_on() -> None:
    files = sample()
    page = tree(files["reading-a-study/what-the-headline-left-out/index.html"])

    assert "That was the last part of How to Read a Study" in words(page)
    assert "../../gut-and-immunity/" in page.xpath("//section[@aria-labelledby='pw-next']//a/@href")


def test_the_same_input_gives_the_same_bytes() -> None:
    text = CONFIG + index() + part(1, more="tags: [b, a, c]") + part(2, more="tags: [c, d]")

    assert site(text) == site(text)


def test_a_page_of_the_sample_stays_light() -> None:
    sizes = {path: len(data) for path, data in sample().items() if path.endswith("index.html")}
    books = {path: sizes.pop(path) for path in list(sizes) if path.endswith("/all/index.html")}

    longest = "gut-and-immunity/what-becomes-of-fibre/index.html"
    assert sizes.pop(longest) < 30_000 * 830 / 700  # words
    assert max(sizes.values()) < 30_000
    assert len(books) == 2
    assert max(books.values()) < 20_000 * 5  # five parts
    assert sum(1 for path in sample(AS_OF) if path.endswith(".css") and path != "feed.css") == 1


def test_every_script_is_a_file_of_the_site_with_a_hash_for_its_name() -> None:
    files = sample()
    for path, page in pages(files).items():
        scripts = page.xpath("//script[not(@type='application/ld+json')]")
        assert all(re.search(r"/assets/[a-z]+\.[0-9a-f]{10}\.js$", script.get("src", "")) for script in scripts), (
            path
        )
        assert not any(script.text for script in scripts), path
        assert not page.xpath("//@*[starts-with(name(), 'on')]"), path
        named = {script.get("src").rpartition("/")[2] for script in scripts}
        assert named <= {name.rpartition("/")[2] for name in files}
