"""What an inbox shows before an email is opened, and what it cuts or cannot draw."""

import pytest

from pipeline.errors import Location
from pipeline.render.email.editions import email_diagnostics
from pipeline.render.email.inbox import INBOXES, cut
from tests import projects
from tests.email import builders

PATH = "series/small/01-part-1.md"


def told(part: str, config: str = "") -> list[tuple[str, Location, str]]:
    issues = builders.placed(builders.publication(part, config=config))
    issue = builders.issue(issues)
    found = email_diagnostics(issue, builders.email(issues), issues.publication)
    return [(problem.code, problem.location, problem.message) for problem in found]


def test_what_is_too_long_is_told_where_it_is_written() -> None:
    long = f"subject: {'Subject ' * 10}\npreheader: {'Pre ' * 40}"
    (subject, preheader) = told(projects.part(1, more=long))

    assert subject[:2] == ("PW702", Location(PATH, 4))
    assert preheader[:2] == ("PW703", Location(PATH, 5))
    assert subject[2].endswith(
        "inboxes show up to 70, Gmail on a phone `Subject Subject Subject Subject Subject…`"
    )
    assert told(projects.part(1, title="Title " * 14))[0][:2] == ("PW702", Location(PATH, 2))


def test_a_name_counts_as_the_word_that_stands_for_it() -> None:
    subject = "{{ first_name | Reader }} " + "x" * 60

    assert told(projects.part(1, more=f'subject: "{subject}"')) == []
    assert told(projects.part(1, more=f'subject: "{subject}xxxx"'))[0][0] == "PW702"


def test_every_inbox_cuts_in_its_own_place() -> None:
    for box in INBOXES:
        assert len(cut("s" * 100, box.subject)) == box.subject
        assert cut("s" * 100, box.subject).endswith("…")
    assert cut("short", INBOXES[0].subject) == "short"
    assert cut("one two", 5) == "one…"


RISKY = {
    "flag": ("Tea in 🇬🇧", "Windows draws as letters"),
    "flag of a part": ("Tea in 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "Windows draws as letters"),
    "family": ("For 👨‍👩‍👧", "older systems take apart"),
    "profession": ("By 👩🏽‍🚀", "older systems take apart"),
    "new": ("A 🫖 of tea", "older systems show as an empty box"),
}


@pytest.mark.parametrize(("subject", "why"), RISKY.values(), ids=RISKY)
def test_an_emoji_that_not_every_inbox_can_draw_is_told(subject: str, why: str) -> None:
    ((code, place, message),) = told(projects.part(1, more=f"subject: {subject}"))

    assert (code, place) == ("PW705", Location(PATH, 4))
    assert message.endswith(why)
    assert told(projects.part(1, more=f"subject: {subject}"), "[email]\nany_emoji = true\n") == []


@pytest.mark.parametrize("subject", ["Tea ☕", "Party 🎉!", "A ❤️ for you", "Thumb 👍🏽", "میخواهم"])
def test_other_emoji_and_other_scripts_are_fine(subject: str) -> None:
    assert told(projects.part(1, more=f"subject: {subject}")) == []
