"""Typed reading of a mapping an author wrote: what is wrong is told with its place, and reading goes on."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.parse.keys import Keys

# What XML 1.0 forbids (section 2.2), and DEL; line ends and tabs are folded into blanks before this.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
EMAIL_ADDRESS = re.compile(r"[^@\s<>\",;:]+@[^@\s<>\",;:]+\.[^@\s<>\",;:]+\Z")
_YEARS = range(1970, 2200)  # anything else is a slip of the pen
_REQUIRED = re.compile(r"Required[^.]*\. ")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z")


def where_in(places: Mapping[str, Location], path: str) -> Callable[[str], Location]:
    """Gives where a key such as ``theme.email`` stands: its place, or its mapping's, or the file's first line."""
    return lambda key: places.get(key) or places.get(key.partition(".")[0]) or Location(path)


class Fields:
    """One mapping of one file. ``place`` gives the location of a key in it.

    A method gives the value of a key with its type, or the default when it is absent or wrong; a wrong one is
    noted in ``diagnostics``, which the whole file shares.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        known: Keys,
        place: Callable[[str], Location],
        diagnostics: list[Diagnostic],
        *,
        unknown: rules.Rule = rules.UNKNOWN_KEY,
        missing: rules.Rule = rules.MISSING_KEY,
        wrong: rules.Rule = rules.WRONG_VALUE,
    ) -> None:
        self._values = values
        self._known = known
        self._place = place
        self._unknown, self._missing, self._wrong = unknown, missing, wrong
        self.diagnostics = diagnostics
        for key in values:
            if key not in known:
                self._tell_unknown(str(key))

    def _tell_unknown(self, key: str) -> None:
        close = get_close_matches(key, self._known, n=1, cutoff=0.6)
        hint = f"did you mean `{close[0]}`?" if close else f"the keys here are {', '.join(sorted(self._known))}"
        self.diagnostics.append(self._unknown.at(self._place(key), f"unknown key `{key}`", hint))

    def wrong(self, key: str, message: str, hint: str = "", rule: rules.Rule | None = None) -> None:
        """Note that a key's value cannot be used."""
        self.diagnostics.append((rule or self._wrong).at(self._place(key), message, hint))

    @property
    def _is_toml(self) -> bool:
        return self._missing is rules.CONFIG_MISSING

    def _line(self, key: str, value: str) -> str:
        """A key and its value, as they are written in this kind of file."""
        return f"{key} = {value}" if self._is_toml else f"{key}: {value}"

    def has(self, key: str) -> bool:
        """Whether the author wrote this key, with a value."""
        return self._values.get(key) is not None

    def raw(self, key: str) -> Any:
        """The value as it stands."""
        return self._values.get(key)

    def required(self, key: str) -> None:
        """Note that a key is missing, if it is."""
        value = self._values.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            line = self._line(key, '"…"' if self._is_toml else "…")
            said = _REQUIRED.sub("", self._known[key])
            self.diagnostics.append(
                self._missing.at(self._place(key), f"`{key}` is missing", f"write `{line}`. {said}")
            )

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        """A line of text: white space evened out, no control characters."""
        if required:
            self.required(key)
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            quoted = self._line(key, f'"{value}"')
            self.wrong(key, f"`{key}` must be text, not {_kind(value)}", f"put it in quotes: {quoted}")
            return default
        return self._clean(key, value)

    def _clean(self, key: str, value: str) -> str:
        found = CONTROL.search(value)
        if found:
            self.wrong(
                key,
                f"`{key}` has a control character (U+{ord(found.group()):04X})",
                "remove it; it usually comes from pasting",
                rules.CONTROL_CHARACTER,
            )
            value = CONTROL.sub("", value)
        return " ".join(value.split())

    def matching(self, key: str, pattern: re.Pattern[str], wanted: str, *, required: bool = False) -> str:
        """A line of text that a pattern matches; ``wanted`` says what would, for the hint."""
        value = self.text(key, required=required)
        if value and not pattern.match(value):
            self.wrong(key, f"`{key}` cannot be `{value}`", f"write {wanted}")
            return ""
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of words, each once; a single word counts as a list of one."""
        value = self._values.get(key)
        if value is None:
            return ()
        if isinstance(value, str) and "," in value:
            listed = ", ".join(word.strip() for word in value.split(","))
            self.wrong(key, f"`{key}` is one text with a comma in it", f"write a list: {key}: [{listed}]")
            return ()
        items = value if isinstance(value, list) else [value]
        good = []
        for item in items:
            if isinstance(item, str) and item.strip():
                good.append(self._clean(key, item))
            else:
                self.wrong(key, f"`{key}` must be a list of texts, not {_kind(item)}", f"{key}: [one, two]")
        return tuple(dict.fromkeys(good))

    def flag(self, key: str, *, default: bool = False) -> bool:
        """``true`` or ``false``."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            line = f"write `{self._line(key, 'true')}`"
            other = f" or `{self._line(key, 'false')}`" if self._is_toml else ", or take it out"
            self.wrong(key, f"`{key}` must be true or false, not {_kind(value)}", line + other)
            return False
        return value

    def number(self, key: str, low: int, high: int) -> int | None:
        """A whole number in a range, or none."""
        value = self._values.get(key)
        if value is None:
            return None
        hint = "write digits, without quotes"
        if isinstance(value, int) and not isinstance(value, bool):
            if low <= value <= high:
                return value
            hint = "choose one of these, or take it out"
        self.wrong(key, f"`{key}` must be a whole number from {low} to {high}", hint)
        return None

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.text(key, default=default)
        if value not in choices:
            self.wrong(key, f"`{key}` cannot be `{value}`", f"write {' or '.join(choices)}")
            return default
        return value

    def day(self, key: str) -> date | None:
        """A date."""
        value = self._values.get(key)
        if value is None:
            return None
        found = as_day(value)
        if found is None:
            self.wrong(key, f"`{key}` is no date: `{value}`", "write it as 2026-11-18", rules.BAD_DATE)
        return found

    def day_or_moment(self, key: str) -> date | datetime | None:
        """A date, or a date with a wall-clock time."""
        value = self._values.get(key)
        found = as_moment(value) or as_day(value)
        if value is not None and found is None:
            hint = "write it as 2026-11-18, or 2026-11-18 09:00"
            self.wrong(key, f"`{key}` is no date: `{value}`", hint, rules.BAD_DATE)
        return found

    def days(self, key: str) -> frozenset[date]:
        """A list of dates."""
        value = self._values.get(key)
        items = value if isinstance(value, list) else [] if value is None else [value]
        found = [as_day(item) for item in items]
        for item, day in zip(items, found, strict=True):
            if day is None:
                self.wrong(key, f"`{key}` has no date in `{item}`", "write it as 2026-11-18", rules.BAD_DATE)
        return frozenset(day for day in found if day)

    def clock(self, key: str, default: time) -> time:
        """A time of day."""
        value = self._values.get(key)
        if value is None:
            return default
        found = as_clock(value)
        if found is None:
            self.wrong(key, f"`{key}` is no time of day: `{value}`", 'write it as "09:00"', rules.BAD_DATE)
        return found or default

    def mapping(self, key: str, known: Keys) -> "Fields":
        """A mapping inside this one; empty when it is absent or no mapping."""
        value = self._values.get(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, f"`{key}` must be a mapping, not {_kind(value)}", _example(key, known))
            value = None
        return self.nested(key, value or {}, known)

    def nested(self, key: str, values: Mapping[str, Any], known: Keys) -> "Fields":
        """Read a mapping that stands under a key (in a list, say) with this one's rules."""
        return Fields(
            values,
            known,
            lambda inner: self._place(f"{key}.{inner}"),
            self.diagnostics,
            unknown=self._unknown,
            missing=self._missing,
            wrong=self._wrong,
        )


def as_day(value: object) -> date | None:
    """A date from what YAML or TOML made of it."""
    if isinstance(value, datetime):
        return None
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return found if isinstance(found, date) and found.year in _YEARS else None


def as_moment(value: object) -> datetime | None:
    """A moment from what YAML or TOML made of it; naive unless an offset was written."""
    try:
        long_enough = isinstance(value, str) and len(value) > len("2026-11-18")
        found = datetime.fromisoformat(value) if isinstance(value, str) and long_enough else value
    except ValueError:
        return None
    return found if isinstance(found, datetime) and found.year in _YEARS else None


def as_clock(value: object) -> time | None:
    """A time of day. YAML 1.1 reads an unquoted 10:30 as 630, a number in base sixty: that is put right."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and 0 <= value < 24 * 60:
        return time(*divmod(value, 60))
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    match = _CLOCK.match(value) if isinstance(value, str) else None
    return time(int(match.group(1)), int(match.group(2))) if match else None


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case date():
            return "a date"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case str():
            return "empty text" if not value.strip() else "text"
        case _:
            return type(value).__name__


def _example(key: str, known: Keys) -> str:
    return f"{key}: {{{', '.join(f'{name}: …' for name in known)}}}"
