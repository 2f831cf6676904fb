"""What ``partwork check --email`` can tell of an edition: rules of their own, for they need every email made.

Codes from PW720 up; as everywhere, a code never changes its meaning. ``docs/how-to/check-emails.md`` names each.
"""

from pipeline.errors import Severity
from pipeline.rules import Rule


def _warning(code: str, summary: str, why: str) -> Rule:
    return Rule(code, Severity.WARNING, summary, why)


LARGE = _warning(
    "PW721",
    "an email that comes near the size at which Gmail cuts",
    "Gmail shows 102 KB of HTML. What a mailer adds for tracking counts, too, so 90 KB is what it may have.",
)
TEXT_DIFFERS = _warning(
    "PW722",
    "an email whose plain text does not say what its HTML says",
    "Some read only the text; and filters take two parts that differ for a trick (MPART_ALT_DIFF, 2.2 points).",
)
DOUBTFUL_LINK = _warning(
    "PW723",
    "a link that inboxes doubt",
    "http, a bare IP address and a shortener hide where a link leads; filters count each of them.",
)
UNCLEAR_LINK = _warning(
    "PW724",
    "a link in an email that does not say where it leads",
    "A list of links read aloud has only their words (WCAG 2.4.4): none, or the same twice, are of no use.",
)
PICTURE = _warning(
    "PW725",
    "a picture that some inboxes show badly or not at all",
    "Without `alt` it is nothing where pictures are off, without `width` Outlook draws it in its full size.",
)
LOW_CONTRAST = _warning(
    "PW726",
    "words of an email that are hard to read",
    "Text needs a contrast of 4.5 to 1 with what is behind it, by day and in the dark (WCAG 1.4.3).",
)
NOT_EVERYWHERE = _warning(
    "PW727",
    "something in an email that inboxes do not have",
    "An inbox passes over the CSS and HTML it does not know, and shows what is left of the layout.",
)
LOOKS_LIKE_SPAM = _warning(
    "PW728",
    "an email that SpamAssassin gives points",
    "Filters call a letter spam at 5 points, and a sender's name and the recipients' doubts come on top of these.",
)

LETTER_RULES: tuple[Rule, ...] = tuple(
    sorted((rule for rule in globals().values() if isinstance(rule, Rule)), key=lambda rule: rule.code)
)
