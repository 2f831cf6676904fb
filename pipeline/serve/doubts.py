"""Whether a sign-up may come from a machine: then it gets a page with one button. Nobody is turned away.

A form of ours says, signed, when it was shown; a form on the site is a file and cannot. So a few forms from a
network that say nothing are taken at their word, which is all that most networks ever send, and further ones are
asked for one more press. So is who was quicker than people are (or had the form filled in for them), and who left
the page open for days. A program that sends a form and does not read the answer gets no further.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sql

from pipeline.sending.tokens import Purpose, Tokens
from pipeline.subscribers import limits

QUICKEST = timedelta(seconds=2)  # nobody reads a form and types an address in less
QUICKEST_PRESS = timedelta(seconds=0.5)  # nor finds a button
_STAMP_LASTS = timedelta(days=2)
_BY_ONE_STAMP = 3  # sign-ups: the first, and two to mend an address
_HOUR, _UNSTAMPED = timedelta(hours=1), 5  # of one network
_MOMENT, _UNSTAMPED_IN_ALL = timedelta(minutes=10), 30  # of all together: a machine may have many networks


class Origin(StrEnum):
    """Where a form stood."""

    SITE = "site"
    OWN = "own page"


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says of itself. ``stamp`` is empty for one of the site's, which has none.

    ``again`` is the stamp of a button that was pressed too soon. It is shown with the same one, so that its time
    runs on: who presses and presses would never get past a new one.
    """

    origin: Origin
    stamp: str = ""
    is_doubtful: bool = False
    again: str = ""


def stamped(tokens: Tokens, now: datetime, origin: Origin = Origin.OWN, *, is_press: bool = False) -> str:
    """What a form of ours carries: when it was shown, and where its address was typed."""
    said = f"{now.timestamp():.3f} {'press' if is_press else 'form'} {origin}"
    return tokens.expiring(Purpose.FORM, said, now + _STAMP_LASTS)


def read_form(tokens: Tokens, stamp: str | None, now: datetime) -> Form:
    """The form that came with a stamp, or with none."""
    if stamp is None:
        return Form(Origin.SITE)
    said = tokens.read_expiring(Purpose.FORM, stamp, now)
    if said is None:
        return Form(Origin.OWN, is_doubtful=True)
    shown, kind, origin = said.split(" ", 2)
    is_press = kind == "press"
    quickest = QUICKEST_PRESS if is_press else QUICKEST
    age = now.timestamp() - float(shown)
    is_quick = age < quickest.total_seconds()
    # Another server's clock may be ahead of ours: then time would run on for too long.
    again = stamp if is_press and is_quick and age >= 0 else ""
    return Form(Origin(origin), tokens.blinded(Purpose.FORM, stamp), is_doubtful=is_quick, again=again)


def asks_for_a_press(connection: sql.Connection, form: Form, network: str, now: datetime) -> bool:
    """Whether a form is to be confirmed by one more press."""
    if form.is_doubtful:
        return True
    if form.stamp:
        return limits.counted(connection, f"form {form.stamp}", _STAMP_LASTS, now) > _BY_ONE_STAMP
    of_network = limits.counted(connection, f"site {network}", _HOUR, now)
    in_all = limits.counted(connection, "site", _MOMENT, now)
    return of_network > _UNSTAMPED or in_all > _UNSTAMPED_IN_ALL
