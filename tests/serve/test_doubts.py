"""A form that a machine may have sent is answered with one more button, which a person presses."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from pipeline.serve.doubts import _UNSTAMPED, _UNSTAMPED_IN_ALL, Origin, stamped
from tests.serve.counter import START, Shop

ADA, SERIES = "ada@example.org", "gut-and-immunity"


@pytest.fixture
def database_address(tmp_path: Path) -> str:
    """One database will do: what is counted is counted on both by the tests of joining."""
    return f"sqlite:///{tmp_path / 'people.db'}"


def asked_once_more(answer: httpx.Response) -> bool:
    assert answer.status_code == 200
    return "One more press" in answer.text


def fields(answer: httpx.Response) -> dict[str, str]:
    """The form on a page, as a browser would send it."""
    found = re.findall(r'<input[^>]* name="(\w+)"(?: value="([^"]*)")?', answer.text)
    return dict(found)


def typed(shop: Shop, address: str, network: str = "192.0.2", **more: str) -> httpx.Response:
    """The site's form, which has no stamp, from some network."""
    return shop.post("/subscribe", {"email": address, **more}, headers={"X-Forwarded-For": f"{network}.1"})


def pressed(shop: Shop, page: httpx.Response, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """A person looks for the button, and presses it."""
    shop.clock.forward(timedelta(seconds=1))
    return shop.post("/subscribe", fields(page), headers=headers or {})


def people(shop: Shop) -> list[str]:
    shop.deliver()
    return [address for _, address, _ in shop.people()]


def test_the_sites_form_is_taken_at_its_word_as_often_as_people_of_one_network_send_it(shop: Shop) -> None:
    for k in range(_UNSTAMPED):
        assert not asked_once_more(typed(shop, f"a{k}@example.org"))
    assert asked_once_more(typed(shop, "late@example.org"))
    assert not asked_once_more(typed(shop, "another@example.org", "198.51.100"))

    assert "late@example.org" not in people(shop)
    assert len(people(shop)) == _UNSTAMPED + 1
    shop.clock.forward(timedelta(hours=1))
    assert not asked_once_more(typed(shop, "late@example.org"))


def test_whoever_is_asked_once_more_needs_but_one_press(shop: Shop) -> None:
    for k in range(_UNSTAMPED):
        typed(shop, f"a{k}@example.org")
    page = typed(shop, ADA, series=SERIES)
    assert asked_once_more(page)
    assert ADA not in people(shop)

    answer = pressed(shop, page, {"X-Forwarded-For": "192.0.2.1"})
    assert "Look in your inbox" in answer.text
    assert ADA in people(shop)
    key = next(key for key, address, _ in shop.people() if address == ADA)
    assert shop.column(key, "source") == f"form:site series:{SERIES}"  # where the address was typed


def test_a_machine_with_many_networks_is_asked_once_more_like_everybody_at_that_time(shop: Shop) -> None:
    answers = [typed(shop, f"a{k}@example.org", f"10.0.{k}") for k in range(_UNSTAMPED_IN_ALL + 10)]

    assert [asked_once_more(answer) for answer in answers] == [False] * _UNSTAMPED_IN_ALL + [True] * 10
    assert len(people(shop)) == _UNSTAMPED_IN_ALL
    assert not asked_once_more(shop.post("/subscribe", {"email": ADA, "shown": shop.stamp()}))
    shop.clock.forward(timedelta(minutes=10))
    assert not asked_once_more(typed(shop, "late@example.org", "10.9.9"))


@pytest.mark.parametrize("kind", ["too quick", "days old", "made up", "empty", "for something else"])
def test_who_was_quick_or_left_the_page_open_is_asked_once_more_and_not_turned_away(shop: Shop, kind: str) -> None:
    stamps = {
        "too quick": shop.stamp(timedelta(seconds=1)),
        "days old": shop.stamp(timedelta(days=3)),
        "made up": "made-up",
        "empty": "",
        "for something else": shop.token(1),
    }
    page = shop.post("/subscribe", {"email": ADA, "shown": stamps[kind]})
    assert asked_once_more(page)
    assert people(shop) == []

    assert not asked_once_more(pressed(shop, page))
    assert people(shop) == [ADA]


def test_a_machine_that_presses_at_once_sees_the_button_again(shop: Shop) -> None:
    page = shop.post("/subscribe", {"email": ADA, "shown": ""})
    shop.clock.at -= timedelta(seconds=10)  # a slow computer must not count as thinking
    page = shop.post("/subscribe", fields(page))

    assert asked_once_more(page)
    assert people(shop) == []


def test_who_presses_again_and_again_gets_past_the_button_in_half_a_second(shop: Shop) -> None:
    page = shop.post("/subscribe", {"email": ADA, "shown": ""})
    presses = 0
    while asked_once_more(page) and presses < 30:
        shop.clock.forward(timedelta(seconds=0.1))
        page = shop.post("/subscribe", fields(page))
        presses += 1

    assert 1 <= presses <= 5
    assert people(shop) == [ADA]


def test_a_button_from_a_server_whose_clock_is_ahead_is_shown_anew(shop: Shop) -> None:
    ahead = stamped(shop.tokens, shop.clock() + timedelta(minutes=1), is_press=True)
    page = shop.post("/subscribe", {"email": ADA, "shown": ahead})
    assert asked_once_more(page)

    assert not asked_once_more(pressed(shop, page))


def test_a_machine_that_fills_in_every_field_of_the_page_gets_nowhere(shop: Shop) -> None:
    page = shop.post("/subscribe", {"email": ADA, "shown": ""})
    shop.clock.forward(timedelta(seconds=1))
    answer = shop.post("/subscribe", {**fields(page), "website": "https://spam.example"})

    assert "Look in your inbox" in answer.text  # as with the form itself: it learns nothing
    assert people(shop) == []


def test_a_stamp_is_no_ticket_for_hundreds(shop: Shop) -> None:
    stamp = shop.stamp()
    answers = [shop.post("/subscribe", {"email": f"a{k}@example.org", "shown": stamp}) for k in range(6)]

    assert [asked_once_more(answer) for answer in answers] == [False] * 3 + [True] * 3


def test_a_press_is_counted_like_any_sign_up(shop: Shop) -> None:
    statuses = []
    for k in range(61):
        stamp = stamped(shop.tokens, START - timedelta(seconds=k + 5), Origin.SITE, is_press=True)
        statuses.append(shop.post("/subscribe", {"email": f"a{k}@example.org", "shown": stamp}).status_code)

    assert (statuses.count(200), statuses[-1]) == (60, 429)


def test_whether_one_more_press_is_asked_for_does_not_depend_on_the_list(shop: Shop) -> None:
    shop.join("known@example.org", shown=shop.stamp())
    answers = [
        shop.post("/subscribe", {"email": f"{name}@example.org", "shown": ""}) for name in ("known", "other")
    ]

    pages = {re.sub(r'name="shown" value="\w+"', "", answer.text) for answer in answers}
    assert len({page.replace("known@", "@").replace("other@", "@") for page in pages}) == 1
