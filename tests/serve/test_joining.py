"""Joining: only the owner of an address puts it on the list, and nobody learns who is on it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import sqlalchemy as sql

from pipeline.database.public import LIMITS, NOTICES
from pipeline.database.tables import SERIES_CHOICES
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import parse_address
from tests.serve.counter import ONE_CLICK, START, Shop, path_in
from tests.subscribers.people import put

ADA = "ada@example.org"
SERIES = "gut-and-immunity"
BEGUN = {SERIES: False, "reading-a-study": False}


def test_nobody_is_on_the_list_before_the_button_behind_the_link_is_pressed(shop: Shop) -> None:
    assert shop.sign_up(ADA).status_code == 200
    ((key, _, state),) = shop.people()
    link = shop.link(ADA, "c")
    for _ in range(3):  # a scanner
        assert shop.client.get(link).status_code == 200

    assert (state, shop.state(key)) == ("pending", "pending")
    assert shop.post(link).status_code == 200
    assert shop.state(key) == "active"


def test_consent_is_kept_with_its_words_its_time_and_where_it_came_from(shop: Shop) -> None:
    shop.sign_up(ADA, series=SERIES)
    page = shop.client.get(shop.link(ADA, "c")).text
    key = shop.people()[0][0]
    shop.post(shop.link(ADA, "c"))

    words = shop.column(key, "consent_words")
    assert words.startswith("Yes, send me the letters of “The Gut and Immunity” from The Slow Digest, by email.")
    assert words in page
    assert timedelta(0) <= shop.column(key, "consent_at") - START < timedelta(minutes=2)
    assert shop.column(key, "source") == f"form:site series:{SERIES}"
    assert ("confirmed", words) in shop.events(key)


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(shop: Shop) -> None:
    with shop.database.writing() as connection:
        put(connection, "known@example.org")
        put(connection, "left@example.org", "unsubscribed")
        keeping.suppress(connection, parse_address("never@example.org"), reason="asked", source="test", at=START)
    answers = []
    for name in ("known", "left", "never", "strange"):
        answer = shop.post("/subscribe", {"email": f"{name}@example.org"})
        headers = {k: v for k, v in answer.headers.items() if k not in ("date", "content-length")}
        answers.append((answer.status_code, headers, answer.text.replace(name, "")))
        with shop.database.reading() as connection:  # and nothing has been looked up yet
            assert connection.execute(sql.select(sql.func.count()).select_from(NOTICES)).scalar_one() == len(
                answers
            )

    assert all(answer == answers[0] for answer in answers)
    shop.deliver()
    shop.deliver()
    assert {letter["To"]: letter["Subject"] for letter in shop.letters()} == {
        "known@example.org": "You are on the list already",
        "left@example.org": "Confirm that you want The Slow Digest",
        "strange@example.org": "Confirm that you want The Slow Digest",
    }


def test_two_hundred_at_once_make_one_subscriber_and_one_letter(shop: Shop) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(
            threads.map(lambda k: shop.post("/subscribe", {"email": ADA.upper() if k % 2 else ADA}), range(50))
        )
        answers += threads.map(
            lambda k: shop.client.post(
                "/subscribe", data={"email": ADA}, headers={"X-Forwarded-For": f"192.0.{k}.1"}
            ),
            range(150),
        )
        list(threads.map(lambda _: shop.deliver(), range(4)))
    shop.deliver()

    assert {answer.status_code for answer in answers} == {200}
    assert len(shop.people()) == 1
    assert len(shop.letters()) == 1


def test_two_hundred_presses_of_the_button_make_one_welcome(shop: Shop) -> None:
    shop.sign_up(ADA)
    link = shop.link(ADA, "c")
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: shop.post(link), range(200)))
    shop.deliver()

    assert {answer.status_code for answer in answers} == {200}
    assert [letter["Subject"] for letter in shop.letters()].count("Welcome to The Slow Digest") == 1
    assert [kind for kind, _ in shop.events(shop.people()[0][0])].count("confirmed") == 1


def test_the_welcome_says_where_part_1_is_and_has_the_calendar_and_the_ways_out(shop: Shop) -> None:
    shop.join(ADA, series=SERIES)
    welcome = shop.last_letter(ADA)
    text = welcome.get_body(("plain",)).get_content()
    html = welcome.get_body(("html",)).get_content()

    for body in (text, html):
        assert re.search(rf"https://weekly\.example\.org/{SERIES}/(start|[a-z-]+)/", body)
        assert f"https://weekly.example.org/{SERIES}/calendar.ics" in body
        assert "/choices" in body
    leave = path_in(welcome, "u").removesuffix("/choices")
    assert welcome["List-Unsubscribe"].startswith(f"<https://letters.example.org{leave}>, <mailto:")
    assert welcome["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert welcome["From"] == "The Slow Digest <letters@weekly.example.org>"
    assert welcome.defects == []


def test_a_letter_to_confirm_is_no_letter_of_the_list(shop: Shop) -> None:
    shop.sign_up(ADA)

    assert shop.last_letter(ADA)["List-Unsubscribe"] is None
    assert shop.last_letter(ADA)["Auto-Submitted"] == "auto-generated"


def test_a_link_expires_and_says_how_to_get_another(shop: Shop) -> None:
    shop.sign_up(ADA)
    link = shop.link(ADA, "c")
    shop.clock.forward(timedelta(days=3, minutes=1))

    for answer in (shop.client.get(link), shop.post(link)):
        assert answer.status_code == 410
        assert "/subscribe" in answer.text
    assert shop.people()[0][2] == "pending"


def test_a_used_link_brings_nobody_back_who_has_left(shop: Shop) -> None:
    key = shop.join(ADA)
    link = next(path_in(letter, "c") for letter in shop.letters() if letter["Subject"].startswith("Confirm"))
    shop.post(f"/u/{shop.token(key)}", ONE_CLICK)

    assert shop.post(link).status_code == 410
    assert shop.state(key) == "unsubscribed"


def test_who_has_left_comes_back_by_a_new_link(shop: Shop) -> None:
    key = shop.join(ADA)
    shop.post(f"/u/{shop.token(key)}", ONE_CLICK)
    shop.clock.forward(timedelta(hours=1))
    shop.sign_up(ADA)
    shop.post(shop.link(ADA, "c"))

    assert shop.state(key) == "active"
    assert "returned" in [kind for kind, _ in shop.events(key)]


def test_one_series_all_of_them_or_the_next(shop: Shop) -> None:
    wants = {}
    for name, more in (("one", {"series": SERIES}), ("all", {}), ("next", {"wish": "next"})):
        key = shop.join(f"{name}@example.org", **more)
        with shop.database.reading() as connection:
            rows = connection.execute(sql.select(SERIES_CHOICES).where(SERIES_CHOICES.c.subscriber_id == key))
            wants[name] = (shop.column(key, "wants"), {row.series: row.is_wanted for row in rows})

    assert wants == {"one": ("chosen", {SERIES: True}), "all": ("all", {}), "next": ("all", BEGUN)}


def test_a_series_that_is_not_there_is_no_wish(shop: Shop) -> None:
    assert shop.column(shop.join(ADA, series="../secret"), "wants") == "all"


def test_a_machine_that_fills_in_the_trap_gets_the_same_answer_and_nothing_happens(shop: Shop) -> None:
    person, machine = shop.sign_up(ADA), shop.sign_up("bot@example.org", website="https://spam.example")

    assert machine.text == person.text.replace("ada@", "bot@")
    assert [address for _, address, _ in shop.people()] == [ADA]


def test_a_network_that_signs_up_by_the_hundred_is_told_to_wait_and_others_are_not(shop: Shop) -> None:
    def asked(k: int, network: str) -> httpx.Response:
        headers = {"X-Forwarded-For": f"{network}.{k % 200}"}
        shown = shop.stamp(timedelta(seconds=60 + k))
        return shop.client.post(
            "/subscribe", data={"email": f"a{network}.{k}@example.org", "shown": shown}, headers=headers
        )

    def ask(k: int, network: str) -> int:
        return asked(k, network).status_code

    assert {ask(k, "192.0.2") for k in range(60)} == {200}
    answer = asked(60, "192.0.2")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert ask(1, "198.51.100") == 200
    shop.clock.forward(timedelta(hours=1))
    assert ask(61, "192.0.2") == 200


def test_what_is_counted_names_no_network_and_no_address(shop: Shop) -> None:
    shop.client.post("/subscribe", data={"email": ADA}, headers={"X-Forwarded-For": "192.0.2.1"})
    with shop.database.reading() as connection:
        names = " ".join(connection.execute(sql.select(LIMITS.c.name)).scalars())

    assert names
    assert not re.search(r"ada|example|192\.0|@", names)


def test_nobody_can_be_pestered_with_letters_to_confirm(shop: Shop) -> None:
    for k in range(60):
        shop.client.post("/subscribe", data={"email": ADA}, headers={"X-Forwarded-For": f"10.{k}.0.1"})
        shop.clock.forward(timedelta(minutes=6))
        shop.deliver()

    assert len(shop.letters()) == 5  # six hours of it, and five in a day


def test_what_is_no_address_is_shown_again_to_be_mended(shop: Shop) -> None:
    answer = shop.post("/subscribe", {"email": '"><script>alert(1)</script>', "wish": f"series:{SERIES}"})

    assert answer.status_code == 422
    assert "<script>" not in answer.text
    assert f'value="series:{SERIES}" checked' in answer.text


def test_who_never_confirms_is_forgotten_after_a_month(shop: Shop) -> None:
    with shop.database.writing() as connection:
        put(connection, "imported@example.org", "pending", since=START)
    shop.sign_up(ADA)
    shop.clock.forward(timedelta(days=31))
    shop.counter.postman._tidy()

    assert [address for _, address, _ in shop.people()] == ["imported@example.org"]
