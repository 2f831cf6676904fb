"""What comes at the same moment is written by one transaction, and nobody is answered before it is on the disk."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from pipeline.database import open_database
from pipeline.database.tables import EVENTS
from pipeline.errors import DatabaseError
from pipeline.serve.together import Together
from tests.serve.counter import ONE_CLICK, Shop, open_shop
from tests.subscribers.people import put


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Apart: a browser's test leaves a loop running in this thread."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(lambda: asyncio.run(coroutine)).result()


class Slow:
    """A disk: takes a group, and ends with it when it is let."""

    def __init__(self, error: Exception | None = None) -> None:
        self.groups: list[list[int]] = []
        self.may_end = asyncio.Event()
        self.error = error

    async def write(self, group: Sequence[int]) -> Sequence[int]:
        self.groups.append(list(group))
        await self.may_end.wait()
        if self.error:
            raise self.error
        return [one * 10 for one in group]


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_who_comes_while_one_group_is_written_is_in_the_next_and_gets_their_own_answer() -> None:
    async def trial() -> None:
        disk = Slow()
        together = Together(disk.write)
        asked = [asyncio.create_task(together.written(1))]
        await settled()
        asked += [asyncio.create_task(together.written(k)) for k in (2, 3, 4)]
        await settled()
        assert disk.groups == [[1]]
        assert not any(task.done() for task in asked)  # nothing is answered before it is written
        disk.may_end.set()
        assert await asyncio.gather(*asked) == [10, 20, 30, 40]
        assert disk.groups == [[1], [2, 3, 4]]
        assert await together.written(5) == 50

    run(trial())


def test_whoever_gives_up_waiting_ends_nothing_for_the_others() -> None:
    async def trial() -> None:
        disk = Slow()
        together = Together(disk.write)
        first, second = (asyncio.create_task(together.written(k)) for k in (1, 2))
        await settled()
        first.cancel()
        await settled()
        disk.may_end.set()
        assert await second == 20
        assert first.cancelled()

    run(trial())


def test_a_failed_commit_is_everybodys_who_waited_for_it_and_nobodys_after() -> None:
    async def trial() -> None:
        disk = Slow(DatabaseError("the disk is full"))
        together = Together(disk.write)
        asked = [asyncio.create_task(together.written(k)) for k in (1, 2)]
        disk.may_end.set()
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [str(each) for each in found] == ["the disk is full"] * 2
        disk.error = None
        assert await together.written(3) == 30

    run(trial())


def test_a_fault_in_one_is_told_to_one_and_the_others_are_written() -> None:
    async def trial() -> None:
        written: list[int] = []

        async def write(group: Sequence[int]) -> Sequence[int]:
            if 2 in group:
                raise KeyError(2)
            written.extend(group)
            return group

        together = Together(write)
        asked = [asyncio.create_task(together.written(k)) for k in (1, 2, 3)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [found[0], found[2]] == [1, 3] == written
        assert isinstance(found[1], KeyError)

    run(trial())


def test_an_answer_too_few_leaves_nobody_waiting() -> None:
    async def trial() -> None:
        async def write(group: Sequence[int]) -> Sequence[int]:
            return group[1:]

        found = await asyncio.gather(Together(write).written(1), return_exceptions=True)
        assert isinstance(found[0], ValueError)

    run(trial())


def test_hundreds_who_leave_at_once_have_each_left_when_they_are_answered(shop: Shop) -> None:
    with shop.database.writing() as connection:
        people = [put(connection, f"a{k}@example.org") for k in range(150)]

    def leave(key: int) -> tuple[int, str | None]:
        return shop.post(f"/u/{shop.token(key, key % 7)}", ONE_CLICK).status_code, shop.state(key)

    with ThreadPoolExecutor(24) as threads:
        answers = list(threads.map(leave, people))

    assert set(answers) == {(200, "unsubscribed")}
    with shop.database.reading() as connection:
        noted = connection.execute(sql.select(EVENTS.c.subscriber_id, EVENTS.c.kind, EVENTS.c.detail)).all()
    assert sorted(tuple(row) for row in noted) == [
        (key, "left", f"campaign {key % 7}" if key % 7 else "") for key in people
    ]


def test_one_person_who_leaves_many_times_in_one_group_has_left_once(shop: Shop) -> None:
    with shop.database.writing() as connection:
        key = put(connection, "ada@example.org")
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda k: shop.post(f"/u/{shop.token(key, k)}", ONE_CLICK), range(50)))

    assert {answer.status_code for answer in answers} == {200}
    assert [kind for kind, _ in shop.events(key)] == ["left"]


def test_where_nothing_can_be_written_nobody_is_told_that_they_have_left(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    refuses = "BEFORE UPDATE ON subscribers BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    with open_shop(tmp_path, database) as shop, ThreadPoolExecutor(20) as threads:
        with database.writing() as connection:
            people = [put(connection, f"a{k}@example.org") for k in range(20)]
            connection.exec_driver_sql(f"CREATE TRIGGER full {refuses}")
        answers = list(threads.map(lambda key: shop.post(f"/u/{shop.token(key)}", ONE_CLICK), people))

        assert {answer.status_code for answer in answers} == {503}
        assert all("You have left" not in answer.text for answer in answers)
        assert {shop.state(key) for key in people} == {"active"}
        assert "the database: the disk is full" in shop.told
    database.close()


def test_two_servers_that_count_the_same_in_another_order_do_not_wait_for_each_other(
    shop: Shop, tmp_path: Path
) -> None:
    stamps = [shop.stamp(timedelta(seconds=60 + k)) for k in range(200)]

    def sign_up(k: int) -> int:
        server = (shop, other)[k % 2]
        number = k if k % 2 else 200 - k
        form = {"email": f"a{number % 9}@example.org", "shown": stamps[k]}
        headers = {"X-Forwarded-For": f"10.0.{number % 7}.1"}
        return server.post("/subscribe", form, headers=headers).status_code

    with open_shop(tmp_path / "other", shop.database) as other, ThreadPoolExecutor(24) as threads:
        statuses = set(threads.map(sign_up, range(200)))

    assert statuses == {200}
    assert not [line for line in (*shop.told, *other.told) if line.startswith("the database")]
