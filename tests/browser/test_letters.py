"""The sample's letters in a real browser: as files to look at, and as pages to view in one."""

import pytest

from tests.browser.audit import lightness, sticking_out, violations
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

LETTERS = {
    "table": ("email", "gut-and-immunity/05-what-becomes-of-fibre.html"),
    "picture": ("email", "gut-and-immunity/03-the-zonulin-story.html"),
    "first": ("email", "gut-and-immunity/01-the-quiet-border.html"),
    "last": ("email", "reading-a-study/03-what-the-headline-left-out.html"),
    "in a browser": ("site", "gut-and-immunity/the-lodgers/email.html"),
}
every_letter = pytest.mark.parametrize(("folder", "path"), LETTERS.values(), ids=LETTERS.keys())
# Rules for pages: a letter is shown inside a mail program's own page, which has the landmarks.
PAGE_RULES = ("region", "landmark-one-main", "bypass")


@every_letter
def test_no_letter_scrolls_sideways(opened: Open, folder: str, path: str) -> None:
    page = opened(folder, path)
    for width in (320, 375, 640):
        page.set_viewport_size({"width": width, "height": 900})
        assert sticking_out(page) == [], width


@every_letter
def test_dark_is_really_dark(opened: Open, folder: str, path: str) -> None:
    page = opened(folder, path, width=640)
    assert lightness(page, "h1") > 0.9
    assert lightness(page, "h1", of="text") < 0.25

    page.emulate_media(color_scheme="dark")
    assert lightness(page, "h1") < 0.2
    assert lightness(page, "h1", of="text") > 0.75


@every_letter
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Open, axe: str, folder: str, path: str, scheme: str) -> None:
    page = opened(folder, path, width=640, scheme=scheme)

    assert violations(page, axe, but=PAGE_RULES) == []
