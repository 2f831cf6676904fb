"""What an inbox shows of an email before it is opened: the subject, the preheader, and where it cuts them.

Inboxes cut by pixels, so every number is about. Subjects: emailtooltester.com ("subject lines character limit",
tried on devices: 48 on an iPhone), theorchardagency.com.au ("subject line length and open rates": 60 in
Outlook.com, 70 in Gmail, 41 on a phone held upright). Preheaders: themarketer.com ("how long should your preview
texts be": 97 in Gmail, 81 on an iPhone held upright, 55 and fewer in Outlook, 140 at most), mailneo.co (40 on a
small phone).
"""

import re
from dataclasses import dataclass

from pipeline import rules
from pipeline.edition import EmailEdition
from pipeline.errors import Diagnostic
from pipeline.issue import Issue
from pipeline.model import Publication
from pipeline.render.email import merge
from pipeline.render.email.header import one_line

SUBJECT_ROOM = 60  # a default subject names the part within so many characters
LONG_SUBJECT = 70
LONG_PREHEADER = 140
_ELLIPSIS = "…"
# Flags by letters and by tags; figures joined by U+200D; and what came in 2019 or later.
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0020-\U000e007f]+"
_JOINED = (
    "[\u2600-\u27bf\U0001f300-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?\u200d[\u2600-\u27bf\U0001f300-\U0001faff]"
)
_NEW = "[\U0001fa70-\U0001faff]"
_RISKY_EMOJI = re.compile(f"({_FLAG})|({_JOINED})|({_NEW})")
_RISKS = ("Windows draws as letters", "older systems take apart", "older systems show as an empty box")


@dataclass(frozen=True, slots=True)
class Inbox:
    """A kind of inbox, and about how many characters of subject and preheader it shows."""

    name: str
    subject: int
    preheader: int


INBOXES = (
    Inbox("Gmail on a phone", 40, 40),
    Inbox("Mail on an iPhone", 48, 81),
    Inbox("Outlook on the web", 60, 55),
    Inbox("Gmail on the web", 70, 97),
)


def cut(text: str, room: int) -> str:
    """A text as an inbox cuts it: after so many characters, in the middle of a word if need be."""
    return text if len(text) <= room else text[: room - 1].rstrip() + _ELLIPSIS


def subject_of(issue: Issue, publication: Publication) -> str:
    """What the inbox shows: the author's subject, or the title, with its place in the series when there is room.

    The title comes first, for phones show some forty characters; the sender's name already says who writes. A
    merge place of the author's is open.
    """
    part = issue.part
    if part.subject:
        return merge.opened(publication.id, one_line(part.subject))
    placed = f"{part.title} ({issue.label})"
    return one_line(placed if len(placed) <= SUBJECT_ROOM else part.title)


def preheader_of(issue: Issue, publication: Publication) -> str:
    """What the inbox shows after the subject, a merge place of the author's open."""
    if issue.part.preheader:
        return merge.opened(publication.id, one_line(issue.part.preheader))
    return one_line(issue.part.summary)


def inbox_diagnostics(issue: Issue, edition: EmailEdition, publication: Publication) -> list[Diagnostic]:
    """What inboxes would cut, or could not draw: a long subject or preheader, an emoji in the subject."""
    return _told(issue, edition.subject, edition.preheader, publication)


def inbox_diagnostics_of(issue: Issue, publication: Publication) -> list[Diagnostic]:
    """The same before the email is made."""
    return _told(issue, subject_of(issue, publication), preheader_of(issue, publication), publication)


def _told(issue: Issue, subject: str, preheader: str, publication: Publication) -> list[Diagnostic]:
    part = issue.part
    subject_place = part.at("subject" if part.subject else "title")
    subject = merge.nameless(subject, publication.id)
    preheader = merge.nameless(preheader, publication.id)
    narrow = INBOXES[0]
    problems = []
    if len(subject) > LONG_SUBJECT:
        problems.append(
            rules.SUBJECT_LONG.at(
                subject_place,
                f"the subject has {len(subject)} characters; inboxes show up to {LONG_SUBJECT}, "
                f"{narrow.name} `{cut(subject, narrow.subject)}`",
                "write a shorter `subject:`",
            )
        )
    if len(preheader) > LONG_PREHEADER:
        problems.append(
            rules.PREHEADER_LONG.at(
                part.at("preheader" if part.preheader else "summary"),
                f"the preheader has {len(preheader)} characters; inboxes show up to {LONG_PREHEADER}, "
                f"{narrow.name} `{cut(preheader, narrow.preheader)}`",
                "write a shorter `preheader:`",
            )
        )
    risky = None if publication.email.any_emoji else _RISKY_EMOJI.search(subject)
    if risky:
        problems.append(
            rules.SUBJECT_EMOJI.at(
                subject_place,
                f"the subject has {risky.group()}, which {_RISKS[(risky.lastindex or 1) - 1]}",
                "take another, or write `any_emoji = true` under [email] in partwork.toml",
            )
        )
    return problems
