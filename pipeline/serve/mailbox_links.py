"""What links that came to a mailbox open: another address, and one's data. They expire within a day."""

import json

from starlette.requests import Request
from starlette.responses import Response

from pipeline.sending.tokens import Purpose
from pipeline.serve.desk import Desk, form_of
from pipeline.subscribers import choosing, keeping
from pipeline.subscribers.addresses import parse_address
from pipeline.subscribers.choosing import Change, Ended

_ENDED = "Such a link works for a day, and a later one takes its place. Ask for another on your page of choices."
_MOVED = (
    "Such a link works for a day, and ends once your letters have moved, or you have asked for another. "
    "You can do so on your page of choices."
)
_NOTHING = "Nothing is kept about you: it was erased, all but a fingerprint that keeps your address off the list."


class MailboxLinks:
    """``/a/TOKEN`` (another address) and ``/d/TOKEN`` (data)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # -- another address -------------------------------------------------------------------------------

    async def show_change(self, request: Request) -> Response:
        """What would change, and a button."""
        desk = self._desk
        token = request.path_params["token"]
        link = self._change(token)
        if link is None:
            return desk.trouble(410, _MOVED)
        return await desk.ask(lambda: self._change_page(token, link))

    async def change(self, request: Request) -> Response:
        """One end says yes."""
        desk = self._desk
        link = self._change(request.path_params["token"])
        await form_of(request)
        if link is None:
            return desk.trouble(410, _MOVED)
        return await desk.change(lambda: self._confirmed(link))

    def _change(self, token: str) -> Change | None:
        said = self._desk.tokens.read_expiring(Purpose.CHANGE, token, self._desk.clock())
        if said is None:
            return None
        number, _, end = said.partition(" ")
        return Change(int(number), is_old=end == "old")

    def _change_page(self, token: str, link: Change) -> Response:
        desk = self._desk
        with desk.database.reading() as connection:
            change = choosing.change_of(connection, link, desk.clock())
        if change is None:
            return desk.trouble(410, _MOVED)
        # In full at the old end, too: a slip in it, or a stranger's address, is seen in no other way.
        return desk.page("change", token=token, address=change["address"], is_old=link.is_old, state="ask")

    def _confirmed(self, link: Change) -> Response:
        desk = self._desk
        try:
            with desk.database.writing() as connection:
                is_whole = choosing.confirm_change(connection, link, now=desk.clock())
        except Ended:
            return desk.trouble(410, _MOVED)
        state = "done" if is_whole else "half"
        return desk.page("change", token="", address="", is_old=link.is_old, state=state)

    # -- data ------------------------------------------------------------------------------------------

    async def show_data(self, request: Request) -> Response:
        """Two buttons: have it all, or have it erased."""
        desk = self._desk
        token = request.path_params["token"]
        link = self._data(token)
        if link is None:
            return desk.trouble(410, _ENDED)
        if ended := await desk.ask(lambda: self._ended(link)):
            return desk.trouble(410, ended)
        return desk.page("data", token=token, state="ask")

    async def data(self, request: Request) -> Response:
        """The file, the question whether they are sure, or the end."""
        desk = self._desk
        token = request.path_params["token"]
        link = self._data(token)
        form = await form_of(request)
        if link is None:
            return desk.trouble(410, _ENDED)
        if ended := await desk.ask(lambda: self._ended(link)):
            return desk.trouble(410, ended)
        key, _ = link
        match form.get("do", ""):
            case "download":
                return await desk.ask(lambda: self._file(key))
            case "erase" if form.get("sure") == "yes":
                return await desk.change(lambda: self._erased(key))
            case "erase":
                return desk.page("data", token=token, state="sure")
        return desk.trouble(400, "Nothing was changed. Open the page again, and press one of its buttons.")

    def _data(self, token: str) -> tuple[int, str] | None:
        """Whose data a link is about, and the mark of the address that it went to."""
        said = self._desk.tokens.read_expiring(Purpose.DATA, token, self._desk.clock())
        if said is None:
            return None
        key, _, mark = said.partition(" ")
        return int(key), mark

    def _ended(self, link: tuple[int, str]) -> str:
        """Why a link opens nothing any more; nothing while its person gets their letters where it went.

        A mailbox that was given up may be another's.
        """
        key, mark = link
        with self._desk.database.reading() as connection:
            person = choosing.chosen(connection, key)
        if person is None:
            return _NOTHING
        return "" if person.address.mark == mark else _ENDED

    def _file(self, key: int) -> Response:
        desk = self._desk
        with desk.database.reading() as connection:
            data = choosing.data_of(connection, key)
        if data is None:
            return desk.trouble(410, _NOTHING)
        text = json.dumps(data, ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
        return Response(text, media_type="application/json", headers=headers)

    def _erased(self, key: int) -> Response:
        desk = self._desk
        with desk.database.writing() as connection:
            person = choosing.chosen(connection, key)
            if person is not None:
                address = parse_address(person.address.address)
                keeping.forget(connection, address, source="page of data", at=desk.clock())
        return desk.page("data", token="", state="erased")
