"""What would go to whom, through what: shown before anything is asked, planned or sent."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.cli.bar import lasting
from pipeline.cli.campaign_words import iso, joined_reasons, short
from pipeline.cli.terminal import printable, say

if TYPE_CHECKING:
    import sqlalchemy as sql

    from pipeline.database import Database
    from pipeline.ledger.campaigns import Plan
    from pipeline.model import Publication
    from pipeline.sending.approving import Looked
    from pipeline.sending.forecast import Forecast
    from pipeline.sending.letters import MadeLetter


@dataclass(frozen=True, slots=True)
class Proposal:
    """A letter, and whom it is for. ``remarks`` are what a person should know before they say yes."""

    publication: "Publication"
    letter: "MadeLetter"
    audience: "sql.Select[tuple[int, str, str, str, str]]"
    forecast: "Forecast"
    looked: "Looked"
    tag: str
    now: datetime
    at_once: bool  # even where everybody has a time of their own
    remarks: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether everybody gets it at their own time."""
        is_for_all = bool(self.letter.revision) or self.letter.issue.is_roundup
        return self.publication.sending.is_local_time and not self.at_once and not is_for_all

    def plan(self, database: "Database", now: datetime) -> "Plan":
        """Freeze it.

        Raises:
            DatabaseError: the database refused.
        """
        from pipeline.ledger.campaigns import plan
        from pipeline.sending.due import on_their_clocks

        local = on_their_clocks(self.letter.issue.slot) if self.is_local else None
        return plan(database, self.letter.planned(self.tag), self.audience, now, local)

    def show(self) -> None:
        """Say it all, one line for each thing."""
        issue = self.letter.issue
        say(f"{issue.series.title}, {issue.label}: {issue.part.title}", bold=True)
        for name, words in self._lines():
            say(f"  {name:<10} {words}")
        for remark in self.remarks:
            say(f"  {remark}", fg="yellow")

    def _lines(self) -> list[tuple[str, str]]:
        from pipeline.sending.equipment import where_to

        edition = self.letter.edition
        subject, preheader = (
            readable(self.publication, edition.subject),
            readable(self.publication, edition.preheader),
        )
        lines = [("subject", subject), ("preheader", preheader), ("edition", self._edition())]
        lines += [("slot", self._slot()), ("to", self._to())]
        if self.forecast.left_out:
            out = sum(self.forecast.left_out.values())
            lines.append(("left out", f"{out:,}: {joined_reasons(list(self.forecast.left_out.items()))}"))
        lines.append(("through", f"{where_to(self.publication)}{self._pace()}"))
        if self.looked.approval is not None:
            by, at = self.looked.approval.approved_by, self.looked.approval.approved_at
            lines.append(("approval", f"{self.looked.standing} (by {by}, {self._moment(at)})"))
        return lines

    def _edition(self) -> str:
        from pipeline.render.email.overflow import CLIP_BYTES

        size = len(self.letter.edition.html.encode())
        copy = len(self.letter.frozen)
        clip = f"; Gmail cuts at {CLIP_BYTES // 1024}" if size > CLIP_BYTES * 0.8 else ""
        return f"{short(self.letter.digest)}, {copy / 1024:.0f} KB a copy, {size / 1024:.0f} of them HTML{clip}"

    def _slot(self) -> str:
        slot = self.letter.issue.slot
        words = f"{self._moment(slot.utc)} ({slot.zone})"
        seconds = (self.now - slot.utc).total_seconds()
        when = f"{lasting(abs(seconds))} ago" if seconds >= 0 else f"in {lasting(abs(seconds))}"
        local = "; each at that hour where they are" if self.is_local else ""
        return f"{words}, {when}{local}"

    def _to(self) -> str:
        who = f" with the tag `{self.tag}`" if self.tag else ""
        if self.letter.revision:
            who = " who got the part, or may have"
        elif self.letter.issue.is_roundup:
            who = " who chose round-ups"
        return f"{people(self.forecast.wanted)}{who}"

    def _pace(self) -> str:
        from pipeline.sending.forecast import takes
        from pipeline.settings import TransportKind

        rate = self.publication.sending.rate
        time = takes(self.forecast.wanted, rate)
        if rate is None or time is None:
            is_outbox = self.publication.sending.transport is TransportKind.OUTBOX
            return "" if is_outbox else ", as fast as it takes them"
        pace = f"{rate:g} a second" if rate >= 1 else f"{rate * 60:g} a minute"
        return f", {pace}, so in about {lasting(time.total_seconds())}"

    def _moment(self, moment: datetime) -> str:
        from pipeline.cli.campaign_words import described

        return described(moment, self.publication.timezone)

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        issue, edition = self.letter.issue, self.letter.edition
        return {
            "series": issue.series.slug,
            "part": issue.part.slug,
            "number": issue.number,
            "correction": self.letter.revision,
            "subject": readable(self.publication, edition.subject),
            "preheader": readable(self.publication, edition.preheader),
            "digest": self.letter.digest,
            "bytes": len(self.letter.frozen),
            "html_bytes": len(edition.html.encode()),
            "slot": iso(issue.slot.utc),
            "tag": self.tag,
            "wanted": self.forecast.wanted,
            "left_out": self.forecast.left_out,
            "transport": self.publication.sending.transport.value,
            "rate": self.publication.sending.rate,
            "approval": self.looked.standing.value,
            "remarks": list(self.remarks),
        }


def readable(publication: "Publication", words: str) -> str:
    """Words with merge places in them, as a sample reader without a name would see them."""
    from pipeline.render.email import merge

    return printable(merge.fill(words, merge.values(publication, merge.sample_reader(publication))))


def people(number: int) -> str:
    """``1 subscriber``, ``1,240 subscribers``."""
    return f"{number:,} subscriber{'' if number == 1 else 's'}"


def refuse_unapproved(proposal: Proposal, name: str) -> None:
    """Where letters have to be approved, make sure that this one is, as it stands.

    Raises:
        SendingError: nobody has approved it, or it has been changed since; then the difference has been shown.
    """
    from pipeline.errors import SendingError
    from pipeline.sending.approving import Standing
    from pipeline.settings import Approval

    if (
        proposal.publication.sending.approval is not Approval.REQUIRED
        or proposal.looked.standing is Standing.APPROVED
    ):
        return
    if proposal.looked.standing is Standing.MISSING:
        raise SendingError(
            f"nobody has approved {name}, and `approval` in [sending] is `required`: partwork approve {name}"
        )
    show_difference(proposal)
    raise SendingError(
        f"{name} has been changed since it was approved, as shown above. If that is right: partwork approve {name}"
    )


def show_text(proposal: Proposal) -> None:
    """What a letter says, in its plain text: for one that no build writes anywhere."""
    for line in readable(proposal.publication, proposal.letter.edition.text).splitlines():
        say(f"  | {line}".rstrip())


def show_difference(proposal: Proposal, most: int = 60) -> None:
    """What has changed since somebody approved the letter."""
    from pipeline.sending.approving import difference

    if proposal.looked.approval is None:
        return
    for number, line in enumerate(difference(proposal.looked.approval, proposal.letter, proposal.publication)):
        if number == most:
            say("…")
            break
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        say(line, fg=colour)


def where_to_look(root: Path, proposal: "Proposal") -> str:
    """How one sees the letter before saying yes: the file of a build, if that is of this very edition."""
    from pipeline.cli.options import shown
    from pipeline.render.email import merge

    html = root / "build" / f"{proposal.letter.file}.html"
    values = merge.html_values(proposal.publication, merge.sample_reader(proposal.publication))
    try:
        is_same = html.read_bytes() == merge.fill(proposal.letter.edition.html, values).encode()
    except OSError:
        is_same = False
    return shown(html) if is_same else f"partwork build, then {shown(html)}"
