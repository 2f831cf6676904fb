"""Every table. People above, deliveries below; counts are never stored, but counted.

Moments are whole milliseconds since 1970, UTC, in integers: they sort, compare and subtract the same in SQLite
and PostgreSQL. States are words, so that who looks into the database by hand can read them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sql

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = timedelta(milliseconds=1)


def milliseconds(moment: datetime | None) -> int | None:
    """A moment as the database has it, rounded down: for statements that take rows by the thousand."""
    return None if moment is None else (moment - _EPOCH) // _STEP


class Moment(sql.types.TypeDecorator[datetime]):
    """An aware moment in Python, milliseconds in the database."""

    impl = sql.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sql.Dialect) -> int | None:  # noqa: ARG002
        """Milliseconds, rounded down."""
        return milliseconds(value)

    def process_result_value(self, value: Any | None, dialect: sql.Dialect) -> datetime | None:  # noqa: ARG002
        """The moment, in UTC."""
        return None if value is None else _EPOCH + value * _STEP


METADATA = sql.MetaData()
VERSION = sql.Table("partwork_version", sql.MetaData(), sql.Column("step", sql.Integer, primary_key=True))


def _words(name: str, default: str | None = "") -> sql.Column[str]:
    """Text that is always there."""
    return sql.Column(name, sql.Text, nullable=False, server_default=default)


def _person(**options: Any) -> sql.Column[int]:
    key = sql.ForeignKey("subscribers.id", ondelete="CASCADE")
    return sql.Column("subscriber_id", sql.Integer, key, **options)


# --- people -----------------------------------------------------------------------------------------------

SUBSCRIBERS = sql.Table(
    "subscribers",
    METADATA,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    _words("address", None),  # as they wrote it
    sql.Column("address_key", sql.Text, nullable=False, unique=True),  # as it is compared
    _words("address_digest", None),  # SHA-256 of that: how a suppression finds them
    _words("first_name"),
    _words("state", None),  # pending | active | unsubscribed | bounced | complained
    sql.Column("state_since", Moment, nullable=False),
    _words("wants", "all"),  # all: every series but those unchosen; chosen: those alone
    _words("timezone"),  # IANA; none for the publication's
    _words("source"),  # where they come from: a file, a page, a person at the command line
    sql.Column("added_at", Moment, nullable=False),
    sql.Column("consent_at", Moment),
    _words("consent_words"),  # what they agreed to
    sql.Column("paused_until", Moment),
    _words("rhythm", "parts"),  # parts | round-up (a step of its own in older databases)
    sqlite_autoincrement=True,  # an id is never given twice: links in old letters hold it
)

SUBSCRIBER_TAGS = sql.Table(
    "subscriber_tags",
    METADATA,
    _person(primary_key=True),
    sql.Column("tag", sql.Text, primary_key=True),
    sql.Index("subscriber_tags_by_tag", "tag", "subscriber_id"),
    sqlite_with_rowid=False,
)

SERIES_CHOICES = sql.Table(
    "series_choices",
    METADATA,
    _person(primary_key=True),
    sql.Column("series", sql.Text, primary_key=True),
    sql.Column("is_wanted", sql.Boolean, nullable=False),
    sqlite_with_rowid=False,
)

SUPPRESSIONS = sql.Table(
    "suppressions",
    METADATA,
    # SHA-256 of the address as it is compared: it outlives the subscriber, and names nobody.
    sql.Column("address_digest", sql.Text, primary_key=True),
    _words("reason", None),  # asked | bounced | complained | by hand
    _words("source"),
    sql.Column("since", Moment, nullable=False),
)

EVENTS = sql.Table(
    "subscriber_events",
    METADATA,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    _person(nullable=False, index=True),
    sql.Column("at", Moment, nullable=False),
    _words("kind", None),  # added | consented | confirmed | left | returned | bounced | complained | changed
    _words("source"),
    _words("detail"),
)

# --- deliveries -------------------------------------------------------------------------------------------

CAMPAIGNS = sql.Table(
    "campaigns",
    METADATA,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    _words("series", None),
    _words("part", None),  # its slug
    sql.Column("number", sql.Integer, nullable=False),
    sql.Column("revision", sql.Integer, nullable=False, server_default="0"),  # 1 and up: a correction
    _words("subject"),
    _words("edition_digest"),
    sql.Column("message", sql.LargeBinary),  # compiled, frozen
    _words("tag"),  # whom it is for; none for all
    _words("state", None),  # sending | paused | finished | slipped | cancelled
    _words("why"),  # paused, slipped or cancelled
    sql.Column("slot", Moment),
    _words("slot_local"),
    _words("slot_zone"),
    sql.Column("planned_at", Moment, nullable=False),
    sql.Column("finished_at", Moment),
    sql.UniqueConstraint("series", "part", "revision"),
    sqlite_autoincrement=True,
)

DELIVERIES = sql.Table(
    "deliveries",
    METADATA,
    sql.Column("campaign_id", sql.Integer, sql.ForeignKey("campaigns.id"), primary_key=True),
    # No foreign key: the record of a delivery outlives a subscriber who is forgotten (without the address).
    sql.Column("subscriber_id", sql.Integer, primary_key=True),
    _words("address"),
    _words("first_name"),
    _words("state", None),  # planned | claimed | offered | accepted | rejected | uncertain | excluded
    sql.Column("attempts", sql.Integer, nullable=False, server_default="0"),
    sql.Column("not_before", Moment, nullable=False, server_default="0"),
    sql.Column("epoch", sql.Integer, nullable=False, server_default="0"),  # of the runner that claimed it
    sql.Column("code", sql.Integer),  # the server's
    _words("reason"),  # the server's words, or why it is excluded or uncertain
    _words("remote_id"),  # the relay's name for it
    sql.Column("settled_at", Moment),
    sqlite_with_rowid=False,
)
# A planner uses a partial index only where a statement says the very same words, not a bound parameter.
sql.Index(
    "deliveries_planned",
    DELIVERIES.c.campaign_id,
    DELIVERIES.c.not_before,
    sqlite_where=sql.text("state = 'planned'"),
    postgresql_where=sql.text("state = 'planned'"),
)
sql.Index(
    "deliveries_under_way",
    DELIVERIES.c.campaign_id,
    DELIVERIES.c.state,
    sqlite_where=sql.text("state IN ('claimed', 'offered', 'uncertain', 'rejected')"),
    postgresql_where=sql.text("state IN ('claimed', 'offered', 'uncertain', 'rejected')"),
)

APPROVALS = sql.Table(
    "approvals",
    METADATA,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    _words("series", None),
    _words("part", None),
    sql.Column("revision", sql.Integer, nullable=False, server_default="0"),
    _words("edition_digest", None),
    _words("subject"),
    _words("text"),  # what they looked at, to show what has changed since
    _words("html"),
    _words("approved_by"),
    sql.Column("approved_at", Moment, nullable=False),
    sql.Index("approvals_of", "series", "part", "revision"),
)

# One runner at a time. The epoch goes up with each that takes over, and is looked at in every transaction.
LEASES = sql.Table(
    "leases",
    METADATA,
    sql.Column("name", sql.Text, primary_key=True),
    _words("holder"),
    sql.Column("epoch", sql.Integer, nullable=False, server_default="0"),
    sql.Column("until", Moment, nullable=False),
)

# A bucket of messages that may leave at once, refilled at the rate: kept, so that a restart gives no second one.
RATES = sql.Table(
    "rates",
    METADATA,
    sql.Column("name", sql.Text, primary_key=True),
    sql.Column("left", sql.Float, nullable=False),
    sql.Column("at", Moment, nullable=False),
)

# Every part that was sent while round-ups were offered, and the campaign of the round-up that has told of it.
ROUNDUP_PARTS = sql.Table(
    "roundup_parts",
    sql.MetaData(),  # a step of its own (pipeline.database.migrations)
    sql.Column("series", sql.Text, primary_key=True),
    sql.Column("part", sql.Text, primary_key=True),
    sql.Column("owed_since", Moment, nullable=False),
    sql.Column("campaign_id", sql.Integer),  # none: still to be told of
    sql.Index("roundup_parts_by_campaign", "campaign_id"),
)

# What came back, once each: whoever reads a mailbox twice, or is told twice, learns nothing new. No addresses.
RETURNS = sql.Table(
    "returns",
    sql.MetaData(),  # a step of its own (pipeline.database.migrations)
    sql.Column("fingerprint", sql.Text, primary_key=True),  # SHA-256 of a message, or the id of a notification
    sql.Column("campaign_id", sql.Integer, nullable=False),
    sql.Column("subscriber_id", sql.Integer, nullable=False),
    _words("kind", None),  # arrived | delayed | ours | refused | dead | complained | automatic
    _words("status"),  # RFC 3463
    _words("words"),
    _words("source"),  # maildir | imap | ses
    sql.Column("at", Moment, nullable=False),  # when it was taken in
    sql.Index("returns_of_subscriber", "subscriber_id", "campaign_id"),
    sql.Index("returns_by_time", "at"),
)
