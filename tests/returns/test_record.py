"""What follows from a return: the stated rule, and evidence for the ledger. On SQLite and PostgreSQL."""

import pytest
import sqlalchemy as sql
from hypothesis import given
from hypothesis import strategies as st

from pipeline.database import Database
from pipeline.database.tables import RETURNS, SUBSCRIBERS
from pipeline.ledger.evidence import settle_what_came_back
from pipeline.returns.record import UNKNOWN_DELIVERY
from pipeline.returns.rule import APART, LETTERS, WITHIN, is_worn_out
from pipeline.sending.tokens import DeliveryName, Tokens
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import parse_address
from tests.returns import shapes
from tests.returns.builders import (
    ADDRESS,
    NOW,
    PLANNED,
    TOKENS,
    WEEK,
    ada,
    campaign,
    delivery,
    fate_of,
    is_suppressed,
    sent,
    state_of,
    take,
    written,
)


def test_a_dead_address_bounces_its_subscriber_and_is_suppressed(database: Database) -> None:
    name = sent(database)

    effect = take(database, shapes.postfix(TOKENS.delivery(name)))

    assert (effect.left, effect.is_suppressed) == ("bounced", True)
    assert state_of(database, name.subscriber) == "bounced"
    assert is_suppressed(database)


def test_a_complaint_is_heeded_at_once(database: Database) -> None:
    name = sent(database)

    take(database, shapes.complaint(TOKENS.delivery(name)))

    assert state_of(database, name.subscriber) == "complained"
    assert is_suppressed(database)


@pytest.mark.parametrize("shape", ["full_mailbox", "delayed", "expired", "yahoo", "holiday"])
def test_what_may_pass_takes_nobody_off_the_list(database: Database, shape: str) -> None:
    name = sent(database)

    take(database, getattr(shapes, shape)(TOKENS.delivery(name)))

    assert state_of(database, name.subscriber) == "active"
    assert not is_suppressed(database)
    assert written(database) == 1


@pytest.mark.parametrize("shape", ["postfix", "complaint", "qmail", "full_mailbox"])
def test_a_forged_return_does_nothing_at_all(database: Database, shape: str) -> None:
    name = sent(database)
    forged = Tokens([b"a secret of somebody else, long, too"]).delivery(name)

    effect = take(database, getattr(shapes, shape)(forged))

    assert effect.why
    assert state_of(database, name.subscriber) == "active"
    assert not is_suppressed(database)
    assert written(database) == 0


def test_a_delivery_that_this_database_does_not_have_is_not_believed(database: Database) -> None:
    sent(database)

    for name in (DeliveryName(9, 1), DeliveryName(1, 99), DeliveryName(2**40, 1)):
        assert take(database, shapes.postfix(TOKENS.delivery(name))).why == UNKNOWN_DELIVERY


def test_a_message_that_is_read_twice_is_taken_in_once(database: Database) -> None:
    name = sent(database)
    message = shapes.postfix(TOKENS.delivery(name))
    take(database, message)
    with database.writing() as connection:
        keeping.come_back(connection, name.subscriber, at=NOW, source="test")

    assert not take(database, message.replace(b"\n", b"\r\n")).is_new
    assert state_of(database, name.subscriber) == "active"


@pytest.mark.parametrize("state", ["uncertain", "planned"])
@pytest.mark.parametrize("shape", ["postfix", "delayed", "holiday", "complaint"])
def test_whatever_comes_back_proves_that_the_letter_was_taken(database: Database, state: str, shape: str) -> None:
    name = sent(database, state)

    effect = take(database, getattr(shapes, shape)(TOKENS.delivery(name)))

    assert effect.is_settled
    assert fate_of(database, name)[0] == "accepted"
    assert fate_of(database, name)[1].startswith("maildir: ")


@pytest.mark.parametrize("state", ["claimed", "offered", "accepted", "rejected", "excluded"])
def test_nothing_else_in_the_ledger_is_touched(database: Database, state: str) -> None:
    name = sent(database, state)

    assert not take(database, shapes.delayed(TOKENS.delivery(name))).is_settled
    assert fate_of(database, name)[0] == state


def test_a_bounce_that_was_faster_than_the_doubt_settles_it_later(database: Database) -> None:
    """The runner died after the dot: the delivery is offered until the next one recovers it."""
    name = sent(database, "offered")
    other = delivery(database, campaign(database, "part-2"), name.subscriber, "uncertain")
    take(database, shapes.delayed(TOKENS.delivery(name)))
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'uncertain' WHERE state = 'offered'")

    with database.writing() as connection:
        assert settle_what_came_back(connection, NOW) == 1
    assert fate_of(database, name)[0] == "accepted"
    assert fate_of(database, other)[0] == "uncertain"


def test_a_full_mailbox_is_given_up_after_five_letters(database: Database) -> None:
    person = ada(database)
    left = []
    for week in range(LETTERS):
        of = campaign(database, f"part-{week}", PLANNED + week * WEEK)
        name = delivery(database, of, person)
        left.append(take(database, shapes.full_mailbox(TOKENS.delivery(name))).left)

    assert left == ["", "", "", "", "bounced"]
    assert is_suppressed(database)


def test_five_bounces_of_one_letter_count_as_one(database: Database) -> None:
    token = TOKENS.delivery(sent(database))

    for number in range(LETTERS + 1):
        take(database, shapes.full_mailbox(token) + b"%d\n" % number)

    assert written(database) == LETTERS + 1
    assert not is_suppressed(database)


def test_refusals_for_what_we_are_never_count(database: Database) -> None:
    """Otherwise a broken signature would take everybody at a provider off the list."""
    person = ada(database)
    for week in range(LETTERS + 2):
        name = delivery(database, campaign(database, f"part-{week}", PLANNED + week * WEEK), person)
        take(database, shapes.dsn(TOKENS.delivery(name), "5.7.1"))

    assert state_of(database, person) == "active"


def test_refusals_of_an_address_that_they_have_left_do_not_count_for_the_new_one(database: Database) -> None:
    person = ada(database)
    for week in range(LETTERS):
        of = campaign(database, f"part-{week}", PLANNED + week * WEEK)
        address = "old@example.org" if week < LETTERS - 1 else ADDRESS
        take(database, shapes.full_mailbox(TOKENS.delivery(delivery(database, of, person, address=address))))

    assert state_of(database, person) == "active"


def test_a_bounce_of_the_old_address_leaves_the_subscriber_with_the_new_one(database: Database) -> None:
    name = delivery(database, campaign(database), ada(database), address="old@example.org")

    effect = take(database, shapes.postfix(TOKENS.delivery(name)))

    assert (effect.left, effect.is_suppressed) == ("", True)
    assert state_of(database, name.subscriber) == "active"
    assert is_suppressed(database, "old@example.org")
    assert not is_suppressed(database)


def test_a_complaint_from_the_old_address_is_still_theirs(database: Database) -> None:
    name = delivery(database, campaign(database), ada(database), address="old@example.org")

    take(database, shapes.complaint(TOKENS.delivery(name)))

    assert state_of(database, name.subscriber) == "complained"


def test_a_bounce_from_before_they_came_back_is_of_the_past(database: Database) -> None:
    name = sent(database)
    with database.writing() as connection:
        keeping.come_back(connection, name.subscriber, at=NOW, source="test")

    take(database, shapes.postfix(TOKENS.delivery(name)))

    assert state_of(database, name.subscriber) == "active"
    assert not is_suppressed(database)


def test_who_was_forgotten_stays_forgotten(database: Database) -> None:
    name = sent(database)
    with database.writing() as connection:
        keeping.forget(connection, parse_address(ADDRESS), source="test", at=NOW)

    effect = take(database, shapes.postfix(TOKENS.delivery(name)))

    assert (effect.is_new, effect.left) == (True, "")
    with database.reading() as connection:
        assert connection.execute(SUBSCRIBERS.select()).first() is None


def test_what_a_server_said_of_somebody_is_forgotten_with_them(database: Database) -> None:
    name = sent(database)
    take(database, shapes.full_mailbox(TOKENS.delivery(name)))
    with database.writing() as connection:
        keeping.forget(connection, parse_address(ADDRESS), source="test", at=NOW)

    with database.reading() as connection:
        assert connection.execute(sql.select(RETURNS.c.words)).scalars().all() == [""]


def test_who_has_left_by_themselves_has_not_bounced(database: Database) -> None:
    name = sent(database)
    with database.writing() as connection:
        keeping.leave(connection, [name.subscriber], keeping.State.UNSUBSCRIBED, at=NOW, source="test")

    take(database, shapes.postfix(TOKENS.delivery(name)))

    assert state_of(database, name.subscriber) == "unsubscribed"
    assert is_suppressed(database)


@given(st.lists(st.integers(0, 200), max_size=12))
def test_a_mailbox_is_worn_out_by_five_letters_two_weeks_apart_within_sixty_days(days: list[int]) -> None:
    moments = [PLANNED + day * WEEK / 7 for day in days]

    expected = any(
        sum(first <= day <= first + WITHIN.days for day in days) >= LETTERS
        and max(day for day in days if first <= day <= first + WITHIN.days) - first >= APART.days
        for first in days
    )
    assert is_worn_out(moments) == expected
