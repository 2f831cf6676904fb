"""What has become of each part's letter, for the calendar: sent, slipped, approved, waiting for approval."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.cli import options
from pipeline.cli.database import looked_at

if TYPE_CHECKING:
    from pipeline.database import Database
    from pipeline.issue import Issue, Issues
    from pipeline.ledger.campaigns import Campaign
    from pipeline.model import Sources
    from pipeline.sending.letters import Prepared


@dataclass(frozen=True, slots=True)
class LetterStanding:
    """One part's letter: a state in a word, the same for people, and how many have it."""

    state: str  # a campaign's, or: approved | changed | unapproved | unsent
    words: str
    accepted: int = 0

    def as_data(self) -> dict[str, Any]:
        """As JSON data."""
        return {"state": self.state, "accepted": self.accepted}


@dataclass(frozen=True, slots=True)
class Standings:
    """By address, and for each series how many would get a letter now; the next round-ups, and to how many."""

    letters: dict[str, LetterStanding]
    audiences: dict[str, int]
    roundups: "tuple[tuple[Issue, int], ...]" = ()


def standing_of(root: Path, sources: "Sources", issues: "Issues") -> Standings | None:
    """How every letter stands; none where there is no list, and looking makes none.

    Raises:
        DatabaseError: the database refused.
    """
    from pipeline.ledger.campaigns import campaigns
    from pipeline.sending.forecast import forecast
    from pipeline.sending.roundups import audience_of, coming_roundups, gathered
    from pipeline.settings import Approval

    now = options.now()
    with looked_at(root) as database:
        if database is None:
            return None
        planned = {each.address: each for each in campaigns(database) if not each.revision}
        slugs = [placed.series.slug for placed in issues.series]
        publication = issues.publication
        audiences = {slug: forecast(database, audience_of(publication, slug, at=now)).wanted for slug in slugs}
        is_required = issues.publication.sending.approval is Approval.REQUIRED
        waiting = _Waiting(database, sources, now, is_required=is_required)
        letters = {}
        for issue in issues.all:
            if campaign := planned.get(issue.address):
                letters[issue.address] = _of_campaign(database, campaign)
            else:
                letters[issue.address] = waiting.standing(issue)
        coming = []
        for issue in coming_roundups(issues, gathered(database), now):
            them = audience_of(publication, issue.series.slug, is_roundup=True, at=now)
            coming.append((issue, forecast(database, them).wanted))
            letters[issue.address] = waiting.standing(issue)
        return Standings(letters, audiences, tuple(coming))


def _of_campaign(database: "Database", campaign: "Campaign") -> LetterStanding:
    from pipeline.ledger.campaigns import CampaignState
    from pipeline.ledger.counts import counts

    number = counts(database, campaign.id)
    match campaign.state:
        case CampaignState.FINISHED:
            words = f"sent to {number.accepted:,}"
        case CampaignState.SENDING | CampaignState.PAUSED:
            words = f"{campaign.state.value}, {number.accepted:,} of {number.audience:,}"
        case _:
            words = campaign.state.value
    if number.uncertain:
        words += f", {number.uncertain:,} uncertain"
    return LetterStanding(campaign.state.value, words, number.accepted)


class _Waiting:
    """Letters that have not been sent. One is made only where somebody approved it: then it is to be compared."""

    def __init__(self, database: "Database", sources: "Sources", now: datetime, *, is_required: bool) -> None:
        self._database, self._sources, self._now = database, sources, now
        self._is_required = is_required
        self._prepared: Prepared | None = None

    def standing(self, issue: "Issue") -> LetterStanding:
        """How it stands with those who approve."""
        from pipeline.errors import ContentError
        from pipeline.ledger.approvals import latest_approval
        from pipeline.sending.approving import Standing, looked
        from pipeline.sending.letters import make_letter, prepare

        if latest_approval(self._database, issue.series.slug, issue.part.slug) is None:
            if self._is_required and not issue.is_out:
                return LetterStanding("unapproved", "waits for approval")
            return LetterStanding("unsent", "not sent" if issue.is_out else "")
        try:
            self._prepared = self._prepared or prepare(self._sources, self._now)
            made = make_letter(self._prepared, issue)
        except ContentError:
            return LetterStanding("unsent", "has errors")
        is_same = looked(self._database, made).standing is Standing.APPROVED
        if is_same:
            return LetterStanding("approved", "approved")
        return LetterStanding("changed", "changed, not approved")
