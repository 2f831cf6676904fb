"""``partwork.toml`` into a Publication."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pipeline import rules
from pipeline.errors import Diagnostic, Location
from pipeline.model import EmailSettings, Overflow, Publication, Sender, Theme
from pipeline.parse import keys
from pipeline.parse.fields import EMAIL_ADDRESS, Fields, where_in
from pipeline.parse.sending import read_sending
from pipeline.parse.signup import read_sharing, read_signup

FILE = "partwork.toml"
# RFC 4151: authority "," date.
_ID = re.compile(r"[a-z0-9.@-]+,(19|20|21)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")  # BCP 47, without its rarities
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_FONT = re.compile(r"[\w '\",-]+\Z")
_THEME_NAME = re.compile(r"[A-Za-z0-9][\w-]*\Z")  # a folder's name; whether it is there is seen with the templates
_FONT_FILE = re.compile(r"templates/(?!.*\.\.)[^\\]+\.(?i:ttf|otf)\Z")
_OVERFLOW = re.compile(rf"(?:{'|'.join(Overflow)})\Z")
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class ParsedConfig:
    """The publication, if its configuration could be read at all, and what is wrong with it."""

    publication: Publication | None
    diagnostics: tuple[Diagnostic, ...]


def parse_config(text: str) -> ParsedConfig:
    """Read ``partwork.toml``. Without a readable one there is no publication."""
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return ParsedConfig(None, (_not_toml(str(error)),))
    reader = _ConfigReader(values, _places(text))
    publication = reader.publication()
    return ParsedConfig(publication, tuple(reader.diagnostics))


def place_of(text: str, key: str) -> Location:
    """Where ``partwork.toml`` sets a key such as ``theme.email``: its line, its table's, or the file's first."""
    return where_in(_places(text), FILE)(key)


class _ConfigReader:
    def __init__(self, values: Mapping[str, Any], places: Mapping[str, Location]) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._top = Fields(
            values,
            dict.fromkeys(keys.CONFIG, ""),
            where_in(places, FILE),
            self.diagnostics,
            unknown=rules.CONFIG_UNKNOWN_KEY,
            missing=rules.CONFIG_MISSING,
            wrong=rules.CONFIG_VALUE,
        )

    def _table(self, name: str) -> Fields:
        return self._top.mapping(name, keys.CONFIG[name])

    def publication(self) -> Publication:
        table = self._table("publication")
        public_url = self._address(self._table("sending"), "public_url")
        feed = self._table("feed")
        return Publication(
            id=table.matching("id", _ID, "a domain and a year: `weekly.example.org,2026`", required=True),
            title=table.text("title", required=True),
            description=table.text("description", required=True),
            url=self._address(table, "url", required=True),
            language=table.matching("language", _LANGUAGE, "a language tag: `en`, `de-AT`", required=True),
            timezone=self._timezone(table),
            sender=self._sender(self._table("sender")),
            theme=self._theme(self._table("theme")),
            feed_items=feed.number("items", 1, 500) or 20,
            has_paced_feeds=feed.flag("paced", default=True),
            citation_style=table.text("citation_style", default="apa"),
            public_url=public_url,
            email=self._email(self._table("email")),
            signup=read_signup(self._table("signup"), public_url),
            sharing=read_sharing(self._table("sharing")),
            sending=read_sending(self._table),
        )

    def _sender(self, table: Fields) -> Sender:
        hint = "an address such as `letters@example.org`"
        address = table.text("postal_address")
        if not address:
            table.wrong(
                "postal_address",
                "the sender has no postal address",
                'write `postal_address = "Name, Street, Town, Country"` in [sender]: the law wants one',
                rules.NO_POSTAL_ADDRESS,
            )
        return Sender(
            name=table.text("name", required=True),
            email=table.matching("email", EMAIL_ADDRESS, hint, required=True),
            reply_to=table.matching("reply_to", EMAIL_ADDRESS, hint),
            postal_address=address,
        )

    def _theme(self, table: Fields) -> Theme:
        default = Theme()
        email = table.matching("email", _THEME_NAME, "`letter`, `magazine`, or a folder's name")
        return Theme(
            accent=table.matching("accent", _COLOUR, "a colour such as `#2f6f5e`").lower() or default.accent,
            logo=self._logo(table, "logo"),
            font=table.matching("font", _FONT, 'a list such as "Georgia, serif"') or default.font,
            logo_dark=self._logo(table, "logo_dark"),
            email=email or default.email,
            card_font=self._card_font(table),
        )

    def _email(self, table: Fields) -> EmailSettings:
        overflow = table.matching("overflow", _OVERFLOW, "`continue` or `error`") or Overflow.CONTINUE
        return EmailSettings(Overflow(overflow), table.flag("embed_pictures"), table.flag("any_emoji"))

    def _logo(self, table: Fields, key: str) -> str:
        path = table.text(key)
        if path.startswith("/") or ".." in path.split("/"):
            table.wrong(key, f"`{key}` leads out of the publication: `{path}`", "a path such as series/logo.png")
            return ""
        return path

    def _card_font(self, table: Fields) -> str:
        path = table.text("card_font")
        if path and not _FONT_FILE.match(path):
            hint = "put a .ttf or .otf file into templates/fonts/, and write `templates/fonts/….ttf`"
            table.wrong("card_font", f"`card_font` cannot be `{path}`", hint)
            return ""
        return path

    def _address(self, table: Fields, key: str, *, required: bool = False) -> str:
        value = table.text(key, required=required)
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query
            good = good and not parts.fragment and " " not in value and '"' not in value and "<" not in value
        except ValueError:
            good = False
        if not good:
            table.wrong(key, f"`{key}` is no web address: `{value}`", "write it as https://weekly.example.org/")
            return ""
        return value if value.endswith("/") else value + "/"

    def _timezone(self, table: Fields) -> str:
        name = table.text("timezone", required=True)
        if not name or name in _zones():
            return name
        close = get_close_matches(name, _zones(), n=1)
        hint = f"did you mean `{close[0]}`?" if close else "a name such as `Europe/London`"
        table.wrong("timezone", f"there is no time zone `{name}`", hint)
        return ""


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _not_toml(message: str) -> Diagnostic:
    match = _TOML_PLACE.search(message)
    place = Location(FILE, int(match.group(1)), int(match.group(2))) if match else Location(FILE)
    said = _TOML_PLACE.sub("", message)
    return rules.CONFIG_UNREADABLE.at(place, f"this is not TOML: {said}", 'values are written `key = "text"`')


def _places(text: str) -> dict[str, Location]:
    """Where each table and key stands. tomllib keeps no positions, and the file has one simple shape."""
    places: dict[str, Location] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(r"\s*\[\s*([\w-]+)\s*\]", line)
        key = re.match(r"\s*([\w-]+)\s*=", line)
        if header:
            table = header.group(1)
            places.setdefault(table, Location(FILE, number, header.start(1) + 1))
        elif key:
            name = f"{table}.{key.group(1)}" if table else key.group(1)
            places.setdefault(name, Location(FILE, number, key.start(1) + 1))
    return places
