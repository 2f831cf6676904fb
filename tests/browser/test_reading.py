"""A part as it is read: marks that show their reference, notes in the margin, what is remembered, the keyboard."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipeline.build import build
from tests.browser.audit import sticking_out, violations
from tests.browser.conftest import Open
from tests.projects import CONFIG, index, part, sources

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Locator, Page, Route

pytestmark = pytest.mark.browser

HOME = "https://weekly.example.org/"
FIBRE = "gut-and-immunity/what-becomes-of-fibre/"
OPEN = "() => [...document.querySelectorAll(':popover-open')].map((node) => node.id)"
REFERENCES = "references: [{id: one, type: book, title: The first}, {id: two, type: book, title: The second}]"
NOTES = " ".join(f"Words[^n{k}] and more of them." for k in range(1, 8))
BODY = f"""\
It was cited [@one; @two, p. 4] in [[01]], before [[03]].

## A heading

{NOTES}

| {" | ".join("abcdefgh")} |
|{"---|" * 8}
| {" | ".join(["incomprehensibilities"] * 8)} |

    {"code " * 60}

## Another

{"There is more to read here, and it goes on for a while. " * 60}

## A third

The end.

""" + "\n\n".join(
    f"[^n{k}]: Note {k}, which goes on, so that it takes a few lines in a margin." for k in range(1, 8)
)
ARABIC = "نص[^a] طويل [@one]. " + "نص طويل للقراءة. " * 40 + "\n\n[^a]: ملاحظة.\n"
Shown = Callable[..., "Page"]


def files(language: str = "en", body: str = BODY) -> dict[str, bytes]:
    config = CONFIG.replace('language = "en"', f'language = "{language}"')
    text = config + index() + part(1) + part(2, more=REFERENCES, body=body) + part(3)
    result = build(sources(text), date(2026, 11, 12))
    assert not result.has_errors
    return {each.path.removeprefix("site/"): each.data for each in result.artifacts}


@pytest.fixture(scope="module")
def hard() -> dict[str, bytes]:
    return files()


@pytest.fixture
def shown(chromium: "Browser", hard: dict[str, bytes]) -> Iterator[Shown]:
    """Shows Part 2 of a publication with everything that is hard in it; ``style`` may change the style sheet."""
    contexts = []

    def show(
        *,
        width: int = 1280,
        scripts: bool = True,
        style: Callable[[str], str] = str,
        made: dict[str, bytes] | None = None,
        **more: object,
    ) -> "Page":
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, **more
        )  # type: ignore[arg-type]
        contexts.append(context)

        def answer(route: "Route") -> None:
            path = route.request.url.removeprefix(HOME).partition("#")[0]
            data = (made or hard).get(path + "index.html" if path.endswith("/") or not path else path)
            if data is None:
                route.abort()
                return
            kinds = {"css": "text/css", "js": "text/javascript"}
            kind = kinds.get(path.rpartition(".")[2], "text/html; charset=utf-8")
            route.fulfill(body=style(data.decode()) if kind == "text/css" else data, content_type=kind)

        context.route("**/*", answer)
        page = context.new_page()
        page.goto(f"{HOME}small/part-2/")
        return page

    yield show
    for context in contexts:
        context.close()


def box_of(what: "Locator") -> "FloatRect":
    box = what.bounding_box()
    assert box is not None
    return box


def opened_now(page: "Page") -> list[str]:
    found: list[str] = page.evaluate(OPEN)
    return found


# --- references at their marks ----------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("by", ["click", "Enter", "Space", "tap"])
def test_a_mark_opens_its_reference_and_escape_closes_it(shown: Shown, by: str, *, scripts: bool) -> None:
    page = shown(scripts=scripts, has_touch=by == "tap")
    mark = page.get_by_role("button", name="Reference 2")
    entry = page.locator("#pw-ref-2")
    if by == "click":
        mark.click()
        page.mouse.move(2, 2)
    elif by == "tap":
        mark.tap()
    else:
        mark.focus()
        page.keyboard.press(by)
        page.wait_for_timeout(800)  # the browser's own moment until it shows what has the focus
    assert entry.evaluate("(node) => node.matches(':popover-open')")
    assert "The second" in entry.inner_text()
    mark_box, box = box_of(mark), box_of(entry)
    assert 0 <= box["y"] - (mark_box["y"] + mark_box["height"]) < 40
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280

    page.keyboard.press("Escape")
    assert entry.evaluate("(node) => !node.matches(':popover-open')")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("by", ["pointer", "focus"])
def test_a_mark_shows_its_reference_while_pointer_or_focus_is_on_it(
    shown: Shown, by: str, *, scripts: bool
) -> None:
    page = shown(scripts=scripts)
    mark = page.get_by_role("button", name="Reference 2")
    if by == "pointer":
        mark.hover()
    else:
        page.get_by_role("button", name="Reference 1").focus()
        page.keyboard.press("Tab")
    entry = page.locator("#pw-ref-2")
    entry.evaluate(
        """async (node) => {
          const until = performance.now() + 5000;
          while (getComputedStyle(node).position !== 'fixed' && performance.now() < until)
            await new Promise((next) => setTimeout(next, 20));
        }"""
    )
    assert entry.evaluate("(node) => getComputedStyle(node).position") == "fixed"
    box = box_of(entry)
    assert 0 <= box["y"] <= 900


def test_escape_takes_away_what_the_pointer_shows(shown: Shown) -> None:
    """Also where the browser knows nothing of interest, and the style sheet shows it."""
    page = shown()
    page.evaluate("document.documentElement.classList.remove('pw-interest')")
    page.evaluate(
        "document.querySelectorAll('[interestfor]').forEach((node) => node.removeAttribute('interestfor'))"
    )
    page.get_by_role("button", name="Reference 1").hover()
    position = "getComputedStyle(document.querySelector('#pw-ref-1')).position"
    page.wait_for_function(f"{position} === 'fixed'")
    page.keyboard.press("Escape")
    page.wait_for_function(f"{position} === 'static'")


def test_a_browser_without_popovers_has_links_to_the_list(shown: Shown) -> None:
    page = shown(style=lambda css: css.replace("selector(:popover-open)", "selector(:no-such-thing)"))
    assert not page.locator(".cite button").first.is_visible()
    page.locator("[role=doc-biblioref]").first.click()
    assert page.url.endswith("#ref-1")
    assert page.locator("#ref-1").is_visible()


def test_the_reference_stands_in_the_page_once(hard: dict[str, bytes]) -> None:
    page = hard["small/part-2/index.html"].decode().partition("<body>")[2]
    assert page.count("The second") == 1


# --- notes in the margin ----------------------------------------------------------------------------------

BOXES = """() => [...document.querySelectorAll('.notes li')].map((node) => {
  const {top, bottom, left, right} = node.getBoundingClientRect();
  const mark = document.getElementById(node.id.replace('fn', 'fnref')).getBoundingClientRect().top;
  return {top, bottom, left, right, mark};
})"""


@pytest.mark.parametrize("width", [1100, 1280, 1600])
def test_notes_stand_beside_their_marks_and_never_on_each_other(shown: Shown, width: int) -> None:
    page = shown(width=width, scripts=False)
    boxes = page.evaluate(BOXES)
    text = box_of(page.locator(".text"))
    for box, following in zip(boxes, [*boxes[1:], None], strict=True):
        assert box["left"] > text["x"] + text["width"]
        assert box["right"] <= width
        assert box["top"] >= box["mark"] - 4
        if following:
            assert following["top"] >= box["bottom"] + 8
    assert abs(boxes[0]["top"] - boxes[0]["mark"]) < 12
    assert sticking_out(page) == []


@pytest.mark.parametrize("width", [320, 768, 1090])
def test_where_there_is_no_margin_notes_stand_at_the_end(shown: Shown, width: int) -> None:
    page = shown(width=width)
    last, first = box_of(page.locator(".prose").last), box_of(page.locator(".notes li").first)
    assert first["y"] > last["y"] + last["height"]


def test_a_browser_that_cannot_anchor_has_its_notes_at_the_end(shown: Shown) -> None:
    page = shown(style=lambda css: css.replace("(anchor-name: --a)", "(no-such: thing)"))
    last, first = box_of(page.locator(".prose").last), box_of(page.locator(".notes li").first)
    assert first["y"] > last["y"] + last["height"]


def test_a_note_is_in_the_tree_of_accessibility_once(shown: Shown) -> None:
    snapshot = shown(width=1600).locator("body").aria_snapshot()
    assert snapshot.count("Note 3, which goes on") == 1
    assert snapshot.count('heading "Notes"') == 1


def test_in_a_right_to_left_part_the_margin_is_on_the_left(shown: Shown) -> None:
    page = shown(made=files("ar", ARABIC), width=1280)
    note, text = box_of(page.locator(".notes li").first), box_of(page.locator(".text"))
    assert note["x"] >= 0
    assert note["x"] + note["width"] < text["x"]
    assert sticking_out(page) == []


# --- what is remembered -----------------------------------------------------------------------------------


def test_a_part_read_to_its_end_is_marked_on_this_device_until_it_is_told_to_forget(opened: Open) -> None:
    page = opened("site", FIBRE)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.method + request.url))
    page.locator("summary").click()
    own = page.locator(".run-list [aria-current]")
    assert "read" not in own.inner_text()
    assert not page.locator(".memory").is_visible()

    page.locator(".teaser").scroll_into_view_if_needed()
    page.locator(".run-list .read").wait_for(state="attached")
    page.goto(page.url.replace("what-becomes-of-fibre/", ""))
    line = page.locator(".part-line.read")
    assert line.count() == 1
    assert line.get_by_role("link").inner_text().replace("\n", " ").endswith("(read)")
    assert all(address.startswith("GET") and "?" not in address for address in asked)

    page.get_by_role("button", name="Forget it").click()
    assert page.locator(".read").count() == 0
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    assert not page.locator(".memory").is_visible()


def test_a_part_that_was_only_begun_is_not_marked(opened: Open) -> None:
    page = opened("site", FIBRE)
    page.mouse.wheel(0, 600)
    page.wait_for_timeout(200)
    assert page.evaluate("localStorage.length") == 0


def test_without_storage_nothing_fails(opened: Open) -> None:
    page = opened("site", "archive/")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})")
    page.goto(page.url.replace("archive/", FIBRE))
    page.locator(".teaser").scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    assert wrong == []


def test_without_scripts_all_of_a_part_is_there(opened: Open) -> None:
    page = opened("site", FIBRE, scripts=False)
    assert not page.locator(".memory").is_visible()
    page.get_by_role("button", name="Reference 1", exact=True).first.click()
    assert page.locator("#pw-ref-1").is_visible()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.locator("#ref-1 [role=doc-backlink]").first.click()
    assert page.url.endswith("#cite-1-1")
    assert page.locator("#cite-1-1").is_visible()
    page.locator(".contents a").first.click()
    assert "#" in page.url
    for shown in (".teaser", ".references", ".disclaimer", ".pager", ".colophon"):
        assert page.locator(shown).first.is_visible(), shown


# --- the keyboard -----------------------------------------------------------------------------------------

FOCUSED = """() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  const style = getComputedStyle(node);
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const linear = (c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    const [r, g, b] = numbers(colour).slice(0, 3).map((c) => linear(c / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  let ground = node.parentElement;
  while (ground && numbers(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const [a, b] = [light(style.outlineColor), light(getComputedStyle(ground || document.body).backgroundColor)];
  window.pwSeen = (window.pwSeen || new Set()).add(node);
  return {name: node.outerHTML.slice(0, 90), style: style.outlineStyle, width: parseFloat(style.outlineWidth),
    contrast: (Math.max(a, b) + .05) / (Math.min(a, b) + .05)};
}"""
MISSED = """() => [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')]
  .filter((node) => node.checkVisibility({visibilityProperty: true}) && !node.matches('[tabindex="-1"]'))
  .filter((node) => !window.pwSeen.has(node)).map((node) => node.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", FIBRE, "gut-and-immunity/", "archive/", "tags/", "404.html"])
def test_the_keyboard_reaches_everything_and_the_focus_is_seen(opened: Open, path: str, scheme: str) -> None:
    page = opened("site", path, scheme=scheme)
    for _ in range(300):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None:
            break
        assert found["style"] != "none", found
        assert found["width"] >= 2, found
        assert found["contrast"] >= 3, found
    assert page.evaluate(MISSED) == []


@pytest.mark.parametrize("path", ["", FIBRE, "gut-and-immunity/", "archive/", "tags/", "404.html"])
def test_no_target_is_smaller_than_24_pixels(opened: Open, path: str) -> None:
    """WCAG 2.5.8; a link in a sentence is excepted, a mark is not."""
    page = opened("site", path, width=375)
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    small = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, summary')]
        .filter((node) => node.checkVisibility() && !node.matches('.hidden, .skip'))
        .filter((node) => !node.closest('p, li, td, dd, h1, h2, h3')
          || node.matches('sup a, .cite *, [role=doc-backlink], .contents a, .run-list a'))
        .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
        .filter(([, box]) => box.width < 23.9 || box.height < 23.9)
        .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
    )
    assert small == []


# --- circumstances ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_twice_as_large_a_text_scrolls_no_page_sideways(opened: Open, width: int) -> None:
    page = opened("site", FIBRE, width=width)
    page.add_style_tag(content="html { font-size: 200%; }")
    assert sticking_out(page) == []


def test_a_wide_table_and_long_code_scroll_by_themselves_and_have_names(shown: Shown) -> None:
    page = shown(width=320)
    assert sticking_out(page) == []
    table = page.get_by_role("region", name=re.compile("^Table 1: a, b, c"))
    assert table.evaluate("(node) => node.scrollWidth > node.clientWidth && node.tabIndex === 0")
    assert page.locator("pre").evaluate("(node) => node.scrollWidth > node.clientWidth && node.tabIndex === 0")


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_while_a_page_loads(opened: Open, width: int) -> None:
    page = opened("site", FIBRE, width=width)
    page.wait_for_load_state("networkidle")
    moved = page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
            .observe({type: 'layout-shift', buffered: true});
          setTimeout(() => done(sum), 400);
        })"""
    )
    assert moved < 0.01


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640, 1280])
def test_axe_finds_nothing_in_a_hard_part_with_a_reference_open(
    shown: Shown, axe: str, scheme: str, width: int
) -> None:
    page = shown(width=width, color_scheme=scheme)
    page.get_by_role("button", name="Reference 1").click()
    page.wait_for_timeout(400)
    assert opened_now(page) == ["pw-ref-1"]
    assert violations(page, axe) == []


def test_paper_has_notes_and_references_whole(shown: Shown) -> None:
    page = shown(width=1280)
    page.get_by_role("button", name="Reference 2").click()
    page.emulate_media(media="print")
    assert page.locator(".notes li").first.evaluate("(node) => getComputedStyle(node).position") == "static"
    entry = page.locator("#pw-ref-2")
    assert entry.evaluate("(node) => node.closest('li').getBoundingClientRect().height") > 10
    for gone in (".main-nav", ".run", ".contents", ".pager", ".memory"):
        assert not page.locator(gone).first.is_visible(), gone


def test_in_forced_colours_the_focus_and_the_reference_have_an_edge(shown: Shown) -> None:
    page = shown(forced_colors="active")
    mark = page.get_by_role("button", name="Reference 1")
    mark.focus()
    page.keyboard.press("Enter")
    assert mark.evaluate("(node) => parseFloat(getComputedStyle(node).outlineWidth)") >= 2
    assert page.locator("#pw-ref-1").evaluate("(node) => parseFloat(getComputedStyle(node).borderTopWidth)") >= 1
