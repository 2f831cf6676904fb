"""What ``check --email`` tells of real editions: the sample's, and of a publication with everything wrong."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from pipeline.build import build
from pipeline.check.letters import LETTER_RULES, Letter, letter_diagnostics, letter_reports, letters_of
from pipeline.check.letters.bare import bare_signs
from pipeline.check.letters.caniemail import BARE, FEATURES
from pipeline.check.letters.contrast import Scheme, contrast_faults, pairs
from pipeline.check.letters.inboxes import feature_faults, features_of
from pipeline.check.letters.links import link_faults
from pipeline.check.letters.pictures import picture_faults
from pipeline.check.letters.report import Spam
from pipeline.read import read_sources
from pipeline.rules import ALL_RULES
from tests.projects import CONFIG, ROOT, index, part, sources

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccf"
    "c0500f0004850180849d7e580000000049454e44ae426082"
)
BAD_LINKS = """\
See [the desk](http://192.0.2.7/x), [the shop](https://bit.ly/3abc), [the old shop](http://shop.example.org/).

Read [the study](https://one.example.org/) and [the study](https://two.example.org/), and
[its first page](https://one.example.org/#first).

![A border](images/heavy.png) ![Elsewhere](http://pictures.example.org/wall.webp)

[](https://wordless.example.org/)
"""


@cache
def sample(theme: str = "letter"):
    found = read_sources(ROOT)
    config = found.files["partwork.toml"].decode()
    assert "[theme]" in config
    lines = [line for line in config.splitlines() if not line.startswith("email = ") or "@" in line]
    lines.insert(lines.index("[theme]") + 1, f'email = "{theme}"')
    return build(
        replace(found, files={**found.files, "partwork.toml": "\n".join(lines).encode()}), date(2027, 6, 1)
    )


@cache
def bad():
    heavy = PIXEL + b"\0" * 500_000
    text = CONFIG + index() + part(1, body=BAD_LINKS) + part(2)
    return build(sources(text, **{"series/small/images/heavy.png": heavy}), date(2026, 12, 1))


def letters(built):
    return letters_of(built.issues, built.artifacts)


def told(built) -> list[str]:
    reports = letter_reports(letters(built), built.issues.library)
    return [str(each) for each in letter_diagnostics(reports, built.issues.library, built.diagnostics)]


def changed(letter: Letter, old: str, new: str) -> Letter:
    assert old in letter.html
    return replace(letter, html=letter.html.replace(old, new))


@pytest.mark.parametrize("theme", ["letter", "magazine"])
def test_every_edition_of_the_sample_is_measured_and_can_be_read(theme):
    built = sample(theme)
    reports = letter_reports(letters(built), built.issues.library)

    assert len(reports) == len(built.issues.all) >= 8
    for report in reports:
        assert report.size < 90 * 1024
        assert report.agreement.words > 0.97
        assert report.agreement.missing_headings == ()
        assert report.agreement.missing_disclaimers == 0
        assert report.agreement.disclaimers == len(report.issue.disclaimers)
        assert min(report.lowest.values()) >= 4.5, report.lowest
        assert {fault.rule.code for fault in report.faults} <= {"PW722"}, report.faults


def test_a_bad_letter_is_told_where_it_was_written():
    found = told(bad())
    place = "series/small/01-part-1.md"

    assert [line for line in found if "192.0.2.7" in line and f"{place}:6:16: warning PW723" in line]
    for piece in ("leads to an IP address", "is a shortened one", "http://shop.example.org/ is not https"):
        assert any(piece in line for line in found), piece
    assert [line for line in found if f"{place}:8:60: " in line and "PW724: “the study”" in line]
    assert [line for line in found if "PW725: the picture heavy.png weighs 488 KB" in line]
    for piece in ("wall.webp is not fetched by https", "wall.webp has no `width`"):
        assert any(piece in line for line in found), piece


def test_what_was_told_of_the_text_is_not_told_again():
    library = bad().issues.library
    reports = letter_reports(letters(bad()), library)
    again = "\n".join(map(str, letter_diagnostics(reports, library)))

    for piece in ("wall.webp is WebP", "wordless.example.org/ has no words"):
        assert piece in again
        assert not [line for line in told(bad()) if piece in line]
    assert {each.code for each in bad().diagnostics} == {"PW308", "PW318"}


def test_a_short_letter_may_have_words_for_its_ways_about():
    assert not [line for line in told(bad()) if "of the HTML's words" in line]


def test_two_places_of_one_page_may_have_the_same_words():
    letter = letters(bad())[0]
    same = changed(letter, ">its first page<", ">the study<")

    assert len([fault for fault in link_faults(same) if "“the study”" in fault.message]) == 1
    assert not [fault for fault in link_faults(letter) if "its first page" in fault.message]


def test_a_picture_without_alt_or_as_data_is_told():
    letter = letters(sample())[0]
    without = replace(letter, html=letter.html.replace(' alt="', ' data-was="'))
    inside = replace(letter, html=letter.html.replace('src="https://', 'src="data:image/png;base64,'))

    assert {fault.message.partition(".png ")[2] for fault in picture_faults(without, {})} == {"has no `alt`"}
    assert all("data:" in fault.message for fault in picture_faults(inside, {}))


def test_contrast_is_reckoned_in_both_schemes():
    letter = letters(sample())[0]
    ink = pairs(letter, Scheme.LIGHT)[0].ink
    pale = replace(letter, html=letter.html.replace(f"color:{ink}", "color:#bbbbbb"))
    dim = replace(letter, html=letter.html.replace("color: #e9e4d9 !important", "color: #333333 !important"))

    assert not list(contrast_faults(pairs(letter, Scheme.LIGHT))) + list(
        contrast_faults(pairs(letter, Scheme.DARK))
    )
    assert any("#bbbbbb" in fault.message for fault in contrast_faults(pairs(pale, Scheme.LIGHT)))
    assert not list(contrast_faults(pairs(dim, Scheme.LIGHT)))
    assert any(
        "#333333 on" in f.message and "in the dark" in f.message for f in contrast_faults(pairs(dim, Scheme.DARK))
    )


def test_important_beats_inline_and_inline_beats_the_sheet():
    page = (
        '<html><head><style>p {{ color: #111111 }} {rule}</style></head><body bgcolor="#ffffff">'
        '<p class="a" style="color: #222222">Words</p></body></html>'
    )
    letter = letters(sample())[0]
    for rule, ink in ((".a { color: red }", "#222222"), (".a { color: #333333 !important }", "#333333")):
        made = replace(letter, html=page.format(rule=rule))
        assert [(pair.ink, pair.paper) for pair in pairs(made, Scheme.LIGHT)] == [(ink, "#ffffff")]


def test_a_sheet_for_phones_or_print_is_not_what_a_desktop_shows():
    page = (
        "<html><head><style media='print'>p { color: #777777 }</style><style>@media (max-width: 480px) "
        "{ p { color: #888888 } } p { color: rgb(0 0 0 / 50%); background: #fff url(a.png) }</style></head>"
        "<body><p>Words</p></body></html>"
    )
    letter = replace(letters(sample())[0], html=page)

    assert [(pair.ink, pair.paper) for pair in pairs(letter, Scheme.LIGHT)] == [("#808080", "#ffffff")]


def test_what_mjml_writes_by_itself_is_not_told_and_a_grid_is():
    letter = letters(sample())[0]
    grid = changed(letter, 'class="desk" role="article"', 'class="desk" role="article" hidden')
    grid = replace(
        grid, html=grid.html.replace("</head>", "<style>.row { display: grid; gap: 9px }</style></head>")
    )

    assert list(feature_faults(features_of(letter))) == []
    messages = [fault.message for fault in feature_faults(features_of(grid))]
    assert any(message.startswith("`display:grid` is not known to Gmail") for message in messages)
    assert any("gap, column-gap" in message for message in messages)
    assert any("hidden attribute" in message for message in messages)


def test_the_table_knows_the_skeleton_of_the_installed_mjml():
    known = {sign for row in FEATURES.splitlines() for sign in row.split(" | ")[3].split()}

    assert bare_signs() & known == set(BARE.split())


def test_a_text_that_lacks_what_the_html_says_is_told():
    letter = letters(sample())[0]
    built = sample()
    stub = replace(letter, text="Read it on the web.")
    report = letter_reports([stub], built.issues.library)[0]
    messages = [fault.message for fault in report.faults if fault.rule.code == "PW722"]

    assert report.agreement.words < 0.1
    assert len(report.agreement.missing_headings) == report.agreement.headings
    assert any("disclaimers are not in the plain text" in message for message in messages)
    assert any("of the HTML's words" in message for message in messages)


def test_a_large_letter_and_a_doubted_one_are_told():
    built = sample()
    letter = letters(built)[0]
    padded = replace(letter, html=letter.html + "<!--" + "x" * (95 * 1024 - len(letter.html.encode())) + "-->")
    spam = Spam(3.1, (("MPART_ALT_DIFF", 2.2), ("MIME_HTML_MOSTLY", 0.9), ("GOOD", -0.1)))
    report = letter_reports([padded], built.issues.library, [spam])[0]
    messages = {fault.rule.code: fault.message for fault in report.faults}

    assert messages["PW721"] == "the email is 95.0 KB of HTML: over 90, and Gmail cuts at 102"
    assert messages["PW728"] == (
        "SpamAssassin gives the email 3.1 points: MPART_ALT_DIFF 2.2, MIME_HTML_MOSTLY 0.9"
    )


def test_what_is_wrong_with_every_letter_and_in_no_text_is_the_templates():
    built = sample()
    wrong = [changed(letter, "</head>", "<style>.x { display: grid }</style></head>") for letter in letters(built)]
    found = letter_diagnostics(letter_reports(wrong, built.issues.library), built.issues.library)
    grids = [each for each in found if each.code == "PW727"]

    assert [each.location.path for each in grids] == ["templates/email/letter/part.mjml.j2"]


def test_codes_are_not_those_of_other_rules():
    codes = [rule.code for rule in LETTER_RULES]

    assert codes == sorted(set(codes))
    assert not set(codes) & {rule.code for rule in ALL_RULES}


def test_each_code_is_explained():
    page = (ROOT / "docs" / "how-to" / "check-emails.md").read_text("utf-8")

    assert [rule.code for rule in LETTER_RULES if rule.code not in page] == []
