"""Which delivery a returned message speaks of: by a token that we signed, and by nothing else.

Anybody can write a message that looks like a bounce. So neither addresses in it nor its Message-ID are looked at:
only the token in the address it came to (VERP), or in the field of ours in what it returns.
"""

import re
from collections.abc import Iterable

from pipeline.sending.personal import DELIVERY_FIELD
from pipeline.sending.tokens import DeliveryName, Tokens

_TOKEN = rb"([A-Za-z2-7]{29,48})"
_RETURN_PATH = re.compile(rb"[+=]" + _TOKEN + rb"@")
_FIELD = re.compile(rb"(?im)^[> \t]*" + DELIVERY_FIELD.encode() + rb":[ \t]*(?:\r?\n[ \t]+)?" + _TOKEN + rb"\b")
_ARRIVED_AT = re.compile(
    rb"(?im)^(?:to|cc|delivered-to|x-original-to|x-delivered-to|(?:x-)?envelope-to|apparently-to):"
    rb"[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*"
)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_MOST = 50  # tokens that are tried in one message


class SeveralNamesError(Exception):
    """A message speaks of several deliveries; ours never do."""


def name_of(message: bytes, tokens: Tokens) -> DeliveryName | None:
    """The delivery that a message speaks of, or none.

    Raises:
        SeveralNamesError: it carries tokens of several.
    """
    end = _END_OF_HEAD.search(message)
    head = message[: end.start()] if end else message
    arrived = [found for field in _ARRIVED_AT.findall(head) for found in _RETURN_PATH.findall(field)]
    return _only(arrived, tokens) or _only([*_FIELD.findall(message), *_RETURN_PATH.findall(message)], tokens)


def name_in(words: Iterable[str], tokens: Tokens) -> DeliveryName | None:
    """The delivery that tokens, or return paths, name; none where they name none.

    Raises:
        SeveralNamesError: they name several.
    """
    given = [word.encode("utf-8", "replace") for word in words]
    return _only([*given, *(found for word in given for found in _RETURN_PATH.findall(word))], tokens)


def _only(candidates: Iterable[bytes], tokens: Tokens) -> DeliveryName | None:
    tried = [word.decode("ascii", "replace") for word in list(dict.fromkeys(candidates))[:_MOST]]
    names = {name for name in map(tokens.read_delivery, tried) if name is not None}
    if len(names) > 1:
        raise SeveralNamesError
    return next(iter(names), None)
