"""The message: what mail servers and mail programs get."""

import quopri
import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RenderError
from pipeline.render.email import merge
from pipeline.render.email.header import mailbox, text_field
from pipeline.render.email.merge import Reader
from pipeline.render.email.mime import to_eml
from pipeline.render.email.quoted import quoted
from tests import projects
from tests.email import builders

TITLES = {
    "script": "A </script> in a title",
    "jinja": "Braces {{ x }} and {% y %}",
    "quotes": "\"Quoted\" and 'quoted' & <b>",
    "emoji": "Family 👨‍👩‍👧 and flag 🇬🇧",
    "arabic": "قصة الزونولين بين الفكرة والاختبار",
    "long": "Long words and more of them " * 11,
    "unbroken": "x" * 300,
    "encoded": "=?utf-8?q?not_encoded?=",
    "injection": "Hello\r\nBcc: everybody@example.org\r\n\r\nBody",
    "separators": "One\u2028Bcc: a@example.org\u0085Cc: b@example.org\x00",
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_title_reaches_the_inbox_whole_and_makes_no_header(title: str) -> None:
    own = builders.everything().publication
    edition = builders.titled(title)
    data = to_eml(edition, own, merge.sample_reader(own))
    message = builders.message(edition, own)

    assert message["Subject"] == edition.subject
    assert edition.subject.startswith(" ".join(re.sub("[\x00-\x1f\x85\u2028]", " ", title).split()))
    assert message["Bcc"] is message["Cc"] is None
    assert message.defects == []
    assert_deliverable(data)


def assert_deliverable(data: bytes) -> None:
    """RFC 5322 and 5321: CRLF, ASCII, and lines that no server breaks."""
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert data.endswith(b"--\r\n")


def test_html_and_text_come_out_of_the_message_as_they_went_in() -> None:
    issues = builders.everything()
    own = issues.publication
    edition = builders.email(issues, 2)
    message = builders.message(edition, own)
    plain, html = (part.get_content().replace("\r\n", "\n") for part in message.iter_parts())

    assert plain == merge.fill(edition.text, merge.values(own, merge.sample_reader(own)))
    assert html == builders.finished(edition, own)


def test_text_comes_before_html() -> None:
    issues = builders.everything()
    message = builders.message(builders.email(issues), issues.publication)

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert all(part["Content-Transfer-Encoding"] == "quoted-printable" for part in message.iter_parts())


def test_the_same_edition_is_the_same_bytes() -> None:
    issues = builders.everything()
    own = issues.publication
    reader = merge.sample_reader(own)

    assert to_eml(builders.email(issues, 2), own, reader) == to_eml(builders.email(issues, 2), own, reader)


def test_a_message_id_is_the_part_s_own_whatever_becomes_of_it() -> None:
    issues = builders.everything()
    found = builders.issue(issues, 2)
    renamed = replace(found, part=replace(found.part, title="Another", number=7))
    room = builders.room(issues.library)

    assert room.render(found).message_id == room.render(renamed).message_id
    assert room.render(found).message_id != room.render(builders.issue(issues, 1)).message_id
    assert re.fullmatch(r"<[0-9a-f]{32}@weekly\.example\.org>", room.render(found).message_id)


def test_one_click_is_promised_only_with_an_https_address() -> None:
    issues = builders.everything()
    edition = builders.email(issues)
    served = builders.served(issues.publication)
    by_mail = builders.message(edition, issues.publication)
    by_page = builders.message(edition, served)

    assert by_mail["List-Unsubscribe"] == "<mailto:letters@weekly.example.org?subject=unsubscribe>"
    assert by_mail["List-Unsubscribe-Post"] is None
    assert by_page["List-Unsubscribe"].split(", ")[0] == "<https://weekly.example.org/people/u/sample>"
    assert by_page["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_unsubscribe_address_stays_whole() -> None:
    issues = builders.everything()
    address = "https://weekly.example.org/u/" + "a" * 400
    reader = Reader("reader@example.org", address)
    data = to_eml(builders.email(issues), issues.publication, reader)

    assert f"<{address}>".encode() in data
    assert max(map(len, data.split(b"\r\n"))) < 998


def test_the_headers_say_who_which_list_and_which_wording() -> None:
    issues = builders.everything()
    own = replace(
        issues.publication,
        title='Die "kleine" Lesestunde, ö',
        sender=replace(issues.publication.sender, name="Müller, Zoë 📮", reply_to="answers@exämple.org"),
    )
    edition = builders.email(issues, 2)
    message = builders.message(edition, own)

    assert message["From"].addresses[0].display_name == "Müller, Zoë 📮"
    assert message["From"].addresses[0].addr_spec == "letters@weekly.example.org"
    assert message["Reply-To"].addresses[0].addr_spec == "answers@xn--exmple-cua.org"
    assert str(make_header(decode_header(message["List-Id"]))).startswith('Die "kleine" Lesestunde, ö <')
    assert message["List-Id"].endswith("<letters-2026.weekly.example.org>")
    assert message["Date"] == "Tue, 10 Nov 2026 09:00:00 +0000"
    assert message["X-Partwork-Disclaimers"] == f"medical sha256:{edition.wording[0].digest}"


def test_the_date_carries_summer_time() -> None:
    text = builders.publication(projects.part(1, more="date: 2026-07-01"))
    issues = builders.placed(text)

    assert (
        builders.message(builders.email(issues), issues.publication)["Date"] == "Wed, 01 Jul 2026 09:00:00 +0100"
    )


@pytest.mark.parametrize(
    "address",
    ["a@b.org\r\nBcc: c@d.org", "a b@c.org", "nobody", "é@example.org", "<a@b.org>", "a@b.org,c@d.org", ""],
)
def test_an_address_that_no_header_can_carry_is_refused(address: str) -> None:
    with pytest.raises(RenderError, match="no address"):
        mailbox(address)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://a.org/>,<b", "https://a.org/\r\nX: y", "", "/u/x"]
)
def test_a_way_out_that_is_no_web_or_mail_address_is_refused(address: str) -> None:
    issues = builders.everything()

    with pytest.raises(RenderError, match="cannot stand in List-Unsubscribe"):
        to_eml(builders.email(issues), issues.publication, Reader("reader@example.org", address))


@given(st.text(max_size=400))
def test_any_text_is_a_header_and_the_same_text_again(text: str) -> None:
    field = text_field("Subject", text)
    message = message_from_bytes(field + b"\r\n", policy=policy.default)

    assert field.isascii()
    assert all(len(line) <= 76 for line in field.split(b"\r\n"))
    assert list(message.keys()) == ["Subject"]
    shown = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text)
    value = field.decode().removeprefix("Subject:").replace("\r\n", "").strip()
    assert str(make_header(decode_header(value))) == " ".join(shown.split())


CHARACTERS = st.characters(exclude_characters="\r", exclude_categories=["Cs", "Cc"], include_characters="\n\t")
WORDS = st.text(CHARACTERS, max_size=120) | st.sampled_from([".", "..", "From ", " ", "=", "x" * 76, "." * 90])


@given(st.lists(WORDS, max_size=12).map("".join))
def test_any_text_is_quoted_in_lines_that_nobody_changes(text: str) -> None:
    lines = quoted(text).split(b"\r\n")

    assert max(map(len, lines)) <= 76
    assert not [line for line in lines if line.startswith((b".", b"From ")) or line.endswith((b" ", b"\t"))]
    assert quopri.decodestring(b"\n".join(lines)).decode() == text


@pytest.mark.parametrize(("text", "decoded"), [("a\r\nb\rc", "a\nb\nc"), ("a\x00b\x0cc", "a\ufffdb\ufffdc")])
def test_line_ends_and_control_characters_are_made_harmless(text: str, decoded: str) -> None:
    assert quopri.decodestring(quoted(text).replace(b"\r\n", b"\n")).decode() == decoded


def test_a_message_goes_through_smtp_without_being_stuffed() -> None:
    issues = builders.everything()
    edition = builders.of_body("...\n\n.. dots\n\nFrom here on\n\n```\n.hidden\nFrom x\n```")
    data = to_eml(edition, issues.publication, merge.sample_reader(issues.publication))

    assert b"\r\n." not in data
    assert b"\r\nFrom " not in data
    assert "\n    .hidden\n    From x\n" in builders.plain(builders.message(edition, issues.publication))
