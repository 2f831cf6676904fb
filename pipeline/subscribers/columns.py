"""What the columns of a file are: our own, and those of Mailchimp, listmonk and Substack, known by name."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import SubscriberError

# What may stand in a file, and what it is called there, in lower case with underscores; the first that is there
# is taken. Mailchimp's export has Email Address, First Name, OPTIN_TIME, CONFIRM_TIME, TIMEZONE, TAGS, and
# UNSUB_TIME or CLEAN_TIME for who has left; listmonk's uuid, email, name, attributes, status, created_at;
# Substack's email, active_subscription, email_disabled, created_at.
FIELDS: dict[str, tuple[str, ...]] = {
    "address": ("email_address", "email", "e_mail", "e_mail_address", "mail", "address"),
    "first_name": ("first_name", "firstname", "fname", "given_name"),
    "name": ("name", "full_name"),
    "state": ("status", "state"),
    "state_since": ("state_since",),
    "left_at": ("unsub_time", "unsubscribed_at"),
    "bounced_at": ("clean_time",),
    "is_off": ("email_disabled",),
    "tags": ("tags", "tag", "labels"),
    "timezone": ("timezone", "time_zone"),
    "source": ("source",),
    "added_at": ("added_at", "created_at"),
    "consent_at": ("consent_at", "confirm_time", "optin_time"),
    "consent_words": ("consent_words",),
    "wants": ("wants",),
    "series": ("series",),
    "series_not": ("series_not",),
    "paused_until": ("paused_until",),
    "is_suppressed": ("is_suppressed",),
    "rhythm": ("rhythm",),
}
NOTHING = "-"  # what a column is mapped to that is to be left alone
_ONE_COLUMN = ("address",)  # these are never gathered from several columns


@dataclass(frozen=True, slots=True)
class Columns:
    """For each field the columns it is taken from, the first that is not empty; and how many columns there are."""

    places: Mapping[str, tuple[int, ...]]
    width: int = 0
    unused: tuple[str, ...] = ()
    is_headless: bool = False


def columns_of(names: Sequence[str], given: Mapping[str, str]) -> Columns:
    """What each of these columns is: as ``given`` says (``{"Mail": "address"}``), or known by its name.

    Raises:
        SubscriberError: ``given`` names a field that there is not.
    """
    wrong = sorted({field for field in given.values() if field not in FIELDS and field != NOTHING})
    if wrong:
        raise SubscriberError(f"there is no field `{wrong[0]}`: it is one of {', '.join(FIELDS)}, or -")
    asked = {_plain(name): field for name, field in given.items()}
    plain = [_plain(name) for name in names]
    places: dict[str, tuple[int, ...]] = {}
    for field, known in FIELDS.items():
        told = tuple(k for k, name in enumerate(plain) if asked.get(name) == field)
        by_name = tuple(k for word in known for k, name in enumerate(plain) if name == word and name not in asked)
        found = told or by_name
        if found:
            places[field] = found[:1] if field in _ONE_COLUMN else found
    used = {k for indices in places.values() for k in indices}
    unused = tuple(name for k, name in enumerate(names) if k not in used and name.strip())
    return Columns(places, len(names), unused, is_headless="address" not in places)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or name.strip()


# --- tags in one cell -------------------------------------------------------------------------------------


def split_tags(cell: str) -> list[str]:
    """``a,b``, ``a;b`` or, as Mailchimp has it, ``"a","b, c"``: each tag once, in the order of the cell."""
    if not cell:
        return []
    if '"' in cell:
        try:
            pieces = next(csv.reader([cell.replace("\n", " ")], skipinitialspace=True), [])
        except csv.Error:
            pieces = [cell]
    else:
        pieces = re.split("[,;]", cell)
    return list(dict.fromkeys(tag for piece in pieces if (tag := " ".join(piece.split()))))


def joined_tags(tags: Iterable[str]) -> str:
    """Tags in one cell, as `split_tags` takes them apart."""
    return ",".join(
        '"' + tag.replace('"', '""') + '"' if re.search(r'[",;]', tag) else tag for tag in tags if tag.strip()
    )
