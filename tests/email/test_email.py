"""The HTML of an email: what inboxes need, and what authors must not be able to break."""

import re
from dataclasses import replace

import pytest
from lxml import etree

from pipeline.model import Theme
from pipeline.render import promises
from pipeline.render.email.editions import broken_promises
from pipeline.render.email.inbox import preheader_of, subject_of
from pipeline.render.email.look import template_of
from tests.email import builders
from tests.email.test_mime import TITLES


def everything() -> str:
    issues = builders.everything()
    return builders.finished(builders.email(issues, 2), issues.publication)


def found(html: str, path: str) -> list["etree._Element"]:
    elements = builders.parsed(html).xpath(path)
    assert isinstance(elements, list)
    return [element for element in elements if isinstance(element, etree._Element)]


def test_the_document_is_in_standards_mode_and_says_its_language() -> None:
    html = everything()

    assert html.startswith("<!DOCTYPE html>\n<html ")
    (root,) = found(html, "/html")
    assert (root.get("lang"), root.get("dir")) == ("en", "ltr")
    assert found(html, "//title")[0].text == "Title 2 (Part 2 of 8)"


def test_a_right_to_left_language_turns_the_letter_round() -> None:
    issues = builders.everything()
    library = builders.in_language(issues, "ar")
    html = builders.room(library).render(builders.issue(issues, 2)).html

    assert found(html, "/html")[0].get("dir") == "rtl"
    turned = [element for element in found(html, "//*[@style]") if "direction:ltr" in str(element.get("style"))]
    assert {element.tag for element in turned} == {"pre"}  # code stays as it is
    (quote,) = found(html, "//blockquote")
    assert "border-right:3px" in str(quote.get("style"))


def test_every_picture_has_its_alternative_text_and_fits() -> None:
    pictures = found(everything(), "//img")

    assert [picture.get("alt") for picture in pictures] == ["A seam, “close up”"]
    assert all("max-width:100%" in str(picture.get("style")) for picture in pictures)


def test_dark_rules_are_in_the_document_with_all_their_force() -> None:
    html = everything()
    sheets = "".join(sheet.text or "" for sheet in found(html, "//style"))

    assert "@media (prefers-color-scheme: dark)" in sheets
    assert "[data-ogsc] .prose a" in sheets
    assert "[data-ogsb] .sheet" in sheets
    assert sheets.count("!important") >= 30
    assert [meta.get("content") for meta in found(html, "//meta[@name='color-scheme']")] == ["light dark"]


def test_no_style_attribute_claims_to_be_important() -> None:
    """Outlook for Windows ignores such a declaration altogether."""
    assert not [element for element in found(everything(), "//*[@style]") if "!" in str(element.get("style"))]


def test_styles_are_on_the_elements_themselves() -> None:
    html = everything()

    for element in found(html, "//td[contains(@class, 'prose')]//*[self::p or self::a or self::li or self::td]"):
        assert element.get("style"), etree.tostring(element)


def test_the_preheader_is_hidden_and_not_by_its_colour() -> None:
    issues = builders.everything()
    body = found(everything(), "//body")[0]
    (hidden,) = [element for element in body.iter("div") if "display:none" in (element.get("style") or "")]

    assert hidden.text == preheader_of(builders.issue(issues, 2), issues.publication) == "What part 2 says."
    assert "color" not in str(hidden.get("style"))
    assert "font-size" not in str(hidden.get("style"))
    assert "".join(body.itertext()).strip().startswith("What part 2 says.")


def test_nothing_is_fetched_from_anybody_else() -> None:
    issues = builders.everything()
    for font in ("Lato, sans-serif", "Roboto, 'Open Sans'", 'Ubuntu, "Droid Sans"'):
        library = builders.with_theme(issues, Theme(font=font))
        html = builders.room(library).render(builders.issue(issues, 2)).html

        assert "googleapis" not in html
        assert "@import" not in html
        assert not found(html, "//link | //script | //iframe")
        assert font.split(",")[0] in html


def test_links_lead_where_they_should() -> None:
    links = {str(link.get("href")): "".join(link.itertext()) for link in found(everything(), "//a")}

    assert links["https://weekly.example.org/small/part-1/"] == "own part"
    assert links["https://weekly.example.org/small/part-2/email.html"].replace("\xa0", " ") == "View in browser"
    assert links["mailto:letters@weekly.example.org?subject=unsubscribe"] == "Unsubscribe"
    assert links["https://example.org/?a=1&b=2"] == "link"
    call = "https://clinic.example.org/call?a=1&b=2&utm_source=weekly.example.org&utm_medium=email"
    assert f"{call}&utm_campaign=small&utm_content=part-2-end" in links
    assert all(re.match("https?:|mailto:|#", address) for address in links)


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_title_is_shown_as_it_was_written_and_breaks_nothing(title: str) -> None:
    html = builders.titled(title.replace("\x00", "")).html
    (heading,) = found(html, "//h1")

    assert "".join(heading.itertext()).split() == title.replace("\x00", "").split()
    assert len(found(html, "//div[@class='sheet']")) == 1
    assert len(found(html, "//td[contains(@class, 'footer')]")) == 1
    assert not found(html, "//script")


@pytest.mark.parametrize(
    "body",
    [
        "End ]]> of CDATA, `]]>` and <!-- a comment",
        "Entities &amp; &lt;b&gt; &nbsp; &#0; &copy;",
        "[a](<https://e.org/?q=a\"b'c>) and [b](https://e.org/é?x={{y}})",
        "![a](https://e.org/x.png \"quoted 'title'\")",
        "```\n<mj-text></mj-text></mj-body>\n```",
        "</td></table> as text, pw7k0z and 1 < 2 & 3 > 2",
        "<div><p>unusual <b>nesting</b></div></p>",
        "| a |\n|---|\n| </td></tr></table> |",
        "𝕊𝕦𝕣𝕣𝕠𝕘𝕒𝕥𝕖𝕤 👩‍👩‍👧 é \u200fقصة\u200f",
    ],
)
def test_no_body_breaks_the_letter_around_it(body: str) -> None:
    html = builders.of_body_with_trouble(body).html

    assert len(found(html, "//body/div/div[contains(@class, 'sheet')]")) == 1
    assert len(found(html, "//td[contains(@class, 'footer')]//a")) == 3


def test_a_subject_is_the_author_s_or_the_title_with_its_place_while_there_is_room() -> None:
    issues = builders.everything()
    issue = builders.issue(issues, 2)
    long = replace(issue, part=replace(issue.part, title="A title that is rather long for any inbox to show"))
    own = replace(issue, part=replace(issue.part, subject="Mine\r\nBcc: x"))

    assert subject_of(issue, issues.publication) == "Title 2 (Part 2 of 8)"
    assert subject_of(long, issues.publication) == "A title that is rather long for any inbox to show"
    assert subject_of(own, issues.publication) == "Mine Bcc: x"


def test_every_disclaimer_is_in_html_and_text_and_its_wording_recorded() -> None:
    issues = builders.everything()
    issue = builders.issue(issues, 2)
    edition = builders.email(issues, 2)

    assert promises.missing_disclaimers(issue, promises.shown_text(edition.html), "") == []
    assert promises.missing_disclaimers(issue, edition.text, "") == []
    assert edition.wording == promises.wording_records(issue)


@pytest.mark.parametrize(
    ("template", "pattern", "code"),
    [
        ("email/shared/sections/disclaimer.mjml.j2", r"\{\{ section.html \}\}", "PW603"),
        ("text/part.txt.j2", r"\{\{ section.text \}\}", "PW603"),
        ("email/shared/footer.mjml.j2", r"\{\{ unsubscribe_url \}\}", "PW602"),
        ("text/part.txt.j2", r"\{\{ unsubscribe_url \}\}", "PW602"),
    ],
)
def test_a_template_that_breaks_a_promise_is_refused(template: str, pattern: str, code: str) -> None:
    issues = builders.everything()
    text = issues.library.templates[template]
    changed = {template: re.sub(pattern, "", text)}
    assert changed[template] != text

    assert {problem.code for problem in builders.printed(issues, changed).diagnostics} == {code}
    edition = builders.email(issues, 2, changed)
    told = broken_promises(builders.issue(issues, 2), edition, issues.publication, template_of(issues.publication))
    assert {problem.code for problem in told} == {code}


def test_a_disclaimer_hidden_in_a_comment_does_not_count() -> None:
    issues = builders.everything()
    name = "email/shared/sections/disclaimer.mjml.j2"
    text = issues.library.templates[name].replace("{{ section.html }}", "<!-- {{ section.html }} -->")

    assert {problem.code for problem in builders.printed(issues, {name: text}).diagnostics} == {"PW603"}


def test_all_emails_are_made_with_their_files_and_public_copies() -> None:
    printed = builders.printed(builders.everything())
    files = {artifact.path: artifact.data for artifact in printed.artifacts}

    assert printed.diagnostics == ()
    assert list(files)[:5] == [
        "email/small/01-part-1.html",
        "email/small/01-part-1.txt",
        "email/small/01-part-1.eml",
        "site/small/part-1/email.html",
        "email/small/02-part-2.html",
    ]
    assert [path for path in files if path.startswith("site/")] == [
        f"site/small/part-{number}/email.html" for number in (1, 2, 3)
    ]
    public = files["site/small/part-2/email.html"].decode()
    assert "reader@example.org" not in public
    assert "signed up for it with your email address" in public


def test_a_room_makes_the_same_email_whatever_it_made_before() -> None:
    issues = builders.everything()
    room = builders.room(issues.library)
    for issue in (*issues.all, *reversed(issues.all)):
        assert room.render(issue) == builders.room(issues.library).render(issue)
