"""What strangers ask for at the same moment, written by one transaction: the cost of a commit is shared.

Transactions of their own would wait for each other, and those that wait for SQLite's lock sleep and try again: the
unlucky ones for more than a second. Here one group is written while the next one gathers, so nobody waits for more
than two commits, and the more come, the less each costs. Nobody is answered before the commit that holds theirs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from pipeline.errors import DatabaseError

_One = TypeVar("_One")
_Found = TypeVar("_Found")
_MOST = 200  # in one transaction: a few milliseconds of work beside its commit


class Together(Generic[_One, _Found]):
    """Gathers for ``write``, which writes a group beside the loop, in one transaction: what became of each.

    For one event loop.
    """

    def __init__(self, write: Callable[[Sequence[_One]], Awaitable[Sequence[_Found]]]) -> None:
        self._write = write
        self._waiting: list[tuple[_One, asyncio.Future[_Found]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def written(self, one: _One) -> _Found:
        """What became of it, once it is on the disk.

        Raises:
            DatabaseError: the group's transaction failed, and nothing of it stays. Any other fault is its own.
        """
        done: asyncio.Future[_Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, done))
        if self._writing is None:
            # A task of its own: who gives up waiting must not end what others wait for.
            self._writing = asyncio.create_task(self._write_all())
        return await done

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._settle(group)
        finally:
            self._writing = None

    async def _settle(self, group: list[tuple[_One, asyncio.Future[_Found]]]) -> None:
        """Write a group, and answer it. A fault of ours in one is not the others': each is written alone."""
        try:
            found = await self._write([one for one, _ in group])
            answers = [(done, each) for (_, done), each in zip(group, found, strict=True)]
        except Exception as error:  # theirs who wait
            if len(group) > 1 and not isinstance(error, DatabaseError):
                for alone in group:
                    await self._settle([alone])
                return
            for _, done in group:
                if not done.done():  # or they have given up
                    done.set_exception(error)
        else:
            for done, answer in answers:
                if not done.done():
                    done.set_result(answer)
