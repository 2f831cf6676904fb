"""Whatever accent a publication chooses, its texts can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Theme
from pipeline.render.colour import contrast, for_dark, for_light, is_colour, mix, readable_on
from pipeline.render.email.look import Tones, look_of
from tests.email import builders

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(COLOURS)
def test_every_ground_has_an_ink(colour: str) -> None:
    assert contrast(readable_on(colour), colour) >= 4.5


@given(COLOURS)
def test_every_accent_can_be_read_on_light_and_on_dark_paper(colour: str) -> None:
    assert contrast(for_light(colour, "#ffffff", "#f1ece2"), "#f1ece2") >= 4.5
    assert contrast(for_dark(colour, "#000000", "#1c2421"), "#1c2421") >= 4.5


@given(COLOURS)
def test_every_text_of_an_email_has_contrast_in_both_schemes(accent: str) -> None:
    issues = builders.everything()
    library = builders.with_theme(issues, Theme(accent=accent))
    look = look_of(library.publication)

    for tones in (look.light, look.dark):
        assert min(ratios(tones)) >= 4.5


def ratios(tones: Tones) -> list[float]:
    """Each colour of text on each ground that the template puts it on."""
    on = {
        tones.desk: (tones.ink, tones.muted),
        tones.paper: (tones.ink, tones.muted, tones.accent),
        tones.wash: (tones.ink, tones.accent),
        tones.accent: (tones.on_accent,),
    }
    return [contrast(text, ground) for ground, texts in on.items() for text in texts]


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert for_light("#2f6f5e") == "#2f6f5e"
    assert for_dark("#ffd400") == "#ffd400"


def test_hue_survives_being_lightened() -> None:
    red, green, blue = (int(for_dark("#0000c0")[start : start + 2], 16) for start in (1, 3, 5))

    assert blue > red == green


def test_three_digits_are_a_colour_and_words_are_none() -> None:
    assert is_colour("#abc")
    assert mix("#000", "#ffffff", 0.5) == "#808080"
    assert not is_colour("teal")
    with pytest.raises(ValueError, match="is no colour"):
        contrast("teal", "#ffffff")
