"""What looks like a fault and is none: nothing is told, and it comes out as if it had been written plainly."""

import re
from typing import NamedTuple

import mjml
import pytest

from pipeline.render.templates import Templates
from tests.templates.builders import EMAIL, framed, lint

TEXT = "<mj-text>x</mj-text>"
COLUMN = f"<mj-column>{TEXT}</mj-column>"


class Look(NamedTuple):
    """A theme's own values."""

    ink: str = "#123456"
    start: str = "left"
    wide: str = "44"


class Case(NamedTuple):
    """A piece as a theme might write it, and as it would be written by hand."""

    where: str
    piece: str
    plain: str


CASES = [
    Case("section", f"{COLUMN}{{% if yes %}}{COLUMN}{{% endif %}}", COLUMN + COLUMN),
    Case("section", f"{COLUMN}{{% if no %}}{COLUMN}{{% endif %}}", COLUMN),
    Case("body", f"<mj-section {{% if yes %}}padding='4px'{{% endif %}}>{COLUMN}</mj-section>",
         f"<mj-section padding='4px'>{COLUMN}</mj-section>"),
    Case("column", "<mj-text color='{{ look.ink }}' align='{{ look.start }}'>x</mj-text>",
         "<mj-text color='#123456' align='left'>x</mj-text>"),
    Case("column", "<mj-text padding='0px {{ look.wide }}px'>x</mj-text>",
         "<mj-text padding='0px 44px'>x</mj-text>"),
    Case("column", "<mj-text css-class='row{% if yes %} wide{% endif %}'>x</mj-text>",
         "<mj-text css-class='row wide'>x</mj-text>"),
    Case("column", "<mj-text align='{% if no %}left{% else %}right{% endif %}'>x</mj-text>",
         "<mj-text align='right'>x</mj-text>"),
    Case("column", "{% set c = look.ink %}<mj-text color='{{ c }}'>x</mj-text>",
         "<mj-text color='#123456'>x</mj-text>"),
    Case("column", "<mj-text color='{{ look.ink if yes else look.start }}'>x</mj-text>",
         "<mj-text color='#123456'>x</mj-text>"),
    Case("column", "<mj-image src='{{ url }}' alt='{{ part.title }}' />",
         "<mj-image src='https://e.org/' alt='T' />"),
    Case("column", "<mj-button href='{{ url }}?a={{ part.title }}'>{{ part.title }}</mj-button>",
         "<mj-button href='https://e.org/?a=T'>T</mj-button>"),
    Case("text", "<a href='{{ url }}' title=\"it's\">{{ part.title }}</a>",
         "<a href='https://e.org/' title=\"it's\">T</a>"),
    Case("text", "{% for a in [1, 2] %}<p>{{ part.title }}</p>{% endfor %}", "<p>T</p><p>T</p>"),
    Case("text", "<p{% if yes %} class='a'{% endif %}>x</p>", "<p class='a'>x</p>"),
    Case("text", "{% raw %}{{ x {% endraw %}", "&#123;{ x "),
    Case("text", "a<br>b<hr/>c<img src='https://e.org/a.png' alt=''>",
         "a<br/>b<hr/>c<img src='https://e.org/a.png' alt=''/>"),
    Case("text", "a > b &amp; c &nbsp; &#8202;", "a > b &amp; c &nbsp; &#8202;"),
    Case("text", "<!-- a -->x<!--[if mso]><b>y</b><![endif]-->", "<!-- a -->x<!--[if mso]><b>y</b><![endif]-->"),
    Case("text", "<table><tr><td nowrap>x</td></tr></table>", "<table><tr><td nowrap>x</td></tr></table>"),
    Case("text", "<v:rect href='https://e.org'><w:anchorlock /></v:rect>",
         "<v:rect href='https://e.org'><w:anchorlock></w:anchorlock></v:rect>"),
    Case("column", "<mj-text/><mj-spacer></mj-spacer>", "<mj-text></mj-text><mj-spacer />"),
    Case("column", "<mj-text\n  color = '#123456'\n>x</mj-text >", "<mj-text color='#123456'>x</mj-text>"),
    Case("body", "<!-- a remark --><mj-raw><!--[if mso]><table><tr><td><![endif]-->x"
         "<!--[if mso]></td></tr></table><![endif]--></mj-raw>", ""),
    Case("column", "{# a remark #}<mj-text>{# <mj-text> #}x</mj-text>", TEXT),
    Case("body", "{% set box %}<mj-section>" + COLUMN + "</mj-section>{% endset %}{{ box }}",
         f"<mj-section>{COLUMN}</mj-section>"),
    Case("body", "{% macro box(c) %}<mj-section><mj-column><mj-text color='{{ c }}'>{{ caller() }}</mj-text>"
         "</mj-column></mj-section>{% endmacro %}{% call box(look.ink) %}<b>x</b>{% endcall %}",
         "<mj-section><mj-column><mj-text color='#123456'><b>x</b></mj-text></mj-column></mj-section>"),
    Case("section", "<mj-column width='25%'></mj-column><mj-column width='75%'></mj-column>", ""),
    Case("head", "<mj-style>a > b { color: red } @media print { a { color: red } }</mj-style>", ""),
    Case("column", "<mj-table><tr><td>{{ part.title }}</td></tr></mj-table>",
         "<mj-table><tr><td>T</td></tr></mj-table>"),
    Case("column", "<mj-text padding='0 24px'>x</mj-text>", ""),
    Case("body", "<mj-section padding='20px 0'></mj-section>", ""),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.where}: {case.piece[:60]}")
def test_it_is_right_and_comes_out_as_if_written_plainly(case: Case) -> None:
    assert lint(framed(case.where, case.piece)) == []
    assert finished(case.where, case.piece) == finished(case.where, case.plain or case.piece)


def finished(where: str, piece: str) -> str:
    """What Jinja and mrml make of it."""
    names = {"look": Look(), "yes": True, "no": False, "url": "https://e.org/", "part": {"title": "T"}}
    printed = Templates({EMAIL: framed(where, piece)}).render(EMAIL, **names)
    return re.sub(r"\s+", " ", str(mjml.mjml2html(printed, fonts={}))).replace("&#123;", "{")
