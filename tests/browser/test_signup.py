"""The form that asks for an address, in Chromium: sent without scripts, by keyboard, and seen by everybody."""

from urllib.parse import parse_qs

import pytest

pytestmark = pytest.mark.browser
PART = "gut-and-immunity/the-zonulin-story/"


def test_it_is_sent_without_scripts_by_the_return_key(opened) -> None:
    page = opened("site", PART, scripts=False)
    sent = []

    def answer(route) -> None:
        sent.append((route.request.method, route.request.url, parse_qs(route.request.post_data)))
        route.fulfill(body="thanks")

    page.context.route("https://letters.weekly.example.org/**", answer)
    page.get_by_label("Your email address").fill("ada@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("https://letters.weekly.example.org/**")

    assert sent == [("POST", "https://letters.weekly.example.org/subscribe", {"email": ["ada@example.org"]})]


def test_what_is_no_address_is_not_sent(opened) -> None:
    page = opened("site", PART)
    page.get_by_label("Your email address").fill("ada")
    page.keyboard.press("Enter")

    assert page.evaluate("document.querySelector('.signup input').matches(':invalid')")
    assert page.url.endswith(PART)


@pytest.mark.parametrize("path", ["", "gut-and-immunity/", PART])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_form(opened, axe: str, path: str, scheme: str) -> None:
    page = opened("site", path, width=375, scheme=scheme)
    page.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run('.signup', {runOnly: tags})", tags)

    assert [fault["id"] for fault in found["violations"]] == []


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_it_fits_and_its_button_can_be_hit(opened, width: int) -> None:
    page = opened("site", PART, width=width)
    for control in page.locator(".signup input:visible, .signup button").all():
        box = control.bounding_box()
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_pages_take_the_smallest_picture_that_is_sharp_and_nothing_from_elsewhere(opened) -> None:
    page = opened("site", PART, width=375)
    page.locator(".prose img").first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.prose img').complete")

    assert page.evaluate("document.querySelector('.prose img').currentSrc").endswith(".webp")
    assert "-480-" in page.evaluate("document.querySelector('.prose img').currentSrc")
    hosts = page.evaluate("performance.getEntriesByType('resource').map(each => new URL(each.name).hostname)")
    assert set(hosts) <= {"127.0.0.1"}
