"""What ``partwork run`` says: one plain line for each thing that happens, and nothing twice."""

import os
import sys
from typing import TYPE_CHECKING

import click

from pipeline.cli import UNCERTAIN, options
from pipeline.cli.campaign_words import described
from pipeline.cli.part_names import named_in_command, shown_name
from pipeline.cli.terminal import printable

if TYPE_CHECKING:
    from pipeline.database import Database
    from pipeline.ledger.campaigns import Campaign
    from pipeline.sending.errand import Ended
    from pipeline.sending.runner import Turn


class Diary:
    """Tells of turns. ``code`` is what the command ends with: 1 where something is held up, 3 in doubt."""

    def __init__(self, database: "Database") -> None:
        self.code = 0
        self._database = database
        self._said: dict[str, str] = {}

    def say(self, line: str) -> None:
        """One line, with the time where nobody else adds it (journald does)."""
        stamp = "" if os.environ.get("JOURNAL_STREAM") else f"{options.clock():%Y-%m-%d %H:%M:%S} "
        click.echo(f"{stamp}{printable(line)}")
        sys.stdout.flush()

    def once(self, what: str, line: str) -> None:
        """Say something, unless it is what was said last of this."""
        if self._said.get(what) != line:
            self._said[what] = line
            self.say(line)

    def over(self, what: str) -> bool:
        """Nothing of this is left to say; whether something had been said."""
        return self._said.pop(what, None) is not None

    def trouble(self, what: str, line: str) -> None:
        """Something is held up."""
        self.code = max(self.code, 1)
        self.once(what, line)

    def tell(self, turn: "Turn", zone: str) -> None:
        """What a turn has done, and when the next is."""
        from pipeline.ledger.counts import counts

        for campaign in turn.slipped:
            told = f"{name_of(campaign)}: slipped, not sent: {campaign.why}"
            how = f"if it should be: partwork send {shown_name(campaign)}"
            self.trouble(f"slipped {campaign.id}", f"{told}; {how}")
        for campaign in turn.planned:
            number = counts(self._database, campaign.id)
            self.say(f"{name_of(campaign)}: planned for {number.audience:,}, {number.excluded:,} left out")
        for departure, why in turn.held:
            name = f"{departure.series}/{departure.part if departure.is_roundup else departure.number}"
            self.trouble(f"held {departure.key}", f"{name}: due, and held back: {why}")
        for campaign, ended in turn.ended:
            self._tell_ended(campaign, ended)
        if turn.waits_for:
            self.once("other", f"another one is sending: {turn.waits_for}")
        else:
            self.over("other")
        if turn.wake_at is None:
            self.once("next", "next: nothing is planned" if "broken" not in self._said else "next: nothing")
        elif turn.wake_at > options.clock():
            self.once("next", f"next: {described(turn.wake_at, zone)}")

    def _tell_ended(self, campaign: "Campaign", ended: "Ended") -> None:
        from pipeline.ledger.counts import counts
        from pipeline.sending.errand import Ending

        number = counts(self._database, campaign.id)
        told = (
            f"{name_of(campaign)}: {ended.ending.value}; {number.accepted:,} accepted, "
            f"{number.rejected:,} rejected, {number.uncertain:,} uncertain, {number.left:,} waiting, "
            f"{number.excluded:,} left out"
        )
        if ended.ending in (Ending.PAUSED, Ending.UNREACHABLE):
            self.trouble(f"ended {campaign.id}", f"{told}; {ended.words}")
        else:
            self.once(f"ended {campaign.id}", told)
        if number.uncertain:
            self.code = UNCERTAIN
            told = f"what to do about the uncertain: partwork campaign {named_in_command(campaign)}"
            self.once(f"doubt {campaign.id}", f"{name_of(campaign)}: {told}")


def name_of(campaign: "Campaign") -> str:
    """A campaign, in a line about it."""
    return shown_name(campaign) + (f", correction {campaign.revision}" if campaign.revision else "")
