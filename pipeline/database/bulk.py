"""Thousands of rows in one statement: they travel as one JSON text, which both databases take apart in C.

A statement for each row costs a round trip each with PostgreSQL, and one with thousands of parameters costs more
in the driver than in the database. So a batch is a *selectable* here, to join, to look up, or to insert from.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sql
from sqlalchemy.dialects import postgresql, sqlite

Value = str | int | bool | None
Type = type[sql.Text] | type[sql.BigInteger] | type[sql.Boolean]
Types = Mapping[str, Type]


def rows(connection: sql.Connection, columns: Types, values: Iterable[Sequence[Value]]) -> sql.Subquery:
    """Rows as a table with these columns; moments go in as `tables.milliseconds`.

    No text may hold a NUL or half a surrogate: PostgreSQL knows neither.
    """
    given = json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))
    # Names of columns are ours, never anybody's input.
    if connection.dialect.name == "sqlite":
        picked = (f"json_extract(value, '$[{k}]') AS {name}" for k, name in enumerate(columns))
        text = f"SELECT {', '.join(picked)} FROM json_each(:rows)"  # noqa: S608
    else:
        casts = {sql.Text: "text", sql.BigInteger: "bigint", sql.Boolean: "boolean"}
        picked = (f"(value ->> {k})::{casts[kind]} AS {name}" for k, (name, kind) in enumerate(columns.items()))
        text = f"SELECT {', '.join(picked)} FROM jsonb_array_elements(CAST(:rows AS jsonb))"  # noqa: S608
    statement = sql.text(text).bindparams(sql.bindparam("rows", given, type_=sql.Text, unique=True))
    return statement.columns(**{name: kind() for name, kind in columns.items()}).subquery()


def numbers(connection: sql.Connection, values: Iterable[int]) -> sql.Select[tuple[int]]:
    """Whole numbers, as a select of one column, for ``IN``."""
    table = rows(connection, {"value_": sql.BigInteger}, ((value,) for value in values))
    return sql.select(table.c.value_)


def words(connection: sql.Connection, values: Iterable[str]) -> sql.Select[tuple[str]]:
    """Texts, as a select of one column, for ``IN``."""
    table = rows(connection, {"value_": sql.Text}, ((value,) for value in values))
    return sql.select(table.c.value_)


def insert_new(connection: sql.Connection, table: sql.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT with ``on_conflict_do_nothing``, which each dialect has for itself."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
