"""How often: every part, or a round-up once a month; whoever changes loses no part unseen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.database import Database
from pipeline.database.tables import SUBSCRIBERS
from pipeline.ledger import campaigns
from pipeline.ledger.campaigns import Letter
from pipeline.sending.roundups import audience_of
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import parse_address
from tests.serve.counter import START, Shop, open_shop
from tests.subscribers.people import put

SERIES, OTHER = "gut-and-immunity", "reading-a-study"
SELDOM = {"do": "rhythm", "rhythm": "round-up"}
OFTEN = {"do": "rhythm", "rhythm": "parts"}
ADA = "ada@example.org"


@pytest.fixture
def seldom(database: Database, tmp_path: Path) -> Iterator[Shop]:
    """A shop that offers round-ups."""
    with open_shop(tmp_path, database, more='\n[roundup]\nevery = "month"\n') as opened:
        yield opened


def added(shop: Shop) -> int:
    with shop.database.writing() as connection:
        return put(connection, ADA)


def page(shop: Shop, key: int) -> str:
    return f"/u/{shop.token(key)}/choices"


def rhythm(shop: Shop, key: int) -> str:
    with shop.database.reading() as connection:
        return str(connection.execute(SUBSCRIBERS.select().where(SUBSCRIBERS.c.id == key)).one().rhythm)


def send(shop: Shop, part: str, number: int = 4, tells: tuple[str, ...] = (), series: str = SERIES) -> None:
    letter = Letter(series, part, number, part, "digest", b"", is_owed=number > 0, tells=tells)
    them = audience_of(shop.counter.desk.publication, series, is_roundup=not number, at=shop.clock())
    assert campaigns.plan(shop.database, letter, them, shop.clock()).is_new


def test_it_is_asked_where_round_ups_are_offered_and_nowhere_else(shop: Shop, seldom: Shop) -> None:
    key = added(seldom)
    assert "How often" in seldom.client.get(page(seldom, key)).text
    assert "How often" not in shop.client.get(page(shop, key)).text
    assert shop.post(page(shop, key), SELDOM).status_code == 422
    assert rhythm(shop, key) == "parts"


def test_what_is_chosen_is_kept_shown_and_written_into_their_history(seldom: Shop) -> None:
    key = added(seldom)
    answer = seldom.post(page(seldom, key), SELDOM)

    assert "one letter a month for each series" in answer.text
    assert 'value="round-up" checked' in answer.text
    assert rhythm(seldom, key) == "round-up"
    assert "Not sent to you yet" not in answer.text
    seldom.post(page(seldom, key), {"do": "data"})
    seldom.deliver()
    data = seldom.post(seldom.link(ADA, "d"), {"do": "download"}).json()
    assert data["subscriber"]["rhythm"] == "round-up"
    assert ("changed", "round-ups") in [(each["kind"], each["detail"]) for each in data["history"]]


def test_nothing_else_can_be_chosen(seldom: Shop) -> None:
    key = added(seldom)
    for wrong in ({"do": "rhythm"}, {"do": "rhythm", "rhythm": "never"}):
        assert seldom.post(page(seldom, key), wrong).status_code == 422
    assert rhythm(seldom, key) == "parts"


def test_who_goes_back_to_every_part_sees_what_was_not_sent_to_them(seldom: Shop) -> None:
    key = added(seldom)
    send(seldom, "where-the-word-came-from", 1)  # which they got
    seldom.post(page(seldom, key), SELDOM)
    send(seldom, "the-lodgers")
    send(seldom, "what-becomes-of-fibre")
    send(seldom, "the-art-of-not-reacting")  # which is not out yet
    send(seldom, "a-mouse-is-not-a-person", 1, series=OTHER)
    answer = seldom.post(page(seldom, key), OFTEN)

    assert "Not sent to you yet" in answer.text
    told = answer.text.partition("Not sent to you yet")[2].partition("</section>")[0]
    assert told.index("The lodgers") < told.index("What becomes of fibre")
    assert "https://weekly.example.org/gut-and-immunity/the-lodgers/" in told
    assert "not reacting" not in told
    assert "where-the-word" not in told
    assert "Not sent to you yet" not in seldom.client.get(page(seldom, key)).text


def test_what_a_round_up_has_told_or_they_do_not_want_is_not_shown(seldom: Shop) -> None:
    key = added(seldom)
    seldom.post(page(seldom, key), SELDOM)
    send(seldom, "the-lodgers")
    send(seldom, "roundup-2026-11", 0, ("the-lodgers",))
    seldom.clock.forward(timedelta(days=1))
    assert "Not sent to you yet" not in seldom.post(page(seldom, key), OFTEN).text
    seldom.post(page(seldom, key), SELDOM)
    send(seldom, "what-becomes-of-fibre")
    seldom.post(page(seldom, key), {"do": "series", "new": "yes"})
    assert "Not sent to you yet" not in seldom.post(page(seldom, key), OFTEN).text


def test_it_is_forgotten_with_them(seldom: Shop) -> None:
    key = added(seldom)
    seldom.post(page(seldom, key), SELDOM)
    with seldom.database.writing() as connection:
        keeping.forget(connection, parse_address(ADA), source="test", at=START)
        assert connection.execute(SUBSCRIBERS.select()).all() == []
