"""What somebody tries who knows how it works: old links, links of a mailbox that was given up, other spellings."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sql

from pipeline.database.public import CHANGES, LIMITS, NOTICES
from pipeline.database.tables import SERIES_CHOICES
from pipeline.serve.networks import network_of
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import parse_address
from tests.serve.counter import ONE_CLICK, START, Shop, path_in
from tests.subscribers.people import put

ADA, NEW = "ada@example.org", "ada@elsewhere.example"
SERIES, OTHER = "gut-and-immunity", "reading-a-study"
NOT_IT = {"do": "series", "new": "yes"}  # every series but the one that runs


@pytest.fixture
def database_address(tmp_path: Path) -> str:
    """One database will do: the statements are tested on both elsewhere."""
    return f"sqlite:///{tmp_path / 'people.db'}"


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
    shop.post(choices(shop, ada), NOT_IT)
    shop.sign_up(ADA, series=SERIES)
    link = shop.link(ADA, "c")
    assert shop.client.get(link).status_code == 200
    move(shop, ada)

    assert shop.post(link).status_code == 410
    assert ("changed", f"series:{SERIES}") not in shop.events(ada)


# --- who is never written to ------------------------------------------------------------------------------


def test_a_suppressed_address_is_not_written_to_whatever_its_old_letters_ask_for(shop: Shop, ada: int) -> None:
    suppress(shop, ADA)
    for data in ({"do": "address", "email": NEW}, {"do": "data"}, {"do": "undo"}):
        assert shop.post(choices(shop, ada), data).status_code == 409
    shop.sign_up(ADA)
    shop.deliver()

    assert [letter["To"] for letter in shop.letters()] == []


def test_who_asked_never_to_be_written_to_gets_nothing_that_was_still_waiting(shop: Shop, ada: int) -> None:
    shop.post("/subscribe", {"email": "grace@example.org"})
    shop.counter.postman.round()  # the letter to confirm waits now
    shop.post(choices(shop, ada), {"do": "data"})
    suppress(shop, ADA)
    suppress(shop, "grace@example.org")
    shop.deliver()

    assert shop.letters() == []
    assert shop.counter.postman.round() == 0  # nor are they tried again


def test_nobody_moves_letters_of_who_has_left(shop: Shop, ada: int) -> None:
    shop.post(f"/u/{shop.token(ada)}", ONE_CLICK)
    answer = shop.post(choices(shop, ada), {"do": "address", "email": NEW})
    shop.deliver()

    assert answer.status_code == 409
    assert shop.letters() == []


def test_a_link_to_confirm_is_dead_once_its_address_is_suppressed(shop: Shop) -> None:
    shop.sign_up(ADA)
    link = shop.link(ADA, "c")
    suppress(shop, ADA)

    assert shop.post(link).status_code == 410
    assert shop.people()[0][2] == "pending"


# --- links that are pressed again -------------------------------------------------------------------------


def wants(shop: Shop, key: int) -> tuple[str, dict[str, bool]]:
    with shop.database.reading() as connection:
        rows = connection.execute(sql.select(SERIES_CHOICES).where(SERIES_CHOICES.c.subscriber_id == key))
        return shop.column(key, "wants"), {row.series: row.is_wanted for row in rows}


@pytest.mark.parametrize("more", [{"series": OTHER}, {"wish": "all"}, {"wish": "next"}])
def test_a_link_that_is_pressed_again_takes_back_no_choice_made_since(shop: Shop, more: dict[str, str]) -> None:
    key = shop.join(ADA, **more)
    link = next(path_in(letter, "c") for letter in shop.letters() if letter["Subject"].startswith("Confirm"))
    shop.clock.forward(timedelta(minutes=1))
    shop.post(choices(shop, key), {"do": "series", "series": SERIES})
    chosen = wants(shop, key)

    assert "You are on the list" in shop.post(link).text  # a browser that comes back to a page sends it again
    assert wants(shop, key) == chosen


def test_a_link_that_added_a_series_adds_it_once(shop: Shop, ada: int) -> None:
    shop.post(choices(shop, ada), NOT_IT)
    shop.sign_up(ADA, series=SERIES)
    link = shop.link(ADA, "c")
    shop.post(link)
    assert wants(shop, ada) == ("all", {SERIES: True})
    shop.post(choices(shop, ada), NOT_IT)
    shop.post(link)

    assert wants(shop, ada)[1][SERIES] is False


def test_a_later_link_still_adds_what_an_earlier_one_did_not(shop: Shop) -> None:
    key = shop.join(ADA, wish="next")
    assert wants(shop, key)[1][SERIES] is False
    shop.clock.forward(timedelta(minutes=11))
    shop.sign_up(ADA, series=SERIES)
    shop.post(shop.link(ADA, "c"))

    assert wants(shop, key)[1][SERIES] is True


# --- other spellings, other networks ----------------------------------------------------------------------

SPELLINGS = {
    "a plus": [f"ada+{k}@example.org" for k in range(12)],
    "dots at Gmail": ["a.d.a@gmail.com", "ad.a@gmail.com", "a.da@gmail.com", "ada@gmail.com", "ADA@gmail.com"]
    + [f"a.da+{k}@googlemail.com" for k in range(7)],
    "capitals": [f"{'ada@example.org'[:k].upper()}{'ada@example.org'[k:]}" for k in range(12)],
    "one domain in two writings": ["ada@bücher.example", "ada@xn--bcher-kva.example", "ada@BÜCHER.example"] * 4,
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_one_mailbox_gets_five_letters_a_day_however_it_is_spelt(shop: Shop, kind: str) -> None:
    for k, address in enumerate(SPELLINGS[kind]):
        shop.post("/subscribe", {"email": address}, headers={"X-Forwarded-For": f"10.{k}.0.1"})
        shop.clock.forward(timedelta(minutes=11))
        shop.deliver()

    assert len(shop.letters()) == 5


def test_who_shares_a_domain_is_counted_alone(shop: Shop) -> None:
    for k in range(8):
        shop.post("/subscribe", {"email": f"reader.{k}@example.org"}, headers={"X-Forwarded-For": f"10.{k}.0.1"})
    for k in range(8):
        shop.post("/subscribe", {"email": f"+{k}@example.org"}, headers={"X-Forwarded-For": f"10.1{k}.0.1"})
    shop.deliver()

    assert len(shop.letters()) == 16


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.200", "192.0.2.0/24"),
        ("::ffff:c000:207", "192.0.2.0/24"),
        ("64:ff9b::192.0.2.9", "192.0.2.0/24"),
        ("2002:c000:207::1", "192.0.2.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("2001:db8:1:200:ffff::", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", "unknown"),
        ("192.0.2.7, 10.0.0.1", "unknown"),
        ("192.0.2.07", "unknown"),
        ("a" * 9999, "unknown"),
    ],
)
def test_a_visitor_is_counted_by_what_one_party_has_however_it_is_written(host: str, network: str) -> None:
    assert network_of(host) == network


def test_what_is_counted_does_not_pile_up(shop: Shop) -> None:
    for k in range(10):
        shop.post("/subscribe", {"email": f"a{k}@example.org", "shown": shop.stamp()})
    shop.deliver()
    shop.clock.forward(timedelta(days=3))
    shop.counter.postman._tidy()

    with shop.database.reading() as connection:
        for table in (LIMITS, NOTICES, CHANGES):
            assert connection.execute(sql.select(sql.func.count()).select_from(table)).scalar_one() == 0
