"""What Amazon's notifications are answered with: a plain function, to be put behind any web server.

``handle`` blocks (database, and now and then one request to Amazon): a server calls it in a thread.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.database import Database
from pipeline.errors import DatabaseError
from pipeline.returns.record import Effect, record
from pipeline.returns.ses_events import understand_event
from pipeline.returns.sns import Certificates, UnbelievableError, believe, confirming_address, parse_notification
from pipeline.sending.tokens import Tokens

LARGEST = 300_000  # bytes; SNS sends no more than 256 KB
_WORKED = 200
_NONSENSE = 400
_REFUSED = 403
_TOO_LARGE = 413
_LATER = 503  # SNS comes again


@dataclass(frozen=True, slots=True)
class Hearing:
    """What it takes to hear a notification. ``topic`` is the one topic that is heard; without one, none is."""

    database: Database
    tokens: Tokens
    topic: str
    certificates: Certificates


@dataclass(frozen=True, slots=True)
class Result:
    """An answer: its status, and a word for the log, in which no address stands."""

    status: int
    words: str
    effect: Effect | None = None


def handle(body: bytes, headers: Mapping[str, str], hearing: Hearing, now: datetime) -> Result:
    """Take in one notification. Nothing that anybody sends raises.

    A server that reads bodies should stop at ``LARGEST`` by itself. Of the headers only the length is looked at:
    what SNS says in others stands, signed, in the body.
    """
    length = next((value for name, value in headers.items() if name.lower() == "content-length"), "")
    if len(body) > LARGEST or (length.isdigit() and int(length[:12]) > LARGEST):
        return Result(_TOO_LARGE, "too large")
    try:
        notification = parse_notification(body)
    except UnbelievableError as error:
        return Result(_NONSENSE, str(error))
    try:
        believe(notification, hearing.topic, hearing.certificates, now)
        if notification.type == "SubscriptionConfirmation":
            hearing.certificates.fetch(confirming_address(notification, hearing.topic))
            return Result(_WORKED, "the subscription is confirmed")
        return _taken(notification.message, notification.id, hearing, now)
    except UnbelievableError as error:
        return Result(_REFUSED, str(error))
    except OSError:
        return Result(_LATER, "Amazon cannot be reached")
    except DatabaseError:
        return Result(_LATER, "the database cannot be reached")


def _taken(message: str, key: str, hearing: Hearing, now: datetime) -> Result:
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        # What SNS sends when somebody tries a topic is signed, and no event.
        return Result(_WORKED, "it is no event")
    returned = understand_event(event, hearing.tokens, f"sns {key}")
    with hearing.database.writing() as connection:
        effect = record(connection, returned, "ses", now)
    if effect.why:
        return Result(_WORKED, f"left alone: {effect.why}", effect)
    return Result(_WORKED, f"{returned.told.kind}" if effect.is_new else "known already", effect)
