"""Emails as Chromium shows them and as SpamAssassin counts them."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from pipeline.render.email import merge
from pipeline.render.email.look import look_of
from pipeline.render.email.mime import to_eml
from tests import projects
from tests.email import builders

playwright = pytest.importorskip("playwright.sync_api")

WIDTHS = (320, 375, 600, 640, 1000)
LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis-and-other-compoundwordswithoutanyend " * 3


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as started:
        shown = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield shown
        shown.close()


def page_with(browser: "playwright.Browser", html: str, scheme: str = "light") -> "playwright.Page":
    context = browser.new_context(color_scheme=scheme, offline=True)
    page = context.new_page()
    page.set_content(html)
    return page


def letters() -> dict[str, str]:
    issues = builders.everything()
    turned = builders.in_language(issues, "ar")
    hard = builders.placed(
        builders.publication(
            projects.part(
                1,
                title=LONG,
                body=f"{LONG}\n\n    {'code ' * 60}\n\n| {' | '.join('abcdef')} |\n|{'---|' * 6}\n"
                f"| {' | '.join(['wordswithoutend'] * 6)} |\n\n<{'https://e.org/' + 'a' * 200}>",
            )
        )
    )
    made = {
        "everything": builders.email(issues, 2),
        "right to left": builders.room(turned).render(builders.issue(issues, 2)),
        "hard": builders.email(hard, 1),
    }
    return {name: builders.finished(edition, issues.publication) for name, edition in made.items()}


@pytest.mark.browser
@pytest.mark.parametrize("name", ["everything", "right to left", "hard"])
def test_no_letter_scrolls_sideways_on_any_screen(browser: "playwright.Browser", name: str) -> None:
    page = page_with(browser, letters()[name])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})

        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert page.evaluate("document.compatMode") == "CSS1Compat"


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_of_the_scheme_are_the_ones_seen(browser: "playwright.Browser", scheme: str) -> None:
    look = look_of(builders.everything().publication)
    tones = look.dark if scheme == "dark" else look.light
    page = page_with(browser, letters()["everything"], scheme)
    seen = {
        "h1": ("color", tones.ink),
        ".prose p": ("color", tones.ink),
        ".prose a": ("color", tones.accent),
        ".byline": ("color", tones.muted),
        ".fine p": ("color", tones.muted),
        ".footer a": ("color", tones.muted),
        ".button a": ("color", tones.on_accent),
        ".button table td": ("background-color", tones.accent),
        ".sheet": ("background-color", tones.paper),
        ".desk": ("background-color", tones.desk),
        "body": ("background-color", tones.desk),
        ".wash > table > tbody > tr > td": ("background-color", tones.wash),
    }
    for selector, (name, colour) in seen.items():
        value = page.eval_on_selector(selector, f"node => getComputedStyle(node)['{name}']")
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))

        assert value == f"rgb({red}, {green}, {blue})", selector


CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => (v /= 255) <= 0.04045
    ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const ground = n => { for (; n; n = n.parentElement) { const c = getComputedStyle(n).backgroundColor;
    if (!/, 0\\)$/.test(c)) return c } return 'rgb(255, 255, 255)' };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.offsetParent || /STYLE/.test(node.tagName)) continue;
    const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) bad.push([node.tagName, walker.currentNode.data.trim()]);
  }
  return bad }"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_has_contrast_where_it_stands(browser: "playwright.Browser", scheme: str) -> None:
    page = page_with(browser, letters()["everything"], scheme)

    assert page.evaluate(CONTRAST) == []


@pytest.mark.browser
def test_a_reader_without_style_sheets_gets_the_same_words_in_order(browser: "playwright.Browser") -> None:
    html = letters()["everything"]
    page = page_with(browser, html)
    heads = [node.inner_text() for node in page.query_selector_all("h1, h2, h3")]

    assert heads == [
        "Title 2",
        "A heading",
        "A smaller heading",
        "Talk",
        "Part 3: Title 3",
        "Notes",
        "References",
        "Not advice",
    ]


@pytest.mark.program
def test_spamassassin_finds_nothing_to_count() -> None:
    if shutil.which("spamassassin") is None:
        pytest.skip("no SpamAssassin here")
    issues = builders.everything()
    own = builders.served(issues.publication)
    data = to_eml(builders.email(issues, 2), own, merge.sample_reader(own))
    done = subprocess.run(["spamassassin", "-L", "-t"], input=data, capture_output=True, check=False)
    told = done.stdout.decode(errors="replace")
    points = float(told.split("Content analysis details:")[1].split("(")[1].split()[0])

    assert points <= 0.0, told[-2000:]
