"""Two servers on one PostgreSQL that want the same rows in another order wait in turn, and for ever never."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest

from pipeline.database import Database
from pipeline.sending.tokens import WayOut
from pipeline.serve.leaving import let_leave
from pipeline.subscribers import keeping, limits
from pipeline.subscribers.addresses import parse_address
from pipeline.subscribers.entries import Entry
from pipeline.subscribers.states import State
from pipeline.subscribers.writing import Outcome, write
from tests.serve.counter import Shop
from tests.subscribers.people import put

OLD, NEW = "ada@example.org", "ada@example.net"
DAY = timedelta(days=1)


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.program)])
def database_address(postgresql_server: object) -> str:
    """SQLite has one writer, who waits for nobody's rows."""
    return postgresql_server.new()  # type: ignore[attr-defined, no-any-return]


def begun(threads: ThreadPoolExecutor, database: Database, function: Callable[[], object]) -> Future[object]:
    """Something that has to wait for us, once it waits."""
    found = threads.submit(function)
    while not found.done():
        with database.reading() as connection:
            if connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").first():
                break
        time.sleep(0.01)
    assert not found.done()
    return found


def test_people_who_leave_by_other_letters_at_two_servers_have_left(shop: Shop) -> None:
    with shop.database.writing() as connection:
        first, second = (put(connection, address) for address in (OLD, NEW))
    now = shop.clock()
    with ThreadPoolExecutor(1) as threads:
        with shop.database.writing() as connection:
            keeping.leave(connection, [first], State.UNSUBSCRIBED, at=now, source="elsewhere")
            ways = [WayOut(second, 1), WayOut(first, 2)]
            waiting = begun(threads, shop.database, lambda: let_leave(shop.counter.desk, ways, "one-click"))
            keeping.leave(connection, [second], State.UNSUBSCRIBED, at=now, source="elsewhere")
        waiting.result()
    assert {shop.state(key) for key in (first, second)} == {"unsubscribed"}


def test_what_counts_no_more_is_deleted_beside_who_counts(shop: Shop) -> None:
    now = shop.clock()
    with shop.database.writing() as connection:
        for name in ("a", "b"):
            limits.counted(connection, name, DAY, now - 2 * DAY)

    def tidy() -> None:
        with shop.database.writing() as connection:
            limits.tidy(connection, now)

    with ThreadPoolExecutor(1) as threads:
        with shop.database.writing() as connection:
            limits.alone(connection)
            limits.counted(connection, "b", DAY, now)
            waiting = begun(threads, shop.database, tidy)
            limits.counted(connection, "a", DAY, now)
        waiting.result()


def test_who_moves_their_letters_waits_for_who_signs_the_two_addresses_up(shop: Shop) -> None:
    with shop.database.writing() as connection:
        key = put(connection, OLD)
    now, wish = shop.clock(), {"do": "address", "email": NEW}
    with ThreadPoolExecutor(1) as threads:
        with shop.database.writing() as connection:
            limits.alone(connection)
            for address in (NEW, OLD):
                limits.counted(connection, f"mailbox {parse_address(address).mailbox[:32]}", DAY, now)
                if address == NEW:
                    path = f"/u/{shop.token(key)}/choices"
                    waiting = begun(threads, shop.database, lambda: shop.post(path, wish))  # noqa: B023
        answer = waiting.result()
    assert answer.status_code == 200  # type: ignore[attr-defined]
    assert not [line for line in shop.told if line.startswith("the database")]


def test_who_leaves_while_a_file_is_taken_in_has_left(shop: Shop) -> None:
    with shop.database.writing() as connection:
        key = put(connection, OLD)
    now, entry = shop.clock(), Entry(parse_address(OLD), first_name="Ada", source="people.csv")

    def take_in() -> list[tuple[Outcome, str]]:
        with shop.database.writing() as connection:
            return write(connection, [entry], now, is_update=True)

    with ThreadPoolExecutor(1) as threads:
        with shop.database.writing() as connection:
            keeping.leave(connection, [key], State.UNSUBSCRIBED, at=now, source="one-click")
            waiting = begun(threads, shop.database, take_in)
        ((outcome, _),) = waiting.result()  # type: ignore[misc]
    assert outcome is Outcome.HELD
    assert shop.state(key) == "unsubscribed"
