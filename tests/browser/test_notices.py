"""Notices in a real browser, in both themes: every width, both schemes, with pictures and without."""

from dataclasses import replace
from functools import cache

import pytest

from pipeline.model import Library
from pipeline.render.email.look import look_of
from pipeline.render.email.notices import NoticeRoom
from pipeline.render.email.occasions import KINDS, sample_occasions
from pipeline.render.templates import Templates
from tests.browser.audit import lightness, sticking_out, violations
from tests.browser.test_letters import (
    PAGE_RULES,
    SCHEMES,
    WIDTHS,
    Show,
    as_outlook_com_darkens,
    every_theme,
    expected,
    library_of,
    seen,
    show,
    without_any_style,
    without_style_sheets,
)
from tests.email import builders

pytestmark = pytest.mark.browser

__all__ = ["show"]  # a fixture
TITLES = {
    "plain": "",
    "unruly": "Pneumonoultramicroscopicsilicovolcanoconiosis-and-other-compoundwordswithoutanyend <b> 🎉",
    "right to left": "قصة الزونولين بين الفكرة والاختبار",
}
every_kind = pytest.mark.parametrize("kind", KINDS)
every_title = pytest.mark.parametrize("title", TITLES)


@cache
def library(theme: str, title: str) -> Library:
    """With two logos, one for each ground."""
    made = library_of("right to left" if title == "right to left" else "everything")
    own = replace(made.publication, public_url="https://letters.example.org/")
    own = replace(own, title=TITLES[title] or own.title)
    series = tuple(replace(each, title=TITLES[title] or each.title) for each in made.series)
    return builders.themed(replace(made, publication=own, series=series), theme)


@cache
def notice(theme: str, kind: str, title: str = "plain") -> str:
    of = library(theme, title)
    occasions = {each.kind: each for each in sample_occasions(builders.composed(of))}
    about = replace(occasions[kind], recipient=f"{'long' * 14}@{'example' * 5}.org")
    return NoticeRoom(of, Templates(of.templates)).drawn(about).html


@every_theme
@every_title
@pytest.mark.parametrize("kind", ["confirm", "welcome"])
@pytest.mark.parametrize("pictures", [True, False], ids=["pictures", "no pictures"])
@pytest.mark.parametrize("styles", [True, False], ids=["styles", "no style sheets"])
def test_no_notice_scrolls_sideways(
    show: Show, theme: str, kind: str, title: str, *, pictures: bool, styles: bool
) -> None:
    html = notice(theme, kind, title)
    page = show(html if styles else without_style_sheets(html), pictures=pictures)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert sticking_out(page) == [], (width, scheme)


@every_theme
@every_kind
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_a_notice(show: Show, axe: str, theme: str, kind: str, scheme: str) -> None:
    assert violations(show(notice(theme, kind), scheme=scheme), axe, but=PAGE_RULES) == []


COMMON = {
    "h1": "color: ink",
    ".prose p": "color: ink",
    ".aside a": "color: accent",
    ".footer a": "color: muted",
    ".footer div": "color: muted",
    ".sheet": "background-color: paper",
}
SEEN = {
    "letter": COMMON
    | {
        ".desk": "background-color: paper",
        ".button a": "color: accent",
        ".button table td": "border-top-color: accent",
        ".ruled > table > tbody > tr > td": "border-top-color: line",
    },
    "magazine": COMMON
    | {
        ".desk": "background-color: desk",
        ".button a": "color: on_accent",
        ".button table td": "background-color: accent",
        ".wash > table > tbody > tr > td": "background-color: wash",
    },
}


@every_theme
@pytest.mark.parametrize("dark", ["by query", "by mark"])
def test_a_notice_has_the_themes_colours_by_day_and_by_night(show: Show, theme: str, dark: str) -> None:
    html = notice(theme, "welcome")
    page = show(as_outlook_com_darkens(html)) if dark == "by mark" else show(html, scheme="dark")
    look = look_of(library(theme, "plain").publication)

    found = seen(page, SEEN[theme])
    assert found == expected(look.dark, found.items())
    assert found.keys() == SEEN[theme].keys()
    found = seen(show(html), SEEN[theme])
    assert found == expected(look.light, found.items())


@every_theme
def test_one_logo_of_a_notice_is_seen_at_a_time(show: Show, theme: str) -> None:
    html = notice(theme, "confirm")
    day, night = (f"document.querySelector('{name}').offsetWidth > 0" for name in (".logo", ".logo-night"))
    light, dark, bare = show(html), show(html, scheme="dark"), show(without_any_style(html))

    assert (light.evaluate(day), light.evaluate(night)) == (True, False)
    assert (dark.evaluate(day), dark.evaluate(night)) == (False, True)
    assert (bare.evaluate(day), bare.evaluate(night)) == (True, False)


@every_theme
@every_kind
def test_without_pictures_and_styles_a_notice_says_the_same(show: Show, theme: str, kind: str) -> None:
    words = "() => document.querySelector('.desk').innerText.replace(/\\s+/g, '')"
    html = notice(theme, kind)

    bare, styled = (show(each, pictures=False).evaluate(words) for each in (without_any_style(html), html))

    assert bare.endswith(styled)
    assert 5 < len(bare) - len(styled) < 200  # the preheader comes first


@every_theme
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_button_is_large_enough_for_a_thumb(show: Show, theme: str, scheme: str) -> None:
    page = show(notice(theme, "confirm"), width=375, scheme=scheme, pictures=False)
    box = page.locator(".button td").last.bounding_box()
    assert box is not None

    assert box["height"] >= 44
    assert box["width"] >= 88
    assert abs(lightness(page, ".button a", of="text") - lightness(page, ".button a")) > 0.25
