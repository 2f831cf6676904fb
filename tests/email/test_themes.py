"""The two email themes, made of the same sections: what both promise, and what makes each what it is."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.compose import compose_issues
from pipeline.edition import EmailEdition
from pipeline.issue import Issues, RoundUp, Section
from pipeline.model import Library, Sources, Theme
from pipeline.parse import parse_library
from pipeline.read import read_sources
from pipeline.render import promises
from pipeline.render.colour import READABLE, contrast
from pipeline.render.context import progress_view, publication_view
from pipeline.render.email import merge
from pipeline.render.email.look import look_of, screens_of, styles_of, template_of, theme_diagnostics
from pipeline.render.email.mime import to_eml
from pipeline.render.email.selectors import is_learnable
from pipeline.render.templates import Templates
from tests import projects
from tests.email import builders

THEMES = ("letter", "magazine")
every_theme = pytest.mark.parametrize("theme", THEMES)
RELATED = 'related: [{title: "A mill", url: "https://mill.example.org/"}]'
FULL = f"{builders.REFERENCES}\n{RELATED}"


def issues_of(*parts: str, of: int = 8, config: str = "", **pictures: bytes) -> Issues:
    """Issues of one series, with pictures beside it by their names."""
    text = builders.publication(*parts, of=of, config=config)
    files = {f"series/small/{name}.png": data for name, data in pictures.items()}
    parsed = parse_library(Sources({**projects.files(text), **files}, projects.theme()))
    assert [str(found) for found in parsed.diagnostics if found.is_error] == []
    assert parsed.library is not None
    return placed(parsed.library)


def placed(library: Library) -> Issues:
    return compose_issues(library, builders.AS_OF).issues


def picture(width: int, height: int) -> bytes:
    """The first bytes of a PNG: all that its size is read from."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"


def looked(library: Library, theme: str, **look: str) -> Library:
    """The library with a theme and, if need be, more of its look."""
    own = library.publication
    return replace(library, publication=replace(own, theme=replace(own.theme, email=theme, **look)))


def edition(issues: Issues, theme: str, number: int = 1, **look: str) -> EmailEdition:
    return builders.room(looked(issues.library, theme, **look)).render(builders.issue(issues, number))


def full(theme: str) -> EmailEdition:
    """The middle one of three parts, with a section of every kind."""
    first, last = projects.part(1), projects.part(3)
    return edition(issues_of(first, projects.part(2, more=FULL, body=builders.EVERYTHING), last), theme, 2)


def found(html: str, path: str) -> list["etree._Element"]:
    elements = builders.parsed(html).xpath(path)
    assert isinstance(elements, list)
    return [element for element in elements if isinstance(element, etree._Element)]


def words(element: "etree._Element") -> str:
    return " ".join("".join(element.itertext()).split())


# --- what both promise ------------------------------------------------------------------------------------


@every_theme
def test_every_disclaimer_and_the_way_out_are_there(theme: str) -> None:
    issues = builders.everything()
    for issue in issues.all:
        made = edition(issues, theme, issue.number)

        assert promises.missing_disclaimers(issue, promises.shown_text(made.html), "") == []
        assert promises.missing_disclaimers(issue, made.text, "") == []
        place = merge.token(issues.publication.id, merge.Place.UNSUBSCRIBE)
        assert [words(link) for link in found(made.html, f"//a[@href='{place}']")] == ["Unsubscribe"]
        assert "1 Small Street, Bristol, United Kingdom" in promises.shown_text(made.html)


@every_theme
def test_every_kind_of_section_is_shown_and_in_order(theme: str) -> None:
    shown = promises.shown_text(full(theme).html)
    in_order = (
        "Previously, in Part 1: Title 1",
        "A paragraph with emphasis",
        "Book a call",
        "Title 3",
        "What part 3 says.",
        "Related reading A mill",
        "Notes A note with a link",
        "References Ada, A.",
        "Not advice This is information",
        "Unsubscribe",
    )
    places = [shown.index(piece) for piece in in_order]

    assert places == sorted(places)


@every_theme
def test_a_section_of_every_kind_is_in_the_issue_that_these_tests_look_at(theme: str) -> None:
    first, last = projects.part(1), projects.part(3)
    issues = issues_of(first, projects.part(2, more=FULL, body=builders.EVERYTHING), last)
    found = [type(section) for section in builders.issue(issues, 2).sections]
    every = set(get_args(Section)) - {RoundUp}  # which no part has

    assert {next(kind for kind in every if issubclass(each, kind)) for each in found} == every


@every_theme
def test_its_styles_can_be_learned_and_claim_nothing_in_attributes(theme: str) -> None:
    library = looked(builders.everything().library, theme)
    styles = sheet(library, styles_of(library.publication))

    assert is_learnable(styles)
    assert "!important" not in styles
    assert "@" not in styles


@every_theme
def test_whatever_is_dark_by_query_is_dark_for_outlook_com_too(theme: str) -> None:
    library = looked(builders.everything().library, theme)
    screens = sheet(library, screens_of(library.publication))
    dark = screens.partition("@media (prefers-color-scheme: dark)")[2]
    by_query, _, by_mark = dark.partition("\n}\n")
    rules = {line.strip() for line in by_query.splitlines() if line.startswith(".")}
    marked = {re.sub(r"\[data-ogs[cb]\] ", "", line).strip() for line in by_mark.splitlines()} - {""}

    assert len(rules) > 8
    assert rules == marked
    assert all(line.count("[data-ogs") == line.count(",") + 1 for line in by_mark.splitlines() if line.strip())


def sheet(library: Library, template: str) -> str:
    """A style sheet of a theme, without its comments."""
    templates = Templates(library.templates)
    return templates.render(template, look=look_of(library.publication), publication=publication_view(library, ""))


@given(st.integers(0, 0xFFFFFF))
def test_words_can_be_read_on_every_ground_whatever_the_accent(number: int) -> None:
    own = builders.everything().publication
    look = look_of(replace(own, theme=Theme(accent=f"#{number:06x}")))
    for tones in (look.light, look.dark):
        pairs = [(text, ground) for text in (tones.ink, tones.muted) for ground in (tones.paper, tones.wash)]
        pairs += [(tones.muted, tones.desk), (tones.accent, tones.paper), (tones.accent, tones.wash)]
        pairs += [(tones.on_accent, tones.accent)]

        assert [pair for pair in pairs if contrast(*pair) < READABLE] == []


@every_theme
def test_a_button_is_a_cell_with_its_own_padding_and_ground(theme: str) -> None:
    (cell,) = found(full(theme).html, "//td[contains(@class, 'button')]//td")
    (link,) = cell.iter("a")

    assert cell.get("bgcolor")
    assert re.search(r"mso-padding-alt:\d+px \d+px", str(cell.get("style")))  # Outlook gives a link no padding
    assert re.search(r"padding:\d+px \d+px", str(link.get("style")))
    assert "v:roundrect" not in full(theme).html


@every_theme
@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(1200, 675, (None, 675 / 1200)), (300, 200, (300, 200 / 300)), (0, 0, (None, None))],
    ids=["wide", "small", "unknown"],
)
def test_a_lead_picture_fits_and_is_never_blown_up(
    theme: str, width: int, height: int, size: tuple[int | None, float | None]
) -> None:
    room = {"letter": 552, "magazine": 640}[theme]
    more = 'image: {src: lead.png, alt: "A lead, \\"quoted\\""}'
    data = picture(width, height) if width else b"GIF89a"
    issues = issues_of(projects.part(1, more=more), lead=data)
    (image,) = found(edition(issues, theme).html, "//img[@class='lead']")
    shown_width, ratio = size

    assert image.get("src") == "https://weekly.example.org/small/lead.png"
    assert image.get("alt") == 'A lead, "quoted"'
    assert int(str(image.get("width"))) == (shown_width or room)
    assert image.get("height") == (str(round((shown_width or room) * ratio)) if ratio else None)
    assert "max-width:100%" in str(image.get("style"))


@every_theme
def test_a_lead_picture_that_stands_in_the_text_is_shown_once(theme: str) -> None:
    text = projects.part(1, more="image: {src: lead.png, alt: A lead}", body="Words.\n\n![A lead](lead.png)")
    html = edition(issues_of(text, lead=picture(1200, 675)), theme).html

    assert len(found(html, "//img[contains(@src, 'lead.png')]")) == 1
    assert not found(html, "//img[@class='lead']")


@every_theme
@pytest.mark.parametrize("parts", [1, 2])
def test_the_last_part_and_one_whose_next_is_not_written_say_so(theme: str, parts: int) -> None:
    made = [projects.part(number) for number in range(1, parts + 1)]
    last = promises.shown_text(edition(issues_of(*made, of=parts), theme, parts).html)
    coming = promises.shown_text(edition(issues_of(*made, of=8), theme, parts).html)

    assert "This was the last part of Small things" in last
    assert f"Part {parts + 1} is on its way" in coming


# --- the logo ---------------------------------------------------------------------------------------------

MARK, NAME = {"logo": "series/small/mark.png"}, {"logo": "series/small/name.png"}
PICTURES = {"mark": picture(200, 200), "name": picture(720, 120), "dark": picture(200, 200)}


@every_theme
def test_a_symbol_stands_beside_the_name_and_a_wide_logo_for_it(theme: str) -> None:
    issues = issues_of(projects.part(1), **PICTURES)
    without = masthead(edition(issues, theme).html)
    symbol = masthead(edition(issues, theme, **MARK).html)
    drawn = masthead(edition(issues, theme, **NAME).html)

    assert (words(without), list(without.iter("img"))) == ("The Weekly", [])
    (image,) = symbol.iter("img")
    assert (words(symbol), image.get("alt")) == ("The Weekly", "")
    assert image.get("width") == image.get("height")
    (image,) = drawn.iter("img")
    assert (words(drawn), image.get("alt")) == ("", "The Weekly")
    assert int(str(image.get("width"))) == 6 * int(str(image.get("height")))
    assert [link.get("href") for link in drawn.iter("a")] == ["https://weekly.example.org/"]


@every_theme
def test_one_logo_stands_on_both_grounds_unless_there_is_a_dark_one(theme: str) -> None:
    issues = issues_of(projects.part(1), **PICTURES)
    one = edition(issues, theme, **MARK).html
    two = edition(issues, theme, **MARK, logo_dark="series/small/dark.png").html

    assert "logo-night" not in "".join(sheet.text or "" for sheet in found(one, "//style"))
    day, night = masthead(two).iter("img")
    assert (day.get("src"), night.get("src")) == (
        "https://weekly.example.org/small/mark.png",
        "https://weekly.example.org/small/dark.png",
    )
    assert "display:none" in str(night.get("style"))
    assert night.get("hidden") is not None  # where styles are lost, too
    assert re.search(r"<!--\[if !mso\]><!--><img class=\"logo-night[^>]*><!--<!\[endif\]-->", two)
    for rule in (".logo { display: none !important; }", ".logo-night { display: inline-block !important; }"):
        assert f"  {rule}\n" in two
        assert f"[data-ogsc] {rule}\n" in two


def masthead(html: str) -> "etree._Element":
    (cell,) = found(html, "//td[contains(concat(' ', @class, ' '), ' masthead ')]")
    return cell


# --- the letter -------------------------------------------------------------------------------------------


def test_a_letter_has_no_cards_and_no_tinted_boxes() -> None:
    html = edition(issues_of(projects.part(1), projects.part(2, more=FULL)), "letter", 2).html
    paper = look_of(builders.everything().publication).light.paper
    grounds = re.findall(r"background(?:-color)?:\s*(#\w+)", ";".join(styles_in(html)))

    assert set(grounds) == {str(paper)}
    assert not [
        style for style in styles_in(html) if re.search(r"text-align:\s*center", style) and "font" in style
    ]


def styles_in(html: str) -> list[str]:
    return [str(element.get("style")) for element in found(html, "//body//*[@style]")]


def test_a_letter_is_signed_by_its_authors_before_the_postscript() -> None:
    authors = "[{name: Ada, url: 'https://ada.example.org/', credentials: PhD}, {name: Bo}]"
    text = builders.publication(projects.part(1), projects.part(2)).replace(
        "author: Ada Writer", f"author: {authors}"
    )
    html = edition(builders.placed(text), "letter").html
    (signature,) = found(html, "//td[contains(@class, 'signature')]")
    shown = promises.shown_text(html)

    assert [words(line) for line in signature.iter("p")] == ["AdaPhD", "Bo"]
    assert [link.get("href") for link in signature.iter("a")] == ["https://ada.example.org/"]
    assert shown.index("A second one.") < shown.index("Ada PhD") < shown.index("P.S.")


def test_a_letter_without_an_author_is_signed_by_its_sender() -> None:
    text = builders.publication(projects.part(1)).replace("author: Ada Writer\n", "")
    (signature,) = found(edition(builders.placed(text), "letter").html, "//td[contains(@class, 'signature')]")

    assert words(signature) == "The Weekly"


@pytest.mark.parametrize(("title", "said"), [("What is it?", "What is it? What"), ("A seam", "A seam. What")])
def test_a_title_in_a_sentence_ends_as_it_should(title: str, said: str) -> None:
    issues = issues_of(projects.part(1), projects.part(2, title=title), projects.part(3))

    assert said in promises.shown_text(edition(issues, "letter", 1).html).replace(" .", ".")


# --- the magazine -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "of"), [(1, 8), (3, 8), (8, 8), (1, 1), (2, 500)])
def test_a_magazine_shows_how_far_the_series_has_come(number: int, of: int) -> None:
    made = [projects.part(each) for each in range(1, number + 1)]
    html = edition(issues_of(*made, of=of), "magazine", number).html
    (bar,) = found(html, "//table[@class='bar']")
    cells = [(cell.get("class"), int(str(cell.get("width")).rstrip("%"))) for cell in bar.iter("td")]

    assert [words(badge) for badge in found(html, "//td[@class='badge']")] == [f"Part {number} of {of}"]
    assert [name for name, _ in cells] == [
        *(["before"] if number > 1 and of < 500 else []),
        "here",
        *(["after"] if number < of else []),
    ]
    assert sum(width for _, width in cells) == 100
    assert all(cell.get("bgcolor") and cell.get("height") for cell in bar.iter("td"))  # without any style, too
    assert (bar.get("role"), bar.get("aria-hidden")) == ("presentation", "true")  # the badge says it


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(1, of), st.just(of))))
def test_progress_always_adds_up_and_never_loses_this_part(place: tuple[int, int]) -> None:
    number, of = place
    progress = progress_view(number, of)

    assert progress.before + progress.here + progress.after == 100
    assert progress.here >= 1
    assert progress.before >= 0
    assert (progress.after == 0) == (number == of)


def test_a_magazine_that_does_not_know_how_many_come_shows_no_bar() -> None:
    text = builders.publication(projects.part(1)).replace("parts_planned: 8", "")
    html = edition(builders.placed(text), "magazine").html

    assert [words(badge) for badge in found(html, "//td[@class='badge']")] == ["Part 1"]
    assert not found(html, "//table[@class='bar']")


def test_issues_that_differ_in_their_progress_alone_share_a_skeleton() -> None:
    """Widths are slots: a series of fifty parts is not fifty runs of MJML."""
    numbers = range(1, 21)
    issues = issues_of(*(projects.part(number, title=f"A title of its own {number}") for number in numbers), of=30)
    room = builders.room(looked(issues.library, "magazine"))
    for issue in issues.all:
        room.render(issue)

    assert builders.skeletons_of(room) <= 7


def test_a_magazine_has_a_card_for_the_teaser_and_for_each_related_article() -> None:
    two = RELATED.replace("]", ', {title: "A book", url: "https://book.example.org/"}]')
    html = edition(issues_of(projects.part(1, more=two), projects.part(2)), "magazine").html

    assert len(found(html, "//div[contains(@class, 'card')]")) == 1
    assert [words(card) for card in found(html, "//div[contains(@class, 'lined')]")] == ["A mill", "A book"]


# --- choosing one -----------------------------------------------------------------------------------------


CONFIG_KEY = projects.CONFIG.count("\n") + 1  # the line of the first key under [theme]; the first line is no line


def config(theme: str) -> str:
    return f"[theme]\n{theme}\n"


def library_of(more: str) -> Library:
    parsed = parse_library(
        Sources(projects.files(builders.publication(projects.part(1), config=more)), projects.theme())
    )
    assert parsed.library is not None
    return parsed.library


def test_the_letter_is_what_one_gets_without_asking() -> None:
    assert template_of(library_of("").publication) == "email/letter/part.mjml.j2"


@every_theme
def test_a_theme_is_chosen_by_its_name(theme: str) -> None:
    library = library_of(config(f'email = "{theme}"\nlogo_dark = "series/dark.png"'))

    assert template_of(library.publication) == f"email/{theme}/part.mjml.j2"
    assert library.publication.theme.logo_dark == "series/dark.png"
    assert theme_diagnostics(library) == []


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("magazin", "there is no email theme `magazin`", "did you mean `magazine`?"),
        ("shared", "there is no email theme `shared`", "there are `letter` and `magazine`; your own is "),
        ("Letter", "there is no email theme `Letter`", "did you mean `letter`?"),
    ],
)
def test_a_theme_that_is_not_there_is_told_where_it_is_named(name: str, message: str, hint: str) -> None:
    (problem,) = theme_diagnostics(library_of(config(f'email = "{name}"')))

    assert problem.code == "PW104"
    assert str(problem.location) == f"partwork.toml:{CONFIG_KEY}:1"
    assert problem.message == message
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize("value", ["../letter", "a/b", "", "-", "letter.mjml"])
def test_a_theme_s_name_is_a_folder_s(value: str) -> None:
    text = builders.publication(projects.part(1), config=config(f'email = "{value}"'))
    parsed = parse_library(Sources(projects.files(text), projects.theme()))
    assert parsed.library is not None

    assert {found.code for found in parsed.diagnostics} == ({"PW104"} if value else set())
    assert parsed.library.publication.theme.email == "letter"


@pytest.mark.parametrize("key", ["logo", "logo_dark"])
def test_a_logo_stays_inside_the_publication(key: str) -> None:
    text = builders.publication(projects.part(1), config=config(f'{key} = "../secret.png"'))
    parsed = parse_library(Sources(projects.files(text), projects.theme()))

    assert [(found.code, found.location.line) for found in parsed.diagnostics] == [("PW104", CONFIG_KEY)]


OWN = """\
-- templates/email/mine/part.mjml.j2 --
{% include "email/letter/part.mjml.j2" %}
-- templates/email/mine/styles.css.j2 --
{% include "email/letter/styles.css.j2" %}
-- templates/email/mine/screens.css.j2 --
{% include "email/letter/screens.css.j2" %}
"""


def test_a_theme_of_one_s_own_is_a_folder_with_three_files() -> None:
    whole = library_of(config('email = "mine"') + OWN)
    lacking = library_of(config('email = "mine"') + OWN.partition("-- templates/email/mine/screens")[0])
    (problem,) = theme_diagnostics(lacking)

    assert theme_diagnostics(whole) == []
    issues = placed(whole)
    letter = placed(looked(whole, "letter"))
    assert builders.email(issues).html == builders.email(letter).html
    assert problem.message == "the email theme `mine` has no screens.css.j2"


def test_a_section_that_the_themes_share_can_be_one_s_own_in_one_of_them() -> None:
    own = "-- templates/email/letter/sections/notes.mjml.j2 --\n<mj-section><mj-column><mj-text><h2>Asides</h2>"
    own += "{{ section.html }}</mj-text></mj-column></mj-section>\n"
    text = builders.publication(projects.part(1, body="A word[^1].\n\n[^1]: A note.")) + own
    issues = builders.placed(text)

    assert "Asides A note." in promises.shown_text(edition(issues, "letter").html)
    assert "Notes A note." in promises.shown_text(edition(issues, "magazine").html)


# --- the sample -------------------------------------------------------------------------------------------


@pytest.mark.program
@every_theme
def test_spamassassin_finds_nothing_to_count_in_any_of_the_sample_s(theme: str, tmp_path: Path) -> None:
    if shutil.which("spamassassin") is None:
        pytest.skip("no SpamAssassin here")
    library = parse_library(read_sources(projects.ROOT)).library
    assert library is not None
    issues = placed(looked(library, theme))
    room = builders.room(issues.library)
    own = builders.served(issues.publication)
    files = []
    for issue in issues.all:
        files.append(tmp_path / f"{issue.part.slug}.eml")
        files[-1].write_bytes(to_eml(room.render(issue), own, merge.sample_reader(own)))
    done = subprocess.run(["spamassassin", "-L", "-t", *map(str, files)], capture_output=True, check=False)
    told = done.stdout.decode(errors="replace")
    points = [float(each) for each in re.findall(r"Content analysis details:\s+\(\s*(-?[\d.]+) points", told)]

    assert len(points) == len(files)
    assert max(points) <= 0.0, told
