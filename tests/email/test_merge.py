"""What differs from reader to reader stays open in an edition, and is filled without harm."""

import re
from dataclasses import replace

import pytest

from pipeline.edition import EmailEdition
from pipeline.errors import RenderError
from pipeline.issue import Issues
from pipeline.model import Publication
from pipeline.render import promises
from pipeline.render.email import merge
from pipeline.render.email.columns import width
from pipeline.render.email.editions import broken_promises
from pipeline.render.email.look import template_of
from pipeline.render.email.merge import Place, Reader
from tests import projects
from tests.email import builders

ID = "weekly.example.org,2026"
ADDRESSES = tuple(merge.token(ID, place) for place in (Place.UNSUBSCRIBE, Place.RECIPIENT))
THERE = merge.token(ID, Place.FIRST_NAME, "there")
GREETING = "{{ first_name | there }}"


def greeting(body: str = f"Hello {GREETING}!", more: str = "") -> Issues:
    return builders.placed(builders.publication(projects.part(1, body=body, more=more), projects.part(2)))


def copies(edition: EmailEdition, own: Publication, first_name: str = "") -> tuple[str, str]:
    """HTML and text as a reader gets them."""
    reader = replace(merge.sample_reader(own), first_name=first_name)
    html = merge.fill(edition.html, merge.html_values(own, reader))
    return html, merge.fill(edition.text, merge.values(own, reader))


def test_both_addresses_are_open_in_html_and_in_text() -> None:
    edition = builders.email(builders.everything())

    for token in ADDRESSES:
        assert token in edition.html
        assert token in edition.text


def test_nothing_is_left_open_in_a_copy() -> None:
    issues = greeting(more='subject: "{{ first_name | You }}, this"\npreheader: "For {{first_name|you}}"')
    for text in copies(builders.email(issues), issues.publication):
        for leftover in (
            *ADDRESSES,
            THERE[:32],
            "pw7k",
            "partwork:inline",
            "data-premailer",
            "{{",
            "{%",
            "\ufdd0",
        ):
            assert leftover not in text


def test_a_token_is_letters_and_digits_and_its_publication_s_own() -> None:
    for token in (*ADDRESSES, THERE):
        assert token.isalnum()
        assert token.islower()
        assert token.isascii()
    assert merge.token("other.example.org,2026", Place.RECIPIENT) not in ADDRESSES
    assert merge.place_of(ID, merge.token(ID, Place.FIRST_NAME, "Ünï 👩")) == (Place.FIRST_NAME, "Ünï 👩")


def test_an_author_who_writes_an_address_s_token_is_refused() -> None:
    for place, text in (
        ("title", ADDRESSES[0]),
        ("body", f"Text {ADDRESSES[1]} text."),
        ("summary", f"A{ADDRESSES[1]}"),
    ):
        found = projects.part(1, body=text) if place == "body" else projects.part(1, title=text)
        if place == "summary":
            found = projects.part(1).replace("What part 1 says.", text)
        issues = builders.placed(builders.publication(found))

        with pytest.raises(RenderError, match="own mark for a reader"):
            builders.email(issues)


def test_a_reader_s_address_is_escaped_in_html_and_not_in_text() -> None:
    issues = builders.everything()
    own = issues.publication
    reader = Reader('"<b>"@example.org', "https://weekly.example.org/u/x?a=1&b=2")
    edition = builders.email(issues)

    assert "https://weekly.example.org/u/x?a=1&amp;b=2" in merge.fill(edition.html, merge.html_values(own, reader))
    assert '"<b>"@example.org' in merge.fill(edition.text, merge.values(own, reader))


def test_what_is_filled_in_is_not_filled_again() -> None:
    own = builders.everything().publication
    reader = Reader(ADDRESSES[0], "mailto:a@example.org", THERE)

    assert merge.fill(f"To {ADDRESSES[1]}.", merge.values(own, reader)) == f"To {ADDRESSES[0]}."
    assert merge.fill(f"To {THERE}.", merge.values(own, reader)) == f"To {THERE}."


def test_leaving_is_a_page_when_there_is_one_and_an_email_otherwise() -> None:
    own = builders.everything().publication
    served = builders.served(own)
    asked = replace(own, sender=replace(own.sender, reply_to="hello+a&b@example.org"))

    assert merge.unsubscribe_url(served, "a/b?c") == "https://weekly.example.org/people/u/a%2Fb%3Fc"
    assert merge.unsubscribe_url(own, "x") == "mailto:letters@weekly.example.org?subject=unsubscribe"
    assert merge.unsubscribe_url(asked, "x") == "mailto:hello%2Ba%26b@example.org?subject=unsubscribe"


def test_the_public_copy_has_nobody_s_address_and_no_page_of_anybody_s() -> None:
    own = builders.served(builders.everything().publication)
    reader = merge.web_reader(own)

    assert "@" not in reader.address
    assert reader.unsubscribe_url.startswith("mailto:")
    assert reader.first_name == ""


# --- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_name", "shown"),
    [
        ("Zoë", "Zoë"),
        ("", "there"),
        ("  ", "there"),
        ("Ann <b> & Co", "Ann <b> & Co"),
        ("A\r\nBcc: b@c.org", "A Bcc: b@c.org"),
    ],
)
def test_a_name_is_filled_in_and_the_author_s_word_where_there_is_none(first_name: str, shown: str) -> None:
    issues = greeting()
    html, text = copies(builders.email(issues), issues.publication, first_name)

    assert f"Hello {shown}!" in promises.shown_text(html)
    assert f"Hello {shown}!" in text


WHERE = {
    "emphasis": ("*Hello {{ first_name | there }}*", "Hello Zoë"),
    "link": ("[Hello {{ first_name | there }}](https://e.org/)", "Hello Zoë"),
    "heading": ("## Hello {{ first_name | there }}", "Hello Zoë"),
    "list": ("- Hello {{ first_name | there }}\n- b", "Hello Zoë"),
    "table": ("| {{ first_name \\| there }} | b |\n|---|---|\n| c | d |", "Zoë"),
    "html": ("<p>Hello <b>{{ first_name | there }}</b></p>", "Hello Zoë"),
    "note": ("Text[^1].\n\n[^1]: Hello {{ first_name | there }}", "Hello Zoë"),
    "two words": ("Hello {{ first_name | dear reader }}", "Hello Zoë"),
    "narrow": ("Hello {{first_name|there}}", "Hello Zoë"),
    "twice": ("{{ first_name | A }} and {{ first_name | B }}", "Zoë and Zoë"),
}


@pytest.mark.parametrize(("body", "shown"), WHERE.values(), ids=WHERE)
def test_a_name_can_stand_wherever_words_can(body: str, shown: str) -> None:
    issues = greeting(body)
    html, text = copies(builders.email(issues), issues.publication, "Zoë")

    assert shown in promises.shown_text(html)
    assert shown in re.sub(r"[*_|]|\s\[1\]", "", text)


@pytest.mark.parametrize(
    "body",
    [
        "`{{ first_name | there }}`",
        "```\n{{ first_name | there }}\n```",
        "{{ first_name }}",
        "{{ first_name | }}",
        "{{ last_name | there }}",
        '{{ first_name | default("there") }}',
        "{{ first_name | a | b }}",
        "\\{{ user.first_name | there }}",
    ],
)
def test_what_is_no_place_of_ours_stays_as_it_is_written(body: str) -> None:
    edition = builders.email(greeting(body))

    assert THERE[:32] not in edition.html + edition.text
    assert "{{ " in edition.text


def test_a_name_goes_into_subject_and_preheader() -> None:
    more = 'subject: "{{ first_name | Reader }}: <this>"\npreheader: For {{ first_name | you }} alone'
    issues = greeting(more=more)
    edition, own = builders.email(issues), issues.publication
    reader = replace(merge.sample_reader(own), first_name="Zoë 👩‍🚀")
    named = builders.message(edition, own, reader)
    nameless = builders.message(edition, own)

    assert named["Subject"] == "Zoë 👩‍🚀: <this>"
    assert nameless["Subject"] == "Reader: <this>"
    assert "<title>Zoë 👩‍🚀: &lt;this&gt;</title>" in builders.html(named)
    assert "For Zoë 👩‍🚀 alone" in builders.html(named)


def test_a_title_and_a_summary_are_no_places_for_names() -> None:
    """They stand on the web and in feeds, too, where a check tells of them."""
    issues = builders.placed(builders.publication(projects.part(1, title='"Hello {{ first_name | there }}"')))
    edition = builders.email(issues)

    assert THERE not in edition.html + edition.subject


def test_lines_of_text_are_filled_for_the_author_s_word() -> None:
    words = f"{'word ' * 12}{GREETING} {'word ' * 12}{{{{ first_name | dear reader }}}}."
    shown = merge.nameless(builders.email(greeting(words)).text, ID)

    assert all(width(line) <= 72 for line in shown.split("\n") if not line.startswith(("https", "On the web")))
    assert f"{'word ' * 12}there word" in shown


def test_a_disclaimer_may_hold_a_name_and_is_whole_all_the_same() -> None:
    dear = "Dear {{ first_name | reader }}, this is *information*"
    blocks = builders.BLOCKS.replace("This is *information*", dear)
    issues = builders.placed(builders.publication(projects.part(1, more="topics: [health]"), blocks=blocks))
    issue, edition = builders.issue(issues), builders.email(issues)

    assert broken_promises(issue, edition, issues.publication, template_of(issues.publication)) == []
    assert edition.wording == promises.wording_records(issue)
    assert "Dear Zoë, this is information" in promises.shown_text(copies(edition, issues.publication, "Zoë")[0])
