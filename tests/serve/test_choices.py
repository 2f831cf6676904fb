"""The page of choices: what can be taken back is done at once, and the rest goes by the mailbox."""

import json
from datetime import timedelta

import pytest

from pipeline.sending.tokens import Purpose
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import parse_address
from pipeline.subscribers.audience import no_longer
from tests.serve.counter import ONE_CLICK, START, Shop
from tests.subscribers.people import put

ADA, NEW = "ada@example.org", "ada@elsewhere.example"
SERIES = "gut-and-immunity"


@pytest.fixture
def ada(shop: Shop) -> int:
    with shop.database.writing() as connection:
        return put(connection, ADA)


def page(shop: Shop, key: int) -> str:
    return f"/u/{shop.token(key)}/choices"


def why_not(shop: Shop, key: int, series: str = SERIES) -> str:
    with shop.database.reading() as connection:
        return no_longer(connection, series, [key], at=shop.clock()).get(key, "")


def test_one_series_is_left_and_the_others_come(shop: Shop, ada: int) -> None:
    answer = shop.post(page(shop, ada), {"do": "series", "series": "reading-a-study", "new": "yes"})

    assert "Your choice is kept" in answer.text
    assert (why_not(shop, ada), why_not(shop, ada, "reading-a-study")) == ("not wanted", "")
    assert why_not(shop, ada, "a-new-one") == ""


def test_new_series_do_not_come_where_that_was_not_ticked(shop: Shop, ada: int) -> None:
    shop.post(page(shop, ada), {"do": "series", "series": SERIES})

    assert (why_not(shop, ada), why_not(shop, ada, "a-new-one")) == ("", "not wanted")


def test_ticking_nothing_is_leaving(shop: Shop, ada: int) -> None:
    answer = shop.post(page(shop, ada), {"do": "series"})

    assert "You have left" in answer.text
    assert shop.state(ada) == "unsubscribed"


def test_a_pause_ends_on_its_day_by_itself(shop: Shop, ada: int) -> None:
    day = (START + timedelta(days=10)).date()
    answer = shop.post(page(shop, ada), {"do": "pause", "until": day.isoformat()})

    assert "Nothing is sent to you before 2 December 2026" in answer.text
    assert why_not(shop, ada) == "paused"
    shop.clock.forward(timedelta(days=10))
    assert why_not(shop, ada) == ""


def test_a_pause_is_ended_by_a_button(shop: Shop, ada: int) -> None:
    shop.post(page(shop, ada), {"do": "pause", "until": "2026-12-02"})
    shop.post(page(shop, ada), {"do": "go-on"})

    assert why_not(shop, ada) == ""


@pytest.mark.parametrize(
    "until", ["", "2026-11-22", "2025-01-01", "2999-01-01", "soon", "2026-W48-1", "20261202", "9" * 99]
)
def test_a_pause_until_no_day_is_refused_in_words(shop: Shop, ada: int, until: str) -> None:
    answer = shop.post(page(shop, ada), {"do": "pause", "until": until})

    assert answer.status_code == 422
    assert "within a year" in answer.text
    assert why_not(shop, ada) == ""


def test_leaving_by_mistake_is_taken_back_within_the_hour(shop: Shop, ada: int) -> None:
    shop.post(f"/u/{shop.token(ada)}", ONE_CLICK)
    shop.post(page(shop, ada), {"do": "undo"})

    assert shop.state(ada) == "active"


def test_after_that_nobody_but_the_mailboxs_owner_brings_them_back(shop: Shop, ada: int) -> None:
    shop.post(f"/u/{shop.token(ada)}", ONE_CLICK)
    shop.clock.forward(timedelta(hours=1, minutes=1))
    answer = shop.post(page(shop, ada), {"do": "undo"})
    shop.deliver()

    assert "confirm there" in answer.text
    assert shop.state(ada) == "unsubscribed"
    shop.post(shop.link(ADA, "c"))
    assert shop.state(ada) == "active"


def test_who_has_complained_is_not_brought_back_by_a_button(shop: Shop) -> None:
    with shop.database.writing() as connection:
        key = put(connection, ADA, "complained", since=START)
    shop.post(page(shop, key), {"do": "undo"})

    assert shop.state(key) == "complained"


def test_a_suppressed_address_is_not_told_that_it_is_on_the_list(shop: Shop, ada: int) -> None:
    shop.post(f"/u/{shop.token(ada)}", ONE_CLICK)
    with shop.database.writing() as connection:
        active = put(connection, "grace@example.org")
        for address in (ADA, "grace@example.org"):
            keeping.suppress(connection, parse_address(address), reason="bounced", source="test", at=START)

    for key in (ada, active):
        answer = shop.post(page(shop, key), {"do": "undo"})
        assert answer.status_code == 409
        assert "You are on the list" not in answer.text
    assert shop.state(ada) == "unsubscribed"


# --- another address --------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["old", "new"])
def test_letters_move_once_both_addresses_have_said_yes(shop: Shop, ada: int, first: str) -> None:
    shop.post(page(shop, ada), {"do": "address", "email": NEW})
    shop.deliver()
    links = {"old": shop.link(ADA, "a"), "new": shop.link(NEW, "a")}
    for link in links.values():
        assert shop.client.get(link).status_code == 200
    half = shop.post(links.pop(first))

    assert "One address has said yes" in half.text
    assert shop.column(ada, "address") == ADA
    whole = shop.post(*links.values())
    assert "Your letters have moved" in whole.text
    assert (shop.column(ada, "address"), shop.column(ada, "address_key")) == (NEW, NEW)
    assert shop.column(ada, "address_digest") == parse_address(NEW).digest


def test_one_address_saying_yes_twice_moves_nothing(shop: Shop, ada: int) -> None:
    shop.post(page(shop, ada), {"do": "address", "email": NEW})
    shop.deliver()
    for _ in range(2):
        assert "One address has said yes" in shop.post(shop.link(NEW, "a")).text

    assert shop.column(ada, "address") == ADA


def test_a_link_to_move_is_too_old_after_a_day_and_when_another_was_asked_for(shop: Shop, ada: int) -> None:
    shop.post(page(shop, ada), {"do": "address", "email": NEW})
    shop.deliver()
    stale = shop.link(NEW, "a")
    shop.clock.forward(timedelta(minutes=11))
    shop.post(page(shop, ada), {"do": "address", "email": "third@example.org"})
    shop.deliver()

    assert shop.post(stale).status_code == 410
    late = shop.link("third@example.org", "a")
    shop.clock.forward(timedelta(days=1))
    assert (shop.client.get(late).status_code, shop.post(late).status_code) == (410, 410)


def test_an_address_that_is_on_the_list_already_or_suppressed_is_not_taken_over(shop: Shop, ada: int) -> None:
    with shop.database.writing() as connection:
        put(connection, "grace@example.org")
        keeping.suppress(connection, parse_address("never@example.org"), reason="asked", source="test", at=START)
    answers = set()
    for other in ("grace@example.org", "never@example.org", "free@example.org"):
        answers.add(shop.post(page(shop, ada), {"do": "address", "email": other}).text)
        shop.clock.forward(timedelta(minutes=11))
        shop.deliver()

    assert len(answers) == 1
    assert {letter["To"] for letter in shop.letters()} == {ADA, "grace@example.org", "free@example.org"}


def test_the_page_tells_a_stranger_who_has_the_letter_no_address(shop: Shop, ada: int) -> None:
    text = shop.client.get(page(shop, ada)).text

    assert ADA not in text
    assert "a…@example.org" in text


# --- data -------------------------------------------------------------------------------------------------


def test_all_that_is_kept_comes_as_a_file_to_who_reads_the_mailbox(shop: Shop, ada: int) -> None:
    shop.post(page(shop, ada), {"do": "pause", "until": "2026-12-02"})
    answer = shop.post(page(shop, ada), {"do": "data"})
    shop.deliver()
    file = shop.post(shop.link(ADA, "d"), {"do": "download"})

    assert ADA not in answer.text
    assert file.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    data = json.loads(file.text)
    assert data["subscriber"]["address"] == ADA
    assert data["subscriber"]["paused_until"] == "2026-12-02T00:00:00+00:00"
    assert data["history"][-1]["detail"] == "paused until 2026-12-02"


def test_erasing_asks_once_more_and_then_nothing_is_known(shop: Shop, ada: int) -> None:
    shop.post(page(shop, ada), {"do": "data"})
    shop.deliver()
    link = shop.link(ADA, "d")
    asked = shop.post(link, {"do": "erase"})

    assert "Erase all of it?" in asked.text
    assert shop.people() != []
    assert "It is erased" in shop.post(link, {"do": "erase", "sure": "yes"}).text
    assert shop.people() == []
    shop.sign_up(ADA)  # the digest stays: nobody brings them back, and nothing is sent
    assert shop.people() == []
    assert len(shop.letters()) == 1
    for old in (shop.client.get(page(shop, ada)), shop.post(link, {"do": "download"})):
        assert old.status_code == 410


def test_the_token_of_a_letter_does_not_open_the_data(shop: Shop, ada: int) -> None:
    assert shop.client.get(f"/d/{shop.token(ada)}").status_code == 410
    change = shop.tokens.expiring(Purpose.CHANGE, str(ada), START + timedelta(days=1))
    assert shop.post(f"/d/{change}", {"do": "download"}).status_code == 410
