"""Includes, blocks, macros and conditions are followed: a fragment is judged by what stands around it."""

import pytest

from pipeline.render.email.lint import lint_templates
from tests.templates.builders import EMAIL, framed, lint, placed

CARD = "email/own/card.mjml.j2"
BASE = "email/own/base.mjml.j2"
TEXT = "<mj-text>x</mj-text>"
SECTION = f"<mj-section><mj-column>{TEXT}</mj-column></mj-section>"
INCLUDE = f'{{% include "{CARD}" %}}'

TOLD = {
    "an included text outside of a column": ({EMAIL: framed("body", INCLUDE), CARD: f"¦{TEXT}"}, "PW608"),
    "HTML included into a column": ({EMAIL: framed("column", INCLUDE), CARD: "\n  ¦<p>x</p>"}, "PW608"),
    "a section included into a text": (
        {EMAIL: framed("text", INCLUDE), CARD: "¦<mj-section></mj-section>"},
        "PW608",
    ),
    "one of the templates that a name can mean": (
        {
            EMAIL: framed(
                "body",
                '{% for s in part.sections %}{% include "email/own/s/" ~ s.kind ~ ".mjml.j2" %}{% endfor %}',
            ),
            "email/own/s/prose.mjml.j2": SECTION,
            "email/own/s/cta.mjml.j2": f"<mj-section>\n¦{TEXT}</mj-section>",
        },
        "PW608",
    ),
    "the second of two that are tried": (
        {EMAIL: framed("body", f'{{% include ["email/own/none.mjml.j2", "{CARD}"] %}}'), CARD: f"¦{TEXT}"},
        "PW608",
    ),
    "a fragment that opens what nobody closes": (
        {EMAIL: framed("body", INCLUDE), CARD: "¦<mj-wrapper>"},
        "PW609",
    ),
    "a fragment that nothing includes, by itself": (
        {EMAIL: framed("body", ""), CARD: "<mj-text>¦<p>x</mj-text>"},
        "PW609",
    ),
    "a fragment whose pieces can stand nowhere together": (
        {EMAIL: framed("body", ""), CARD: f"{TEXT}\n¦<mj-section></mj-section>"},
        "PW608",
    ),
    "a block put where the parent has no room for it": (
        {
            EMAIL: f'{{% extends "{BASE}" %}}{{% block middle %}}¦{TEXT}{{% endblock %}}',
            BASE: framed("body", "{% block middle %}{% endblock %}"),
        },
        "PW608",
    ),
    "a block of the parent that the child only adds to": (
        {
            EMAIL: f'{{% extends "{BASE}" %}}{{% block middle %}}{{{{ super() }}}}{SECTION}{{% endblock %}}',
            BASE: framed("body", f"{{% block middle %}}¦{TEXT}{{% endblock %}}"),
        },
        "PW608",
    ),
    "a macro, where it is called": (
        {EMAIL: framed("body", f"{{% macro card() %}}¦{TEXT}{{% endmacro %}}{{{{ card() }}}}")},
        "PW608",
    ),
    "a macro of another template": (
        {
            EMAIL: framed("body", f'{{% from "{CARD}" import card as box %}}{{{{ box() }}}}'),
            CARD: f"{{% macro card() %}}¦{TEXT}{{% endmacro %}}",
        },
        "PW608",
    ),
    "a macro of an imported template": (
        {
            EMAIL: framed("body", f'{{% import "{CARD}" as cards %}}{{{{ cards.card() }}}}'),
            CARD: f"{{% macro card() %}}¦{TEXT}{{% endmacro %}}",
        },
        "PW608",
    ),
    "the body of a call, where the macro puts it": (
        {
            EMAIL: framed(
                "body",
                "{% macro card() %}<mj-section><mj-column>{{ caller() }}</mj-column></mj-section>{% endmacro %}"
                "{% call card() %}¦<mj-section></mj-section>{% endcall %}",
            )
        },
        "PW608",
    ),
    "a macro that nothing calls, by itself": (
        {EMAIL: framed("body", "{% macro card() %}<mj-text>¦<b>x</mj-text>{% endmacro %}")},
        "PW609",
    ),
    "a colour that one of two calls has from an author": (
        {
            EMAIL: framed(
                "column",
                "{% macro card(c) %}<mj-text ¦color='{{ c }}'>x</mj-text>{% endmacro %}"
                "{{ card(look.light.ink) }}{{ card(publication.accent) }}",
            )
        },
        "PW612",
    ),
    "captured markup, where it is printed": (
        {EMAIL: framed("body", f"{{% set box %}}¦{TEXT}{{% endset %}}{{{{ box }}}}")},
        "PW608",
    ),
    "a template that is not there": ({EMAIL: framed("body", f"¦{INCLUDE}")}, "PW601"),
    "a parent that is not there": ({EMAIL: f'¦{{% extends "{BASE}" %}}'}, "PW601"),
    "a style sheet with a tag in it": (
        {EMAIL: framed("body", ""), "email/own/screens.css.j2": "a { color: red }\n¦</style>"},
        "PW617",
    ),
    "a query among the rules that are inlined": (
        {EMAIL: framed("body", ""), "email/own/styles.css.j2": "\n¦@media print { a { color: red } }"},
        "PW617",
    ),
    "a query in what the inlined style sheet includes": (
        {
            EMAIL: framed("body", ""),
            "email/own/styles.css.j2": '{% include "email/own/prose.css.j2" %}',
            "email/own/prose.css.j2": "¦@font-face { }",
        },
        "PW617",
    ),
}
RIGHT = {
    "a wrapper opened and closed on one condition": (
        f"{{% if part.image %}}<mj-wrapper>{{% endif %}}{SECTION}{{% if part.image %}}</mj-wrapper>{{% endif %}}"
    ),
    "a wrapper opened on a condition and closed on what is not its contrary": (
        f"{{% if not a %}}{{% else %}}<mj-wrapper>{{% endif %}}{SECTION}{{% if a %}}</mj-wrapper>{{% endif %}}"
    ),
    "another opening tag in each case": (
        "{% if a %}<mj-section padding='4px'>{% elif b %}<mj-section>{% else %}<mj-section css-class='x'>"
        "{% endif %}"
        f"<mj-column>{TEXT}</mj-column></mj-section>"
    ),
    "an opening and a closing template": (
        '{% include "email/own/open.mjml.j2" %}' + TEXT + '{% include "email/own/close.mjml.j2" %}'
    ),
    "whole sections in a loop": f"{{% for a in part.sections %}}{SECTION}{{% else %}}{SECTION}{{% endfor %}}",
    "columns in a loop, with a width": (
        "<mj-section>{% for a in part.sections %}<mj-column width='40%'></mj-column>{% endfor %}</mj-section>"
    ),
    "a template that need not be there": '{% include "email/own/none.mjml.j2" ignore missing %}',
    "a template whose name is not known at all": "{% include name %}",
    "a template that includes itself on a condition": f'{{% if a %}}{{% include "{EMAIL}" %}}{{% endif %}}',
}


@pytest.mark.parametrize("claim", TOLD)
def test_it_is_told(claim: str) -> None:
    marked, code = TOLD[claim]
    templates, spot = placed(marked)

    told = lint_templates(templates)

    assert [(str(found.location), found.code) for found in told] == [(spot, code)], told


@pytest.mark.parametrize("claim", RIGHT)
def test_it_is_right(claim: str) -> None:
    others = {
        "email/own/open.mjml.j2": "<mj-section><mj-column>",
        "email/own/close.mjml.j2": "</mj-column></mj-section>",
    }

    assert lint(framed("body", RIGHT[claim]), others if "closing template" in claim else {}) == []


def test_windows_line_ends_and_marks_of_byte_order_change_no_place() -> None:
    template = framed("column", "<mj-text>x</mj-text>\n  <mj-buton />")

    (plain,) = lint(template)
    (windows,) = lint(template.replace("\n", "\r\n"))

    assert plain.location == windows.location
    assert (plain.location.line, plain.location.column) == (6, 3)


def test_what_raw_holds_and_what_is_commented_out_is_not_jinja() -> None:
    assert lint(framed("text", "{% raw %}{% if %}{% endraw %}{# {% for %} <b> #}")) == []


def test_all_faults_of_all_templates_are_told_at_once_and_in_order() -> None:
    told = lint_templates(
        {
            EMAIL: framed("column", "<mj-text colour='red'>x</mj-text>\n<mj-text colour='red'>x</mj-text>"),
            CARD: "<mj-text colour='red'>x</mj-text>",
            "email/own/other.mjml.j2": "{% if %}",
            "web/page.html.j2": "{% if %} <mj-buton>",
        }
    )

    assert [found.location.path.rpartition("/")[2] for found in told] == [
        "card.mjml.j2",
        "other.mjml.j2",
        "part.mjml.j2",
        "part.mjml.j2",
    ]


def test_what_one_email_says_of_defaults_does_not_hold_in_another() -> None:
    text = (
        "<mj-section><mj-column><mj-text mj-class='big'>x</mj-text><mj-text>y</mj-text></mj-column></mj-section>"
    )
    other = "email/other/part.mjml.j2"

    told = lint_templates({EMAIL: framed("body", text), other: f"<mjml><mj-body>{text}</mj-body></mjml>"})

    assert [(found.location.path, found.code) for found in told] == [
        (f"templates/{other}", "PW616"),
        (f"templates/{other}", "PW607"),
    ]


def test_a_fragment_that_two_emails_use_is_told_once() -> None:
    include = '{% include "email/own/card.mjml.j2" %}'
    emails = {name: framed("column", include) for name in (EMAIL, "email/other/part.mjml.j2")}

    assert len(lint_templates({**emails, CARD: "<mj-text colour='red'>x</mj-text>"})) == 1
