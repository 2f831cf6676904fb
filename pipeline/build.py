"""The story: sources in, artifacts out. Pure: no disk, no clock, no network."""

from dataclasses import dataclass
from datetime import date, datetime

from pipeline.edition import Artifact
from pipeline.errors import Diagnostic
from pipeline.issue import Issues
from pipeline.model import Sources


@dataclass(frozen=True, slots=True)
class Build:
    """What a build gives: everything there is to tell, and, when nothing is an error, what to write.

    ``artifacts`` are sorted by path, under ``site/`` and ``email/``; none when there are errors.
    """

    diagnostics: tuple[Diagnostic, ...]
    artifacts: tuple[Artifact, ...]
    issues: Issues | None

    @property
    def has_errors(self) -> bool:
        """Whether anything stops the publication."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def build(sources: Sources, as_of: date | datetime, *, drafts: bool = False) -> Build:
    """Build the publication as of a moment.

    A bare date means the end of that day, and a naive moment is wall-clock time, both in the publication's
    time zone. ``drafts`` treats drafts as finished, to look at them.
    """
    raise NotImplementedError
