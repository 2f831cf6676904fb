"""What somebody tries who knows how it works: old links, links of a mailbox that was given up, other spellings."""

from datetime import timedelta

import pytest

from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import parse_address
from tests.serve.counter import ONE_CLICK, START, Shop, path_in
from tests.subscribers.people import put

ADA, NEW = "ada@example.org", "ada@elsewhere.example"
SERIES, OTHER = "gut-and-immunity", "reading-a-study"


@pytest.fixture
def ada(shop: Shop) -> int:
    with shop.database.writing() as connection:
        return put(connection, ADA)


def choices(shop: Shop, key: int) -> str:
    return f"/u/{shop.token(key)}/choices"


def move(shop: Shop, key: int, new: str = NEW) -> None:
    """To another address, confirmed at both."""
    old = shop.column(key, "address")
    shop.post(choices(shop, key), {"do": "address", "email": new})
    shop.deliver()
    for address in (old, new):
        assert shop.post(shop.link(address, "a")).status_code == 200
    assert shop.column(key, "address") == new


def suppress(shop: Shop, address: str) -> None:
    with shop.database.writing() as connection:
        keeping.suppress(connection, parse_address(address), reason="asked", source="test", at=START)


# --- links of a mailbox that somebody has given up --------------------------------------------------------


def test_a_link_to_ones_data_ends_with_the_address_that_it_went_to(shop: Shop, ada: int) -> None:
    shop.post(choices(shop, ada), {"do": "data"})
    shop.deliver()
    link = shop.link(ADA, "d")
    assert shop.client.get(link).status_code == 200
    move(shop, ada)

    assert shop.client.get(link).status_code == 410
    for data in ({"do": "download"}, {"do": "erase"}, {"do": "erase", "sure": "yes"}):
        answer = shop.post(link, data)
        assert answer.status_code == 410
        assert NEW not in answer.text
    assert [address for _, address, _ in shop.people()] == [NEW]


def test_a_link_to_confirm_ends_with_the_address_that_it_went_to(shop: Shop, ada: int) -> None:
    shop.post(choices(shop, ada), {"do": "series", "series": SERIES})
    shop.sign_up(ADA, series=OTHER)
    link = shop.link(ADA, "c")
    assert shop.client.get(link).status_code == 200
    move(shop, ada)

    assert shop.post(link).status_code == 410
    assert ("changed", f"series:{OTHER}") not in shop.events(ada)
