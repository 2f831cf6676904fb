"""Leaving, coming back, suppressing, forgetting, tagging, counting."""

import pytest
import sqlalchemy as sql

from pipeline.database import Database
from pipeline.database.tables import DELIVERIES, EVENTS, SUBSCRIBER_TAGS, SUBSCRIBERS, SUPPRESSIONS
from pipeline.errors import SubscriberError
from pipeline.subscribers import keeping
from pipeline.subscribers.addresses import Address, parse_address
from pipeline.subscribers.looking import Filter, stats
from pipeline.subscribers.states import State
from tests.subscribers.importing import imported, listed
from tests.subscribers.people import DAY, NOW, put

ADA = parse_address("ada@example.org")


def kinds(connection: sql.Connection) -> list[str]:
    return list(connection.execute(sql.select(EVENTS.c.kind).order_by(EVENTS.c.id)).scalars())


def states(database: Database) -> list[str]:
    return [one.state for one in listed(database).values()]


def test_who_leaves_is_gone_and_who_had_left_stays_as_they_were(database: Database) -> None:
    with database.writing() as connection:
        ids = [put(connection, "ada@example.org"), put(connection, "bo@example.org", "complained")]

        assert keeping.leave(connection, ids, State.BOUNCED, at=NOW, source="mail server", detail="5.1.1") == 1
        assert kinds(connection) == ["bounced"]
    assert states(database) == ["bounced", "complained"]


def test_who_asks_comes_back_with_the_words_they_agreed_to(database: Database) -> None:
    with database.writing() as connection:
        key = put(connection, "ada@example.org", "unsubscribed")
        keeping.come_back(connection, key, at=NOW, source="form", words="Letters, weekly")
    ada = listed(database)["ada@example.org"]

    assert (ada.state, ada.state_since, ada.consent_at, ada.consent_words) == (
        "active",
        NOW,
        NOW,
        "Letters, weekly",
    )


def suppress(connection: sql.Connection, address: Address = ADA) -> bool:
    return keeping.suppress(connection, address, reason="by hand", source="test", at=NOW)


def test_a_suppression_names_nobody_and_is_told_once(database: Database) -> None:
    with database.writing() as connection:
        assert [suppress(connection), suppress(connection)] == [True, False]
        kept = connection.execute(sql.select(SUPPRESSIONS)).mappings().one()

    assert "ada" not in str(dict(kept))
    assert kept["address_digest"] == ADA.digest


def test_a_suppression_is_lifted_by_hand(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "ada@example.org")
        suppress(connection)
        assert keeping.suppression(connection, ADA) == "by hand"
        assert [keeping.lift(connection, ADA, source="test", at=NOW) for _ in range(2)] == [True, False]
        assert keeping.suppression(connection, ADA) == ""
        assert kinds(connection) == ["suppressed", "lifted"]


def test_nothing_that_names_somebody_is_left_when_they_are_forgotten(database: Database) -> None:
    imported(database, "email,first name,tags,series\nada@example.org,Ada,secret-tag,tea\nbo@example.org,Bo,,\n")
    with database.writing() as connection:
        key = connection.execute(
            sql.select(SUBSCRIBERS.c.id).where(SUBSCRIBERS.c.first_name == "Ada")
        ).scalar_one()
        connection.execute(
            sql.text(
                "INSERT INTO campaigns (id, series, part, number, state, planned_at) "
                "VALUES (1, 'tea', 'one', 1, 'sending', 0)"
            )
        )
        for one, name in ((key, "Ada"), (key + 1, "Bo")):
            connection.execute(
                DELIVERIES.insert().values(
                    campaign_id=1,
                    subscriber_id=one,
                    address=f"{name}@example.org",
                    first_name=name,
                    state="accepted",
                )
            )
        assert keeping.forget(connection, ADA, source="test", at=NOW)
        assert not keeping.forget(connection, ADA, source="test", at=NOW)
    with database.reading() as connection:
        kept = "\n".join(
            str(row).lower()
            for table in (SUBSCRIBERS, SUBSCRIBER_TAGS, EVENTS, SUPPRESSIONS)
            for row in connection.execute(sql.select(table))
        )
        deliveries = connection.execute(
            sql.select(DELIVERIES.c.state, DELIVERIES.c.address).order_by(DELIVERIES.c.subscriber_id)
        ).all()

    assert "ada" not in kept
    assert "secret-tag" not in kept
    assert [tuple(row) for row in deliveries] == [("accepted", ""), ("accepted", "Bo@example.org")]


def test_a_file_of_sqlite_does_not_hold_a_forgotten_address(database: Database) -> None:
    if not database.is_sqlite:
        return
    imported(database, "email\nada.lovelace@example.org\n")
    with database.writing() as connection:
        keeping.forget(connection, parse_address("ada.lovelace@example.org"), source="test", at=NOW)
    path = database.engine.url.database
    database.close()  # the last to close writes the log back into the file

    assert path is not None
    with open(path, "rb") as file:  # noqa: PTH123
        assert b"lovelace" not in file.read()


def test_an_id_is_never_given_twice(database: Database) -> None:
    with database.writing() as connection:
        first = put(connection, "ada@example.org")
        keeping.forget(connection, ADA, source="test", at=NOW)

        assert put(connection, "bo@example.org") > first


def test_tags_are_given_and_taken(database: Database) -> None:
    bo = parse_address("bo@example.org")
    with database.writing() as connection:
        put(connection, "ada@example.org", tags=("vip",))
        put(connection, "bo@example.org")

        assert keeping.tag(connection, [ADA, bo, ADA], "vip") == 1
        assert keeping.untag(connection, [ADA], "vip") == 1
    assert list(listed(database, Filter(tag="vip"))) == ["bo@example.org"]


def test_a_tag_for_somebody_unknown_changes_nothing(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "bo@example.org")
    with (
        pytest.raises(SubscriberError, match="not all of these are on the list"),
        database.writing() as connection,
    ):
        keeping.tag(connection, [parse_address("bo@example.org"), ADA], "vip")
    assert listed(database, Filter(tag="vip")) == {}


def test_a_part_of_the_list_is_chosen_by_state_tag_and_text(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "Ada_1@example.org", tags=("vip",))
        put(connection, "adax1@example.org", "bounced", tags=("vip",))
        put(connection, "bo@example.org")

    assert list(listed(database, Filter(State.BOUNCED))) == ["adax1@example.org"]
    assert list(listed(database, Filter(State.ACTIVE, "vip"))) == ["Ada_1@example.org"]
    assert list(listed(database, Filter(text="ADA_"))) == ["Ada_1@example.org"]


def test_the_figures_add_up(database: Database) -> None:
    with database.writing() as connection:
        put(connection, "a@example.org", tags=("vip",), since=NOW - 100 * DAY)
        put(connection, "b@example.org", paused_until=NOW + DAY)
        put(connection, "c@example.org", "unsubscribed")
        put(connection, "d@example.org", "bounced", since=NOW - 100 * DAY)
        suppress(connection)
    found = stats(database, at=NOW)

    assert found.total == sum(found.states.values()) == 4
    assert found.states == {"pending": 0, "active": 2, "unsubscribed": 1, "bounced": 1, "complained": 0}
    assert (found.tags, found.suppressed, found.paused, found.joined, found.left) == ({"vip": 1}, 1, 1, 2, 1)
