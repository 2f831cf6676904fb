"""The tables behind the public pages: what strangers asked for, until it is done. Nothing is kept for long."""

from typing import Any

import sqlalchemy as sql

from pipeline.database.tables import SUBSCRIBERS, Moment

PUBLIC = sql.MetaData()


def _person(**options: Any) -> sql.Column[int]:
    # By the column itself: these tables are no part of the first ones' metadata.
    key = sql.ForeignKey(SUBSCRIBERS.c.id, ondelete="CASCADE")
    return sql.Column("subscriber_id", sql.Integer, key, index=True, **options)


# A letter to one person about their own subscription, waiting to go out; gone once it has. A sign-up is one that
# has yet to be looked up: whose address it is shows after the answer was given.
NOTICES = sql.Table(
    "notices",
    PUBLIC,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("kind", sql.Text, nullable=False),
    _person(),
    sql.Column("address", sql.Text, nullable=False),  # where it goes
    sql.Column("said", sql.Text, nullable=False, server_default=""),  # a wish, or the number of a change
    sql.Column("source", sql.Text, nullable=False, server_default=""),
    sql.Column("state", sql.Text, nullable=False),  # waiting | taken | offered
    sql.Column("attempts", sql.Integer, nullable=False, server_default="0"),
    sql.Column("at", Moment, nullable=False),
    sql.Column("not_before", Moment, nullable=False),
    sql.Index("notices_by_turn", "state", "not_before"),
)

# Somebody wants their letters at another address: both ends have to say so.
CHANGES = sql.Table(
    "address_changes",
    PUBLIC,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    _person(nullable=False),
    sql.Column("address", sql.Text, nullable=False),  # the new one
    sql.Column("old_at", Moment),
    sql.Column("new_at", Moment),
    sql.Column("until", Moment, nullable=False),
    sqlite_autoincrement=True,  # a link holds its number
)

# How often something was asked for, by an address's digest or a blinded network.
LIMITS = sql.Table(
    "limits",
    PUBLIC,
    sql.Column("name", sql.Text, primary_key=True),
    sql.Column("count", sql.Integer, nullable=False),
    sql.Column("until", Moment, nullable=False),
)
