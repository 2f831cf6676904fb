"""A compiled message written down: what is hashed, approved, and kept with a campaign.

Plain JSON, its keys in order, so that the same edition is the same bytes on every machine, and can be read by a
later version or by hand. It holds neither a recipient, a secret nor a moment.
"""

import hashlib
import json
from typing import Any

from pipeline.errors import RenderError
from pipeline.render.email.merge import Place
from pipeline.render.email.message import (
    BodyPlace,
    CompiledMessage,
    Date,
    MessageId,
    Recipient,
    Slot,
    Subject,
    WaysOut,
)

VERSION = 1


def freeze(message: CompiledMessage) -> bytes:
    """The message as bytes that never change while it does not."""
    pieces = [piece.decode("ascii") if isinstance(piece, bytes) else piece for piece in message.pieces]
    kept = {"partwork_message": VERSION, "pieces": pieces, "slots": [_written(slot) for slot in message.slots]}
    return json.dumps(kept, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def digest(frozen: bytes) -> str:
    """SHA-256 of a frozen message, in hex: an edition's digest."""
    return hashlib.sha256(frozen).hexdigest()


def thaw(frozen: bytes) -> CompiledMessage:
    """The message again.

    Raises:
        RenderError: it was not frozen by this version of partwork, or not whole.
    """
    try:
        kept = json.loads(frozen)
        if kept["partwork_message"] != VERSION:
            raise RenderError("this letter was frozen by another version of partwork")
        pieces = tuple(piece.encode("ascii") if isinstance(piece, str) else int(piece) for piece in kept["pieces"])
        slots = tuple(_read(slot) for slot in kept["slots"])
    except (KeyError, TypeError, ValueError) as error:
        raise RenderError("this letter was not kept whole") from error
    if not all(isinstance(piece, bytes) or 0 <= piece < len(slots) for piece in pieces):
        raise RenderError("this letter was not kept whole")
    return CompiledMessage(pieces, slots)


def _written(slot: Slot) -> dict[str, Any]:
    match slot:
        case Recipient():
            return {"slot": "recipient"}
        case Subject(publication_id, text):
            return {"slot": "subject", "publication": publication_id, "text": text}
        case Date(text):
            return {"slot": "date", "text": text}
        case MessageId(edition):
            return {"slot": "message-id", "edition": edition}
        case WaysOut(mailto):
            return {"slot": "ways-out", "mailto": mailto}
        case BodyPlace(place, fallback, is_html, goes_on):
            said = {"place": place.value, "fallback": fallback, "is_html": is_html, "goes_on": goes_on}
            return {"slot": "body", **said}
    raise RenderError(f"a slot of a kind that cannot be kept: {type(slot).__name__}")


def _read(kept: dict[str, Any]) -> Slot:
    match kept:
        case {"slot": "recipient"}:
            return Recipient()
        case {"slot": "subject", "publication": str(publication_id), "text": str(text)}:
            return Subject(publication_id, text)
        case {"slot": "date", "text": str(text)}:
            return Date(text)
        case {"slot": "message-id", "edition": str(edition)}:
            return MessageId(edition)
        case {"slot": "ways-out", "mailto": str(mailto)}:
            return WaysOut(mailto)
        case {
            "slot": "body",
            "place": str(place),
            "fallback": str(fallback),
            "is_html": bool(is_html),
            "goes_on": bool(goes_on),
        }:
            return BodyPlace(Place(place), fallback, is_html, goes_on)
    raise ValueError("no slot")
