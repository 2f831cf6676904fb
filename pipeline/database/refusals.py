"""What a database says when it refuses, in words for people, without its address, its password or a statement."""

import re

_KNOWN = (
    (r"database is locked|lock timeout|55P03", "another program holds the database, and has not let go in time"),
    (r"file is not a database|file is encrypted", "the file is no SQLite database"),
    (r"readonly database", "the database may not be written: its file or its folder is read-only"),
    (r"unable to open database file", "there is no such folder for the database, or it may not be opened"),
    (r"database disk image is malformed", "the database file is damaged: take it from a backup"),
    (r"database or disk is full|No space left|53100", "the disk is full"),
    (r"Can't create a connection|network error|Connection refused", "no PostgreSQL answers there"),
    (r"certificate verify failed", "the certificate of the database's server is not good"),
    (r"\b28P01\b|password authentication failed", "PostgreSQL refuses the password"),
)


def plainly(error: Exception) -> str:
    """One line on what is wrong: ours where we know it, else the database's own first line."""
    origin = getattr(error, "orig", None) or error
    said = _words(origin)
    for pattern, words in _KNOWN:
        if re.search(pattern, said, re.IGNORECASE):
            return words
    first = said.strip().splitlines()[0] if said.strip() else type(origin).__name__
    return f"the database refused: {first}"


def _words(error: BaseException) -> str:
    """PostgreSQL's come in fields: C the code (SQLSTATE), M the message; D would show whole rows."""
    fields = error.args[0] if error.args else None
    if isinstance(fields, dict):
        return f"{fields.get('M', '')} ({fields.get('C', '')})"
    return str(error)
