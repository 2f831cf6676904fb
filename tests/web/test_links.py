from urllib.parse import urljoin

from tests.projects import CONFIG, index, part
from tests.web.builders import pages, sample, site, tree
from tests.web.crawler import dead_links

HOME = "https://weekly.example.org/"


def test_every_link_inside_the_sample_resolves_with_its_anchor() -> None:
    assert dead_links(sample(), HOME) == []


def test_the_crawler_sees_a_dead_page_a_dead_anchor_and_a_dead_picture() -> None:
    page = b'<a href="gone/">x</a><a href="#gone">y</a><img src="gone.png"><p id="here"><a href="#here">z</a>'

    assert dead_links({"index.html": page}, HOME) == [
        "index.html -> gone/",
        "index.html -> #gone",
        "index.html -> gone.png",
    ]


def test_a_site_under_a_path_never_links_to_the_root_of_the_host() -> None:
    config = CONFIG.replace(HOME, "https://example.org/weekly/")
    files = site(config + index() + part(1) + part(2, more="aliases: [old]\ntags: [one]"))
    folders = ("", "small/", "tags/one/")
    feeds = {folder + name: b"" for folder in folders for name in ("feed.xml", "atom.xml", "feed.json")}
    feeds |= {f"small/start/2027-W52.{ending}": b"" for ending in ("xml", "json")}

    assert dead_links(files | feeds, "https://example.org/weekly/") == []
    outside = [
        (path, address)
        for path, page in pages(files).items()
        for address in page.xpath("//@href | //@src")
        if urljoin(f"https://example.org/weekly/{path}", address).startswith("https://example.org/")
        and not urljoin(f"https://example.org/weekly/{path}", address).startswith("https://example.org/weekly/")
    ]
    assert outside == []


def test_links_are_relative_except_on_the_page_that_is_shown_at_any_depth() -> None:
    files = sample()

    for path, page in pages(files).items():
        links = page.xpath("//body//a/@href | //link[@rel='stylesheet']/@href | //body//img/@src")
        rooted = [link for link in links if link.startswith(("/", HOME))]
        assert bool(rooted) is (path == "404.html"), path
    lost = tree(files["404.html"])
    own = [link for link in lost.xpath("//@href") if not link.startswith(("#", "mailto:"))]
    assert all(link.startswith("/") for link in own)


def test_references_link_to_the_text_and_the_text_to_them() -> None:
    page = tree(sample()["gut-and-immunity/the-zonulin-story/index.html"])
    cited = page.xpath("//span[a/@role='doc-biblioref']")
    backlinks = page.xpath("//section[@role='doc-bibliography']//a[@role='doc-backlink']/@href")

    assert cited
    assert sorted(f"#{link.get('id')}" for link in cited) == sorted(backlinks)
