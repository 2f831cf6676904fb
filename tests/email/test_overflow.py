"""An email too long for an inbox goes on on the web, where a section ends; or it stops the build."""

import re
from dataclasses import replace

import pytest

from pipeline.edition import EmailEdition
from pipeline.issue import Issue, Issues
from pipeline.model import EmailSettings, Overflow
from pipeline.parse.config import parse_config
from pipeline.render import promises
from pipeline.render.email.editions import email_diagnostics
from pipeline.render.email.overflow import BUDGET_BYTES
from tests import projects
from tests.email import builders

WORDS = "Some words to fill the letter with, and then some. " * 12
SECTION = f"{WORDS}\n\n{WORDS}\n\n{WORDS}\n\n"
SECTIONS = "".join(f"## Section {number}\n\n{SECTION}" for number in range(1, 61))
ONWARD = "Continue reading on the web"
FULL = f'{builders.REFERENCES}\nrelated: [{{title: A mill, url: "https://mill.example.org/"}}]'
CITED = "As said [@one; @two] and noted[^1].\n\n"
NOTE = "\n\n[^1]: A note."


def issues_of(body: str, more: str = FULL, blocks: str = builders.BLOCKS) -> Issues:
    parts = (projects.part(1), projects.part(2, body=CITED + body + NOTE, more=more), projects.part(3))
    return builders.placed(builders.publication(*parts, blocks=blocks))


def with_setting(issues: Issues, overflow: Overflow) -> Issues:
    own = replace(issues.publication, email=EmailSettings(overflow))
    return replace(issues, library=replace(issues.library, publication=own))


def made(issues: Issues) -> tuple[Issue, EmailEdition]:
    issue = builders.issue(issues, 2)
    return issue, builders.room(issues.library).render(issue)


def size(edition: EmailEdition) -> int:
    return len(edition.html.encode())


def headings(edition: EmailEdition) -> list[str]:
    found = builders.parsed(edition.html).iter("h1", "h2", "h3")
    return [" ".join("".join(node.itertext()).split()) for node in found]


@pytest.mark.parametrize("theme", builders.themes())
def test_an_email_past_the_budget_ends_with_a_section_and_a_link(theme: str) -> None:
    issues = issues_of(SECTIONS)
    library = builders.themed(issues.library, theme)
    edition = builders.room(library).render(builders.issue(issues, 2))
    kept = [int(found) for found in re.findall(r"Section (\d+)", " ".join(headings(edition)))]
    links = [node for node in builders.parsed(edition.html).iter("a") if "".join(node.itertext()) == ONWARD]

    assert edition.is_continued
    assert BUDGET_BYTES * 0.9 < size(edition) <= BUDGET_BYTES
    assert kept == list(range(1, len(kept) + 1))
    assert len(links) == 1
    # The next section's own place, on the page of the part.
    assert links[0].get("href") == f"https://weekly.example.org/small/part-2/#section-{kept[-1] + 1}"
    assert edition.html.count(WORDS.strip()) == 3 * len(kept)


def test_what_stands_around_the_text_stays() -> None:
    issue, edition = made(issues_of(SECTIONS))
    shown = promises.shown_text(edition.html)

    for words in ("Previously, in Part 1", "Book a call", "Title 3", "A mill", "A note.", "A Second Book"):
        assert words in shown, words
    assert "Unsubscribe" in shown
    assert promises.missing_disclaimers(issue, shown, "") == []


def test_the_plain_text_is_whole() -> None:
    issues = issues_of(SECTIONS)
    edition = made(issues)[1]
    whole = made(with_setting(issues, Overflow.ERROR))[1]

    assert edition.text == whole.text
    assert "Section 60" in edition.text
    assert ONWARD not in edition.text


def test_an_email_that_fits_is_left_alone() -> None:
    edition = made(issues_of(SECTIONS[: len(SECTIONS) // 4]))[1]

    assert not edition.is_continued
    assert ONWARD not in edition.html


def test_one_section_that_is_too_long_is_cut_between_its_blocks() -> None:
    body = "\n\n".join(f"Paragraph {number}. {WORDS}" for number in range(180))
    edition = made(issues_of(body))[1]
    kept = [int(found) for found in re.findall(r"Paragraph (\d+)\.", edition.html)]

    assert kept == list(range(len(kept)))
    assert BUDGET_BYTES - 1500 < size(edition) <= BUDGET_BYTES
    assert 'href="https://weekly.example.org/small/part-2/"' in edition.html.split(ONWARD)[0][-200:]


def test_no_heading_is_the_last_word() -> None:
    body = "\n\n".join(f"## H {number}\n\n### I {number}\n\n{WORDS * 40}" for number in range(20))
    edition = made(issues_of(body))[1]
    before = edition.html.split(ONWARD)[0]

    assert edition.is_continued
    assert re.findall(r"<(h2|h3|p)\b", before)[-2:] == ["p", "p"]


def test_the_call_in_the_middle_is_not_made_twice_in_a_row() -> None:
    blocks = builders.BLOCKS.replace("placement: [end]", "placement: [middle, end]")
    edition = made(issues_of(SECTIONS, blocks=blocks))[1]

    assert edition.html.count("Book a call") == edition.html.count("part-2-end") == 1


def test_lists_that_leave_the_text_no_room_give_way() -> None:
    notes = "\n\n".join(f"[^{number}]: {WORDS * 3}" for number in range(2, 90))
    marks = "".join(f"[^{number}]" for number in range(2, 90))
    issue, edition = made(issues_of(f"Mentioned{marks}.\n\n{SECTIONS}\n\n{notes}"))

    assert size(edition) <= BUDGET_BYTES
    assert "Section 10" in headings(edition)
    assert "Notes" not in headings(edition)
    assert "Not advice" in headings(edition)
    assert promises.missing_disclaimers(issue, edition.text, "") == []


def test_the_public_copy_is_whole() -> None:
    issues = issues_of(SECTIONS)
    files = {artifact.path: artifact.data for artifact in builders.printed(issues).artifacts}
    copy = files["site/small/part-2/email.html"].decode()

    assert "Section 60" in copy
    assert ONWARD not in copy


def test_the_author_is_told_that_it_goes_on_on_the_web() -> None:
    issues = issues_of(SECTIONS)
    issue, edition = made(issues)
    (told,) = email_diagnostics(issue, edition, issues.publication)

    assert (told.code, told.is_error, str(told.location)) == ("PW704", False, "series/small/02-part-2.md:1:1")
    assert "over 90 KB" in told.message


def test_the_build_stops_when_the_author_wants_it_to() -> None:
    issues = with_setting(issues_of(SECTIONS), Overflow.ERROR)
    issue, edition = made(issues)
    (told,) = email_diagnostics(issue, edition, issues.publication)

    assert not edition.is_continued
    assert (told.code, told.is_error) == ("PW701", True)
    assert re.match(r"the email is \d{3} KB of HTML; Gmail shows 102, of which 90 are safe", told.message)


def test_the_settings_are_read_and_a_wrong_one_is_told() -> None:
    text = projects.files(projects.CONFIG)["partwork.toml"].decode()
    read = parse_config(text + '[email]\noverflow = "error"\nembed_pictures = true\nany_emoji = true\n')
    wrong = parse_config(text + '[email]\noverflow = "cut"\nembed_picture = true\n')

    assert read.diagnostics == ()
    assert read.publication is not None
    assert read.publication.email == EmailSettings(Overflow.ERROR, embed_pictures=True, any_emoji=True)
    assert [(told.code, told.hint) for told in wrong.diagnostics] == [
        ("PW102", "did you mean `embed_pictures`?"),
        ("PW104", "write `continue` or `error`"),
    ]


def test_disclaimers_are_never_cut_and_too_many_of_them_are_an_error() -> None:
    blocks = builders.BLOCKS.replace("This is *information*", f"{WORDS * 160}\n\nThis is *information*")
    issues = issues_of(SECTIONS, blocks=blocks)
    issue, edition = made(issues)

    assert promises.missing_disclaimers(issue, promises.shown_text(edition.html), "") == []
    assert [told.code for told in email_diagnostics(issue, edition, issues.publication)] == ["PW701"]
