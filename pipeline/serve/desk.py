"""What every page has at hand: the list, the tokens, the look, the clock; and what a request says."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response

from pipeline.database import Database
from pipeline.model import Publication
from pipeline.sending.tokens import Purpose, Tokens
from pipeline.serve.catalogue import Catalogue
from pipeline.serve.look import Look
from pipeline.serve.networks import network_of
from pipeline.subscribers.joining import Confirmation, Wish

_Found = TypeVar("_Found")
_AT_ONCE = 12  # threads that may be in the database: fewer than it gives connections
_WRITERS = 1  # with SQLite: who finds it locked sleeps, ever longer, while later ones slip past
_FIELDS, _FILES = 60, 0


@dataclass(frozen=True, slots=True)
class Desk:
    """The publication's counter. ``wake`` tells the postman that there is something to send."""

    publication: Publication
    database: Database
    tokens: Tokens
    look: Look
    catalogue: Catalogue
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_AT_ONCE))
    writers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_WRITERS))

    def ask(self, function: Callable[[], _Found]) -> Awaitable[_Found]:
        """Do something that waits for the database, beside the loop."""
        return to_thread.run_sync(function, limiter=self.threads)

    def change(self, function: Callable[[], _Found]) -> Awaitable[_Found]:
        """The same for what changes something: in the order in which it came, where only one can write."""
        limiter = self.writers if self.database.is_sqlite else self.threads
        return to_thread.run_sync(function, limiter=limiter)

    def page(self, name: str, status: int = 200, **known: object) -> Response:
        """A page as an answer."""
        return Response(self.look.page(name, **known), status, media_type="text/html")

    def trouble(self, status: int, words: str, **more: object) -> Response:
        """A page that says what is wrong, and what to do."""
        return Response(trouble_page(self.look, status, words, **more), status, media_type="text/html")

    # -- links -----------------------------------------------------------------------------------------

    def read_confirmation(self, token: str) -> Confirmation | None:
        """What a link to confirm says, or none: not ours, or too old."""
        said = self.tokens.read_expiring(Purpose.CONFIRM, token, self.clock())
        if said is None:
            return None
        subscriber, mark, asked, wish = said.split(" ", 3)
        return Confirmation(int(subscriber), mark, Wish.read(wish), datetime.fromtimestamp(int(asked) / 1000, UTC))

    def network(self, request: Request) -> str:
        """Where a request comes from, blinded, and another each day: to count by, and not to know anybody by."""
        where = network_of(request.client.host if request.client else "")
        return self.tokens.blinded(Purpose.NETWORK, f"{self.clock():%Y-%m-%d} {where}")


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form, the last of each name; files are none of ours."""
    async with request.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=4096) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


async def fields_of(request: Request, name: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """The fields, and all values of those that go by ``name``."""
    async with request.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=4096) as form:
        several = frozenset(value for value in form.getlist(name) if isinstance(value, str))
        return {key: value for key, value in form.items() if isinstance(value, str)}, several


_TITLES = {
    400: "That did not come through whole",
    403: "That cannot be done",
    404: "There is no page at this address",
    405: "That is not done here",
    410: "This link has had its time",
    429: "That was a lot at once",
}


def trouble_page(look: Look, status: int, words: str, **more: object) -> bytes:
    """The same as bytes; ``more`` may have ``rejoin``, to offer signing up again."""
    title = _TITLES.get(status, "Something is not as it should be")
    return look.page("trouble", title=title, words=words, **{"rejoin": False, **more})
