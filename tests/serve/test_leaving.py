"""Leaving: one click is enough, and nothing less is."""

import httpx
import pytest

from pipeline.ledger.counts import Fate, who
from pipeline.sending.errand import Ending
from pipeline.sending.sender import send
from pipeline.subscribers.audience import no_longer
from tests.ledger import builders
from tests.serve.counter import ONE_CLICK, START, Shop
from tests.subscribers.people import put


def add(shop: Shop, address: str = "ada@example.org", **more: object) -> int:
    with shop.database.writing() as connection:
        return put(connection, address, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_a_mail_programs_one_click_takes_somebody_off_at_once(shop: Shop, kind: str) -> None:
    key = add(shop)
    sent = {"data": ONE_CLICK} if kind == "urlencoded" else {"files": {"List-Unsubscribe": (None, "One-Click")}}

    with httpx.Client(base_url=shop.url) as stranger:  # no cookie, nothing known of it before
        answer = stranger.post(f"/u/{shop.token(key, 3)}", **sent)  # type: ignore[arg-type]

    assert (answer.status_code, shop.state(key)) == (200, "unsubscribed")
    assert not answer.history
    assert "set-cookie" not in answer.headers
    assert shop.events(key)[-1] == ("left", "campaign 3")


def test_one_click_twice_is_one_leaving(shop: Shop) -> None:
    key = add(shop)
    for _ in range(2):
        assert shop.post(f"/u/{shop.token(key)}", ONE_CLICK).status_code == 200

    assert [kind for kind, _ in shop.events(key)] == ["left"]


def test_a_thousand_openings_by_a_scanner_change_nothing(shop: Shop) -> None:
    key = add(shop)
    token = shop.token(key)
    for _ in range(1000):
        assert shop.client.get(f"/u/{token}").status_code == 200
    for path in (f"/u/{token}/choices", f"/u/{token}"):
        assert shop.client.head(path).status_code == 200

    assert (shop.state(key), shop.events(key)) == ("active", [])


def test_the_page_that_anybody_may_have_been_sent_names_nobody(shop: Shop) -> None:
    key = add(shop, "ada.lovelace@example.org")
    page = shop.client.get(f"/u/{shop.token(key)}").text

    assert "lovelace" not in page
    assert "example.org" not in page.replace("weekly.example.org", "")


def test_who_is_not_known_any_more_has_left(shop: Shop) -> None:
    assert shop.post(f"/u/{shop.token(4711)}", ONE_CLICK).status_code == 200


def test_a_post_that_does_not_ask_for_it_lets_nobody_leave(shop: Shop) -> None:
    key = add(shop)
    for data in ({"x": ""}, {"List-Unsubscribe": "no"}, {"list-unsubscribe": "One-Click"}):
        assert shop.post(f"/u/{shop.token(key)}", data).status_code == 400

    assert shop.state(key) == "active"


def test_a_delivery_that_was_planned_already_never_goes_out(shop: Shop) -> None:
    """The ledger looks again when it claims, so leaving reaches a campaign that is under way."""
    gone, stays = add(shop, "gone@example.org"), add(shop, "stays@example.org")
    campaign = builders.plan(shop.database)
    transport = builders.RoughTransport()

    shop.post(f"/u/{shop.token(gone, campaign.id)}", ONE_CLICK)
    errand = builders.errand(
        shop.database,
        transport,
        left_since=lambda connection, ids: no_longer(connection, campaign.series, ids, at=START),
    )
    sent = send(errand, campaign)

    assert sent.ending is Ending.FINISHED
    assert transport.taken == ["stays@example.org"]
    assert stays
    found = {one.address: one for one in who(shop.database, campaign.id)}
    assert isinstance(found["gone@example.org"], Fate)
    assert found["gone@example.org"].reason == "unsubscribed"
