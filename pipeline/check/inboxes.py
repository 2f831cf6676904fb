"""What inboxes show of an email before it is opened: told without making the email."""

from collections.abc import Iterator

from pipeline.check.catalogue import Catalogue
from pipeline.errors import Diagnostic
from pipeline.issue import Issues

SHORT_SUBJECT = 60  # so many ASCII characters, and nothing is wrong with them
SHORT_PREHEADER = 140


def subjects_and_preheaders(_: Catalogue, issues: Issues) -> Iterator[Diagnostic]:
    """A subject and a preheader are no longer than inboxes show, and have no emoji that they cannot draw."""
    for issue in issues.all:
        part = issue.part
        subject, preheader = part.subject or part.title, part.preheader or part.summary
        if len(subject) <= SHORT_SUBJECT and subject.isascii() and len(preheader) <= SHORT_PREHEADER:
            continue
        from pipeline.render.email.inbox import inbox_diagnostics_of  # 10 ms, and most parts have nothing for it

        yield from inbox_diagnostics_of(issue, issues.publication)
