"""A server's words, made fit to be kept: on one line, short, and without anybody's address."""

import re

from pipeline.render.email.header import one_line

_LONGEST = 200
_ADDRESS = re.compile(r"\"[^\"]*\"@[^\s<>]*|[^\s<>()\[\]\",;:]*@[^\s<>()\[\]\",;:]*")


def kept_words(text: str) -> str:
    """What may stand in the database and in reports: addresses are hidden, for nobody could be forgotten."""
    return _ADDRESS.sub("(address)", one_line(text[: _LONGEST * 10]))[:_LONGEST].strip()
