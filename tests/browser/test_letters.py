"""The sample's letters in a real browser, in both themes: every width, both schemes, no pictures, no styles."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from pipeline.compose import compose_issues
from pipeline.model import Library, Sources
from pipeline.parse import parse_library
from pipeline.read import read_sources
from pipeline.render.email.look import Tones, look_of
from pipeline.roundup import roundups
from pipeline.settings import RoundUpSettings
from tests import projects
from tests.browser.audit import lightness, sticking_out, violations
from tests.browser.conftest import Open
from tests.email import builders

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

THEMES = ("letter", "magazine")
WIDTHS = (320, 375, 600, 1000)
SCHEMES = ("light", "dark")
SITE = "https://weekly.example.org/"
LETTERS = {
    "picture on top": "gut-and-immunity/the-quiet-border",
    "picture": "gut-and-immunity/the-zonulin-story",
    "table": "gut-and-immunity/what-becomes-of-fibre",
    "last": "reading-a-study/what-the-headline-left-out",
}
HARD = ("everything", "right to left", "unruly")
# Whose parts they tell of, and their names.
ROUNDUPS = {
    "round-up": ("picture", "gut-and-immunity/roundup-2026-11"),
    "round-up, right to left": ("right to left", "small/roundup-2026-11"),
    "round-up, unruly": ("unruly", "small/roundup-2026-11"),
}
LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis-and-other-compoundwordswithoutanyend"
ARABIC = """\
بدأت القصة بالكوليرا ووصلت إلى بروتين بشري يرخي الدرزات بين خلايا الأمعاء[^1]. ثم فحص أحدهم الاختبار [@one].

## عنوان

> اقتباس قصير

- واحد

| يسار | يمين |
|---|--:|
| ألف | ١٢ |

[^1]: ملاحظة.
"""
every_theme = pytest.mark.parametrize("theme", THEMES)
every_letter = pytest.mark.parametrize("name", [*LETTERS, *HARD, *ROUNDUPS])
# Rules for pages: a letter is shown inside a mail program's own page, which has the landmarks.
PAGE_RULES = ("region", "landmark-one-main", "bypass")

Show = Callable[..., "Page"]


# --- the letters ------------------------------------------------------------------------------------------


@cache
def sample() -> Library:
    library = parse_library(read_sources(projects.ROOT)).library
    assert library is not None
    return library


@cache
def library_of(name: str) -> Library:
    """Where a letter comes from: the sample, or a publication with everything that is hard in it."""
    name = ROUNDUPS.get(name, (name, ""))[0]
    if name in LETTERS:
        return sample()
    more = f'{builders.REFERENCES}\nimage: {{src: lead.png, alt: A lead}}\nrelated: [{{title: "{LONG}", url: "https://e.org/"}}]'
    bodies = {
        "everything": builders.EVERYTHING,
        "right to left": ARABIC,
        "unruly": f"{LONG}\n\n    {'code ' * 60}\n\n| {' | '.join('abcdef')} |\n|{'---|' * 6}\n"
        f"| {' | '.join(['wordswithoutend'] * 6)} |\n\n<https://e.org/{'a' * 200}>",
    }
    title = LONG if name == "unruly" else "قصة الزونولين" if name == "right to left" else "Title 2"
    text = builders.publication(
        projects.part(1),
        projects.part(2, title=title, more=more, body=bodies[name]),
        projects.part(3, title=title),
    )
    files = projects.files(text.replace('language = "en"', 'language = "ar"') if name == "right to left" else text)
    picture = sample().assets["series/gut-and-immunity/images/gut-lining.png"].data
    logos = {f"series/small/{file}.png": sample().assets["series/logo.png"].data for file in ("day", "night")}
    parsed = parse_library(Sources({**files, **logos, "series/small/lead.png": picture}, projects.theme()))
    assert parsed.library is not None
    own = parsed.library.publication
    theme = replace(own.theme, logo="series/small/day.png", logo_dark="series/small/night.png", accent="#7b2d26")
    return replace(parsed.library, publication=replace(own, theme=theme))


@cache
def letter(theme: str, name: str) -> str:
    address = ROUNDUPS[name][1] if name in ROUNDUPS else LETTERS.get(name, "small/part-2")
    library = library_of(name)
    own = library.publication
    sending = replace(own.sending, roundup=RoundUpSettings())
    library = replace(library, publication=replace(own, theme=replace(own.theme, email=theme), sending=sending))
    issues = compose_issues(library, builders.AS_OF).issues
    issue = next(i for i in (*issues.all, *roundups(issues)) if i.address == address)
    edition = builders.gathered(issue, library) if issue.is_roundup else builders.room(library).render(issue)
    return builders.finished(edition, library.publication)


def without_style_sheets(html: str) -> str:
    """As a mail program shows it that knows style attributes alone."""
    return re.sub(r"<style\b.*?</style>", "", html, flags=re.DOTALL)


def without_any_style(html: str) -> str:
    return re.sub(r"\sstyle=\"[^\"]*\"", "", without_style_sheets(html))


def as_outlook_com_darkens(html: str) -> str:
    """No media query, and marks on what it repaints."""
    html = html.replace("(prefers-color-scheme: dark)", "(min-width: 99999px)")
    return html.replace("<body ", "<body data-ogsc='' data-ogsb='' ", 1)


@pytest.fixture
def show(chromium: "Browser") -> Iterator[Show]:
    """Shows a document; the pictures that it asks the sample's site for come from this repository."""
    contexts = []

    def show_html(html: str, *, width: int = 640, scheme: str = "light", pictures: bool = True) -> "Page":
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        files = {**sample().assets, **library_of("everything").assets}

        def answer(route: "Route") -> None:
            asset = files.get(f"series/{route.request.url.removeprefix(SITE)}")
            if asset is None or not pictures:
                route.abort()
            else:
                route.fulfill(body=asset.data, content_type="image/png")

        context.route("**/*", answer)
        page = context.new_page()
        page.set_content(html, wait_until="load")
        return page

    yield show_html
    for context in contexts:
        context.close()


# --- what is seen -----------------------------------------------------------------------------------------


@every_theme
@every_letter
@pytest.mark.parametrize("pictures", [True, False], ids=["pictures", "no pictures"])
@pytest.mark.parametrize("styles", [True, False], ids=["styles", "no style sheets"])
def test_no_letter_scrolls_sideways(show: Show, theme: str, name: str, *, pictures: bool, styles: bool) -> None:
    html = letter(theme, name)
    page = show(html if styles else without_style_sheets(html), pictures=pictures)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert sticking_out(page) == [], (width, scheme)


@every_theme
@every_letter
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(show: Show, axe: str, theme: str, name: str, scheme: str) -> None:
    assert violations(show(letter(theme, name), scheme=scheme), axe, but=PAGE_RULES) == []


@every_theme
@every_letter
@pytest.mark.parametrize("dark", ["by query", "by mark"])
def test_the_dark_colours_are_the_ones_that_are_seen(show: Show, theme: str, name: str, dark: str) -> None:
    html = letter(theme, name)
    page = show(as_outlook_com_darkens(html)) if dark == "by mark" else show(html, scheme="dark")
    look = look_of(library_of(name).publication)

    wanted = SEEN[theme] | TOLD[theme]
    found = seen(page, wanted)
    assert found == expected(look.dark, found.items())
    if name in ROUNDUPS:
        assert TOLD[theme].keys() <= found.keys()
    else:
        assert SEEN[theme].keys() - found.keys() <= {".before", ".after"}  # the first part's bar, and the last's
    if dark == "by query":
        page.emulate_media(color_scheme="light")
        assert seen(page, wanted) == expected(look.light, found.items())


COMMON = {
    "h1": "color: ink",
    ".prose p": "color: ink",
    ".prose a": "color: accent",
    ".byline": "color: muted",
    ".fine p, .fine li": "color: muted",
    ".fine h2": "color: ink",
    ".footer a": "color: muted",
    ".sheet": "background-color: paper",
}
# What round-ups alone have.
TOLD = {
    "letter": {
        ".told h2 a": "color: ink",
        ".told .kicker": "color: muted",
        ".onward": "color: muted",
        ".onward a": "color: accent",
        ".told p:not([class])": "color: ink",
    },
    "magazine": {".told h2 a": "color: ink", ".issued": "color: muted", ".told p:not(.issued)": "color: ink"},
}
SEEN = {
    "letter": COMMON
    | {
        ".desk": "background-color: paper",
        ".button a": "color: accent",
        ".button table td": "border-top-color: accent",
        ".signed a, .signed": "color: ink",
    },
    "magazine": COMMON
    | {
        ".desk": "background-color: desk",
        ".button a": "color: on_accent",
        ".button table td": "background-color: accent",
        ".badge": "background-color: accent",
        ".when div": "color: on_accent",
        ".when": "background-color: accent",
        ".here": "background-color: accent",
        ".before": "background-color: tint",
        ".after": "background-color: line",
        ".wash > table > tbody > tr > td": "background-color: wash",
        ".card > table > tbody > tr > td": "border-top-color: accent",
    },
}


def seen(page: "Page", what: dict[str, str]) -> dict[str, tuple[str, str]]:
    """By selector, of what the letter has: the tone that is wanted there, and the colour that is."""
    read = "([s, n]) => { const e = document.querySelector(s); return e && getComputedStyle(e)[n] }"
    found = {}
    for selector, wanted in what.items():
        name, _, tone = wanted.partition(": ")
        value = page.evaluate(read, [selector, name])
        if value is not None:
            found[selector] = (tone, value)
    return found


def expected(tones: Tones, found: Iterable[tuple[str, tuple[str, str]]]) -> dict[str, tuple[str, str]]:
    return {selector: (tone, rgb(getattr(tones, tone))) for selector, (tone, _) in found}


def rgb(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


@every_theme
@pytest.mark.parametrize("dark", ["by query", "by mark"])
def test_one_logo_is_seen_at_a_time(show: Show, theme: str, dark: str) -> None:
    html = letter(theme, "everything")
    day, night = (f"document.querySelector('{name}').offsetWidth > 0" for name in (".logo", ".logo-night"))
    light = show(html)
    page = show(as_outlook_com_darkens(html)) if dark == "by mark" else show(html, scheme="dark")
    bare = show(without_any_style(html))

    assert (light.evaluate(day), light.evaluate(night)) == (True, False)
    assert (page.evaluate(day), page.evaluate(night)) == (False, True)
    assert (bare.evaluate(day), bare.evaluate(night)) == (True, False)


@every_theme
@every_letter
def test_without_any_style_the_words_are_the_same_and_in_order(show: Show, theme: str, name: str) -> None:
    html = letter(theme, name)
    words = "() => document.querySelector('.desk').innerText.replace(/\\s+/g, '')"

    bare, styled = (show(each).evaluate(words) for each in (without_any_style(html), html))

    assert bare.endswith(styled)
    assert 5 < len(bare) - len(styled) < 200  # the preheader comes first


@every_theme
def test_a_picture_that_is_not_loaded_is_told_in_words_and_keeps_its_room(show: Show, theme: str) -> None:
    page = show(letter(theme, "picture on top"), width=375, pictures=False)
    box = page.locator("img.lead").bounding_box()
    assert box is not None

    assert page.locator("img.lead").get_attribute("alt")
    assert box["width"] > 300
    assert box["height"] > 150
    assert lightness(page, "img.lead", of="text") < 0.5


@every_theme
def test_lines_begin_on_the_right_where_the_language_does(show: Show, theme: str) -> None:
    page = show(letter(theme, "right to left"), width=1000)
    for selector in ("h1", ".prose p", ".prose li", ".fine h2", ".button a"):
        assert page.eval_on_selector(selector, "e => getComputedStyle(e).direction") == "rtl", selector
    quote = "e => [getComputedStyle(e).borderRightWidth, getComputedStyle(e).borderLeftWidth]"
    assert page.eval_on_selector(".prose blockquote", quote) == ["3px", "0px"]
    middle = "e => { const b = e.getBoundingClientRect(); return (b.left + b.right) / 2 }"
    assert page.eval_on_selector(".button table", middle) > 500


def test_a_bar_stands_without_any_style(show: Show) -> None:
    page = show(without_any_style(letter("magazine", "picture")), width=600)
    cells = page.eval_on_selector_all(
        ".bar td", "all => all.map(e => [e.offsetWidth, getComputedStyle(e).backgroundColor])"
    )

    assert len(cells) == 3
    assert len({ground for _, ground in cells}) == 3
    assert all(width > 0 for width, _ in cells)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_copy_on_the_site_is_a_page_that_can_be_read(opened: Open, axe: str, scheme: str) -> None:
    page = opened("site", "gut-and-immunity/the-lodgers/email.html", scheme=scheme)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert sticking_out(page) == [], width
    assert (lightness(page, "h1") < 0.2) == (scheme == "dark")
    assert violations(page, axe, but=PAGE_RULES) == []
