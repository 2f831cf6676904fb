"""What a row says of a subscriber, typed; and what becomes of one who is known already."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipeline.errors import SubscriberError
from pipeline.subscribers.addresses import Address, parse_address
from pipeline.subscribers.columns import split_tags
from pipeline.subscribers.rhythms import Rhythm
from pipeline.subscribers.states import State

# How others call the states. Mailchimp's "non-subscribed" and "transactional" have never asked for letters.
_STATES = {
    **{state.value: state for state in State},
    "subscribed": State.ACTIVE,
    "enabled": State.ACTIVE,
    "confirmed": State.ACTIVE,
    "unconfirmed": State.PENDING,
    "disabled": State.UNSUBSCRIBED,
    "blocklisted": State.UNSUBSCRIBED,
    "archived": State.UNSUBSCRIBED,
    "cleaned": State.BOUNCED,
    "spam": State.COMPLAINED,
}
_TITLES = frozenset(("dr", "prof", "mr", "mrs", "ms", "miss", "sir", "herr", "frau", "mme", "m"))
_LONGEST = 200
_TRUE = frozenset(("true", "1", "yes", "t"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A subscriber as a row, or the command line, tells of them. ``state`` is none where nothing is said."""

    address: Address
    first_name: str = ""
    state: State | None = None
    state_since: datetime | None = None
    tags: frozenset[str] = frozenset()
    timezone: str = ""
    source: str = ""
    added_at: datetime | None = None
    consent_at: datetime | None = None
    consent_words: str = ""
    wants: str = ""
    choices: Mapping[str, bool] = field(default_factory=dict)
    paused_until: datetime | None = None
    is_suppressed: bool = False  # where the file comes from: they stay so here
    rhythm: Rhythm | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for every row that does not say it."""

    source: str = ""
    tags: frozenset[str] = frozenset()
    state: State | None = None
    consent_words: str = ""
    is_update: bool = False  # names and time zones replace those that are known


def entry_of(fields: Mapping[str, str], defaults: Defaults) -> tuple[Entry, str]:
    """The subscriber of a row, and what had to be left out, in words.

    Raises:
        SubscriberError: there is no address, or it cannot be told whether they want letters.
    """
    address = parse_address(fields.get("address", ""))
    if len(fields) == 1:
        name = _first_name(address.name) if address.name else ""
        return _plain(address, name, defaults), ""
    notes: list[str] = []
    get = fields.get
    first_name = clean(get("first_name", "")) or _first_name(get("name", "") or address.name)
    state, since = _state(fields, defaults, notes)
    tags = get("tags")
    choices = dict.fromkeys(split_tags(get("series", "")), True)
    choices |= dict.fromkeys(split_tags(get("series_not", "")), False)
    zone = get("timezone", "")
    if zone and not is_zone(zone):
        notes.append(f"`{shortened(zone)}` is no time zone")
        zone = ""
    entry = Entry(
        address,
        first_name,
        state,
        since,
        defaults.tags | frozenset(clean(tag) for tag in split_tags(tags)) if tags else defaults.tags,
        zone,
        clean(get("source", "")) or defaults.source,
        _moment(fields, "added_at", notes),
        _moment(fields, "consent_at", notes),
        clean(get("consent_words", "")) or defaults.consent_words,
        "chosen" if get("wants") == "chosen" else "",
        choices,
        _moment(fields, "paused_until", notes),
        get("is_suppressed", "").lower() in _TRUE,
        _rhythm(fields, notes),
    )
    return entry, "; ".join(notes)


def _rhythm(fields: Mapping[str, str], notes: list[str]) -> Rhythm | None:
    text = fields.get("rhythm", "")
    try:
        return Rhythm(text) if text else None
    except ValueError:
        notes.append(f"`{shortened(text)}` is no rhythm (write parts or round-up)")
        return None


def _plain(address: Address, name: str, defaults: Defaults) -> Entry:
    return Entry(
        address,
        name,
        defaults.state,
        tags=defaults.tags,
        source=defaults.source,
        consent_words=defaults.consent_words,
    )


def _state(
    fields: Mapping[str, str], defaults: Defaults, notes: list[str]
) -> tuple[State | None, datetime | None]:
    """What they are; a moment at which they left says that they have left, whatever else stands there."""
    for name, state in (("bounced_at", State.BOUNCED), ("left_at", State.UNSUBSCRIBED)):
        if fields.get(name):
            return state, _moment(fields, name, notes)
    if fields.get("is_off", "").lower() in _TRUE:
        return State.UNSUBSCRIBED, None
    word = fields.get("state", "")
    if not word:
        return defaults.state, None
    found = _STATES.get(word.lower())
    if found is None:
        raise SubscriberError(f"`{shortened(word)}` is no state: write one of {', '.join(State)}")
    return found, _moment(fields, "state_since", notes)


def _moment(fields: Mapping[str, str], name: str, notes: list[str]) -> datetime | None:
    """ISO 8601; without an offset it is UTC, as everybody writes it into exports."""
    text = fields.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        notes.append(f"`{shortened(text)}` is no moment (write 2026-11-18 09:00:00)")
        return None


@lru_cache(maxsize=1000)
def is_zone(name: str) -> bool:
    """Whether it is a time zone of the IANA database."""
    try:
        return bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False


def clean(text: str) -> str:
    """One line of text: control characters become blanks, what turns the direction of writing goes.

    A name stands in headers and in letters; a line end in it would be a way to write headers of one's own.
    """
    if not text or (text.isascii() and text.isprintable() and "  " not in text and len(text) < _LONGEST):
        return text.strip()
    kept = "".join(" " if _is_break(c) else c for c in text if c in "\u200c\u200d" or not _is_hidden(c))
    return " ".join(kept.split())[:_LONGEST]


def _is_break(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp", "Zs")


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cs")


def _first_name(name: str) -> str:
    """The first name of a full one: Ada of Dr. Ada Lovelace, and of Lovelace, Ada."""
    last, comma, first = clean(name).partition(",")
    words = (first if comma and first.strip() else last).split()
    named = [word for word in words if word.rstrip(".").lower() not in _TITLES]
    return named[0] if named else ""


def shortened(text: str) -> str:
    """Text of a file, to be shown: one line, not too long."""
    plain = re.sub(r"\s+", " ", clean(text))
    return plain if len(plain) <= 60 else f"{plain[:59]}…"


# --- who is known already ---------------------------------------------------------------------------------


def merged(old: Entry, new: Entry, at: datetime, *, is_update: bool = False) -> Entry:
    """What is known of somebody after a row has told of them again; the same object when it told nothing new.

    Leaving counts wherever it is told; coming back is theirs alone. What is empty is filled, tags gather, and the
    rest stays: so a file that says two things of somebody, or an old one, changes nothing the second time. A name
    or a time zone is replaced when ``is_update`` asks for it.
    """
    if not is_update and _knows(old, new):
        return old
    state, since = old.state, old.state_since
    if new.state and new.state.has_left and old.state and not old.state.has_left:
        state, since = new.state, new.state_since or at
    elif old.state is State.PENDING and new.state is State.ACTIVE and new.consent_at:
        state, since = State.ACTIVE, at
    has_consent = old.consent_at is not None or new.consent_at is None
    after = replace(
        old,
        first_name=_chosen(old.first_name, new.first_name, is_update=is_update),
        timezone=_chosen(old.timezone, new.timezone, is_update=is_update),
        state=state,
        state_since=since,
        tags=old.tags | new.tags,
        consent_at=old.consent_at if has_consent else new.consent_at,
        consent_words=(old.consent_words or new.consent_words)
        if has_consent
        else (new.consent_words or old.consent_words),
        choices={**new.choices, **old.choices},
    )
    return old if after == old else after


def _chosen(old: str, new: str, *, is_update: bool) -> str:
    return (new or old) if is_update else (old or new)


def _knows(old: Entry, new: Entry) -> bool:
    """Whether a row plainly has nothing new, which is what most rows of a second import have."""
    return (
        (new.state is None or new.state is old.state)
        and bool(old.first_name or not new.first_name)
        and bool(old.timezone or not new.timezone)
        and (old.consent_at is not None or new.consent_at is None)
        and bool(old.consent_words or not new.consent_words)
        and new.tags <= old.tags
        and new.choices.keys() <= old.choices.keys()
    )
