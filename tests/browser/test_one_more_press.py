"""Who signs up on the site from a busy network, in Chromium, with scripts and without: one more press."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.database import open_database
from tests.browser.audit import sticking_out, violations
from tests.serve.counter import Shop, open_shop

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser
ADA, PART = "ada@example.org", "gut-and-immunity/the-zonulin-story/"
LETTERS = "https://letters.weekly.example.org"  # where the sample's form sends to


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    database = open_database("", tmp_path)
    with open_shop(tmp_path, database) as opened:
        for k in range(5):  # others in the same office were here before
            opened.post("/subscribe", {"email": f"a{k}@example.org"})
        yield opened
    database.close()


def sent(opened: Callable[..., Any], shop: Shop, **how: Any) -> "Page":
    """A part's page on the site, with its form filled in and sent; the answers are the real ones."""
    page: Page = opened("site", PART, **how)

    def answer(route: "Route") -> None:
        asked = route.request
        headers = {"Content-Type": asked.headers.get("content-type", "")}
        found = shop.client.request(
            asked.method, asked.url.removeprefix(LETTERS), content=asked.post_data_buffer, headers=headers
        )
        route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)

    page.context.route(f"{LETTERS}/**", answer)
    page.get_by_label("Your email address").fill(ADA)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{LETTERS}/subscribe")
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_of_a_busy_network_presses_once_more_and_the_letter_goes_out(
    opened: Callable[..., Any], shop: Shop, scripts: bool
) -> None:
    page = sent(opened, shop, scripts=scripts, width=375)
    assert page.get_by_role("heading", level=1).inner_text() == "One more press"
    assert ADA in page.inner_text("main")
    shop.deliver()
    assert ADA not in [address for _, address, _ in shop.people()]

    shop.clock.forward(shop.clock() - shop.clock.at)
    page.wait_for_timeout(600)
    page.get_by_role("button", name="I am a person").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Look in your inbox"
    shop.deliver()
    assert shop.last_letter(ADA)["Subject"].startswith("Confirm")
    assert shop.column(shop.people()[-1][0], "source") == "form:site all"  # where it was typed


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_between_is_as_good_as_the_others(
    opened: Callable[..., Any], shop: Shop, axe: str, scheme: str
) -> None:
    for width in (320, 1280):
        page = sent(opened, shop, width=width, scheme=scheme)
        assert violations(page, axe) == []
        assert sticking_out(page) == []
        box = page.get_by_role("button").bounding_box()
        assert box["height"] >= 44
