"""``[signup]`` and ``[sharing]`` of ``partwork.toml``."""

import re
from urllib.parse import urlsplit

from pipeline.model import Sharing, Signup
from pipeline.parse.fields import Fields

# What may stand in an attribute and in the name of a form's field, in every service that was looked at.
_FIELD = re.compile(r"[\w.:\[\]-]+\Z", re.ASCII)
_LOCAL = ("localhost", "127.0.0.1")
_OWN_PATH = "subscribe"  # under the address at which subscribers' pages are served


def read_signup(table: Fields, public_url: str) -> Signup:
    """Where the form that asks for an address sends it.

    A service's own address may have a query (``?list=7``), which goes along with what the form holds.
    """
    action = table.text("action")
    if action and not _is_address(action):
        table.wrong("action", f"`action` is no web address: `{action}`", "copy it from the form of your service")
        action = ""
    elif action.startswith("http:") and urlsplit(action).hostname not in _LOCAL:
        table.wrong("action", f"`{action}` would send addresses unencrypted", "write it with https")
    field = table.text("email_field") or Signup().email_field
    if not _FIELD.match(field):
        table.wrong("email_field", f"no form has a field called `{field}`", "a name such as `email` or `EMAIL`")
    fields = _fields(table)
    is_own = not action and bool(public_url) and not table.has("action")
    if is_own:
        return Signup(f"{public_url}{_OWN_PATH}", Signup().email_field, fields, is_own=True)
    return Signup(action, field, fields)


def read_sharing(table: Fields) -> Sharing:
    """What is made for search engines, and for others that quote a page."""
    default = Sharing()
    return Sharing(
        cards=table.flag("cards", default=default.cards),
        llms_txt=table.flag("llms_txt", default=default.llms_txt),
        avif=table.flag("avif", default=default.avif),
    )


def _fields(table: Fields) -> tuple[tuple[str, str], ...]:
    """What goes along unseen, in the author's order."""
    values = table.raw("fields")
    if values is None:
        return ()
    hint = 'write a table of texts: `fields = {list = "weekly"}`'
    if not isinstance(values, dict):
        table.wrong("fields", "`fields` must be a table", hint)
        return ()
    for name, value in values.items():
        if not isinstance(value, str) or not _FIELD.match(name):
            table.wrong("fields", f"`fields` cannot have `{name} = {value}`", hint)
            return ()
    return tuple(values.items())


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not set(' "<>') & set(value)
    except ValueError:
        return False
