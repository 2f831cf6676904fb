"""This machine: its clock, disk, database, and who may read what is secret."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sql

from pipeline.database import Database, open_database
from pipeline.doctor import machine
from pipeline.doctor.complaints import check_complaints
from pipeline.doctor.finding import Verdict
from pipeline.sending.keys import open_tokens
from pipeline.settings import DkimSettings, SendingSettings
from tests.doctor.builders import NOW
from tests.returns import builders as b
from tests.returns import shapes
from tests.sending.keys import write_keys

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files")


@pytest.mark.parametrize(("seconds", "verdict"), [(0, "good"), (-20, "good"), (90, "weak"), (-3_000, "bad")])
def test_a_clock_that_is_wrong_is_told(seconds: int, verdict: str) -> None:
    assert machine.check_clock(NOW, NOW + timedelta(seconds=seconds)).verdict == verdict


def test_a_clock_without_another_is_unseen() -> None:
    assert machine.check_clock(NOW, None).verdict is Verdict.UNSEEN


@pytest.mark.parametrize(("free", "verdict"), [(10**10, "good"), (5 * 10**8, "weak"), (10**7, "bad")])
def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, free: int, verdict: str) -> None:
    assert machine.check_disk(tmp_path, free).verdict == verdict
    assert machine.check_disk(tmp_path).seen.endswith("GB free")


def test_a_database_is_good_where_its_commits_last(database: Database) -> None:
    """The tests' PostgreSQL is fast because it waits for no disk: the doctor sees that."""
    found = machine.check_database(database)

    assert found.verdict is (Verdict.GOOD if database.is_sqlite else Verdict.BAD)
    assert database.is_sqlite or "fsync = off" in found.seen


def test_a_database_of_less_care_is_bad(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    sql.event.listen(database.engine, "begin", lambda made: made.exec_driver_sql("COMMIT"))
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
        found = machine.check_sqlite(database, connection)

    assert (found.verdict, found.seen) == (Verdict.BAD, "SQLite, journal_mode = wal, synchronous = 1")
    database.close()


def test_a_database_on_a_network_is_known_by_its_file_system() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/x /srv/my\\040data nfs4 rw 0 0\nproc /proc proc rw 0 0\n"

    assert machine.file_system(Path("/srv/my data/letters/partwork.db"), mounts) == "nfs4"
    assert machine.file_system(Path("/srv/other/partwork.db"), mounts) == "ext4"
    assert machine.file_system(Path("/x"), "") == ""


@POSIX
def test_a_secret_that_others_can_read_is_bad(tmp_path: Path) -> None:
    open_tokens(tmp_path)
    settings = SendingSettings(dkim=DkimSettings(selector="one", key="rsa.key"))
    write_keys(tmp_path)
    assert machine.check_files(tmp_path, settings, has_secret=True).verdict is Verdict.GOOD

    (tmp_path / "rsa.key").chmod(0o644)
    found = machine.check_files(tmp_path, settings, has_secret=True)

    assert (found.verdict, found.mend) == (Verdict.BAD, "run `chmod 600 rsa.key`")


def test_without_a_secret_it_is_said_when_there_will_be_one(tmp_path: Path) -> None:
    assert machine.check_files(tmp_path, SendingSettings(), has_secret=False).verdict is Verdict.UNSEEN


def test_complaints_are_counted_against_letters(database: Database) -> None:
    assert check_complaints(None, b.NOW).verdict is Verdict.UNSEEN
    assert check_complaints(database, b.NOW).verdict is Verdict.UNSEEN
    of = b.campaign(database)
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO deliveries (campaign_id, subscriber_id, state) WITH RECURSIVE n(k) AS "
            f"(SELECT 1000 UNION ALL SELECT k + 1 FROM n WHERE k < 2999) SELECT {of}, k, 'accepted' FROM n"
        )
    assert check_complaints(database, b.NOW).verdict is Verdict.GOOD
    for count, verdict in ((3, "weak"), (7, "bad")):
        while b.written(database) < count:
            name = b.delivery(database, of, b.ada(database, f"r{b.written(database)}@example.org"))
            b.take(database, shapes.complaint(b.TOKENS.delivery(name)))
        assert check_complaints(database, b.NOW).verdict == verdict
