"""Opening a database, reading it, writing it, and what is said when it refuses."""

import os
import pwd
import sqlite3
import stat
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sql

from pipeline.database import Database, migrations, open_database
from pipeline.database.engine import FILE
from pipeline.database.tables import LEASES, VERSION
from pipeline.errors import DatabaseError

NOON = datetime(2026, 11, 18, 12, 0, 0, 250_000, tzinfo=UTC)


def lease(connection: sql.Connection, name: str = "run") -> None:
    connection.execute(LEASES.insert().values(name=name, until=NOON))


def names(connection: sql.Connection) -> list[str]:
    return list(connection.execute(sql.select(LEASES.c.name).order_by(LEASES.c.name)).scalars())


def test_a_moment_comes_back_to_the_millisecond(database: Database) -> None:
    with database.writing() as connection:
        lease(connection)
    with database.reading() as connection:
        assert connection.execute(sql.select(LEASES.c.until)).scalar_one() == NOON


def test_what_an_exception_ends_has_never_been(database: Database) -> None:
    def half() -> None:
        with database.writing() as connection:
            lease(connection)
            raise KeyError

    with pytest.raises(KeyError):
        half()
    with database.reading() as connection:
        assert names(connection) == []


def test_who_reads_sees_one_moment_however_long_it_takes(database: Database) -> None:
    with database.reading() as reader:
        assert names(reader) == []
        with database.writing() as writer:
            lease(writer)

        assert names(reader) == []
    with database.reading() as reader:
        assert names(reader) == ["run"]


def test_two_that_read_and_then_write_do_not_stop_each_other(database: Database) -> None:
    def count(_: int) -> None:
        with database.writing() as connection:
            chosen = sql.select(LEASES.c.epoch).where(LEASES.c.name == "run").with_for_update()
            seen = connection.execute(chosen).scalar_one()
            connection.execute(LEASES.update().values(epoch=seen + 1))

    with database.writing() as connection:
        lease(connection)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(40)))

    with database.reading() as connection:
        assert connection.execute(sql.select(LEASES.c.epoch)).scalar_one() == 40


def test_steps_run_once_though_many_open_it_at_once(
    database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []
    first = migrations.STEPS[0]
    monkeypatch.setattr(migrations, "STEPS", (first, lambda _connection: ran.append(2)))
    together = threading.Barrier(6)

    def opened(_: int) -> None:
        together.wait()
        open_database(database_address, tmp_path).close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(opened, range(6)))

    assert ran == [2]


def test_many_can_make_one_database_at_once(tmp_path: Path) -> None:
    for turn in range(30):
        root = tmp_path / str(turn)
        root.mkdir()
        together = threading.Barrier(6)

        def opened(_: int, root: Path = root, together: threading.Barrier = together) -> None:
            together.wait()
            open_database("", root).close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(opened, range(6)))


def test_a_step_that_fails_leaves_nothing_behind(
    database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = migrations.STEPS[0]

    def failing(connection: sql.Connection) -> None:
        lease(connection)
        connection.execute(sql.text("SELECT * FROM nowhere"))

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", (first, failing))
        with pytest.raises(DatabaseError, match="nowhere"):
            open_database(database_address, tmp_path)
    database = open_database(database_address, tmp_path)
    with database.reading() as connection:
        assert list(connection.execute(sql.select(VERSION.c.step)).scalars()) == [
            k for k, _ in enumerate(migrations.STEPS, 1)
        ]
        assert names(connection) == []
    database.close()


def test_a_database_that_a_newer_version_has_had_is_refused(database_address: str, tmp_path: Path) -> None:
    database = open_database(database_address, tmp_path)
    with database.writing() as connection:
        connection.execute(VERSION.insert().values(step=99))
    database.close()

    with pytest.raises(DatabaseError, match=r"a newer partwork has had this database \(step 99"):
        open_database(database_address, tmp_path)


def test_who_holds_it_too_long_is_named_as_the_reason(database: Database, tmp_path: Path) -> None:
    address = database.engine.url.render_as_string(hide_password=False)
    hasty = open_database(address, tmp_path, patience=0.1)
    with database.writing() as connection:
        lease(connection)
        with pytest.raises(DatabaseError, match="another program holds the database"), hasty.writing() as second:
            lease(second)
    hasty.close()


# --- a file -----------------------------------------------------------------------------------------------


def test_without_an_address_it_is_a_file_in_the_root_for_its_owner_alone(tmp_path: Path) -> None:
    open_database("", tmp_path).close()

    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_relative_path_starts_at_the_root(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    open_database("sqlite:///data/people.db", tmp_path).close()

    assert (tmp_path / "data" / "people.db").is_file()


def test_every_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    with database.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"Dear diary, " * 1000)

    with pytest.raises(DatabaseError, match="no SQLite database"):
        open_database("", tmp_path)
    assert (tmp_path / FILE).read_bytes() == b"Dear diary, " * 1000


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no such folder"):
        open_database("sqlite:///nowhere/people.db", tmp_path)


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    open_database("", tmp_path).close()  # what is imported on the way is, before we are somebody else
    folder = Path(tempfile.mkdtemp())  # pytest's own lie in one that nobody else may enter
    folder.chmod(0o555)
    try:
        with somebody_else(), pytest.raises(DatabaseError, match="or it may not be opened"):
            open_database("", folder)
    finally:
        folder.rmdir()


@contextmanager
def somebody_else() -> Iterator[None]:
    """Not root, who may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_database_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    kept = sqlite3.connect(f"file:{tmp_path / FILE}?mode=rwc", uri=True)
    kept.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.OperationalError, match="readonly") as refused:
        kept.execute("CREATE TABLE a (b)")
    kept.close()

    from pipeline.database.refusals import plainly

    assert plainly(refused.value) == "the database may not be written: its file or its folder is read-only"


# --- an address -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("people.db", "mysql://a:geheim@b/c", "sqlite://", "sqlite:///", "sqlite:///:memory:", "://"),
        *("postgresql://geheim", "postgresql://a:geheim@host:port/c", "postgresql:///"),
        "postgresql://a:geheim@[::1/c",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(address: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="PARTWORK_DATABASE is no database's address") as refused:
        open_database(address, tmp_path)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("question", "says"), [("sslmode=maybe", "`sslmode` is one of"), ("ssl=1", "`ssl` after the question mark")]
)
def test_what_stands_after_the_question_mark_is_known_or_refused(question: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=says):
        open_database(f"postgresql://a@localhost/b?{question}", tmp_path)


def test_a_server_that_is_not_there_is_told_without_its_address(tmp_path: Path) -> None:
    pytest.importorskip("pg8000")
    with pytest.raises(DatabaseError) as refused:
        open_database("postgresql://ada:geheim@127.0.0.1:1/letters", tmp_path)

    assert str(refused.value) == "no PostgreSQL answers there"
    assert refused.value.__cause__ is None


@pytest.mark.program
def test_a_database_that_is_not_there_is_told(postgresql_server: object, tmp_path: Path) -> None:
    address = postgresql_server.address("nowhere")  # type: ignore[attr-defined]
    with pytest.raises(DatabaseError, match='database "nowhere" does not exist'):
        open_database(address, tmp_path)


def schema(database: Database) -> dict[str, object]:
    """Every table: its columns, in whatever order, its keys and its indexes."""
    with database.reading() as connection:
        there = sql.inspect(connection)
        return {
            name: (
                {
                    each["name"]: (str(each["type"]), each["nullable"], each["default"])
                    for each in there.get_columns(name)
                },
                there.get_pk_constraint(name)["constrained_columns"],
                sorted((str(each["name"]), tuple(each["column_names"])) for each in there.get_indexes(name)),
                sorted(tuple(each["constrained_columns"]) for each in there.get_foreign_keys(name)),
            )
            for name in there.get_table_names()
        }


def test_a_database_that_was_brought_up_to_date_is_as_a_new_one(database_address: str, tmp_path: Path) -> None:
    database = open_database(database_address, tmp_path)
    new = schema(database)
    with database.writing() as connection:  # as the step before left it
        connection.exec_driver_sql("ALTER TABLE subscribers DROP COLUMN rhythm")
        connection.exec_driver_sql("DROP TABLE roundup_parts")
        connection.execute(VERSION.delete().where(VERSION.c.step == 4))
    assert schema(database) != new
    database.close()

    database = open_database(database_address, tmp_path)
    assert schema(database) == new
    database.close()


def test_a_list_from_before_round_ups_gets_every_part(database_address: str, tmp_path: Path) -> None:
    older = open_database(database_address, tmp_path)
    with older.writing() as connection:  # as the step before left it
        connection.exec_driver_sql("ALTER TABLE subscribers DROP COLUMN rhythm")
        connection.exec_driver_sql("DROP TABLE roundup_parts")
        connection.execute(VERSION.delete().where(VERSION.c.step == 4))
        people = "INSERT INTO subscribers (address, address_key, address_digest, state, state_since, added_at)"
        connection.exec_driver_sql(f"{people} VALUES ('a@example.org', 'a@example.org', 'd', 'active', 0, 0)")
    older.close()

    database = open_database(database_address, tmp_path)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT address, rhythm FROM subscribers").all() == [
            ("a@example.org", "parts")
        ]
        assert connection.exec_driver_sql("SELECT count(*) FROM roundup_parts").scalar() == 0
    database.close()
