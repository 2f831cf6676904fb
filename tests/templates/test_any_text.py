"""Whatever a template says, the linter answers; of the built-in theme it says nothing until it is broken."""

import random
import re
from itertools import pairwise

import mjml
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import Diagnostic
from pipeline.render.email.lint import lint_templates
from pipeline.render.email.lint.elements import ELEMENTS
from tests.templates.builders import EMAIL, framed, lint, theme

SEED = 20261103
PIECES = (
    "<mjml> </mjml> <mj-head> </mj-head> <mj-body> </mj-body> <mj-section> </mj-section> <mj-column> "
    "</mj-column> <mj-text> </mj-text> <mj-image/> <mj-image> <mj-raw> </mj-raw> <mj-style> </mj-style> "
    "<mj-title> </mj-title> <mj-attributes> </mj-attributes> <mj-all/> <mj-class/> <mj-button> "
    "</mj-button> <mj-table> </mj-table> <mj-social> </mj-social> <mj-social-element> "
    "</mj-social-element> <mj-accordion-title> </mj-accordion-title> <mj-carousel> <mj-buton> <p> </p> "
    "<b> </b> <br> <br/> </br> <tr> </tr> <td> <a·b='c'> <a·b=c> <a·b> <a·b='c'd='e'> <a·b='\"'> "
    '<!--·x·--> <!--·a--b·--> <!--[if·mso]> <![endif]--> <![CDATA[x]]> <?x?> <!doctype·html> x < > & " '
    "</·p> <1> a{b:c} } /* {{·x·}} {{·x {%·if·a·%} {%·else·%} {%·endif·%} {%·for·a·in·b·%} {%·endfor·%} "
    "{%·include·'email/own/part.mjml.j2'·%} {%·macro·m()·%} {%·endmacro·%} {{·m()·}} {%·raw·%} "
    "{%·endraw·%} {#·x·#} {%·set·x·%} {%·endset·%} {{·x·|·safe·}} {%-·if·a·-%} -%} "
    "{%·extends·'email/own/part.mjml.j2'·%} {%·block·x·%} {%·endblock·%} {{·super()·}} {{·caller()·}} "
    "{%·call·m()·%} {%·endcall·%} {%·x·%}"
)
TOKENS = [piece.replace("·", " ") for piece in PIECES.split(" ")]
PLAIN = [token for token in TOKENS if "{" not in token and "}" not in token]
FRAMES = ("all", "mjml", "head", "body", "section", "column", "text", "attributes")
ENDING = re.compile(r"</(?:mj-[a-z]+|h1|h2|p|a|b|span)>")
OPENING = re.compile(r"<(mj-[a-z]+)")
ATTRIBUTE = re.compile(r"(?<=<)(mj-(?:text|section|column|image|button|wrapper|body)) ([a-z-]+)=")
QUOTE = re.compile(r"(?<==)\"")


def errors(told: list[Diagnostic]) -> list[Diagnostic]:
    return [found for found in told if found.is_error]


@given(st.text(max_size=80), st.text(max_size=20))
@example("\ue000\ue001{{ x }}\ue003", "\ue002")
@example("\r{% if a %}\r\n<p\r>", "{{")
def test_no_text_makes_it_raise(text: str, other: str) -> None:
    templates = {EMAIL: text, "email/own/x.mjml.j2": other, "email/own/styles.css.j2": other}

    assert lint_templates(templates) == lint_templates(templates)


ENDLESS = {
    "conditions in one another": "{% if a %}" * 300 + "{% endif %}" * 300,
    "brackets in one another": "{{ " + "(" * 500 + ")" * 500 + " }}",
    "a long way to a value": "<mj-text color='{{ a" + ".b" * 3000 + " }}'>{{ a" + ".b" * 3000 + " }}",
    "elements in one another": "<p>" * 1500,
    "a template that includes itself twice": f'{{% include "{EMAIL}" %}}' * 2,
    "a macro that calls itself twice": "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "conditions beside one another": "".join(f"{{% if a{n} %}}<b>{{% endif %}}" for n in range(60)),
}


@pytest.mark.parametrize("claim", ENDLESS)
def test_what_seems_endless_ends(claim: str) -> None:
    for where in ("all", "text"):
        assert isinstance(lint(framed(where, ENDLESS[claim])), list)


def test_templates_that_include_each_other_again_and_again_end() -> None:
    names = [f"email/own/{number}.mjml.j2" for number in range(20)]
    chain = {name: f'{{% include "{after}" %}}' * 3 for name, after in pairwise(names)}

    lint_templates({**chain, names[-1]: "<p>", EMAIL: framed("body", f'{{% include "{names[0]}" %}}')})


@settings(max_examples=300)
@given(st.sampled_from(FRAMES), st.lists(st.sampled_from(TOKENS), max_size=12))
@example("mjml", ["{{ x"])
def test_no_pieces_of_a_template_make_it_raise(where: str, pieces: list[str]) -> None:
    for found in lint(framed(where, "".join(pieces))):
        assert found.location.line >= 1
        assert found.location.column >= 1
        assert found.message


@settings(max_examples=400)
@given(st.sampled_from(FRAMES), st.lists(st.sampled_from(PLAIN), max_size=7))
def test_where_mrml_stops_an_error_is_told(where: str, pieces: list[str]) -> None:
    text = framed(where, "".join(pieces))
    try:
        mjml.mjml2html(text)
    except Exception:
        assert errors(lint(text))


def test_the_built_in_theme_is_right() -> None:
    assert lint_templates(theme()) == []


def broken(pattern: re.Pattern[str], replacement: str) -> list[tuple[str, str, str]]:
    """Every place in the theme's emails where a pattern is found, broken: name, broken text, what was broken."""
    found = []
    for name, text in sorted(theme().items()):
        if name.startswith("email/") and name.endswith(".mjml.j2"):
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                changed = text[: match.start()] + match.expand(replacement) + text[match.end() :]
                found.append((name, changed, f"{name}:{line} {match.group()}"))
    return random.Random(SEED).sample(found, min(len(found), 25))


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        pytest.param(ENDING, "", id="an end tag less"),
        pytest.param(ENDING, r"\g<0>\g<0>", id="an end tag twice"),
        pytest.param(OPENING, r"<\g<1>x", id="a misspelled element"),
        pytest.param(ATTRIBUTE, r"\g<1> \g<2>x=", id="a misspelled attribute"),
        pytest.param(QUOTE, "", id="an opening quote less"),
    ],
)
def test_whatever_is_broken_in_the_theme_is_told_in_its_template(
    pattern: re.Pattern[str], replacement: str
) -> None:
    whole = theme()
    unseen = []
    for name, text, what in broken(pattern, replacement):
        told = errors(lint_templates({**whole, name: text}))
        if not any(found.location.path == f"templates/{name}" for found in told):
            unseen.append((what, [str(found) for found in told]))

    assert unseen == []


def test_the_theme_uses_only_elements_of_the_table() -> None:
    used = {name for text in theme().values() for name in OPENING.findall(text)}

    assert used <= ELEMENTS.keys() | {"mj-all", "mj-class"}
    assert len(used) > 10
