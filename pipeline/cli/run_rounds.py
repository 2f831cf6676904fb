"""What ``partwork run`` does at each turn: read the files anew, plan what is due, send what may leave."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli import options
from pipeline.cli.bar import Bar
from pipeline.cli.environment import has_died, holder, secrets
from pipeline.cli.part_names import command_name
from pipeline.cli.run_diary import Diary, name_of
from pipeline.errors import ContentError, PartworkError
from pipeline.read import read_sources

if TYPE_CHECKING:
    import sqlalchemy as sql

    from pipeline.database import Database
    from pipeline.ledger.campaigns import Campaign, Letter
    from pipeline.ledger.lease import Lease
    from pipeline.model import Publication, Sources
    from pipeline.sending.due import Departure
    from pipeline.sending.equipment import Equipment
    from pipeline.sending.errand import Errand
    from pipeline.sending.letters import Prepared
    from pipeline.sending.rate import RateLimit
    from pipeline.sending.runner import Office, Turn

_NAP = timedelta(minutes=1)  # then files, the list and the clock are looked at again
_LOCK = "run.lock"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read last. ``prepared`` is none while the publication has errors."""

    sources: "Sources"
    publication: "Publication"
    prepared: "Prepared | None"

    def still_holds(self, sources: "Sources", now: datetime) -> bool:
        """Whether it need not be looked through again: the same files, and no slot has come since."""
        if self.prepared is None or sources != self.sources:
            return False
        issues = self.prepared.issues
        return issues.as_of <= now and not any(issues.as_of < each.slot.utc <= now for each in issues.all)


@dataclass(frozen=True, slots=True)
class Rounds:
    """One runner: where it sends from, when it is to end, and whom it tells."""

    root: Path
    database: "Database"
    stop: threading.Event
    diary: Diary
    is_once: bool

    def run(self) -> None:
        """Take turns until it is asked to stop; with ``is_once`` until nothing is left to be done now.

        Raises:
            OlderDatabaseError: a backup was restored.
            PartworkError: with ``is_once``, what the world did.
        """
        from pipeline.ledger.witness import OlderDatabaseError

        seen: _Seen | None = None
        while not self.stop.is_set():
            turn = None
            try:
                seen = self._read(seen)
                turn = self._turn(seen.prepared, seen.publication)
            except OlderDatabaseError:
                raise
            except PartworkError as error:
                if self.is_once:
                    raise
                self.diary.once("error", f"error: {error}; trying again in a minute")
            else:
                self.diary.over("error")
            wake_at, now = (None if turn is None else turn.wake_at), options.clock()
            if self.is_once and self._is_done(turn, now):
                return
            left = _NAP if wake_at is None else min(_NAP, wake_at - now)
            self.stop.wait(max(0.0, left.total_seconds()))
        self.diary.say("stopped, as asked")

    @staticmethod
    def _is_done(turn: "Turn | None", now: datetime) -> bool:
        """Whether nothing is left to be done now. Who died while sending is waited for: their lease runs out."""
        if turn is None or turn.wake_at is None:
            return True
        if turn.waits_for:
            return not has_died(turn.waits_for)
        return turn.wake_at > now

    def accept_restored(self) -> None:
        """Go on with a database from a backup.

        Raises:
            ContentError: the publication has errors.
        """
        from pipeline.sending import runner
        from pipeline.sending.equipment import equip
        from pipeline.sending.letters import prepare

        prepared = prepare(read_sources(self.root), options.now())
        equipment = equip(prepared.publication, self.root, secrets())
        concerned = runner.accept_restored(self._office(prepared, equipment, None))
        for campaign in concerned:
            self.diary.say(
                f"{name_of(campaign)}: {campaign.state.value}, for it may have been sent since the backup"
            )
        self.diary.say(f"the database is taken as it is; {len(concerned)} held back for you to look at")

    def _turn(self, prepared: "Prepared | None", publication: "Publication") -> "Turn":
        from pipeline.sending.equipment import equip, refuse_without_way_out
        from pipeline.sending.runner import take_turn

        refuse_without_way_out(publication)
        equipment = equip(publication, self.root, secrets())
        for warning in equipment.warnings:
            self.diary.once(f"warning {warning}", f"warning: {warning}")
        with equipment.transport, equipment.limit(self.database, options.clock) as limit:
            turn = take_turn(self._office(prepared, equipment, limit))
        self.diary.tell(turn, publication.timezone)
        return turn

    def _read(self, last: _Seen | None) -> _Seen:
        """Read the files. With errors in them nothing new is sent, and what was planned before goes on.

        Raises:
            ContentError: there is not even a configuration, and there was none before.
        """
        from pipeline.cli.reports import tally
        from pipeline.parse import parse_library
        from pipeline.sending.letters import prepare

        sources, now = read_sources(self.root), options.now()
        if last is not None and last.still_holds(sources, now):
            return last
        try:
            prepared = prepare(sources, now)
        except ContentError as error:
            first = next(each for each in error.diagnostics if each.is_error)
            self.diary.trouble(
                "broken",
                f"the publication has errors ({tally(error.diagnostics)}), so nothing new is sent; the first: "
                f"{first.location}: {first.code}: {first.message}. partwork check shows all of them",
            )
            if (library := parse_library(sources).library) is not None:
                return _Seen(sources, library.publication, None)
            if last is None:
                raise
            return _Seen(sources, last.publication, None)
        if self.diary.over("broken"):
            self.diary.say("the publication has no errors any more")
        return _Seen(sources, prepared.publication, prepared)

    def _office(self, prepared: "Prepared | None", equipment: "Equipment", limit: "RateLimit | None") -> "Office":
        from pipeline.ledger.witness import Witness
        from pipeline.sending.due import departures, names_of
        from pipeline.sending.roundups import audience_of, gathered, roundup_departures
        from pipeline.sending.runner import Office

        settings = equipment.publication.sending

        def letter(departure: "Departure") -> "Letter | str":
            return "the publication has errors" if prepared is None else self._letter(prepared, departure)

        def them(letter: "Letter") -> "sql.Select[tuple[int, str, str, str, str]]":
            publication, at = equipment.publication, options.clock()
            return audience_of(publication, letter.series, letter.tag, is_roundup=letter.is_roundup, at=at)

        def all_departures() -> "list[Departure]":
            if prepared is None:
                return []
            there, issues = gathered(self.database), prepared.issues
            return [*departures(issues), *roundup_departures(issues, there, options.clock())]

        def errand(campaign: "Campaign", lease: "Lease") -> "Errand":
            bar = self._bar(campaign)
            return equipment.errand(self.database, campaign, lease, limit, options.clock, self.stop, bar)

        return Office(
            database=self.database,
            witness=Witness(self.root / ".partwork"),
            departures=all_departures,
            letter=letter,
            audience=them,
            errand=errand,
            max_late=settings.max_late,
            clock=options.clock,
            holder=holder(),
            is_local=settings.is_local_time,
            names=lambda: {} if prepared is None else names_of(prepared.issues),
        )

    def _letter(self, prepared: "Prepared", departure: "Departure") -> "Letter | str":
        """What is to be planned, or why it is held back."""
        from pipeline.errors import ConfigError
        from pipeline.sending.approving import Standing, looked
        from pipeline.sending.forecast import forecast
        from pipeline.sending.letters import make_letter
        from pipeline.sending.roundups import audience_of, roundup_of
        from pipeline.settings import Approval

        address = f"{departure.series}/{departure.part}"
        issues = prepared.issues
        try:
            if departure.is_roundup:
                issue = roundup_of(issues, self.database, departure.series, departure.part, options.clock())
            else:
                issue = next(each for each in issues.all if each.address == address)
            made = make_letter(prepared, issue)
        except ContentError as error:
            return "; ".join(str(each) for each in error.diagnostics if each.is_error)
        except ConfigError as error:  # it has been told of by hand a moment ago
            return str(error)
        them = audience_of(prepared.publication, departure.series, is_roundup=True, at=options.clock())
        if departure.is_roundup and not forecast(self.database, them).wanted:
            return made.planned()  # nothing leaves, and nobody has to look at it
        standing = looked(self.database, made).standing
        if prepared.publication.sending.approval is Approval.REQUIRED and standing is not Standing.APPROVED:
            return f"{standing.value}: partwork approve {command_name(issue)}"
        return made.planned()

    def _bar(self, campaign: "Campaign") -> Bar:
        from pipeline.ledger.counts import counts

        found = counts(self.database, campaign.id)
        name = name_of(campaign)
        return Bar(found.audience, found.audience - found.left, lambda line: self.diary.say(f"{name}: {line}"))


@contextmanager
def alone(root: Path) -> Iterator[str]:
    """Be the only ``partwork run`` of this publication on this machine; or who that is already.

    The lease keeps two from sending at once; this keeps a second one from waiting beside the first for ever.
    """
    if os.name != "posix":
        yield ""
        return
    import fcntl

    folder = root / ".partwork"
    folder.mkdir(exist_ok=True)
    with (folder / _LOCK).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            yield file.read().strip() or "another process"
            return
        file.truncate(0)
        file.write(f"process {os.getpid()}\n")
        file.flush()
        yield ""
        file.truncate(0)
