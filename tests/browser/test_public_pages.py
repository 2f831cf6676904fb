"""A person in Chromium, with scripts and without: signs up, confirms, chooses, leaves."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.database import open_database
from tests.browser.audit import sticking_out, violations
from tests.serve.counter import Shop, open_shop, path_in
from tests.subscribers.people import put

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
ADA = "ada@example.org"
Visit = Callable[..., "Page"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    database = open_database("", tmp_path)
    with open_shop(tmp_path, database, more='\n[roundup]\nevery = "month"\n', is_seen_here=True) as opened:
        yield opened
    database.close()


@pytest.fixture
def visit(chromium: "Browser", shop: Shop) -> Iterator[Visit]:
    """Opens a page; what the page's policy refuses, and what it asks of others, is a fault."""
    contexts, faults = [], []

    def open_page(path: str, *, width: int = 375, scheme: str = "light", scripts: bool = True) -> "Page":
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: None if asked.url.startswith(shop.url) else faults.append(asked.url))
        page.goto(shop.url + path.lstrip("/"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [fault for fault in faults if "the server responded with a status of 4" not in fault] == []


@pytest.mark.parametrize("scripts", [True, False])
def test_join_confirm_choose_and_leave(shop: Shop, visit: Visit, scripts: bool) -> None:
    page = visit("subscribe", scripts=scripts)
    shop.clock.forward(shop.clock() - shop.clock.at)
    page.wait_for_timeout(2100)  # nobody types faster
    page.get_by_label("Your email address").fill(ADA)
    page.get_by_label("The Gut and Immunity").check()
    page.get_by_role("button", name="Sign up").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Look in your inbox"
    assert ADA in page.inner_text("main")
    shop.deliver()

    page.goto(shop.url + shop.link(ADA, "c").lstrip("/"))
    page.get_by_role("button", name="Yes, send me the letters").click()
    assert page.get_by_role("heading", level=1).inner_text() == "You are on the list"
    assert page.get_by_role("link", name="Start at Part 1").get_attribute("href").startswith("https://weekly.")
    ((key, _, state),) = shop.people()
    assert state == "active"
    shop.deliver()

    choices = path_in(shop.last_letter(ADA), "u")
    page.goto(shop.url + choices.lstrip("/"))
    assert page.get_by_label("The Gut and Immunity").is_checked()
    page.get_by_label("Every new series").check()
    page.get_by_role("button", name="Keep this choice").click()
    assert page.get_by_role("status").inner_text() == "Your choice is kept."
    assert shop.column(key, "wants") == "all"
    page.get_by_role("button", name="Pause").click()
    assert "Nothing is sent to you before" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Go on now").click()

    page.goto(shop.url + choices.removesuffix("/choices").lstrip("/"))
    assert shop.state(key) == "active"
    page.get_by_role("button", name="Leave").click()
    assert page.get_by_role("heading", level=1).inner_text() == "You have left"
    assert shop.state(key) == "unsubscribed"
    page.get_by_role("button", name="That was a mistake").click()
    assert shop.state(key) == "active"


def test_it_works_from_the_keyboard_alone(shop: Shop, visit: Visit) -> None:
    page = visit("subscribe")
    page.wait_for_timeout(2100)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(ADA)
    page.keyboard.press("Enter")

    assert page.get_by_role("heading", level=1).inner_text() == "Look in your inbox"


def pages(shop: Shop) -> dict[str, str]:
    """Every page that a visitor can come upon by opening a link."""
    with shop.database.writing() as connection:
        key = put(connection, ADA)
        left = put(connection, "left@example.org", "unsubscribed")
    shop.sign_up("grace@example.org")
    shop.post(f"/u/{shop.token(key)}/choices", {"do": "address", "email": "new@example.org"})
    shop.deliver()
    shop.clock.forward(shop.clock() - shop.clock.at)
    shop.post(f"/u/{shop.token(key)}/choices", {"do": "data"})
    shop.deliver()
    return {
        "subscribe": "subscribe",
        "leave": f"u/{shop.token(key)}",
        "choices": f"u/{shop.token(key)}/choices",
        "choices-left": f"u/{shop.token(left)}/choices",
        "confirm": shop.link("grace@example.org", "c"),
        "change": shop.link("new@example.org", "a"),
        "data": shop.link(ADA, "d"),
        "trouble": "nowhere",
        "expired": "c/x",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_everything_fits(shop: Shop, visit: Visit, axe: str, scheme: str) -> None:
    for name, path in pages(shop).items():
        for width in (320, 1280):
            page = visit(path, width=width, scheme=scheme)
            # axe is put into a page by the browser itself, past the policy that lets no script in.
            assert violations(page, axe) == [], name
            assert sticking_out(page) == [], name
            for control in page.locator("main :is(a, button, input:not(.trap *)):visible").all():
                box = control.bounding_box()
                assert box, name
                tall = control.evaluate(
                    "node => node.closest('label, p, li') ? 44 : node.getBoundingClientRect().height"
                )
                assert tall >= 44, (name, control.inner_text())
            page.context.close()


def test_the_pages_after_a_button_are_as_good(shop: Shop, visit: Visit, axe: str) -> None:
    paths = pages(shop)
    for path, button in (
        ("leave", "Leave"),
        ("choices", "Send me the link"),
        ("confirm", "Yes, send me the letters"),
        ("change", "Yes, move them"),
        ("data", "Erase it"),
    ):
        page = visit(paths[path])
        page.get_by_role("button", name=button).first.click()
        assert violations(page, axe) == [], path
        assert sticking_out(page) == [], path
