"""What an import makes of a list: who is added, who is changed, who stays away."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sql
from hypothesis import given
from hypothesis import strategies as st

from pipeline.database import Database, open_database
from pipeline.database.tables import EVENTS, SUBSCRIBERS
from pipeline.subscribers import importing, keeping
from pipeline.subscribers.addresses import parse_address
from pipeline.subscribers.entries import Defaults
from pipeline.subscribers.importing import import_rows, open_source
from pipeline.subscribers.looking import as_csv, as_json_lines
from pipeline.subscribers.states import State
from tests.subscribers.importing import FILE, imported, listed
from tests.subscribers.people import NOW

LIST = 'email,first name,tags\nada@example.org,Ada,"paid,early"\nBo@example.org,Bo,\n'


LATER = "email,first name,tags,timezone\nADA@example.org,Augusta,vip,Europe/London\nbo@example.org,,,\n"


def events(database: Database) -> list[tuple[str, str, datetime, str, str]]:
    with database.reading() as connection:
        chosen = sql.select(SUBSCRIBERS.c.address, EVENTS.c.kind, EVENTS.c.at, EVENTS.c.source, EVENTS.c.detail)
        found = connection.execute(chosen.join_from(EVENTS, SUBSCRIBERS).order_by(EVENTS.c.id))
        return [tuple(row) for row in found]  # type: ignore[misc]


def test_people_are_added_as_the_file_tells_of_them(database: Database) -> None:
    done = imported(database, LIST)

    assert done.outcomes == {"added": 2}
    ada, bo = listed(database).values()
    assert (ada.address, ada.first_name, ada.tags, ada.state) == (
        "ada@example.org",
        "Ada",
        ("early", "paid"),
        "active",
    )
    assert (bo.address, bo.source, bo.added_at, bo.consent_at) == ("Bo@example.org", "people.csv", NOW, None)


def test_a_second_import_changes_nothing(database: Database) -> None:
    imported(database, LIST)
    before = listed(database), events(database)
    done = imported(database, LIST)

    assert done.outcomes == {"unchanged": 2}
    assert (listed(database), events(database)) == before


def test_somebody_who_stands_there_twice_is_one_subscriber(database: Database) -> None:
    done = imported(database, "email,first name\nada@example.org,\nADA@Example.org,Ada\nada@example.org,Ada\n")

    assert done.outcomes == {"added": 1, "changed": 1, "unchanged": 1}
    assert [one.first_name for one in listed(database).values()] == ["Ada"]


def test_a_later_file_adds_to_what_is_known_and_replaces_nothing(database: Database) -> None:
    imported(database, LIST)
    done = imported(database, LATER)

    assert done.outcomes == {"changed": 1, "unchanged": 1}
    ada, bo = listed(database).values()
    assert (ada.first_name, ada.tags, ada.timezone) == ("Ada", ("early", "paid", "vip"), "Europe/London")
    assert bo.first_name == "Bo"


def test_a_later_file_replaces_names_when_it_is_told_to(database: Database) -> None:
    imported(database, LIST)
    imported(database, LATER, replace(FILE, is_update=True))

    assert [one.first_name for one in listed(database).values()] == ["Augusta", "Bo"]


def test_what_holds_for_all_of_a_file_is_kept_with_each(database: Database) -> None:
    imported(
        database,
        "email,consent_words\nada@example.org,\nbo@example.org,on paper\n",
        Defaults("the fair", frozenset({"fair"}), State.PENDING, "Letters, weekly"),
    )

    ada, bo = listed(database).values()
    assert (ada.state, ada.source, ada.tags, ada.consent_words) == (
        "pending",
        "the fair",
        ("fair",),
        "Letters, weekly",
    )
    assert bo.consent_words == "on paper"


# --- consent ----------------------------------------------------------------------------------------------


def test_the_moment_of_consent_is_kept_with_its_words_and_source(database: Database) -> None:
    text = "Email Address,OPTIN_TIME,CONFIRM_TIME\nada@example.org,2024-03-01 10:00:00,2024-03-01 10:05:00\n"
    imported(database, text, Defaults("Mailchimp", consent_words="Letters, weekly"))

    moment = datetime(2024, 3, 1, 10, 5, tzinfo=UTC)
    assert listed(database)["ada@example.org"].consent_at == moment
    assert events(database) == [
        ("ada@example.org", "added", NOW, "Mailchimp", "active"),
        ("ada@example.org", "consented", moment, "Mailchimp", "Letters, weekly"),
    ]


def test_the_first_evidence_of_consent_stays(database: Database) -> None:
    imported(database, "email,consent_at\nada@example.org,2024-03-01\n")
    imported(database, "email,consent_at\nada@example.org,2025-03-01\n")

    assert listed(database)["ada@example.org"].consent_at == datetime(2024, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-03-01", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-03-01 10:05", datetime(2024, 3, 1, 10, 5, tzinfo=UTC)),
        ("2024-03-01T10:05:00.000Z", datetime(2024, 3, 1, 10, 5, tzinfo=UTC)),
        ("2024-03-01T10:05:00+02:00", datetime(2024, 3, 1, 8, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_without_offset_is_utc(database: Database, written: str, moment: datetime) -> None:
    imported(database, f"email,consent_at\nada@example.org,{written}\n")

    assert listed(database)["ada@example.org"].consent_at == moment


def test_what_cannot_be_read_beside_an_address_is_left_out_and_told(database: Database) -> None:
    done = imported(database, "email,consent_at,timezone\nada@example.org,last spring,Mars/Phobos\n")

    assert done.outcomes == {"added": 1}
    assert done.lines == {
        2: "`Mars/Phobos` is no time zone; `last spring` is no moment (write 2026-11-18 09:00:00)"
    }
    assert done.counts.notes == 1


# --- who has left -----------------------------------------------------------------------------------------

LEFT = "email,status\nada@example.org,unsubscribed\nbo@example.org,cleaned\ncy@example.org,complained\n"


def test_the_states_of_others_are_understood(database: Database) -> None:
    words = ["subscribed", "Enabled", "blocklisted", "cleaned", "unconfirmed", "spam", "disabled"]
    imported(database, "email,status\n" + "".join(f"r{k}@example.org,{word}\n" for k, word in enumerate(words)))

    assert [one.state for one in listed(database).values()] == [
        *("active", "active", "unsubscribed", "bounced", "pending", "complained", "unsubscribed")
    ]


def test_a_state_that_nobody_knows_adds_nobody(database: Database) -> None:
    done = imported(database, "email,status\nada@example.org,transactional\n")

    assert done.outcomes == {"rejected": 1}
    assert done.lines[2].startswith("`transactional` is no state: write one of pending, active,")
    assert listed(database) == {}


def test_a_moment_of_leaving_says_that_they_have_left(database: Database) -> None:
    imported(database, "Email Address,UNSUB_TIME\nada@example.org,2025-01-01 00:00:00\n")
    imported(database, "Email Address,CLEAN_TIME\nbo@example.org,2025-01-02 00:00:00\n")
    imported(database, "email,email_disabled\ncy@example.org,TRUE\ndi@example.org,false\n")

    assert [(one.state, one.state_since.year) for one in listed(database).values()] == [
        *(("unsubscribed", 2025), ("bounced", 2025), ("unsubscribed", 2026), ("active", 2026))
    ]


def test_an_import_never_makes_somebody_who_has_left_active_again(database: Database) -> None:
    imported(database, LEFT)
    before = listed(database)
    done = imported(
        database,
        "email,status,first name\nada@example.org,active,Ada\nbo@example.org,,\ncy@example.org,pending,\n",
    )

    assert done.outcomes == {"held": 3}
    assert done.lines[2] == "unsubscribed since 18 November 2026, and an import makes nobody active again"
    assert listed(database) == before


def test_who_has_left_elsewhere_has_left(database: Database) -> None:
    imported(database, LIST)
    done = imported(database, LEFT)

    assert done.outcomes == {"added": 1, "changed": 2}
    assert [one.state for one in listed(database).values()] == ["unsubscribed", "bounced", "complained"]
    assert [event[1] for event in events(database)][2:4] == ["added", "left"]
    assert imported(database, LEFT).outcomes == {"unchanged": 3}


def test_who_is_pending_becomes_active_only_by_evidence_that_they_agreed(database: Database) -> None:
    imported(database, "email\nada@example.org\nbo@example.org\n", Defaults("form", state=State.PENDING))
    imported(database, "email,state,consent_at\nada@example.org,active,2026-11-01\nbo@example.org,active,\n")

    assert [one.state for one in listed(database).values()] == ["active", "pending"]


def test_a_suppressed_address_cannot_be_added_nor_changed(database: Database) -> None:
    imported(database, "email,state\nada@example.org,pending\n")
    with database.writing() as connection:
        for address in ("ada@example.org", "new@example.org"):
            keeping.suppress(connection, parse_address(address), reason="by hand", source="test", at=NOW)
    done = imported(
        database, "email,state,consent_at\nADA@example.org,active,2026-01-01\nNew@example.org,active,\n"
    )

    assert done.outcomes == {"rejected": 2}
    assert set(done.lines.values()) == {"the address is suppressed (by hand)"}
    assert [(one.state, one.is_suppressed) for one in listed(database).values()] == [("pending", True)]


def test_an_old_file_does_not_bring_back_who_was_forgotten(database: Database) -> None:
    imported(database, LIST)
    with database.writing() as connection:
        assert keeping.forget(connection, parse_address("ADA@example.org"), source="test", at=NOW)

    assert imported(database, LIST).lines == {2: "the address is suppressed (asked)"}
    assert list(listed(database)) == ["Bo@example.org"]


# --- hostile rows -----------------------------------------------------------------------------------------


def test_every_rejected_line_is_told_with_its_number_and_why(database: Database) -> None:
    text = 'email,first name\nada@example.org,Ada\n\nno address,\n,Nobody\n"bo@example.org\nBcc: x@y.org",Bo\n'
    done = imported(database, text)

    assert done.outcomes == {"added": 1, "rejected": 3}
    assert [(told.line, told.last) for told in done.told] == [(4, 4), (5, 5), (6, 7)]
    assert done.lines[5] == "there is no address"
    assert done.counts.read == 4


def test_a_name_cannot_bring_a_line_of_its_own_into_a_header(database: Database) -> None:
    imported(database, 'email,first name\nada@example.org,"Ada\r\nBcc: all\0\u202eevil"\n')

    assert listed(database)["ada@example.org"].first_name == "Ada Bcc: all evil"


def test_names_of_all_the_world_stay_as_they_are(database: Database) -> None:
    names = ["李雷", "Zoë", "O'Neil", "می\u200cخواهم", "Ada 🫖"]
    text = "email,first name\n" + "".join(f"r{k}@example.org,{name}\n" for k, name in enumerate(names))
    imported(database, text)

    assert [one.first_name for one in listed(database).values()] == names


@pytest.mark.parametrize(
    ("full", "first"),
    [("Ada Lovelace", "Ada"), ("Dr. Ada Lovelace", "Ada"), ("Lovelace, Ada", "Ada"), ("李雷", "李雷")],
)
def test_a_full_name_gives_the_first(database: Database, full: str, first: str) -> None:
    imported(database, f'email,name\nada@example.org,"{full}"\n')

    assert listed(database)["ada@example.org"].first_name == first


# --- whole or not at all ----------------------------------------------------------------------------------


def numbered(many: int) -> str:
    return "email,first name,tags\n" + "".join(f"reader.{k}@example.org,R{k},t{k % 3}\n" for k in range(many))


def test_a_dry_run_counts_and_changes_nothing(database: Database) -> None:
    done = imported(database, numbered(11_000) + "reader.1@example.org,R1,t1\n", is_dry=True)

    assert done.outcomes == {"added": 11_000, "unchanged": 1}
    assert listed(database) == {}
    assert events(database) == []


def test_a_cut_in_the_middle_loses_nothing_and_a_second_import_completes_it(database: Database) -> None:
    class PowerCutError(Exception):
        pass

    def cut(_counts: importing.Counts) -> None:
        if next(batches) == 2:
            raise PowerCutError

    text, batches = numbered(11_000), count(1)
    source = open_source(io.BytesIO(text.encode()), {})
    with pytest.raises(PowerCutError):
        import_rows(database, source.rows, FILE, at=NOW, tell=print, progress=cut)
    assert len(listed(database)) == 2 * importing.ROWS_AT_ONCE

    assert imported(database, text).outcomes == {"added": 1_000, "unchanged": 10_000}
    assert len(listed(database)) == 11_000


def test_two_imports_of_one_file_at_once_make_each_subscriber_once(database: Database) -> None:
    text = numbered(3_000)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: imported(database, text), range(3)))

    assert sum(one.counts.added for one in done) == 3_000
    assert len(listed(database)) == 3_000


# --- out and in again -------------------------------------------------------------------------------------

WHOLE = (
    "email,first name,state,tags,wants,series,series_not,timezone,consent_at,consent_words,paused_until,added_at\n"
    '=cmd@example.org,=SUM(A1),active,"a,""b;c""",chosen,"tea,coffee",milk,Europe/London,2024-01-02T03:04:05Z,'
    '"yes, ""all""",2027-01-01,2023-01-01\n'
    "'+x@example.org,@Bo,bounced,,,,,,,-1,,\nplain@example.org,,pending,,,,,,,,,\n"
)


@pytest.mark.parametrize("write", [as_csv, as_json_lines])
def test_an_export_comes_in_again_with_nothing_lost(
    database: Database, tmp_path: Path, write: type[as_csv] | type[as_json_lines]
) -> None:
    imported(database, WHOLE)
    people = listed(database)
    other = open_database("", tmp_path)
    again = imported(other, "".join(write(iter(people.values()))), Defaults("elsewhere"))

    assert again.outcomes == {"added": 3}
    assert listed(other) == people
    assert people["=cmd@example.org"].tags == ("a", "b;c")
    assert people["=cmd@example.org"].series == ("coffee", "tea")
    other.close()


@pytest.mark.parametrize("write", [as_csv, as_json_lines])
def test_who_is_suppressed_stays_so_where_an_export_comes_in(
    database: Database, tmp_path: Path, write: type[as_csv] | type[as_json_lines]
) -> None:
    imported(database, "email\nada@example.org\nbo@example.org\n")
    with database.writing() as connection:
        keeping.suppress(connection, parse_address("ada@example.org"), reason="by hand", source="test", at=NOW)
    text = "".join(write(iter(listed(database).values())))
    other = open_database("", tmp_path)
    imported(other, "email\nbo@example.org\n")
    imported(other, text)

    assert {address: one.is_suppressed for address, one in listed(other).items()} == {
        "ada@example.org": True,
        "bo@example.org": False,
    }
    assert imported(other, text).outcomes == {"rejected": 1, "unchanged": 1}
    other.close()


def test_a_row_that_suppresses_somebody_who_is_known_changes_them(database: Database) -> None:
    imported(database, "email\nada@example.org\n")
    done = imported(database, "email,is_suppressed\nada@example.org,yes\n")

    assert done.outcomes == {"changed": 1}
    assert listed(database)["ada@example.org"].is_suppressed


def test_no_cell_of_an_export_is_a_formula(database: Database) -> None:
    imported(database, WHOLE)
    cells = [cell for row in csv.reader(as_csv(iter(listed(database).values()))) for cell in row]

    assert "'=SUM(A1)" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


# --- any file ---------------------------------------------------------------------------------------------

_CELL = st.one_of(
    st.sampled_from(["ada@example.org", "ADA@example.org", "bo@example.org", "Bo <bo@example.org>", "c@@x.org"]),
    st.text("ab@.<>,;\"\n\t='é", max_size=10),
)
_ROW = st.tuples(_CELL, _CELL, st.sampled_from(["", "active", "unsubscribed", "cleaned", "who?"]))


@given(st.lists(_ROW, max_size=12), st.booleans())
def test_every_row_is_imported_or_told_and_the_second_time_all_is_the_same(
    rows: list[tuple[str, str, str]], has_quotes: bool
) -> None:
    kept = io.StringIO()
    writer = csv.writer(kept, quoting=csv.QUOTE_ALL if has_quotes else csv.QUOTE_MINIMAL)
    writer.writerows([("email", "first name", "status"), *rows])
    database = shared()
    with database.writing() as connection:
        connection.execute(SUBSCRIBERS.delete())
    first = imported(database, kept.getvalue())
    people = listed(database)
    second = imported(database, kept.getvalue())

    refused = [told for told in first.told if not told.is_note]
    taken = first.counts.read - len(refused)
    assert first.counts.added == len(people) == len({one.address.lower() for one in people.values()})
    assert taken == first.counts.added + first.counts.changed + first.outcomes.get("unchanged", 0)
    assert len({told.line for told in first.told}) == len(first.told)
    assert second.counts.added == second.counts.changed == 0
    assert listed(database) == people


def shared() -> Database:
    """One database for all examples: a new one for each would take most of the time."""
    if not _SHARED:
        import atexit
        import tempfile

        folder = tempfile.TemporaryDirectory()
        _SHARED.append(open_database("", Path(folder.name)))
        atexit.register(folder.cleanup)
        atexit.register(_SHARED[0].close)
    return _SHARED[0]


_SHARED: list[Database] = []
