"""Colours that can be read whatever the accent, one style sheet, and templates of one's own."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.render.colour import contrast
from pipeline.render.palette import palette_of
from tests.projects import CONFIG, index, part
from tests.web.builders import rendered, site, tree

TEXT = CONFIG + index() + part(1) + part(2)
DISCLAIMER = """\
-- templates/blocks/care.md --
---
kind: disclaimer
title: Take care
---
This is *no* advice; ask a [doctor](https://example.org/).
"""


@given(st.integers(0, 0xFFFFFF))
def test_every_accent_can_be_read_in_light_and_in_dark(number: int) -> None:
    palette = palette_of(f"#{number:06x}")
    for scheme in (palette.light, palette.dark):
        for ground in (scheme.paper, scheme.wash):
            for text in (scheme.ink, scheme.muted, scheme.accent):
                assert contrast(text, ground) >= 4.5
        assert contrast(scheme.on_accent, scheme.accent) >= 4.5


def style_of(text: str) -> tuple[str, str]:
    files = site(text)
    (path,) = [path for path in files if path.endswith(".css")]
    return path, files[path].decode()


def test_the_style_sheets_name_changes_with_its_content_and_only_then() -> None:
    red = CONFIG.replace("[sender]", '[theme]\naccent = "#a02020"\n\n[sender]') + index() + part(1)

    assert style_of(TEXT)[0] == style_of(TEXT + part(3))[0]
    assert style_of(TEXT)[0] != style_of(red)[0]
    assert "#a02020" in style_of(red)[1]
    assert f"../../{style_of(TEXT)[0]}" in tree(site(TEXT)["small/part-1/index.html"]).xpath("//link/@href")


def test_the_themes_font_comes_first() -> None:
    font = CONFIG.replace("[sender]", """[theme]\nfont = "'Iowan Old Style', serif"\n\n[sender]""")

    assert "--serif: 'Iowan Old Style', serif;" in style_of(font + index() + part(1))[1]


def test_the_style_sheet_asks_no_other_host_for_anything() -> None:
    style = style_of(TEXT)[1]

    assert "@import" not in style
    assert "url(" not in style


def test_a_publications_own_template_takes_the_place_of_the_built_in_one() -> None:
    own = "-- templates/web/sections/recap.html.j2 --\n<p>Mine: {{ section.previous.title }}</p>\n"

    page = site(TEXT + own)["small/part-2/index.html"].decode()
    assert "Mine: Title 1" in page


def test_a_template_that_leaves_a_disclaimer_out_is_told_for_every_page() -> None:
    without = "-- templates/web/sections/disclaimer.html.j2 --\n<p>{{ section.title }}</p>\n"

    assert rendered(TEXT + DISCLAIMER).diagnostics == ()
    told = rendered(TEXT + DISCLAIMER + without).diagnostics
    assert [problem.code for problem in told] == ["PW603", "PW603"]
    assert "`care` is not in small/part-1" in told[0].message


def test_disclaimers_are_on_the_page_in_full() -> None:
    page = tree(site(TEXT + DISCLAIMER)["small/part-1/index.html"])

    said = " ".join(page.xpath("//section[@class='disclaimer']")[0].text_content().split())
    assert said == "Take care This is no advice; ask a doctor."
