"""Who gets the letters of a series, who does not and why."""

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import DELIVERIES, SUBSCRIBERS, SUPPRESSIONS
from pipeline.subscribers.addresses import parse_address
from pipeline.subscribers.audience import audience, no_longer
from pipeline.subscribers.rhythms import Rhythm
from tests.subscribers.people import DAY, NOW, put


def reasons(database: Database, series: str = "tea", tag: str = "") -> dict[str, str]:
    with database.reading() as connection:
        found = connection.execute(audience(series, tag, at=NOW)).mappings().all()
    return {row["address"].partition("@")[0]: row["reason"] for row in found}


def suppress(connection: sql.Connection, address: str) -> None:
    digest = parse_address(address).digest
    connection.execute(SUPPRESSIONS.insert().values(address_digest=digest, reason="by hand", since=NOW))


def test_everybody_who_is_active_gets_a_series(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "ada@example.org")
        put(connection, "bo@example.org", wants="chosen", choices={"tea": True})

    assert reasons(database) == {"ada": "", "bo": ""}


def test_who_does_not_get_it_is_there_with_the_reason(database: Database) -> None:
    with database.writing() as connection:
        for state in ("pending", "unsubscribed", "bounced", "complained"):
            put(connection, f"{state}@example.org", state)
        put(connection, "paused@example.org", paused_until=NOW + DAY)
        put(connection, "back@example.org", paused_until=NOW)
        put(connection, "unwilling@example.org", choices={"tea": False})
        put(connection, "elsewhere@example.org", wants="chosen", choices={"coffee": True})
        put(connection, "suppressed@example.org")
        suppress(connection, "Suppressed@EXAMPLE.org")

    assert reasons(database) == {
        "pending": "pending",
        "unsubscribed": "unsubscribed",
        "bounced": "bounced",
        "complained": "complained",
        "paused": "paused",
        "back": "",
        "unwilling": "not wanted",
        "elsewhere": "not wanted",
        "suppressed": "suppressed",
    }


def test_who_left_long_ago_is_not_carried_along(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "lately@example.org", "unsubscribed", since=NOW - 89 * DAY)
        put(connection, "long-ago@example.org", "unsubscribed", since=NOW - 91 * DAY)
        put(connection, "faithful@example.org", since=NOW - 4000 * DAY)

    assert reasons(database) == {"lately": "unsubscribed", "faithful": ""}


def test_a_tag_narrows_it_to_who_has_it(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "ada@example.org", tags=("early", "paid"))
        put(connection, "bo@example.org", tags=("late",))
        put(connection, "cy@example.org", "bounced", tags=("early",))

    assert reasons(database, tag="early") == {"ada": "", "cy": "bounced"}


def test_it_goes_into_the_ledger_in_one_statement(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "ada@example.org")
        put(connection, "bo@example.org", "bounced")
        people = audience("tea", at=NOW).subquery()
        state = sql.case((people.c.reason == "", "planned"), else_="excluded")
        chosen = sql.select(sql.literal(1), people.c.subscriber_id, people.c.address, state, people.c.reason)
        connection.execute(
            sql.text(
                "INSERT INTO campaigns (id,series,part,number,state,planned_at) "
                "VALUES (1,'tea','one',1,'sending',0)"
            )
        )
        into = ["campaign_id", "subscriber_id", "address", "state", "reason"]
        connection.execute(DELIVERIES.insert().from_select(into, chosen))

        states = sql.select(DELIVERIES.c.state).order_by(DELIVERIES.c.address)
        assert connection.execute(states).scalars().all() == ["planned", "excluded"]


def test_who_has_left_since_is_told_before_a_batch_goes(database: Database) -> None:
    with database.writing() as connection:
        stays, leaves, pauses, chooses, goes, spurned = (
            put(connection, f"{name}@example.org") for name in ("a", "b", "c", "d", "e", "f")
        )
        people = SUBSCRIBERS.update()
        connection.execute(people.where(SUBSCRIBERS.c.id == leaves).values(state="unsubscribed"))
        connection.execute(people.where(SUBSCRIBERS.c.id == pauses).values(paused_until=NOW + DAY))
        connection.execute(people.where(SUBSCRIBERS.c.id == chooses).values(wants="chosen"))
        connection.execute(SUBSCRIBERS.delete().where(SUBSCRIBERS.c.id == goes))
        suppress(connection, "f@example.org")

        asked = [stays, leaves, pauses, chooses, goes, spurned]
        assert no_longer(connection, "tea", asked, at=NOW) == {
            leaves: "unsubscribed",
            pauses: "paused",
            chooses: "not wanted",
            goes: "forgotten",
            spurned: "suppressed",
        }
        assert no_longer(connection, "tea", [], at=NOW) == {}


def test_a_part_leaves_out_who_chose_round_ups_and_a_round_up_is_for_those_alone(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "ada@example.org")
        put(connection, "bo@example.org", rhythm="round-up")
        put(connection, "cy@example.org", rhythm="round-up", choices={"tea": False})

    def found(rhythm: Rhythm | None) -> dict[str, str]:
        with database.reading() as connection:
            rows = connection.execute(audience("tea", at=NOW, rhythm=rhythm)).mappings().all()
        return {row["address"].partition("@")[0]: row["reason"] for row in rows}

    assert found(Rhythm.PARTS) == {"ada": "", "bo": "round-up", "cy": "not wanted"}
    assert found(Rhythm.ROUNDUP) == {"bo": "", "cy": "not wanted"}
    assert found(None) == {"ada": "", "bo": "", "cy": "not wanted"}


def test_what_was_planned_for_somebody_is_theirs_though_they_want_letters_less_often_now(
    database: Database,
) -> None:
    with database.writing() as connection:
        key = put(connection, "bo@example.org", rhythm="round-up")
        assert no_longer(connection, "tea", [key], at=NOW) == {}
