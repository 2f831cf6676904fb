"""What pages say is what was done: nobody waits for a letter that never comes, and there is always a way on."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.database import Database
from pipeline.serve.look import Look
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import parse_address
from tests.returns import builders as returned
from tests.returns import shapes
from tests.serve.counter import ONE_CLICK, START, Shop, library
from tests.serve.test_choices import page
from tests.subscribers.people import put

ADA, NEW = "ada@example.org", "ada@elsewhere.example"
FINISHED = "reading-a-study"


@pytest.fixture
def ada(shop: Shop) -> int:
    with shop.database.writing() as connection:
        return put(connection, ADA)


def subjects(shop: Shop, to: str) -> list[str]:
    return [str(letter["Subject"]) for letter in shop.letters() if letter["To"] == to]


def test_a_slip_in_the_new_address_is_not_said_to_be_mended_while_no_letter_goes(shop: Shop, ada: int) -> None:
    shop.post(page(shop, ada), {"do": "address", "email": "slip@elsewhere.example"})
    soon = shop.post(page(shop, ada), {"do": "address", "email": NEW})
    shop.deliver()

    assert soon.status_code == 429
    assert "ask again later" in soon.text
    assert "We have written" not in soon.text
    assert subjects(shop, NEW) == []
    assert f'value="{NEW}"' in soon.text  # need not be typed again

    shop.clock.forward(timedelta(minutes=11))
    assert "We have written" in shop.post(page(shop, ada), {"do": "address", "email": NEW}).text
    shop.deliver()
    assert subjects(shop, NEW) == ["Should your letters from The Slow Digest move?"]


def test_the_old_end_of_a_move_reads_the_whole_new_address(shop: Shop, ada: int) -> None:
    """A slip in it, or a thief's, is seen in no other way."""
    shop.post(page(shop, ada), {"do": "address", "email": NEW})
    shop.deliver()

    assert NEW in shop.client.get(shop.link(ADA, "a")).text


def test_a_new_address_that_is_on_the_list_is_told_so_by_a_letter(shop: Shop, ada: int) -> None:
    with shop.database.writing() as connection:
        put(connection, NEW)
    shop.post(page(shop, ada), {"do": "address", "email": NEW})
    shop.deliver()
    half = shop.post(shop.link(ADA, "a"))

    assert subjects(shop, NEW) == ["You are on the list already"]
    assert "may be on the list already" in half.text


def test_a_link_to_data_is_not_said_to_be_sent_twice_in_a_row(shop: Shop, ada: int) -> None:
    first = shop.post(page(shop, ada), {"do": "data"})
    second = shop.post(page(shop, ada), {"do": "data"})
    shop.deliver()

    assert "We have sent a link" in first.text
    assert "a few minutes ago" in second.text
    assert len(subjects(shop, ADA)) == 1


def test_coming_back_twice_in_a_row_is_told_that_the_letter_is_out(shop: Shop, ada: int) -> None:
    shop.post(f"/u/{shop.token(ada)}", ONE_CLICK)
    shop.clock.forward(timedelta(hours=2))
    shop.post(page(shop, ada), {"do": "undo"})
    second = shop.post(page(shop, ada), {"do": "undo"})
    shop.deliver()

    assert "a few minutes ago" in second.text
    assert len(subjects(shop, ADA)) == 1


def test_who_is_on_the_list_is_not_asked_to_come_back(shop: Shop, ada: int) -> None:
    shop.post(f"/u/{shop.token(ada)}", ONE_CLICK)
    shop.post(page(shop, ada), {"do": "undo"})
    again = shop.post(page(shop, ada), {"do": "undo"})  # the same page, sent once more
    shop.deliver()

    assert "You are on the list" in again.text
    assert shop.letters() == []


@pytest.mark.parametrize("state", ["active", "complained", "bounced", "unsubscribed"])
def test_a_suppressed_address_is_told_whom_to_write_to_and_is_promised_no_letter(shop: Shop, state: str) -> None:
    with shop.database.writing() as connection:
        key = put(connection, ADA, state, since=START)
        keeping.suppress(connection, parse_address(ADA), reason="complained", source="test", at=START)
    shop.clock.forward(timedelta(hours=2))
    shown = shop.client.get(page(shop, key)).text

    assert "never written to" in shown
    assert shown.count("mailto:") == 2
    assert "<button" not in shown
    for do in ("undo", "data"):
        assert "We have sent" not in shop.post(page(shop, key), {"do": do}).text
    shop.deliver()
    assert shop.letters() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"do": "address", "email": "ada@nowhere"}, "pw-email"),
        ({"do": "pause", "until": "2020-01-01"}, "pw-until"),
    ],
)
def test_a_fault_is_tied_to_the_field_that_it_is_about(
    shop: Shop, ada: int, fields: dict[str, str], field: str
) -> None:
    text = shop.post(page(shop, ada), fields).text
    line = next(line for line in text.splitlines() if f'id="{field}"' in line)

    assert 'aria-invalid="true" aria-describedby="pw-fault"' in line
    assert text.count("aria-invalid") == 1
    assert 'id="pw-fault"' in text


def test_nobody_signs_up_for_a_series_that_brings_no_letter_any_more(shop: Shop) -> None:
    """A page may be older than the end of its series."""
    answer = shop.sign_up(ADA, series=FINISHED)
    assert answer.status_code == 200
    asked = shop.client.get(shop.link(ADA, "c"))
    shop.post(shop.link(ADA, "c"))

    assert "the letters of The Slow Digest, every series" in asked.text
    ((key, _, _),) = shop.people()
    assert shop.column(key, "wants") == "all"


def test_after_erasing_no_page_pretends_that_something_is_left_or_that_nothing_is(shop: Shop, ada: int) -> None:
    shop.post(page(shop, ada), {"do": "data"})
    shop.deliver()
    link = shop.link(ADA, "d")
    erased = shop.post(link, {"do": "erase", "sure": "yes"})
    again = shop.client.get(link)
    gone = shop.client.get(page(shop, ada))

    assert "fingerprint" in erased.text
    assert "the form will not take your address" in erased.text
    assert (again.status_code, gone.status_code) == (410, 410)
    assert "Sign up again" not in gone.text  # the form would not take them


def test_the_file_of_data_has_what_servers_said_and_every_address_of_theirs(
    database: Database, shop: Shop
) -> None:
    person = returned.ada(database)
    name = returned.delivery(database, returned.campaign(database), person)
    returned.take(database, shapes.full_mailbox(returned.TOKENS.delivery(name)))
    shop.post(page(shop, person), {"do": "address", "email": NEW})
    shop.clock.forward(timedelta(minutes=11))
    shop.post(page(shop, person), {"do": "data"})
    shop.deliver()
    data = json.loads(shop.post(shop.link(returned.ADDRESS, "d"), {"do": "download"}).text)

    assert [(one["kind"], one["status"]) for one in data["came_back"]] == [("refused", "5.2.2")]
    assert [one["address"] for one in data["letters"]] == [returned.ADDRESS]
    assert [one["address"] for one in data["another_address"]] == [NEW]
    assert data["never_written_to"] is None


@pytest.mark.parametrize("path", ["nowhere", "c/x", "a/x", "d/x", "u/x", "u/x/choices"])
def test_every_page_of_trouble_leads_on(shop: Shop, path: str) -> None:
    text = shop.client.get(path).text

    assert "Read The Slow Digest</a>" in text
    assert "mailto:" in text


@pytest.mark.parametrize("words", ["Letters about money", "Letters about money.", "Who asks?"])
def test_a_description_ends_as_a_sentence_once(words: str) -> None:
    made = library("https://letters.example.org/")
    look = Look(replace(made, publication=replace(made.publication, description=words)))
    text = look.page("join", offers=(), stamp="", fault="", address="", wish="all").decode()

    assert f"{words.rstrip('.?')}{'?' if words.endswith('?') else '.'} You can leave" in text
