"""The page of choices, behind the token of a letter: series, a pause, another address, one's data, leaving.

Whoever has the letter has the token, and letters are passed on. So what can be taken back is done at once; what
cannot (another address, seeing or erasing data) goes by a link to the mailbox, which only its owner reads.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sql
from starlette.requests import Request
from starlette.responses import Response

from pipeline.sending.tokens import WayOut
from pipeline.serve.desk import Desk, fields_of
from pipeline.serve.leaving import BROKEN, let_leave
from pipeline.serve.views import OfferView
from pipeline.subscribers import choosing, joining, keeping, notices
from pipeline.subscribers.addresses import AddressError, parse_address
from pipeline.subscribers.choosing import Chosen
from pipeline.subscribers.notices import Kind
from pipeline.subscribers.states import State
from pipeline.wording import full_date

_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_LONGEST_PAUSE = timedelta(days=366)
_GONE = "Nobody is known by this link any more: either all about you was erased, or it was for a test."


class Choices:
    """``/u/TOKEN/choices``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: Request) -> Response:
        """What they have chosen."""
        desk = self._desk
        token = request.path_params["token"]
        way = desk.tokens.read_way_out(token)
        if way is None:
            return desk.trouble(404, BROKEN)
        return await desk.ask(lambda: self._page(token, way))

    async def change(self, request: Request) -> Response:
        """Do what a button of that page says; the page again, with what was done."""
        desk = self._desk
        token = request.path_params["token"]
        way = desk.tokens.read_way_out(token)
        if way is None:
            return desk.trouble(404, BROKEN)
        form, series = await fields_of(request, "series")
        answer = await desk.ask(lambda: self._changed(token, way, form, series))
        desk.wake()
        return answer

    def _changed(self, token: str, way: WayOut, form: Mapping[str, str], series: frozenset[str]) -> Response:
        desk = self._desk
        with desk.database.reading() as connection:
            person = choosing.chosen(connection, way.subscriber)
        if person is None:
            return desk.trouble(410, _GONE, rejoin=True)
        match form.get("do", ""):
            case "series":
                return self._choose(token, way, person, series, wants_new="new" in form)
            case "pause":
                return self._pause(token, way, form.get("until", ""))
            case "go-on":
                with desk.database.writing() as connection:
                    choosing.pause(connection, person.id, None, at=desk.clock())
                return self._page(token, way, "Letters come again, from the next one on.")
            case "undo":
                return self._undo(token, way, person)
            case "address":
                return self._move(token, way, person, form.get("email", ""))
            case "data":
                said = self._note(person, Kind.DATA)
                return self._page(token, way, said)
        return desk.trouble(400, "Nothing was changed. Open the page again, and press one of its buttons.")

    # -- what the buttons do ---------------------------------------------------------------------------

    def _choose(
        self, token: str, way: WayOut, person: Chosen, series: frozenset[str], *, wants_new: bool
    ) -> Response:
        desk = self._desk
        shown = self._shown(person)
        if not wants_new and not any(offer.slug in series for offer in shown):
            let_leave(desk, way, "page of choices")
            return desk.page("leave", token=token, is_done=True)
        with desk.database.writing() as connection:
            choosing.set_choices(
                connection,
                person.id,
                {offer.slug: offer.slug in series for offer in shown},
                wants_new=wants_new,
                at=desk.clock(),
            )
        return self._page(token, way, "Your choice is kept.")

    def _pause(self, token: str, way: WayOut, until: str) -> Response:
        desk = self._desk
        zone = ZoneInfo(desk.publication.timezone or "UTC")
        today = desk.clock().astimezone(zone).date()
        try:
            day = date.fromisoformat(until) if _DAY.match(until) else None
        except ValueError:
            day = None
        if day is None or not today < day <= today + _LONGEST_PAUSE:
            fault = "Choose a day that is to come, within a year."
            return self._page(token, way, fault=fault, status=422)
        with desk.database.writing() as connection:
            choosing.pause(connection, way.subscriber, datetime.combine(day, time(), zone), at=desk.clock())
        return self._page(token, way, f"Nothing is sent to you before {full_date(day)}.")

    def _undo(self, token: str, way: WayOut, person: Chosen) -> Response:
        """Come back: at once while leaving is a moment old, and otherwise by a letter that has to be confirmed."""
        desk = self._desk
        with desk.database.writing() as connection:
            if choosing.undo_leaving(connection, person.id, at=desk.clock()):
                return self._page(
                    token, way, "You are on the list again, as if nothing had been.", connection=connection
                )
            joining.ask(connection, person.address, joining.Wish(), "page of choices", desk.clock())
        return self._page(
            token, way, "We have sent a letter to your address: confirm there that you want to come back."
        )

    def _move(self, token: str, way: WayOut, person: Chosen, typed: str) -> Response:
        desk = self._desk
        try:
            new = parse_address(typed)
        except AddressError as error:
            return self._page(token, way, fault=f"The new address: {error}.", status=422)
        if new.key == person.address.key:
            return self._page(token, way, fault="That is your address already.", status=422)
        with desk.database.writing() as connection:
            now = desk.clock()
            # Counted at both ends, or the new one could be anybody's to be pestered.
            is_free = joining.may_write(connection, person.address.digest, Kind.CHANGE_OLD, now)
            if is_free and joining.may_write(connection, new.digest, Kind.CHANGE_NEW, now):
                choosing.ask_change(connection, person.id, person.address, new, now=now)
        said = "We have written to both addresses: confirm at each that your letters should move."
        return self._page(token, way, said)

    def _note(self, person: Chosen, kind: Kind) -> str:
        desk = self._desk
        with desk.database.writing() as connection:
            now = desk.clock()
            if keeping.suppression(connection, person.address):
                return (
                    "Your address is on the list of those never to be written to, so no letter can be sent to it."
                )
            if joining.may_write(connection, person.address.digest, kind, now):
                notices.add(connection, kind, person.address.address, now, subscriber=person.id)
        return "We have sent a link to your address: it works for a day."

    # -- the page --------------------------------------------------------------------------------------

    def _page(
        self, token: str, way: WayOut, said: str = "", *,
        fault: str = "", status: int = 200, connection: sql.Connection | None = None,
    ) -> Response:  # fmt: skip
        desk = self._desk
        if connection is not None:
            person = choosing.chosen(connection, way.subscriber)
        else:
            with desk.database.reading() as own:
                person = choosing.chosen(own, way.subscriber)
        if person is None:
            return desk.trouble(410, _GONE, rejoin=True)
        zone = ZoneInfo(desk.publication.timezone or "UTC")
        now = desk.clock()
        today = now.astimezone(zone).date()
        is_paused = person.paused_until is not None and person.paused_until > now
        until = person.paused_until.astimezone(zone).date() if is_paused and person.paused_until else None
        return desk.page(
            "choices",
            status,
            token=token,
            said=said,
            fault=fault,
            address=masked(person.address.address),
            is_on=person.state is State.ACTIVE,
            has_left=person.state.has_left,
            left_on=full_date(person.state_since.astimezone(zone).date()),
            offers=[(offer, person.wants(offer.slug)) for offer in self._shown(person)],
            wants_new=person.wants_new,
            paused_until=full_date(until) if until else "",
            first_day=(today + timedelta(days=1)).isoformat(),
            last_day=(today + _LONGEST_PAUSE).isoformat(),
            month_later=(today + timedelta(days=30)).isoformat(),
        )

    def _shown(self, person: Chosen) -> tuple[OfferView, ...]:
        """The series that are still to bring something, and those that they have chosen."""
        offers = self._desk.catalogue.offers()
        return tuple(o for o in offers if not o.is_finished or person.series.get(o.slug) is not None)


def masked(address: str) -> str:
    """Enough of an address for its owner: ``a…@example.org``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
