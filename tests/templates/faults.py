"""Deliberate faults: where a piece stands, the piece with a mark where it is told, the code, and what is said."""

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault in one template."""

    where: str
    piece: str
    code: str
    says: str


ELEMENTS = [
    Fault("column", "¦<mj-buton href='https://e.org'>x</mj-buton>", "PW605", "did you mean <mj-button>?"),
    Fault("column", "¦<mjtext>x</mjtext>", "PW605", "did you mean <mj-text>?"),
    Fault("column", "¦<text>x</text>", "PW605", "did you mean <mj-text>?"),
    Fault("column", "¦<MJ-Text>x</MJ-Text>", "PW605", "did you mean <mj-text>?"),
    Fault("column", "¦<mj-img src='https://e.org/a.png' alt='' />", "PW605", "MJML has no <mj-img>"),
    Fault("body", "¦<mj-sectoin><mj-column></mj-column></mj-sectoin>", "PW605", "did you mean <mj-section>?"),
    Fault("body", "¦<mj-row></mj-row>", "PW605", "MJML has no <mj-row>"),
    Fault("section", "¦<mj-colum></mj-colum>", "PW605", "did you mean <mj-column>?"),
    Fault("head", "¦<mj-titel>x</mj-titel>", "PW605", "did you mean <mj-title>?"),
    Fault("attributes", "¦<mj-txt color='red' />", "PW605", "<mj-txt> does nothing in <mj-attributes>"),
    Fault("attributes", "¦<p color='red' />", "PW605", "does nothing"),
    Fault("attributes", "¦<mj-title color='red' />", "PW605", "does nothing"),
    Fault("text", "¦<blockqoute>x</blockqoute>", "PW614", "did you mean <blockquote>?"),
    Fault("text", "¦<spam>x</spam>", "PW614", "did you mean <span>?"),
]
ATTRIBUTES = [
    Fault("column", "<mj-text ¦colour='red'>x</mj-text>", "PW606", "MJML's word is `color`"),
    Fault("column", "<mj-text ¦font-sise='16px'>x</mj-text>", "PW606", "did you mean `font-size`?"),
    Fault("column", "<mj-text ¦padding-lef='1px'>x</mj-text>", "PW606", "did you mean `padding-left`?"),
    Fault("column", "<mj-text ¦COLOR='red'>x</mj-text>", "PW606", "did you mean `color`?"),
    Fault("column", "<mj-text ¦class='prose'>x</mj-text>", "PW606", "MJML's word is `css-class`"),
    Fault("column", "<mj-text ¦style='color:red'>x</mj-text>", "PW606", "MJML takes no `style`"),
    Fault("column", "<mj-text ¦id='a'>x</mj-text>", "PW606", "css-class"),
    Fault("column", "<mj-image src='https://e.org/a.png' ¦alternative='' alt='' />", "PW606", "no attribute"),
    Fault("column", "<mj-divider ¦color='red' />", "PW606", "did you mean `border-color`?"),
    Fault("body", "<mj-section ¦bgcolor='red'></mj-section>", "PW606", "MJML's word is `background-color`"),
    Fault("body", "<mj-section ¦width='600px'></mj-section>", "PW606", "<mj-section> has no attribute `width`"),
    Fault("section", "<mj-column ¦margin='1px'></mj-column>", "PW606", "MJML has no margins"),
    Fault(
        "mjml", "<mj-head><mj-title ¦css-class='x'>x</mj-title></mj-head><mj-body></mj-body>", "PW606", "css-class"
    ),
    Fault("attributes", "<mj-text ¦colour='red' />", "PW606", "MJML's word is `color`"),
    Fault("attributes", "<mj-all ¦colour='red' />", "PW606", "MJML's word is `color`"),
    Fault("attributes", "<mj-class name='a' ¦colr='red' />", "PW606", "did you mean `color`?"),
    Fault("column", "<mj-text ¦mj-clas='big'>x</mj-text>", "PW606", "did you mean `mj-class`?"),
]
VALUES = [
    Fault("column", "<mj-text ¦font-size='16'>x</mj-text>", "PW607", "write `16px`"),
    Fault("column", "<mj-text ¦font-size='1em'>x</mj-text>", "PW607", "write it in `px`"),
    Fault("column", "<mj-text ¦font-size='16 px'>x</mj-text>", "PW607", "has 2 values"),
    Fault("column", "<mj-text ¦font-size='big'>x</mj-text>", "PW607", "no length"),
    Fault("column", "<mj-text ¦font-size=''>x</mj-text>", "PW607", "is empty"),
    Fault("column", "<mj-text ¦line-height='1.5em'>x</mj-text>", "PW614", "not every inbox"),
    Fault("column", "<mj-text ¦padding='-4px'>x</mj-text>", "PW607", "no length"),
    Fault("column", "<mj-text ¦padding='1px 2px 3px 4px 5px'>x</mj-text>", "PW607", "one to 4 lengths"),
    Fault("column", "<mj-text ¦color='redd'>x</mj-text>", "PW607", "did you mean `red`?"),
    Fault("column", "<mj-text ¦color='#12345'>x</mj-text>", "PW607", "no colour"),
    Fault("column", "<mj-text ¦color='2f6f5e'>x</mj-text>", "PW607", "#rrggbb"),
    Fault("column", "<mj-text ¦color='hsl(10, 20%, 30%)'>x</mj-text>", "PW614", "not every inbox"),
    Fault("body", "<mj-section ¦background-color='#eee'></mj-section>", "PW614", "write `#eeeeee`"),
    Fault("column", "<mj-text ¦align='middle'>x</mj-text>", "PW607", "`left`, `center`, `right`"),
    Fault("column", "<mj-text ¦align='centre'>x</mj-text>", "PW607", "did you mean `center`?"),
    Fault("column", "<mj-text ¦font-weight='blod'>x</mj-text>", "PW607", "did you mean `bold`?"),
    Fault("section", "<mj-column ¦width='20em'></mj-column>", "PW607", "write it in `px` or `%`"),
    Fault("section", "<mj-column ¦width='50'></mj-column>", "PW607", "write `50px`"),
    Fault("section", "<mj-column ¦vertical-align='center'></mj-column>", "PW607", "`middle`"),
    Fault("column", "<mj-image ¦width='50%' src='https://e.org/a.png' alt='' />", "PW607", "write it in `px`"),
    Fault("column", "<mj-image ¦width='100' src='https://e.org/a.png' alt='' />", "PW607", "write `100px`"),
    Fault("column", "<mj-image ¦padding='0 24px' src='https://e.org/a.png' alt='' />", "PW607", "write `0px`"),
    Fault("body", "<mj-section ¦padding='0 44px 12px'></mj-section>", "PW607", "write `0px`"),
    Fault("attributes", "<mj-all ¦padding='0 24px' />", "PW607", "write `0px`"),
    Fault("body", "<mj-section ¦full-width='true'></mj-section>", "PW607", "`full-width`"),
    Fault("body", "<mj-section ¦background-repeat='repeat-x'></mj-section>", "PW607", "did you mean `repeat`?"),
    Fault("body", "<mj-section ¦border='1 solid red'></mj-section>", "PW607", "write `1px`"),
    Fault("body", "<mj-section ¦border='1px soild red'></mj-section>", "PW607", "neither width, line nor colour"),
    Fault("body", "<mj-section ¦border='2px'></mj-section>", "PW607", "names no line"),
    Fault("column", "<mj-table ¦cellpadding='4px'><tr><td>x</td></tr></mj-table>", "PW607", "no whole number"),
    Fault("column", "<mj-image ¦src='images/a.png' alt='' />", "PW607", "no whole address"),
    Fault("text", "<a ¦href='/about/'>x</a>", "PW607", "no whole address"),
    Fault("text", "<a ¦href='javascript:x()'>x</a>", "PW607", "opens in no mail program"),
    Fault("column", "<mj-text ¦color>x</mj-text>", "PW607", "has no value"),
    Fault("column", "<mj-text color='red' ¦color='blue'>x</mj-text>", "PW607", "stands twice"),
    Fault("text", "<a href='https://e.org' ¦href='https://e.com'>x</a>", "PW607", "stands twice"),
    Fault("column", "<mj-text ¦mj-class='biig'>x</mj-text>", "PW607", "there is no `mj-class` of the name `biig`"),
    Fault("mjml", "<mj-head></mj-head><mj-body ¦width='100%'></mj-body>", "PW607", "write it in `px`"),
    Fault("head", "<mj-breakpoint ¦width='30em' />", "PW607", "write it in `px`"),
    Fault("head", "<mj-style ¦inline='inline'>a { color: red }</mj-style>", "PW607", "single quotes"),
    Fault("head", '<mj-style ¦inline="true">a { color: red }</mj-style>', "PW607", "it can be `inline`"),
    Fault("all", '<mjml ¦dir="rlt"><mj-body></mj-body></mjml>', "PW607", "did you mean `rtl`?"),
]
PLACES = [
    Fault("body", "¦<mj-text>x</mj-text>", "PW608", "it stands in <mj-column> or <mj-hero>"),
    Fault("body", "¦<mj-column></mj-column>", "PW608", "it stands in <mj-section> or <mj-group>"),
    Fault("section", "¦<mj-text>x</mj-text>", "PW608", "stands in <mj-section>"),
    Fault("section", "¦<mj-section></mj-section>", "PW608", "it stands in <mj-body> or <mj-wrapper>"),
    Fault("column", "¦<mj-column></mj-column>", "PW608", "<mj-column> stands in <mj-column>"),
    Fault("column", "¦<mj-section></mj-section>", "PW608", "<mj-section> stands in <mj-column>"),
    Fault("column", "¦<p>x</p>", "PW608", "<p> is HTML"),
    Fault("column", "¦words", "PW608", "holds no words"),
    Fault("column", "¦{{ part.title }}", "PW608", "the words of `{{ part.title }}`"),
    Fault("body", "¦{{ part.title }}", "PW608", "holds no words"),
    Fault("body", "¦<div>x</div>", "PW608", "put it into mj-text, mj-table or mj-raw"),
    Fault("body", "<mj-wrapper>¦<mj-wrapper></mj-wrapper></mj-wrapper>", "PW608", "it stands in <mj-body>"),
    Fault("text", "¦<mj-button href='https://e.org'>x</mj-button>", "PW608", "which holds HTML alone"),
    Fault("column", "<mj-image src='https://e.org/a.png' alt=''>¦x</mj-image>", "PW608", "holds no words"),
    Fault("column", "<mj-spacer>¦<!-- x --></mj-spacer>", "PW608", "mrml stops at it"),
    Fault("column", "<mj-social>¦<mj-text>x</mj-text></mj-social>", "PW608", "stands in <mj-social>"),
    Fault("column", "¦<mj-social-element name='web'>x</mj-social-element>", "PW608", "it stands in <mj-social>"),
    Fault("column", "<mj-navbar>¦<mj-raw>x</mj-raw></mj-navbar>", "PW608", "stands in <mj-navbar>"),
    Fault("column", "<mj-button href='https://e.org'>¦<!--[if mso]>x<![endif]--></mj-button>", "PW608", "Outlook"),
    Fault("column", "<mj-table>¦words</mj-table>", "PW608", "moved out of it"),
    Fault("column", "<mj-table><tr>¦<p>x</p></tr></mj-table>", "PW608", "moved out of the table"),
    Fault("head", "¦<meta name='x' />", "PW608", "<meta> is HTML"),
    Fault("head", "¦<mj-section></mj-section>", "PW608", "<mj-section> stands in <mj-head>"),
    Fault("head", "¦x", "PW608", "holds no words"),
    Fault("head", "<mj-title>¦<b>x</b></mj-title>", "PW608", "<b> is HTML"),
    Fault("head", "<mj-title>x</mj-title>¦<mj-title>y</mj-title>", "PW608", "a second <mj-title>"),
    Fault("body", "¦<mj-title>x</mj-title>", "PW608", "it stands in <mj-head>"),
    Fault("body", "¦<mj-style>a { color: red }</mj-style>", "PW608", "it stands in <mj-head>"),
    Fault("body", "¦<mj-attributes></mj-attributes>", "PW608", "it stands in <mj-head>"),
    Fault("mjml", "<mj-body></mj-body>¦<mj-body></mj-body>", "PW608", "a second <mj-body>"),
    Fault("mjml", "<mj-head>¦<mj-body></mj-body></mj-head>", "PW608", "<mj-body> stands in <mj-head>"),
    Fault("all", "¦<p>x</p><mjml><mj-body></mj-body></mjml>", "PW608", "outside of <mjml>"),
    Fault("text", "<p>¦<ul><li>x</li></ul></p>", "PW608", "stands in <p>, and ends it"),
    Fault("text", "<a href='https://e.org'>¦<a href='https://e.org'>x</a></a>", "PW608", "in another link"),
    Fault("text", "¦<td>x</td>", "PW608", "means nothing"),
    Fault(
        "text", "{% for section in part.sections %}<p>¦{{ section.html }}</p>{% endfor %}", "PW608", "paragraphs"
    ),
]
BALANCE = [
    Fault("column", "¦<mj-text>x", "PW609", "close it first: </mj-text>"),
    Fault("text", "¦<p>x", "PW609", "<p> is not closed before </mj-text>"),
    Fault("text", "x¦</b>", "PW609", "</b> closes nothing"),
    Fault("text", "a<br>b¦</br>", "PW609", "<br> has no end"),
    Fault("text", "<b>¦<i>x</b></i>", "PW609", "<i> is not closed before </b>"),
    Fault(
        "body", "<mj-section><mj-column>¦<mj-text>A</mj-column></mj-text></mj-section>", "PW609", "</mj-column>"
    ),
    Fault("mjml", "<mj-head>¦<mj-title>x</mj-head></mj-title><mj-body></mj-body>", "PW609", "before </mj-head>"),
    Fault("column", "<mj-text>x¦</mj-button>", "PW609", "did you mean </mj-text>?"),
    Fault("column", "<mj-text>x¦</mj-txt>", "PW609", "did you mean </mj-text>?"),
    Fault("column", "<mj-text>x</mj-text>¦</mj-text>", "PW609", "</mj-text> closes nothing"),
    Fault("body", "¦<mj-section><mj-column></mj-column>", "PW609", "<mj-section> is not closed before </mj-body>"),
    Fault("column", "¦<mj-image src='https://e.org/a.png' alt=''>", "PW609", "<mj-image> is not closed"),
    Fault("all", "¦<mjml>\n<mj-body></mj-body>", "PW609", "<mjml> is not closed"),
    Fault("body", "{% if a %}¦<mj-wrapper>{% endif %}", "PW609", "close it first: </mj-wrapper>"),
    Fault(
        "body", "<mj-section>{% for a in part.b %}¦</mj-section>{% endfor %}</mj-section>", "PW609", "this loop"
    ),
    Fault("text", "{% for a in part.b %}¦<p>x{% endfor %}", "PW609", "not closed inside of the loop"),
    Fault("body", "<mj-raw><!--[if mso]>¦<table><![endif]--></mj-raw>", "PW609", "before </mj-raw>"),
    Fault("text", "{% if a %}<b>{% else %}<i>{% endif %}x¦</b>", "PW609", "stands where <i>"),
]
MARKUP = [
    Fault("text", "1 ¦< 2", "PW610", "write `&lt;`"),
    Fault("text", "¦<![CDATA[x]]>", "PW610", "CDATA"),
    Fault("text", "<a href=¦https://e.org>x</a>", "PW610", "stands in no quotes"),
    Fault("text", "<a href=¦{{ part.url }}>x</a>", "PW610", "stands in no quotes"),
    Fault("text", "<a ¦title='say \"x\"' href='https://e.org'>x</a>", "PW610", "double quote"),
    Fault("text", "<b title='a'¦id='b'>x</b>", "PW610", "put a space before it"),
    Fault("text", "<a ¦href='https://e.org>x</a> <b title='b'>y</b>", "PW610", "close the quote"),
    Fault("text", "¦<b x</b>", "PW610", "`<b` has no `>`"),
    Fault("text", "<b>x¦</b x>", "PW610", "a closing tag is its name alone"),
    Fault("text", "¦<!-- a -- b -->", "PW610", "`--` in it"),
    Fault("text", "¦<?xml version='1.0'?>", "PW610", "mrml does not read"),
    Fault("all", "¦<!doctype html><mjml><mj-body></mj-body></mjml>", "PW610", "mrml does not read"),
    Fault("text", "¦<!--[if mso]>x", "PW610", "it ends with `<![endif]-->`"),
    Fault("text", "x¦<![endif]-->", "PW610", "has not begun"),
    Fault("column", "<mj-text ¦{% if a %}color='red'>{% else %}>{% endif %}x</mj-text>", "PW610", "inside a tag"),
    Fault("head", '<mj-title>¦Say "x"</mj-title>', "PW610", "aria-label"),
    Fault("text", "¦x }} y", "PW614", "what is left of a tag of Jinja"),
]
UNHEARD = [
    Fault("attributes", "<mj-body ¦width='640px' />", "PW611", "write it on each <mj-body>"),
    Fault("attributes", "<mj-social-element ¦color='red' />", "PW611", "from no <mj-attributes>"),
    Fault("column", "<mj-text ¦mj-class='big small'>x</mj-text>", "PW611", "takes the first alone"),
    Fault("column", "¦<mj-include path='a.mjml' />", "PW611", "include the file with Jinja"),
    Fault("head", "¦<mj-html-attributes></mj-html-attributes>", "PW611", "mrml does not read it"),
    Fault("column", "<mj-button href='https://e.org' ¦title='x'>x</mj-button>", "PW611", "leaves out `title`"),
    Fault(
        "column", "<mj-image src='https://e.org/a.png' alt='' ¦border-top='1px solid red' />", "PW611", "`border`"
    ),
    Fault("column", "<mj-text ¦background-color='red'>x</mj-text>", "PW611", "leaves out"),
    Fault("body", "<mj-wrapper ¦gap='4px'></mj-wrapper>", "PW611", "leaves out `gap`"),
    Fault("head", "<mj-raw ¦position='file-start'>x</mj-raw>", "PW611", "take it out"),
    Fault("head", "¦<mj-preview>x</mj-preview>", "PW614", "spam filters"),
    Fault("head", "¦<mj-font name='X' href='https://e.org/x.css' />", "PW614", "fetch a font"),
]
SLOTS = [
    Fault("column", "<mj-text ¦css-class='{{ part.label }}'>x</mj-text>", "PW612", "choose with {% if %}"),
    Fault("column", "<mj-text ¦color='{{ publication.accent }}'>x</mj-text>", "PW612", "`| safe`"),
    Fault("column", "<mj-text ¦font-size='{{ part.number }}px'>x</mj-text>", "PW612", "`font-size`"),
    Fault("section", "<mj-column ¦width='{{ part.number }}%'></mj-column>", "PW612", "`width`"),
    Fault("column", "<mj-text ¦align=\"{{ 'left' if a else 'right' }}\">x</mj-text>", "PW612", "`align`"),
    Fault("column", "¦<mj-text {{ part.label }}>x</mj-text>", "PW612", "comes too late into a tag"),
    Fault("column", "¦<mj-{{ part.label }}>x</mj-{{ part.label }}>", "PW612", "write the tag out"),
    Fault("text", "<p ¦class='{{ part.label }}'>x</p>", "PW612", "`class` of <p>"),
    Fault("text", "<p ¦style='color: {{ publication.accent }}'>x</p>", "PW612", "`style` of <p>"),
    Fault("attributes", "<mj-text ¦color='{{ publication.accent }}' />", "PW612", "`color` of <mj-text>"),
    Fault("head", "<mj-style>a { color: ¦{{ publication.accent }} }</mj-style>", "PW612", "printed in <mj-style>"),
    Fault(
        "text",
        "{% for section in part.sections %}<b ¦title='{{ section.html }}'></b>{% endfor %}",
        "PW612",
        "HTML",
    ),
    Fault("column", "{% set c = part.label %}<mj-text ¦color='{{ c }}'>x</mj-text>", "PW612", "{{ c }}"),
    Fault("column", "<mj-text ¦color='{{ publication.accent | upper }}'>x</mj-text>", "PW612", "upper"),
    Fault("column", "<mj-text ¦font-size='{{ look.size }}em'>x</mj-text>", "PW607", "is in `em`"),
    Fault("column", "<mj-text ¦padding='{{ look.size }}px 0 2em'>x</mj-text>", "PW607", "is in `em`"),
    Fault("column", "<mj-text ¦align='{% if a %}left{% else %}rigth{% endif %}'>x</mj-text>", "PW607", "`right`?"),
    Fault("column", "<mj-text ¦color='{{ look.light.ink }}ish'>x</mj-text>", "PW607", "no colour"),
]
NEEDS = [
    Fault("column", "¦<mj-image alt='x' />", "PW613", "<mj-image> has no `src`"),
    Fault("column", "¦<mj-image src='https://e.org/a.png' />", "PW613", "only adorns"),
    Fault("text", "¦<img src='https://e.org/a.png' />", "PW613", "<img> has no `alt`"),
    Fault("text", "¦<a hreff='https://e.org'>x</a>", "PW613", "did you mean `href` by `hreff`?"),
    Fault("column", "¦<mj-button>x</mj-button>", "PW614", "nothing happens when it is pressed"),
    Fault("column", "<mj-social>¦<mj-social-element>x</mj-social-element></mj-social>", "PW613", "name a network"),
    Fault("attributes", "¦<mj-class color='red' />", "PW613", "<mj-class> has no `name`"),
    Fault("all", "¦<mjml><mj-head></mj-head></mjml>", "PW613", "<mjml> has no <mj-body>"),
    Fault("all", "¦", "PW613", "this email has no <mjml>"),
    Fault("all", "¦<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column>"
          "</mj-section></mj-body></mjml>", "PW616", "nothing says the font of <mj-text>"),
    Fault("body", "¦<mj-section><mj-column width='60%'></mj-column><mj-column width='60%'></mj-column>"
          "</mj-section>", "PW615", "take 120 %"),
    Fault("body", "¦<mj-section><mj-column width='50%'></mj-column>{% if a %}<mj-column width='50%'></mj-column>"
          "{% endif %}</mj-section>", "PW615", "when a column is left out"),
    Fault("body", "¦<mj-section><mj-column width='70%'></mj-column><mj-column></mj-column></mj-section>",
          "PW615", "take 120 %"),
]  # fmt: skip
JINJA = [
    Fault("text", "¦{% if a %}x", "PW601", "Jinja was looking for"),
    Fault("text", "¦{% esle %}", "PW601", "did you mean `else`?"),
    Fault("text", "¦{{ part.title", "PW601", "unexpected"),
    Fault("text", "¦{{ part.title | uper }}", "PW601", "did you mean `upper`?"),
    Fault("text", "{{ part.title }}¦{% if a is defind %}x{% endif %}", "PW601", "did you mean `defined`?"),
    Fault("text", "¦{{ part..title }}", "PW601", "expected"),
    Fault("text", "¦{% endfor %}", "PW601", "endfor"),
    Fault("text", "{% block a %}{% endblock %}\n¦{% block a %}{% endblock %}", "PW601", "defined twice"),
    Fault("body", "¦{% include 'email/own/footr.mjml.j2' %}", "PW601", "it wants email/own/footr.mjml.j2"),
    Fault("body", "¦{% from 'email/own/macro.mjml.j2' import card %}", "PW601", "which is not there"),
]
STYLES = [
    Fault("head", "<mj-style>a { content: '¦<' }</mj-style>", "PW617", "mrml stops at it"),
    Fault("head", "<mj-style>a ¦{ color: red </mj-style>", "PW617", "a `{` that is not closed"),
    Fault("head", "<mj-style>a { color: red }¦}</mj-style>", "PW617", "a `}` that closes nothing"),
    Fault("head", "<mj-style>a { color: red } ¦/* x</mj-style>", "PW617", "close it with `*/`"),
    Fault(
        "head",
        '<mj-style inline="inline">¦@media print { a { color: red } }</mj-style>',
        "PW617",
        "stays in the head",
    ),
]
FAULTS = [
    *ELEMENTS, *ATTRIBUTES, *VALUES, *PLACES, *BALANCE, *MARKUP, *UNHEARD, *SLOTS, *NEEDS, *JINJA, *STYLES
]  # fmt: skip
