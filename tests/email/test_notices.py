"""Notices in the publication's email theme: what they say, whatever a title holds, and at what cost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from pipeline.build import build
from pipeline.compose import compose_issues
from pipeline.model import Library, Sources
from pipeline.parse import parse_library
from pipeline.read import read_sources
from pipeline.render.email.lint import lint_templates
from pipeline.render.email.notices import DrawnNotice, NoticeRoom
from pipeline.render.email.occasions import KINDS, Occasion, sample_occasions, welcome
from pipeline.render.email.press import Way
from pipeline.render.offers import OfferView, offers_of
from pipeline.render.templates import TemplateFailedError, Templates
from pipeline.subscribers.notices import Kind
from tests import projects
from tests.email import builders

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGES = "https://letters.example.org/"
HOME = "https://weekly.example.org/"
LEAVE = f"{PAGES}u/abc"
ADA = "ada@example.org"
NASTY = (
    'A "quoted" <b>bold</b> & 🎉 قصة\r\nBcc: everybody@example.org\u2028Button: Pay {{ first_name | you }} pw7k0z'
)
ONE_LINE = 'A "quoted" <b>bold</b> & 🎉 قصة Bcc: everybody@example.org Button: Pay {{ first_name | you }} pw7k0z'
every_theme = pytest.mark.parametrize("theme", builders.themes())
every_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def library(theme: str = "letter", title: str = "", language: str = "") -> Library:
    """The sample with its public pages somewhere, perhaps under another title."""
    parsed = parse_library(read_sources(projects.ROOT)).library
    assert parsed is not None
    own = replace(parsed.publication, public_url=PAGES)
    own = replace(own, title=title or own.title, language=language or own.language)
    series = tuple(replace(each, title=title or each.title) for each in parsed.series)
    return builders.themed(replace(parsed, publication=own, series=series), theme)


def room(of: Library, changed: dict[str, str] | None = None) -> NoticeRoom:
    made = replace(of, templates={**of.templates, **(changed or {})})
    return NoticeRoom(made, Templates(made.templates))


def occasion(kind: str, of: Library) -> Occasion:
    samples = {each.kind: each for each in sample_occasions(compose_issues(of, NOW).issues)}
    return replace(samples[kind], recipient=ADA)


def offers(of: Library, at: datetime = NOW) -> tuple[OfferView, ...]:
    return offers_of(compose_issues(of, at).issues, at)


def drawn(kind: str, theme: str = "letter", title: str = "") -> DrawnNotice:
    return room(library(theme, title)).drawn(occasion(kind, library(theme, title)))


def words_of(made: DrawnNotice) -> str:
    body = builders.parsed(made.html).find("body")
    return " ".join("".join(body.itertext()).split())


# --- what they say ----------------------------------------------------------------------------------------


def test_there_are_words_for_every_kind_of_notice_that_is_sent() -> None:
    assert {*KINDS} == {*Kind} - {Kind.SIGN_UP}


@every_theme
@every_kind
def test_html_and_text_say_the_same_and_lead_to_the_same(theme: str, kind: str) -> None:
    made, about = drawn(kind, theme), occasion(kind, library(theme))
    text = " ".join(made.text.split())
    html = builders.parsed(made.html)
    links = [str(node.get("href")) for node in html.iter("a")]

    for paragraph in html.iterfind(".//*[@class='prose']//p"):
        assert " ".join("".join(paragraph.itertext()).split()) in text
    assert about.url in links
    assert {link for link in links if "/u/" in link} == {
        link for link in (about.leave_url, about.choices_url) if link
    }
    for link in links:
        assert link == HOME or link.removeprefix("mailto:") in text or link in {o.url for o in about.offers}
    assert "".join(html.find(".//h1").itertext()) == made.subject == html.findtext(".//title")


@every_theme
@every_kind
def test_a_notice_has_the_publications_logo_button_and_postal_address(theme: str, kind: str) -> None:
    made = drawn(kind, theme)
    html = builders.parsed(made.html)
    own = library(theme).publication

    assert html.find(".//img[@class='logo mark']").get("src") == f"{HOME}logo.png"
    assert html.find(".//*[@class='button']//a").get("href") == occasion(kind, library(theme)).url
    assert html.find(".//*[@class='button']//td[@bgcolor]").get("style")  # the cell has its ground and its padding
    assert own.sender.postal_address in words_of(made)
    assert own.sender.postal_address in " ".join(made.text.split())
    assert ADA in words_of(made)
    assert "color-scheme" in made.html


@every_kind
def test_only_letters_of_the_list_have_a_way_out_of_it(kind: str) -> None:
    assert (
        ("Unsubscribe" in drawn(kind).html)
        == ("Unsubscribe" in drawn(kind).text)
        == (kind in ("known", "welcome"))
    )


@every_kind
def test_a_notice_calls_nobody_by_their_name_and_carries_no_disclaimer(kind: str) -> None:
    made = drawn(kind)

    assert "first_name" not in made.html + made.text
    for block in library().blocks.values():
        assert not block.title or block.title not in words_of(made)


def welcome_to(*slugs: str, at: datetime = NOW) -> DrawnNotice:
    known = offers(library(), at)
    chosen = tuple(offer for offer in known if offer.slug in slugs)
    has_begun = any(offer.has_begun for offer in known)
    return room(library()).drawn(welcome(chosen, HOME, LEAVE, ADA, has_begun=has_begun))


def test_a_welcome_to_one_series_starts_at_part_1_and_says_what_comes_when() -> None:
    made = welcome_to("gut-and-immunity")
    button = builders.parsed(made.html).find(".//*[@class='button']//a")

    assert made.subject == "Welcome to The Gut and Immunity"
    assert "".join(button.itertext()).strip() == "Start at Part 1"
    assert button.get("href").startswith(f"{HOME}gut-and-immunity/")
    assert "Next week, Thursday 26 November: Part 6, The art of not reacting" in " ".join(made.text.split())
    assert "Next week, Thursday 26 November: Part 6, The art of not reacting" in words_of(made)
    assert f"{HOME}gut-and-immunity/calendar.ics" in made.html
    assert f"{HOME}gut-and-immunity/calendar.ics" in made.text
    assert "leave, at any time" in words_of(made)


def test_a_welcome_to_several_series_starts_with_the_one_that_is_running() -> None:
    made = welcome_to("gut-and-immunity", "reading-a-study")

    assert made.subject == "Welcome to The Slow Digest"
    assert "Read Part 1 of The Gut and Immunity:" in made.text
    assert "All of its parts are out" in words_of(made)


def test_a_date_is_said_as_on_the_day_of_the_notice() -> None:
    said = [
        next(offer.coming.when for offer in offers(library(), NOW + timedelta(days=k)) if offer.coming)
        for k in range(4)
    ]

    assert said == [
        "Next week, Thursday 26 November",
        *["This Thursday 26 November"] * 2,
        "Tomorrow, Thursday 26 November",
    ]


def test_a_series_that_begins_in_another_year_says_in_which() -> None:
    in_time, long_before = ({o.begins for o in offers(library(), NOW - timedelta(days=k))} for k in (100, 365))

    assert {"Tuesday 13 October", "Tuesday 22 September"} == in_time
    assert {"Tuesday 13 October 2026", "Tuesday 22 September 2026"} == long_before


def test_a_title_that_no_teaser_has_said_is_not_given_away() -> None:
    before = NOW - timedelta(days=365)
    made = welcome_to("gut-and-immunity", at=before)
    titles = [part.title for series in library().series for part in series.parts]

    assert "Nothing of it is out yet" in made.text
    assert not [title for title in titles if title in made.text or title in made.html]
    assert "Part 1" in made.text
    assert "Start at Part 1" not in made.text


def test_a_welcome_to_the_next_series_says_nothing_untrue_of_those_that_have_begun() -> None:
    made, before_all = welcome_to(), welcome_to(at=NOW - timedelta(days=365))

    assert "Nothing is out yet" not in made.text
    assert "The next series comes to you from Part 1 on" in made.text
    assert "The series that have begun are not sent to you" in made.text
    assert "calendar" not in made.html + made.text
    assert "Nothing is out yet" in before_all.text


# --- whatever a title holds -------------------------------------------------------------------------------


@every_theme
@every_kind
def test_a_title_with_anything_in_it_comes_out_as_it_is_and_on_one_line(theme: str, kind: str) -> None:
    made = drawn(kind, theme, NASTY)

    assert "\n" not in made.subject
    assert "\r" not in made.subject + made.text
    assert made.html.count("<b>bold") == 0
    if kind != "known":
        assert ONE_LINE in made.subject
    assert ONE_LINE in words_of(made)
    assert ONE_LINE in " ".join(made.text.split())
    assert builders.parsed(made.html).find(".//*[@class='button']//a").get("href").startswith("https://")


@every_theme
def test_a_language_from_right_to_left_turns_the_notice(theme: str) -> None:
    of = library(theme, "قصة الزونولين", "ar")
    html = room(of).drawn(occasion("welcome", of)).html

    assert builders.parsed(html).get("dir") == "rtl"
    assert NoticeRoom(of, Templates(of.templates))._proof.way is Way.COMPILED


# --- made once --------------------------------------------------------------------------------------------


@every_theme
def test_after_one_of_each_kind_neither_mjml_nor_premailer_runs_again(theme: str) -> None:
    """Whatever is asked for, however many series there are."""
    of = library(theme)
    compiled: dict[str, bytes] = {}
    warm = NoticeRoom(of, Templates(of.templates, compiled))
    for about in sample_occasions(compose_issues(of, NOW).issues):
        warm.drawn(about)
    skeletons, kept = len(warm._press._skeletons), len(compiled)
    some = offers(of)
    coming = next(offer for offer in some if offer.coming)
    for number in range(1, 12):
        series = (*(replace(coming, title=f"Series {k} <&>") for k in range(number)), *some)
        made = warm.drawn(welcome(series, HOME, LEAVE, f"r{number}@example.org", has_begun=True))
        assert words_of(made).count("Series 0 <&>") == 1

    assert (len(warm._press._skeletons), len(compiled)) == (skeletons, kept)


@every_theme
def test_both_themes_are_compiled(theme: str) -> None:
    assert room(library(theme)).diagnostics == []
    assert room(library(theme))._proof.way is Way.COMPILED


# --- a publication's own ----------------------------------------------------------------------------------


def test_words_of_ones_own_take_the_place_of_ours() -> None:
    words = "Subject: Bestätige\nPreheader: Ein Klick.\nButton: Ja\n\nBitte.\n\n[button]\n\nDanke."
    made = room(library(), {"notices/confirm.txt.j2": words}).drawn(occasion("confirm", library()))

    assert made.subject == "Bestätige"
    assert "Bitte." in made.text.split("Ja:")[0]
    assert "Danke." in made.text.split("Ja:")[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Subject: x\nPreheader: y\n\nNo button.", "the notice has no `Button:`"),
        ("Subject: x\nPreheader: y\nButton:\n\nNo button.", "the notice has no `Button:`"),
        ("Subjekt: x\n\nHello.", "`Subjekt: x` is no field of a notice"),
        ("Hello.", "`Hello.` is no field of a notice"),
    ],
)
def test_words_without_their_fields_are_told_with_the_cure(text: str, message: str) -> None:
    with pytest.raises(TemplateFailedError) as failed:
        room(library(), {"notices/confirm.txt.j2": text}).drawn(occasion("confirm", library()))

    assert failed.value.diagnostic.message == message
    assert failed.value.diagnostic.location.path == "templates/notices/confirm.txt.j2"
    assert "`Subject: …`" in failed.value.diagnostic.hint


def test_a_theme_of_ones_own_without_notices_has_the_letters() -> None:
    of = library()
    own = {
        name.replace("email/letter/", "email/mine/"): text
        for name, text in of.templates.items()
        if name in ("email/letter/part.mjml.j2", "email/letter/styles.css.j2", "email/letter/screens.css.j2")
    }
    mine = builders.themed(replace(of, templates={**of.templates, **own}), "mine")

    assert room(mine).drawn(occasion("data", of)) == drawn("data")


def test_a_layout_of_ones_own_is_read_for_mistakes() -> None:
    name = "email/letter/notice.mjml.j2"
    text = library().templates[name].replace('<mj-button css-class="button"', '<mj-button css-klass="button"')
    found = lint_templates({**library().templates, name: text})

    assert lint_templates(library().templates) == []
    assert [(told.location.path, told.location.line > 1) for told in found] == [(f"templates/{name}", True)]


# --- to be looked at --------------------------------------------------------------------------------------


def sources(more: dict[str, bytes] | None = None, settings: str = "") -> Sources:
    read = read_sources(projects.ROOT)
    config = read.files["partwork.toml"].decode().split("[signup]")[0] + settings
    return replace(read, files={**read.files, "partwork.toml": config.encode(), **(more or {})})


SEEN = f'[sending]\npublic_url = "{PAGES}"\n'


def notices_in(made: Sources, at: datetime = NOW) -> dict[str, bytes]:
    return {each.path: each.data for each in build(made, at).artifacts if each.path.startswith("email/notices/")}


def test_a_build_has_a_notice_of_each_kind_to_look_at_once_there_are_public_pages() -> None:
    found = notices_in(sources(settings=SEEN))

    assert set(found) == {f"email/notices/{kind}.{ending}" for kind in KINDS for ending in ("html", "txt")}
    assert b"reader@example.org" in found["email/notices/confirm.html"]
    assert b"https://letters.example.org/c/sample" in found["email/notices/confirm.txt"]
    assert notices_in(sources()) == {}


def test_what_one_looks_at_stays_the_same_from_one_part_to_the_next() -> None:
    with_pages = sources(settings=SEEN)

    assert notices_in(with_pages) == notices_in(with_pages, NOW + timedelta(days=2))


def test_a_build_tells_a_fault_in_words_that_nobody_has_been_sent_yet() -> None:
    fault = {"templates/notices/data.txt.j2": b"Subject: {{ publication.titel }}\nPreheader: x\nButton: y\n\nz\n"}
    made = build(sources(fault, SEEN), NOW)

    (told,) = [each for each in made.diagnostics if each.is_error]
    assert (told.code, str(told.location)) == ("PW601", "templates/notices/data.txt.j2:1:1")
    assert made.artifacts == ()
