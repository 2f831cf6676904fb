"""Mrml's errors name bytes of what a template printed; the author hears of a line of the template."""

import mjml
import pytest

from pipeline.render.email.lint.trouble import explain_mjml_error, lint_printed
from pipeline.render.templates import Templates
from tests.templates.builders import EMAIL, placed

LETTER = """\
<mjml>
<mj-head></mj-head>
<mj-body>
{% include "email/own/heading.mjml.j2" %}
{% for kind in kinds %}
{% include "email/own/sections/" ~ kind ~ ".mjml.j2" %}
{% endfor %}
</mj-body>
</mjml>
"""
SECTION = """\
<mj-section>
  <mj-column>
    <mj-text css-class="%s">
      %s
    </mj-text>
  </mj-column>
</mj-section>
"""
CASES = [
    ("¦<p>x {{ title }}", "unexpected end of stream: <p> is not closed before </mj-text>"),
    ("{{ title }} ¦< 2", "unable to parse next template: a `<` that begins no tag"),
    ("¦<![CDATA[x]]>", "`<![CDATA[`, which mrml does not read"),
    ("{{ title }}¦</b>", "</b> closes nothing"),
    ("<a href=¦{{ title }}>x</a>", "stands in no quotes"),
    ("<a href=¦https://e.org>x</a>", "stands in no quotes"),
    ("¦<!-- {{ title }} -- b -->", "a comment with `--` in it"),
    ("</mj-text><mj-spacer>¦x</mj-spacer><mj-text>", "the words “x” stand in <mj-spacer>"),
    ("</mj-text><mj-social>¦<mj-text>x</mj-text></mj-social><mj-text>", "<mj-text> stands in <mj-social>"),
    ("<a ¦href='{{ title }}>x</a> <b title='z'>q</b>", "runs into the next tag"),
    ("{% if title %}¦<b>{% endif %}x", "<b> is not closed"),
]


def theme(piece: str) -> tuple[dict[str, str], str]:
    """A theme with a piece in one of its sections, and the place that is marked there."""
    sections = {
        EMAIL: LETTER,
        "email/own/heading.mjml.j2": SECTION % ("heading", "<h1>{{ title }}</h1>"),
        "email/own/sections/prose.mjml.j2": SECTION % ("prose", "x {{ title }}"),
        "email/own/sections/teaser.mjml.j2": SECTION % ("teaser", piece),
    }
    return placed(sections)


def printed(templates: dict[str, str]) -> str:
    return Templates(templates).render(EMAIL, title="pw7k0z", kinds=["prose", "teaser", "prose"])


@pytest.mark.parametrize(("piece", "said"), CASES)
def test_what_mrml_stops_at_is_told_at_its_place_in_the_template(piece: str, said: str) -> None:
    templates, spot = theme(piece)
    text = printed(templates)
    with pytest.raises(ValueError, match="root template") as stopped:
        mjml.mjml2html(text)

    told = explain_mjml_error(str(stopped.value), text, templates, EMAIL)

    assert (str(told.location), told.code) == (spot, "PW604")
    assert said in told.message
    assert "position" not in told.message
    assert told.hint


def test_what_no_template_says_is_told_by_its_line() -> None:
    told = explain_mjml_error("unexpected token in root template at position 8:9", "<mjml>\n<x", {}, EMAIL)

    assert str(told.location) == f"templates/{EMAIL}:1:1"
    assert "line 2 of what the template printed, `<x`" in told.message


def test_a_message_without_a_place_is_told_as_it_is() -> None:
    told = explain_mjml_error("mrml is out of sorts", "<mjml><mj-body></mj-body></mjml>", {}, EMAIL)

    assert told.message == "mrml is out of sorts"


def test_markup_that_comes_in_as_a_value_is_seen_in_what_is_printed() -> None:
    templates, spot = theme("</mj-text>¦{{ '<mj-buton>x</mj-buton>' | safe }}<mj-text>")

    told = lint_printed(printed(templates), templates, EMAIL)

    assert [found.code for found in told if found.is_error] == ["PW605"]
    assert told[-1].location.path == spot.rpartition(":")[0].rpartition(":")[0]


def test_tokens_in_what_is_printed_are_no_words() -> None:
    merge = "pw0123456789abcdef0123456789abcdef"[:32]
    templates, _ = theme(f"<a href='{merge}'><img src='pw7k3z' alt='pw7k4z' /></a>")

    assert [found.code for found in lint_printed(printed(templates), templates, EMAIL)] == ["PW616"]
