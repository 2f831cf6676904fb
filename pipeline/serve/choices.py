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

from pipeline.ledger.roundups import untold
from pipeline.render.offers import OfferView
from pipeline.render.views import LinkView
from pipeline.sending.tokens import WayOut
from pipeline.serve.desk import Desk, fields_of
from pipeline.serve.leaving import BROKEN, let_leave
from pipeline.subscribers import choosing, joining, limits, notices
from pipeline.subscribers.addresses import AddressError, parse_address
from pipeline.subscribers.choosing import Chosen
from pipeline.subscribers.notices import Kind
from pipeline.subscribers.rhythms import Rhythm
from pipeline.subscribers.states import State
from pipeline.wording import full_date

_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_LONGEST_PAUSE = timedelta(days=366)
_GONE = (
    "Nobody is known by this link any more: either all about you was erased, or it was for a test. "
    "The form does not take an address again that was erased."
)
_WAIT = "A letter about this was sent a few minutes ago, or five have been today. Look for it, or ask again later."
_NEVER = "Nothing was changed: letters cannot be sent to your address."


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
        answer = await desk.change(lambda: self._changed(token, way, form, series))
        desk.wake()
        return answer

    def _changed(self, token: str, way: WayOut, form: Mapping[str, str], series: frozenset[str]) -> Response:
        desk = self._desk
        with desk.database.reading() as connection:
            person = choosing.chosen(connection, way.subscriber)
        if person is None:
            return desk.trouble(410, _GONE)
        match form.get("do", ""):
            case "series":
                return self._choose(token, way, person, series, wants_new="new" in form)
            case "rhythm":
                return self._set_rhythm(token, way, person, form.get("rhythm", ""))
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
                return self._send_data(token, way, person)
        return desk.trouble(400, "Nothing was changed. Open the page again, and press one of its buttons.")

    # -- what the buttons do ---------------------------------------------------------------------------

    def _choose(
        self, token: str, way: WayOut, person: Chosen, series: frozenset[str], *, wants_new: bool
    ) -> Response:
        desk = self._desk
        shown = self._shown(person)
        if not wants_new and not any(offer.slug in series for offer in shown):
            let_leave(desk, [way], "page of choices")
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

    def _set_rhythm(self, token: str, way: WayOut, person: Chosen, wanted: str) -> Response:
        """Every part, or round-ups. Who wants every part from now on sees what no round-up has told them of."""
        desk = self._desk
        if desk.publication.sending.roundup is None or wanted not in list(Rhythm):
            return self._page(token, way, fault="Choose one of the two.", status=422)
        rhythm = Rhythm(wanted)
        with desk.database.writing() as connection:
            choosing.set_rhythm(connection, person.id, rhythm, at=desk.clock())
            theirs = untold(connection, person.id)
        if rhythm is Rhythm.ROUNDUP:
            said = "You get one letter a month for each series, with links to all that came out."
            return self._page(token, way, said)
        wanted_still = {address for address in theirs if person.wants(address.partition("/")[0])}
        links = desk.catalogue.parts(wanted_still)
        return self._page(token, way, "You get every part, from the next one on.", untold=links)

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
            return self._page(token, way, fault=fault, status=422, at="until")
        with desk.database.writing() as connection:
            choosing.pause(connection, way.subscriber, datetime.combine(day, time(), zone), at=desk.clock())
        return self._page(token, way, f"Nothing is sent to you before {full_date(day)}.")

    def _undo(self, token: str, way: WayOut, person: Chosen) -> Response:
        """Come back: at once while leaving is a moment old, and otherwise by a letter that has to be confirmed."""
        desk = self._desk
        with desk.database.writing() as connection:
            limits.alone(connection)
            if not person.suppressed and choosing.undo_leaving(connection, person.id, at=desk.clock()):
                return self._page(
                    token, way, "You are on the list again, as if nothing had been.", connection=connection
                )
            fault = _NEVER if person.suppressed else ""
            fault = fault or ("You are on the list." if person.state is State.ACTIVE else "")
            wish = joining.Wish()
            if not fault and not joining.ask(connection, person.address, wish, "page of choices", desk.clock()):
                fault = _WAIT
        if fault:
            return self._page(token, way, fault=fault, status=409)
        return self._page(
            token, way, "We have sent a letter to your address: confirm there that you want to come back."
        )

    def _move(self, token: str, way: WayOut, person: Chosen, typed: str) -> Response:
        desk = self._desk
        try:
            new = parse_address(typed)
        except AddressError as error:
            fault = f"The new address: {error}."
            return self._page(token, way, fault=fault, status=422, at="email", typed=typed)
        if new.key == person.address.key:
            fault = "That is your address already."
            return self._page(token, way, fault=fault, status=422, at="email", typed=typed)
        if person.suppressed or person.state is not State.ACTIVE:
            fault = _NEVER if person.suppressed else "No letters go to you, so there are none to move."
            return self._page(token, way, fault=fault, status=409)
        with desk.database.writing() as connection:
            limits.alone(connection)
            now = desk.clock()
            # Counted at both ends, or the new one could be anybody's to be pestered.
            is_free = joining.may_write(connection, person.address, Kind.CHANGE_OLD, now)
            is_free = is_free and joining.may_write(connection, new, Kind.CHANGE_NEW, now)
            if is_free:
                choosing.ask_change(connection, person.id, person.address, new, now=now)
        if not is_free:
            return self._page(token, way, fault=_WAIT, status=429, at="email", typed=typed)
        said = "We have written to both addresses: confirm at each that your letters should move."
        return self._page(token, way, said)

    def _send_data(self, token: str, way: WayOut, person: Chosen) -> Response:
        desk = self._desk
        with desk.database.writing() as connection:
            limits.alone(connection)
            now = desk.clock()
            fault = _NEVER if person.suppressed else ""
            if not fault and not joining.may_write(connection, person.address, Kind.DATA, now):
                fault = _WAIT
            if not fault:
                notices.add(connection, Kind.DATA, person.address.address, now, subscriber=person.id)
        if fault:
            return self._page(token, way, fault=fault, status=409)
        return self._page(token, way, "We have sent a link to your address: it works for a day.")

    # -- the page --------------------------------------------------------------------------------------

    def _page(
        self, token: str, way: WayOut, said: str = "", *,
        fault: str = "", status: int = 200, at: str = "", typed: str = "",
        connection: sql.Connection | None = None,
        untold: tuple[LinkView, ...] = (),
    ) -> Response:  # fmt: skip
        """``at`` is the field that a fault is about, with what was ``typed`` into it."""
        desk = self._desk
        if connection is not None:
            person = choosing.chosen(connection, way.subscriber)
        else:
            with desk.database.reading() as own:
                person = choosing.chosen(own, way.subscriber)
        if person is None:
            return desk.trouble(410, _GONE)
        return desk.page(
            "choices",
            status,
            token=token,
            said=said,
            fault=fault,
            fault_at=at,
            typed=typed[:254],
            address=masked(person.address.address),
            is_on=person.state is State.ACTIVE and not person.suppressed,
            is_suppressed=bool(person.suppressed),
            has_left=person.state.has_left,
            offers=[(offer, person.wants(offer.slug)) for offer in self._shown(person)],
            wants_new=person.wants_new,
            has_roundups=desk.publication.sending.roundup is not None,
            is_seldom=person.rhythm is Rhythm.ROUNDUP,
            untold=untold,
            **self._days(person),
        )

    def _days(self, person: Chosen) -> dict[str, str]:
        """The days that the page names, on the publication's clocks."""
        now, zone = self._desk.clock(), ZoneInfo(self._desk.publication.timezone or "UTC")
        today, until = now.astimezone(zone).date(), person.paused_until
        return {
            "left_on": full_date(person.state_since.astimezone(zone).date()),
            "paused_until": full_date(until.astimezone(zone).date()) if until and until > now else "",
            "first_day": (today + timedelta(days=1)).isoformat(),
            "last_day": (today + _LONGEST_PAUSE).isoformat(),
            "month_later": (today + timedelta(days=30)).isoformat(),
        }

    def _shown(self, person: Chosen) -> tuple[OfferView, ...]:
        """The series that are still to bring something, and those that they have chosen."""
        offers = self._desk.catalogue.offers()
        return tuple(o for o in offers if not o.is_finished or person.series.get(o.slug) is not None)


def masked(address: str) -> str:
    """Enough of an address for its owner: ``a…@example.org``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
