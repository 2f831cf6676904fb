"""This machine: its clock, its disk, its database, and who may read what is secret."""

import os
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.doctor.finding import Finding, Subject, Verdict, unseen
from pipeline.errors import DatabaseError
from pipeline.sending.keys import FILE, exposed
from pipeline.settings import SendingSettings

DATABASE_MEND = "see PARTWORK_DATABASE, or partwork.db beside partwork.toml and who may read and write it"
_FAR, _NEAR = timedelta(minutes=5), timedelta(seconds=30)
_LITTLE, _TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes
# File systems over a network: SQLite's locks and fsync are not to be trusted there.
_ELSEWHERE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs"})


def check_clock(here: datetime, there: datetime | None) -> Finding:
    """Whether our clock agrees with that of the public address."""
    if there is None:
        return unseen(
            Subject.CLOCK, "there is nothing to compare it with", "look that `timedatectl` says synchronized"
        )
    apart = abs(here - there)
    seen = f"{round(apart.total_seconds())} seconds from the public address's"
    if apart <= _NEAR:
        return Finding(Subject.CLOCK, Verdict.GOOD, seen)
    verdict = Verdict.BAD if apart > _FAR else Verdict.WEAK
    return Finding(Subject.CLOCK, verdict, seen, "let NTP set it: slots, signatures and links go by it")


def check_disk(root: Path, free: int | None = None) -> Finding:
    """Whether there is room: a ledger that cannot write stops the sending. ``free`` in bytes, for tests."""
    free = shutil.disk_usage(root).free if free is None else free
    seen = f"{free / 1e9:.1f} GB free"
    if free > _LITTLE:
        return Finding(Subject.DISK, Verdict.GOOD, seen)
    verdict = Verdict.BAD if free < _TOO_LITTLE else Verdict.WEAK
    return Finding(Subject.DISK, verdict, seen, "make room: without it the ledger stops, and so does the sending")


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system that a path is on, by the text of ``/proc/mounts``; empty where it does not say."""
    best, kind = "", ""
    for line in mounts.splitlines():
        words = line.split()
        if len(words) < 3:
            continue
        at = words[1].replace("\\040", " ")
        if (path == Path(at) or Path(at) in path.parents) and len(at) >= len(best):
            best, kind = at, words[2]
    return kind


def check_database(database: Database | None) -> Finding:
    """Whether what is committed is on the disk."""
    if database is None:
        return unseen(Subject.DATABASE, "there is none yet")
    try:
        with database.reading() as connection:
            return check_sqlite(database, connection) if database.is_sqlite else _postgresql(connection)
    except DatabaseError as error:
        return Finding(Subject.DATABASE, Verdict.BAD, str(error), DATABASE_MEND)


def check_sqlite(database: Database, connection: sql.Connection) -> Finding:
    """Whether a connection to SQLite waits for the disk, on a disk that can be trusted, and the file is whole."""

    def setting(name: str) -> object:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    path = Path(database.engine.url.database or "").resolve()
    try:
        kind = file_system(path, Path("/proc/mounts").read_text("utf-8", "replace"))
    except OSError:
        kind = ""
    if kind in _ELSEWHERE:
        seen, mend = (
            f"it is on {kind}, whose locks cannot be trusted",
            "put it on this machine's disk, or PostgreSQL",
        )
        return Finding(Subject.DATABASE, Verdict.BAD, seen, mend)
    mode, sync = str(setting("journal_mode")), setting("synchronous")
    if mode != "wal" or sync not in (2, 3):
        mend = "let partwork alone open it, on a disk where WAL works: these two are set by themselves there"
        return Finding(Subject.DATABASE, Verdict.BAD, f"SQLite, journal_mode = {mode}, synchronous = {sync}", mend)
    if (said := str(setting("quick_check(1)"))) != "ok":
        return Finding(
            Subject.DATABASE, Verdict.BAD, f"it is damaged: {said[:100]}", "restore it from your backup"
        )
    return Finding(Subject.DATABASE, Verdict.GOOD, "SQLite, WAL, synchronous = FULL, whole")


def _postgresql(connection: sql.Connection) -> Finding:
    wanted = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply", "local")}
    wanted["synchronous_commit"] += ("remote_write",)
    found = {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in wanted}
    wrong = [f"{name} = {value}" for name, value in found.items() if value not in wanted[name]]
    if wrong:
        mend = (
            "turn it on in postgresql.conf: a power cut would take back what was sent, and it would be sent again"
        )
        return Finding(Subject.DATABASE, Verdict.BAD, f"PostgreSQL, {', '.join(wrong)}", mend)
    return Finding(Subject.DATABASE, Verdict.GOOD, "PostgreSQL, fsync on, commits are on the disk")


def check_files(root: Path, settings: SendingSettings, *, has_secret: bool) -> Finding:
    """Whether anybody else on this machine can read what is secret, and whether there is a secret."""
    names = [FILE, "partwork.db", ".env", settings.dkim.key, settings.dkim.second_key]
    there = [root / name for name in names if name and (root / name).exists()]
    warnings = [words for words in map(exposed, there) if words]
    if warnings:
        seen, _, mend = warnings[0].partition(": run ")
        return Finding(Subject.FILES, Verdict.BAD, seen, f"run {mend}")
    if not has_secret and not (root / FILE).exists():
        return unseen(
            Subject.FILES, f"there is no {FILE} yet", "it is made with the first letter: back it up then"
        )
    if os.name != "posix":
        return unseen(Subject.FILES, "who may read files cannot be seen on this system")
    return Finding(Subject.FILES, Verdict.GOOD, _listed([path.name for path in there]))


def _listed(names: Sequence[str]) -> str:
    return f"only you can read {', '.join(names)}" if names else "the secret is in the environment"
