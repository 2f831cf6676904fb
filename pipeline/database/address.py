"""``PARTWORK_DATABASE``: the address of a database, as people and hosting services write it."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sql
from sqlalchemy.exc import ArgumentError

from pipeline.errors import DatabaseError

_WANTED = "PARTWORK_DATABASE is no database's address: write sqlite:///path/to/file or postgresql://user@host/name"
_PORT = 5432


def parse_database_address(address: str, root: Path) -> sql.URL:
    """The address for SQLAlchemy: our drivers, and a file's path from the root.

    Raises:
        DatabaseError: it is no such address. What it says holds nothing of it: there may be a password inside.
    """
    scheme, separator, rest = address.partition("://")
    kind = scheme.partition("+")[0].lower()
    if not separator or kind not in ("sqlite", "postgresql", "postgres"):
        raise DatabaseError(_WANTED)
    if kind == "sqlite":
        return _file(rest, root)
    try:
        url = sql.make_url(f"postgresql+pg8000://{rest}")
    except (ArgumentError, ValueError):
        raise DatabaseError(_WANTED) from None
    if not url.database or not url.username:
        raise DatabaseError(_WANTED)
    return url.set(query={})


def _file(rest: str, root: Path) -> sql.URL:
    path = rest.partition("?")[0]
    if not path.startswith("/") or path in ("/", "/:memory:"):
        raise DatabaseError(_WANTED)
    return sql.URL.create("sqlite", database=str(root / path[1:]))


def connect_arguments(address: str) -> dict[str, Any]:
    """What stands after the question mark, as pg8000 wants it: ``sslmode`` and ``host``, with libpq's meanings.

    Raises:
        DatabaseError: something else stands there.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or _PORT
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        raise DatabaseError(_WANTED) from None
    if not parts.scheme.lower().startswith("postgres"):
        return {}
    arguments: dict[str, Any] = {}
    if (mode := given.pop("sslmode", "prefer")) not in _MODES:
        raise DatabaseError(f"PARTWORK_DATABASE: `sslmode` is one of {', '.join(_MODES)}")
    if mode in ("require", "verify-ca", "verify-full"):
        arguments["ssl_context"] = _encryption(mode)
    if host := given.pop("host", ""):  # a folder: the server's socket is in it
        arguments["unix_sock"] = f"{host}/.s.PGSQL.{port}"
    if given:
        raise DatabaseError(f"PARTWORK_DATABASE: `{min(given)}` after the question mark means nothing here")
    return arguments


_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def _encryption(mode: str) -> ssl.SSLContext:
    chosen = ssl.create_default_context()
    chosen.check_hostname = mode == "verify-full"
    if mode == "require":  # libpq's: encrypted, to whomever
        chosen.verify_mode = ssl.CERT_NONE
    return chosen
