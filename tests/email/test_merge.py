"""What differs from reader to reader stays open in an edition, and is filled without harm."""

from dataclasses import replace

import pytest

from pipeline.errors import RenderError
from pipeline.render.email import merge
from pipeline.render.email.merge import Place, Reader
from tests import projects
from tests.email import builders

TOKENS = tuple(merge.token("weekly.example.org,2026", place) for place in Place)


def test_both_places_are_open_in_html_and_in_text() -> None:
    edition = builders.email(builders.everything())

    for place in (Place.UNSUBSCRIBE, Place.RECIPIENT):
        token = merge.token("weekly.example.org,2026", place)
        assert token in edition.html
        assert token in edition.text


def test_nothing_is_left_open_in_a_copy() -> None:
    issues = builders.everything()
    edition = builders.email(issues, 2)
    own = issues.publication
    html = builders.finished(edition, own)
    text = merge.fill(edition.text, merge.values(own, merge.sample_reader(own)))

    for leftover in (*TOKENS, "pw7k", "partwork:inline", "data-premailer", "{{", "{%"):
        assert leftover not in html
        assert leftover not in text


def test_a_token_is_letters_and_digits_and_its_publication_s_own() -> None:
    assert all(token.isalnum() and token.islower() and token.isascii() for token in TOKENS)
    assert merge.token("other.example.org,2026", Place.RECIPIENT) not in TOKENS


def test_an_author_who_writes_a_token_is_refused() -> None:
    for place, text in (("title", TOKENS[0]), ("body", f"Text {TOKENS[1]} text."), ("summary", f"A{TOKENS[1]}")):
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
    reader = Reader(TOKENS[0], "mailto:a@example.org")

    assert merge.fill(f"To {TOKENS[1]}.", merge.values(own, reader)) == f"To {TOKENS[0]}."


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
