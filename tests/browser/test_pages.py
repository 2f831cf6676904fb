"""The sample's pages in a real browser."""

from pathlib import Path

import pytest

from tests.browser.audit import lightness, sticking_out, violations
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

PART = "gut-and-immunity/what-becomes-of-fibre/"
KINDS = {
    "home": "",
    "series": "gut-and-immunity/",
    "part": PART,
    "first part": "gut-and-immunity/the-quiet-border/",
    "last part": "reading-a-study/what-the-headline-left-out/",
    "archive": "archive/",
    "tags": "tags/",
    "tag": "tags/barrier/",
    "404": "404.html",
}
every_kind = pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())


@every_kind
def test_no_page_scrolls_sideways(opened: Open, path: str) -> None:
    page = opened("site", path)
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    for width in (320, 375, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert sticking_out(page) == [], width


@every_kind
def test_dark_is_really_dark_and_light_really_light(opened: Open, path: str) -> None:
    page = opened("site", path)
    assert lightness(page, "body") > 0.9
    assert lightness(page, "h1", of="text") < 0.2

    page.emulate_media(color_scheme="dark")
    assert lightness(page, "body") < 0.15
    assert lightness(page, "h1", of="text") > 0.8


@every_kind
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 375)])
def test_axe_finds_nothing(opened: Open, axe: str, path: str, scheme: str, width: int) -> None:
    page = opened("site", path, scheme=scheme, width=width)
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")

    assert violations(page, axe) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 320), ("light", 640), ("dark", 640)])
def test_axe_finds_nothing_on_any_page_at_320_pixels_and_at_200_per_cent(
    opened: Open, axe: str, built: Path, scheme: str, width: int
) -> None:
    """A window of 1280 pixels at 200 % is one of 640 (WCAG 1.4.4, 1.4.10)."""
    page = opened("site", "404.html", scheme=scheme, width=width)
    root = page.url.removesuffix("404.html")
    site = built / "site"
    for path in sorted(path.relative_to(site).as_posix() for path in site.rglob("index.html")):
        page.goto(root + path, wait_until="load")
        if not page.locator("main.moved").count():
            page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
            assert violations(page, axe) == [], path
            assert sticking_out(page) == [], path


def test_axe_is_really_asked(opened: Open, axe: str) -> None:
    page = opened("site", "404.html")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"logo.png\">')")

    assert any(violation.startswith("image-alt") for violation in violations(page, axe))


def test_without_scripts_a_reader_can_get_everywhere(opened: Open) -> None:
    page = opened("site", "", scripts=False)
    page.get_by_role("link", name="What becomes of fibre").click()
    page.locator("summary").first.click()
    page.get_by_role("link", name="The zonulin story").first.click()
    assert page.url.endswith("/gut-and-immunity/the-zonulin-story/")

    page.get_by_role("button", name="Reference 1", exact=True).first.click()
    assert page.locator("#pw-ref-1").is_visible()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.locator("#ref-1 [role=doc-backlink]").first.click()
    assert page.url.endswith("#cite-1-1")
    page.get_by_role("navigation", name="Previous and next").get_by_role("link", name="The lodgers").click()
    assert page.locator("h1").inner_text() == "The lodgers"


def test_an_old_address_leads_on_by_itself(opened: Open) -> None:
    page = opened("site", "gut-and-immunity/the-trillions-next-door/", scripts=False)
    page.wait_for_url("**/gut-and-immunity/the-lodgers/")

    assert page.locator("h1").inner_text() == "The lodgers"


def test_the_first_key_leads_past_the_navigation_to_the_text(opened: Open) -> None:
    page = opened("site", PART)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")

    assert skip.evaluate("(node) => node === document.activeElement && node.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "pw-main"


def test_what_has_the_focus_can_be_seen(opened: Open) -> None:
    page = opened("site", PART)
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert outline >= 2


@every_kind
def test_the_ways_on_are_large_enough_for_a_thumb(opened: Open, path: str) -> None:
    page = opened("site", path, width=375)
    boxes = page.evaluate(
        """(ways) => [...document.querySelectorAll(ways)]
        .map((node) => [node.textContent.trim(), node.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 40))
        .map(([words, box]) => `${words}: ${box.width} x ${box.height}`)""",
        ".main-nav a, .brand, .run > a, summary, .pager a, .button, .feeds a",
    )

    assert boxes == []


def test_a_line_of_text_holds_about_66_characters(opened: Open) -> None:
    page = opened("site", PART)
    lines = page.evaluate(
        """() => {
          const range = document.createRange(), counts = [];
          for (const paragraph of document.querySelectorAll('.prose > p')) {
            range.selectNodeContents(paragraph);
            const height = parseFloat(getComputedStyle(paragraph).lineHeight);
            const count = Math.round(range.getBoundingClientRect().height / height);
            if (count > 4) counts.push(paragraph.textContent.length / (count - 0.5));
          }
          return counts;
        }"""
    )

    assert lines
    assert 55 <= sum(lines) / len(lines) <= 75


def test_contents_stand_beside_the_text_when_there_is_room(opened: Open) -> None:
    wide, narrow = opened("site", PART), opened("site", PART, width=375)
    beside = "(() => { const c = document.querySelector('.contents').getBoundingClientRect();"
    beside += " return c.right <= document.querySelector('.text').getBoundingClientRect().left; })()"

    assert wide.evaluate(beside) is True
    assert narrow.evaluate(beside) is False


def test_paper_gets_the_text_the_addresses_and_no_navigation(opened: Open) -> None:
    page = opened("site", "gut-and-immunity/the-lodgers/", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")

    assert lightness(page, "body") == 1
    assert lightness(page, ".prose p", of="text") == 0
    for hidden in (".main-nav", ".run", ".pager", ".contents", ".follow"):
        assert not page.locator(hidden).first.is_visible(), hidden
    for shown in (".prose", ".disclaimer", ".references", ".print-only"):
        assert page.locator(shown).first.is_visible(), shown
    after = "(node) => getComputedStyle(node, '::after').content"
    assert "https://clinic.example.org" in page.locator(".cta .button").last.evaluate(after).replace("\\", "")
    assert "utm_" not in page.locator(".cta .button").last.evaluate(after)


def test_no_page_asks_another_host_for_anything(opened: Open, built: Path) -> None:
    asked: list[str] = []
    page = opened("site", "404.html")
    page.on("request", lambda request: asked.append(request.url))
    own = page.url.removesuffix("404.html")
    for path in KINDS.values():
        page.goto(own + path)

    assert asked
    assert [address for address in asked if not address.startswith(own)] == []
    assert (built / "site/index.html").exists()


@pytest.mark.parametrize("parts", [12, 26, 40, 150])
def test_the_steps_of_a_long_series_stay_beside_what_stands_next_to_them(opened: Open, parts: int) -> None:
    page = opened("site", PART)
    page.evaluate(
        "(parts) => { const steps = document.querySelector('.run .steps');"
        " while (steps.children.length < parts) steps.append(steps.lastChild.cloneNode()); }",
        parts,
    )
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        ends = page.evaluate(
            "() => { const steps = document.querySelector('.run .steps');"
            " return [steps.lastChild.getBoundingClientRect().right, steps.getBoundingClientRect().right]; }"
        )
        assert ends[0] <= ends[1] + 1, width
