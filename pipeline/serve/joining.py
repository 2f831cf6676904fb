"""Joining: the form, the link that confirms, and the same answer to whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

import sqlalchemy as sql
from starlette.requests import Request
from starlette.responses import Response

from pipeline.render.offers import OfferView
from pipeline.sending.tokens import WayOut
from pipeline.serve.desk import Desk, form_of
from pipeline.serve.doubts import Form, asks_for_a_press, read_form, stamped
from pipeline.serve.together import Together
from pipeline.subscribers import joining, limits
from pipeline.subscribers.addresses import Address, AddressError, parse_address
from pipeline.subscribers.joining import Confirmation, Wish

TRAP, STAMP = "website", "shown"
_HOUR, _PER_NETWORK = timedelta(hours=1), 60
_TOO_OLD = "A link to confirm works for three days, and only once. Sign up again, and you get a new one."


class _Found(Enum):
    """What becomes of a sign-up: it is taken, too many have come, or one more press is asked for."""

    TAKEN = auto()
    TOO_MANY = auto()
    DOUBTFUL = auto()


@dataclass(frozen=True, slots=True)
class _SignUp:
    address: Address
    wish: Wish
    form: Form
    network: str


class Joining:
    """``/subscribe`` and ``/c/TOKEN``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sign_ups: Together[_SignUp, _Found] = Together(self._write)

    async def show(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """A form of our own, for who has no page of the publication before them."""
        return await self._form({}, "")

    async def _form(self, form: Mapping[str, str], fault: str) -> Response:
        desk = self._desk
        offers = await desk.ask(desk.catalogue.offers)
        wish = _wish(form, offers)
        return desk.page(
            "join",
            422 if fault else 200,
            offers=offers,
            stamp=stamped(desk.tokens, desk.clock()),
            fault=fault,
            address=form.get("email", "")[:254],
            wish=wish.written(),
        )

    async def ask(self, request: Request) -> Response:
        """Take an address. What fills in the trap gets the same answer as a person, and nothing happens.

        Whether it is known shows neither in the answer nor in its time: that is looked up afterwards.
        """
        desk = self._desk
        form = await form_of(request)
        typed = form.get("email", "").strip()
        try:
            address = parse_address(typed)
        except AddressError as error:
            why = f"This is no address that letters can go to: {error}." if typed else "An address is needed."
            return await self._form(form, why)
        offers = await desk.ask(desk.catalogue.offers)
        wish = _wish(form, offers)
        if not form.get(TRAP):
            shown = read_form(desk.tokens, form.get(STAMP), desk.clock())
            found = await self._sign_ups.written(_SignUp(address, wish, shown, desk.network(request)))
            if found is _Found.TOO_MANY:
                return _too_many(desk)
            if found is _Found.DOUBTFUL:
                return self._once_more(address, wish, shown)
            desk.wake()
        return desk.page("asked", address=address.address, hours=round(joining.LINK_LASTS.total_seconds() / 3600))

    def _once_more(self, address: Address, wish: Wish, form: Form) -> Response:
        """A page with one button: nothing is written before it is pressed."""
        desk = self._desk
        stamp = form.again or stamped(desk.tokens, desk.clock(), form.origin, is_press=True)
        return desk.page("press", address=address.address, wish=wish.written(), stamp=stamp)

    async def _write(self, sign_ups: Sequence[_SignUp]) -> Sequence[_Found]:
        return await self._desk.change(lambda: self._written(sign_ups))

    def _written(self, sign_ups: Sequence[_SignUp]) -> Sequence[_Found]:
        with self._desk.database.writing() as connection:
            limits.alone(connection)
            return [self._taken(connection, one) for one in sign_ups]

    def _taken(self, connection: sql.Connection, one: _SignUp) -> _Found:
        now = self._desk.clock()
        if asks_for_a_press(connection, one.form, one.network, now):
            return _Found.DOUBTFUL
        if limits.counted(connection, f"network {one.network}", _HOUR, now) > _PER_NETWORK:
            return _Found.TOO_MANY
        source = f"{joining.FORM}:{one.form.origin} {one.wish.written()}"
        joining.ask(connection, one.address, one.wish, source, now)
        return _Found.TAKEN

    async def show_confirmation(self, request: Request) -> Response:
        """What would be agreed to, and a button: a program that opens links agrees to nothing."""
        desk = self._desk
        token = request.path_params["token"]
        link = desk.read_confirmation(token)
        if link is None:
            return desk.trouble(410, _TOO_OLD, rejoin=True)
        offer = await desk.ask(lambda: desk.catalogue.offer(link.wish.series))
        return desk.page("confirm", token=token, consent=consent(desk, link, offer))

    async def confirm(self, request: Request) -> Response:
        """Put them on the list, with the words that they agreed to."""
        desk = self._desk
        link = desk.read_confirmation(request.path_params["token"])
        await form_of(request)
        if link is None:
            return desk.trouble(410, _TOO_OLD, rejoin=True)
        offer = await desk.ask(lambda: desk.catalogue.offer(link.wish.series))
        words = consent(desk, link, offer)
        if not await desk.change(lambda: self._confirmed(link, words)):
            return desk.trouble(410, _TOO_OLD, rejoin=True)
        desk.wake()
        offers = await desk.ask(desk.catalogue.offers)
        token = choices_token(desk, link.subscriber)
        return desk.page("joined", offers=wanted(link.wish, offers), token=token)

    def _confirmed(self, link: Confirmation, words: str) -> bool:
        desk = self._desk
        begun = desk.catalogue.begun()
        with desk.database.writing() as connection:
            return joining.confirm(connection, link, begun, words, desk.clock())


def _wish(form: Mapping[str, str], offers: tuple[OfferView, ...]) -> Wish:
    """What a form asks for: a hidden ``series``, or the choice ``wish`` of our own form; all, where unclear.

    No letter of a series that is over would ever come, so a form that is older than its end asks for all, too.
    """
    known = {offer.slug for offer in offers if not offer.is_over}
    wish = Wish.read(form.get("wish", ""))
    series = form.get("series", "") or wish.series
    return Wish(series if series in known else "", is_next=wish.is_next and series not in known)


def wanted(wish: Wish, offers: tuple[OfferView, ...]) -> tuple[OfferView, ...]:
    """The series that a wish is about, those first that are running."""
    if wish.series:
        return tuple(offer for offer in offers if offer.slug == wish.series)
    some = (offer for offer in offers if not (wish.is_next and offer.has_begun))
    return tuple(sorted(some, key=lambda offer: offer.is_finished))


def consent(desk: Desk, link: Confirmation, offer: OfferView | None) -> str:
    """What somebody agrees to, word for word as it stands above the button, and as it is kept."""
    name = desk.publication.title
    if link.wish.series and offer is not None:
        what = f"the letters of “{offer.title}” from {name}"
    elif link.wish.is_next:
        what = f"the letters of {name}, from the next series on"
    else:
        what = f"the letters of {name}, every series"
    return f"Yes, send me {what}, by email. I can leave at any time, by one click in any letter."


def choices_token(desk: Desk, subscriber: int) -> str:
    """The token of somebody's page of choices: that of their way out."""
    return desk.tokens.way_out(WayOut(subscriber))


def _too_many(desk: Desk) -> Response:
    words = (
        "Many have signed up from your network in the last hour, and your address was not taken. "
        "Try again in an hour."
    )
    response = desk.trouble(429, words)
    response.headers["Retry-After"] = str(round(_HOUR.total_seconds()))
    return response
