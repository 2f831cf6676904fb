"""Social cards: all of a title is on them, in letters that the font has, and nothing that is not out."""

import struct
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.edition import Card
from pipeline.making.cache import Cache
from pipeline.making.drawing import draw
from pipeline.render.web.card_sheet import card_svg
from pipeline.render.web.typeface import DEFAULT_FONT, Typeface, Typefaces
from pipeline.render.web.typesetting import SIZES, fitted
from tests.projects import CONFIG, ROOT, index, part, theme
from tests.web.builders import rendered

FONT = theme()[DEFAULT_FONT]
FACES = Typefaces((FONT,))
LONG = "A title of three hundred letters, with clauses, commas and qualifications, " * 4
BOX = (792.0, 340.0)


def cards(text: str, as_of: date = date(2027, 1, 1), **more: bytes) -> dict[str, Card]:
    """What is drawn, by the name without its digest."""
    made = rendered(text, as_of, **more).drawings
    return {
        drawing.path.removeprefix("assets/cards/").rpartition("-")[0]: drawing.order
        for drawing in made
        if isinstance(drawing.order, Card)
    }


def unspaced(text: str) -> str:
    return "".join(text.split())


# --- typesetting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["Salt", "The seams between cells", LONG.strip(), "x" * 300, "水很热。" * 60])
def test_a_title_of_any_length_is_set_whole_and_inside_its_box(title: str) -> None:
    setting = fitted(title, FACES.width, *BOX, 1.16)

    assert setting is not None
    assert unspaced("".join(setting.lines)) == unspaced(title)
    assert len(setting.lines) * setting.size * 1.16 <= BOX[1]
    assert all(FACES.width(line) * setting.size <= BOX[0] + 1 for line in setting.lines)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=300))
def test_whatever_the_title_nothing_of_it_is_lost(title: str) -> None:
    setting = fitted(title, FACES.width, *BOX, 1.16)

    assert setting is not None
    assert unspaced("".join(setting.lines)) == unspaced(title)
    assert all(line == line.strip() for line in setting.lines)


def test_a_short_title_is_set_in_the_largest_size() -> None:
    setting = fitted("Salt", FACES.width, *BOX, 1.16)

    assert setting is not None
    assert setting.size == SIZES[0]


def test_lines_are_of_even_length() -> None:
    setting = fitted("What the headline left out of the story of salt", FACES.width, *BOX, 1.16)

    assert setting is not None
    widths = [FACES.width(line) for line in setting.lines]
    assert min(widths) > max(widths) / 2


def test_no_line_begins_with_a_closing_sign_of_japanese() -> None:
    setting = fitted("細胞の継ぎ目と「ゾヌリン」の物語、そのあと。" * 3, lambda text: float(len(text)), *BOX, 1.16)

    assert setting is not None
    assert not [line for line in setting.lines if line[0] in "」、。" or line[-1] == "「"]


# --- fonts ------------------------------------------------------------------------------------------------


def test_the_font_that_is_shipped_has_its_licence_beside_it_and_is_small() -> None:
    licence = (ROOT / "templates/web/fonts/OFL.txt").read_text()

    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert len(FONT) < 500_000
    assert Typeface(FONT).family == "Source Serif 4"


def test_letters_of_europe_are_there_and_those_of_china_are_not() -> None:
    assert FACES.lacking("Füße, Łódź, Ἑλλάς… “Ελλάδα”, Київ, İstanbul, Đà Nẵng — 2026") in ("", "Ἑς", "Ἑ")
    assert FACES.lacking("e\u0301te\u0301 \u00ad") == ""
    assert FACES.lacking("水很热") == "水很热"


def test_an_emoji_that_no_font_has_is_left_out_and_no_reason_to_leave_out_the_title() -> None:
    assert FACES.shown("🎉 Salt 👩‍🔬 and water") == "Salt and water"
    assert FACES.lacking("🎉 Salt") == ""


@pytest.mark.parametrize("data", [b"", b"\0\1\0\0", FONT[:200], b"OTTO" + b"\xff" * 400, b"wOF2" + FONT])
def test_what_is_no_font_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(ValueError, match="font"):
        Typeface(data)


@pytest.mark.parametrize("table", [b"name", b"hmtx", b"head", b"hhea", b"cmap"])
def test_a_font_without_what_a_card_needs_is_told_before_anything_is_drawn(table: bytes) -> None:
    with pytest.raises(ValueError, match="not whole"):
        Typeface(FONT.replace(table, b"xxxx", 1))


def test_a_font_without_a_name_is_told_since_no_renderer_would_find_it() -> None:
    place = FONT.index(b"name", 0, 400)
    name = struct.unpack_from(">I", FONT, place + 8)[0]

    with pytest.raises(ValueError, match="no name"):
        Typeface(FONT[: name + 2] + bytes(2) + FONT[name + 4 :])


def test_widths_are_the_fonts_own() -> None:
    tables = {
        FONT[at : at + 4]: struct.unpack_from(">I", FONT, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", FONT, 4)[0], 16)
    }
    units = struct.unpack_from(">H", FONT, tables[b"head"] + 18)[0]

    assert 0.9 < Typeface(FONT).width("M") < 1.0
    assert units == 1000
    assert FACES.width("MM") == 2 * FACES.width("M")


# --- what is ordered --------------------------------------------------------------------------------------


def test_each_part_each_series_and_the_publication_has_a_card() -> None:
    made = cards(CONFIG + index() + part(1) + part(2))

    assert set(made) == {"publication", "small", "small-part-1", "small-part-2"}
    assert (made["small-part-2"].number, made["small-part-2"].title) == (2, "Title 2")
    assert (made["small"].title, made["small"].number) == ("Small things", 0)


def test_no_card_gives_an_unpublished_part_away() -> None:
    made = cards(CONFIG + index() + part(1) + part(2, title="A secret"), date(2026, 11, 4))

    assert "small-part-1" in made
    assert "secret" not in repr(made)


def test_another_title_gives_a_card_another_address_and_the_same_title_the_same() -> None:
    def paths(title: str) -> set[str]:
        text = CONFIG + index() + part(1, title=title)
        return {drawing.path for drawing in rendered(text).drawings if "part-1" in drawing.path}

    assert paths("One") == paths("One")
    assert paths("One") != paths("Two")


def test_a_title_that_the_font_cannot_draw_is_left_off_and_the_rest_is_there() -> None:
    card = cards(CONFIG + index() + part(1, title="水很热"))["small-part-1"]

    assert (card.title, card.kicker, card.number) == ("", "Small things", 1)
    assert "水" not in card_svg(card, Typefaces(card.fonts))


def test_a_card_is_set_in_the_publications_own_font_first() -> None:
    config = CONFIG + '[theme]\ncard_font = "templates/fonts/own.ttf"\n'
    own = FONT[:]
    card = cards(config + index() + part(1), **{"templates/fonts/own.ttf": own})["small-part-1"]

    assert card.fonts == (own, FONT)


def test_a_right_to_left_card_has_its_field_on_the_right() -> None:
    config = CONFIG.replace('language = "en"', 'language = "ar"')
    card = cards(config + index() + part(1))["small-part-1"]

    assert card.is_rtl
    assert '<rect x="936.0" y="0.0" width="264.0"' in card_svg(card, Typefaces(card.fonts))


def test_what_an_author_writes_is_text_on_a_card_and_never_markup() -> None:
    card = cards(CONFIG + index() + part(1, title="'</text><image href=\"/etc/passwd\"/> & more'"))["small-part-1"]

    assert "<image" not in card_svg(card, Typefaces(card.fonts))


def test_a_card_is_a_png_of_1200_by_630_and_the_same_twice(tmp_path) -> None:
    made = rendered(CONFIG + index() + part(1)).drawings
    first, second = (draw(made, Cache(tmp_path / name)) for name in ("a", "b"))

    assert first == second
    assert len(first.artifacts) == 3
    for artifact in first.artifacts:
        assert artifact.data.startswith(b"\x89PNG")
        assert struct.unpack_from(">II", artifact.data, 16) == (1200, 630)


def test_words_are_drawn_with_the_font_that_is_shipped_and_no_other(tmp_path) -> None:
    from PIL import Image

    made = [drawing for drawing in rendered(CONFIG + index() + part(1)).drawings if "part-1" in drawing.path]
    (artifact,) = draw(made, Cache(tmp_path)).artifacts
    file = tmp_path / "card.png"
    file.write_bytes(artifact.data)
    with Image.open(file) as picture:
        inks = {colour for _, colour in picture.convert("RGB").crop((330, 120, 1130, 480)).getcolors(1 << 20)}
    assert (0x21, 0x1E, 0x1A) in inks


def test_where_the_font_can_draw_neither_title_there_is_no_card_but_the_publications() -> None:
    text = CONFIG + index(title="قصة الزونولين") + part(1, title="مقدمة")
    made = rendered(text, date(2027, 1, 1))

    assert set(cards(text)) == {"publication"}
    page = next(artifact for artifact in made.artifacts if artifact.path == "small/part-1/index.html")
    assert b'property="og:image"' not in page.data
