"""Serials and search in a real browser: from a path below the host's root, by a server that rewrites nothing."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from pipeline.build import build
from pipeline.making.cache import Cache
from pipeline.making.drawing import draw
from pipeline.read import read_sources
from tests.browser.audit import lightness, sticking_out, violations
from tests.browser.conftest import _Quiet
from tests.projects import ROOT
from tests.publication.indexing import index_documents
from tests.web.builders import AS_OF

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# As strict as a site of ours can have it; Pagefind's index is read by WebAssembly.
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'"
ONCE = "cholera"  # stands in one part only
PAGES = {
    "home": "",
    "series": "gut-and-immunity/",
    "finished series": "reading-a-study/",
    "book": "gut-and-immunity/all/",
    "authors": "authors/",
    "author": "authors/dr-maren-holt/",
    "topics": "topics/",
    "topic": "topics/research/",
    "archive": "archive/",
    "search": "search/",
    "results": "search/?q=fibre",
}
every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())


class _Strict(_Quiet):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the sample, with its index, served from ``/weekly/``."""
    folder = tmp_path_factory.mktemp("host")
    made = build(read_sources(ROOT), AS_OF, has_search=True)
    drawn = draw(made.drawings, Cache(folder))
    for artifact in (*made.artifacts, *drawn.artifacts, *index_documents(made.search)):
        if artifact.path.startswith("site/"):
            path = folder / "weekly" / artifact.path.removeprefix("site/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(artifact.data)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Strict, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/weekly/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def at(chromium: "Browser", weekly: str) -> Iterator[Callable[..., "Page"]]:
    contexts = []

    def open_page(path: str, *, width: int = 1280, scheme: str = "light", scripts: bool = True) -> "Page":
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(weekly + path)
        if "?q=" in path and scripts:
            page.locator(".result").first.wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_a_word_that_stands_in_one_part_is_found_there_alone(at: Callable[..., "Page"]) -> None:
    faults: list[str] = []
    page = at("search/")
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.get_by_label("A word, or several").fill(ONCE)
    page.locator(".result").first.wait_for()

    assert page.locator(".result h2").all_inner_texts() == ["The zonulin story"]
    assert page.get_by_role("status").inner_text() == "1 part"
    assert page.locator(".result mark").first.inner_text().casefold().startswith(ONCE)
    assert "The Gut and Immunity, Part 3 of 8" in page.locator(".result .entry-meta").inner_text()
    page.locator(".result h2 a").click()
    page.wait_for_url("**/weekly/gut-and-immunity/the-zonulin-story/")
    assert faults == []


def test_a_search_can_be_kept_to_one_series_and_its_address_passed_on(at: Callable[..., "Page"]) -> None:
    page = at("search/?q=mice")
    page.get_by_label("In", exact=True).select_option("How to Read a Study")
    page.wait_for_url("**in=How+to+Read+a+Study")
    page.locator(".result .entry-meta", has_text="The Gut").first.wait_for(state="detached")

    for meta in page.locator(".result .entry-meta").all_inner_texts():
        assert meta.startswith("How to Read a Study")


def test_what_is_nowhere_is_said_to_be_nowhere(at: Callable[..., "Page"]) -> None:
    page = at("search/")
    page.get_by_label("A word, or several").fill("<b>xylophonist")
    page.get_by_role("status").filter(has_text="Nothing").wait_for()

    assert page.get_by_role("status").inner_text() == "Nothing for “<b>xylophonist”"


def test_nothing_of_the_index_is_loaded_before_somebody_searches(at: Callable[..., "Page"], weekly: str) -> None:
    asked: list[str] = []
    page = at("")
    page.on("request", lambda request: asked.append(request.url.removeprefix(weekly)))
    for path in ("", "gut-and-immunity/", "gut-and-immunity/the-lodgers/", "search/"):
        page.goto(weekly + path)
        page.wait_for_load_state("networkidle")

    assert [path for path in asked if "pagefind" in path] == []
    scripts = {path.partition(".")[0] for path in asked if path.endswith(".js")}
    assert scripts == {"assets/reading", "assets/search"}
    page.get_by_label("A word, or several").fill(ONCE)
    page.locator(".result").first.wait_for()
    assert [path for path in asked if "pagefind" in path]
    assert [path for path in asked if path.startswith("http")] == []


def test_without_scripts_the_search_page_says_how_else_to_find_things(at: Callable[..., "Page"]) -> None:
    page = at("search/", scripts=False)

    assert not page.locator(".search-form").is_visible()
    assert "Searching takes JavaScript" in page.locator(".search-without").inner_text()
    page.locator("main").get_by_role("link", name="The Gut and Immunity").click()
    assert page.url.endswith("/weekly/gut-and-immunity/all/")
    page.get_by_role("link", name="The lodgers").first.click()
    assert page.url.endswith("#part-4")


@every_page
def test_axe_finds_nothing_light_or_dark(at: Callable[..., "Page"], axe: str, path: str) -> None:
    for scheme, width in (("light", 1280), ("dark", 375)):
        page = at(path, scheme=scheme, width=width)

        # A strict policy keeps scripts out that a page has not got: axe is put in past it.
        page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
        assert violations(page, axe) == [], scheme


@every_page
def test_no_page_is_wider_than_its_window(at: Callable[..., "Page"], path: str) -> None:
    page = at(path)
    for width in (320, 375, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert sticking_out(page) == [], width


def test_a_book_on_paper_has_the_text_and_no_navigation(at: Callable[..., "Page"]) -> None:
    page = at("reading-a-study/all/", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")

    assert lightness(page, "body") == 1
    for hidden in (".main-nav", ".follow", ".book-cover .whole", ".chapter-head .meta a"):
        assert not page.locator(hidden).first.is_visible(), hidden
    for shown in (".book-contents", ".disclaimer", ".chapter .prose", ".references", ".print-only"):
        assert page.locator(shown).first.is_visible(), shown
    assert page.locator(".chapter").nth(1).evaluate("(node) => getComputedStyle(node).breakBefore") == "page"


def test_the_ways_on_are_large_enough_for_a_thumb(at: Callable[..., "Page"]) -> None:
    for path in ("", "gut-and-immunity/", "search/"):
        boxes = at(path, width=375).evaluate(
            """() => [...document.querySelectorAll('.button, .start-link, .search-form :is(input, select)')]
            .map((node) => node.getBoundingClientRect().height).filter((height) => height && height < 43.5)"""
        )
        assert boxes == [], path
