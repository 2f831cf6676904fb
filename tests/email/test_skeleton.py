"""What is remembered from one email to the next changes nothing in any of them; and a bad template is told."""

import pytest

from pipeline.render.email.press import Way
from pipeline.render.email.proof import nodes_of
from pipeline.render.email.selectors import is_learnable, watched
from pipeline.render.templates import TemplateFailedError
from tests import projects
from tests.email import builders

PART = "email/letter/part.mjml.j2"
HEADING = "email/letter/heading.mjml.j2"
STYLES = "email/letter/styles.css.j2"
PROSE = "email/shared/sections/prose.mjml.j2"


@pytest.mark.parametrize(
    "rule",
    [
        ".prose p + p { color: red }",
        ".prose h2 ~ p { color: red }",
        ".prose li:first-child { color: red }",
        ".prose a[href='https://e.org/'] { color: red }",
        "#own { color: red }",
        ".prose p:contains('Two') { color: red }",
        ".prose p:lang(en) { color: red }",
        ".prose :not(a) { color: red }",
    ],
)
def test_rules_that_cannot_be_learned_are_followed_all_the_same(rule: str) -> None:
    issues = builders.placed(
        builders.publication(
            projects.part(
                1, body="One.\n\nTwo.\n\n## H\n\nThree [a](https://e.org/).\n\n- b\n- c\n\n<p id='own'>d</p>"
            )
        )
    )
    changed = {STYLES: issues.library.templates[STYLES] + rule}
    html = builders.email(issues, 1, changed).html

    assert not is_learnable(rule)
    assert html.count("color:red") >= 1
    assert html == builders.room(issues.library, changed, Way.INLINED).render(issues.all[0]).html


def test_rules_about_tags_classes_and_attributes_can_be_learned() -> None:
    assert is_learnable("/* a + b */ .prose > p, th[align=right] .x { content: '#+~' } a:hover { color: red }")
    assert is_learnable("@media (min-width: 1px) { .prose p { color: red } }")


def test_selectors_are_read_as_they_are_meant() -> None:
    for selector in ("p, a:hover", "a  >  b .c", "td[align='a, b']", ".x::before", "th[scope][align=right] *"):
        assert is_learnable(f"{selector} {{ color: red }}"), selector
    for selector in ("p + p", "a[href^='https:']", ":root", "p:nth-child(2)", "a:is(.x)", "p:first-of-type", "#a"):
        assert not is_learnable(f"{selector} {{ color: red }}"), selector
    assert watched("td[align=x] a, [data-y] { color: red } /* [no] */") == {"align", "data-y"}


def test_issues_that_are_built_alike_share_one_skeleton() -> None:
    parts = [projects.part(number, title=f"A title of its own {number}") for number in range(1, 9)]
    issues = builders.placed(builders.publication(*parts))
    room = builders.room(issues.library)
    for issue in issues.all:
        room.render(issue)

    # The first has no recap, the second nothing related yet, then come one, two and three; the last has no next.
    assert builders.skeletons_of(room) == 6
    assert len(room._press._stylists) == 1


ROW = "<mj-section><mj-column>{}</mj-column></mj-section></mj-body>"
FAULTS = {
    "a value in a style attribute": '<mj-raw><p style="color:{{ publication.accent }}">x</p></mj-raw></mj-body>',
    "a value in a style of Outlook's": (
        '<mj-raw><!--[if mso]><p style="color:{{ part.title }}">x</p><![endif]--></mj-raw></mj-body>'
    ),
    "a value in a width": ROW.format('<mj-image src="x" alt="" width="{{ part.number }}px" />'),
    "a value in a padding": ROW.format('<mj-text padding="{{ part.number }}px">x</mj-text>'),
    "a value in a colour": ROW.format('<mj-text color="{{ publication.accent }}">x</mj-text>'),
    "a value in a class": ROW.format('<mj-text css-class="part-{{ part.number }}">x</mj-text>'),
    "a value in a class of HTML": ROW.format('<mj-text><p class="{{ part.label }}">x</p></mj-text>'),
    "a value in a class of Outlook's": '<mj-raw><!--[if mso]><p class="{{ part.title }}">x</p><![endif]--></mj-raw></mj-body>',
    "a value as a tag": ROW.format("<mj-text><h{{ part.number }}>x</h{{ part.number }}></mj-text>"),
    "a value as an attribute": ROW.format('<mj-text><p {{ part.label }}="x">x</p></mj-text>'),
    "a value that MJML drops": ROW.format('<mj-button title="{{ part.title }}">x</mj-button>'),
    "a value that MJML drops and shows": ROW.format(
        '{% set twice %}{{ part.title }}{% endset %}<mj-button title="{{ twice }}">{{ twice }}</mj-button>'
    ),
}


@pytest.mark.parametrize("new", FAULTS.values(), ids=FAULTS)
def test_a_value_where_it_cannot_stand_is_refused_with_its_template_and_line(new: str) -> None:
    issues = builders.everything()
    text = issues.library.templates[PART]
    line = text[: text.index("</mj-body>")].count("\n") + 3

    with pytest.raises(TemplateFailedError) as failed:
        builders.email(issues, 2, {PART: text.replace("</mj-body>", "\n\n" + new)})

    diagnostic = failed.value.diagnostic
    assert (diagnostic.code, diagnostic.location.path) == ("PW612", f"templates/{PART}")
    assert diagnostic.location.line == line


def test_the_line_is_that_of_the_file_that_prints_the_value() -> None:
    issues = builders.everything()
    macro = "{% macro wide(n) %}\n\n<mj-image src='x' alt='' width='{{ n }}px' />{% endmacro %}\n"
    text = macro + "<mj-section><mj-column>{{ wide(part.number) }}</mj-column></mj-section>\n"

    with pytest.raises(TemplateFailedError, match="PW612") as failed:
        builders.email(issues, 2, {HEADING: text})

    assert str(failed.value.diagnostic.location) == f"templates/{HEADING}:3:1"


BROKEN = {
    "unclosed": (PART, "</mj-body>", "", "PW604"),
    "not escaped": (PART, "</mj-body>", "<mj-text>a <b</mj-text></mj-body>", "PW604"),
    "unknown name": (PART, "{{ preheader }}", "{{ prehaeder }}", "PW601"),
    "unknown template": (PART, "email/letter/masthead", "email/letter/mastodon", "PW601"),
    "jinja syntax": (PART, "{% endfor %}", "{% endfro %}", "PW601"),
    "unknown attribute": (HEADING, "part.title", "part.titel", "PW601"),
}


@pytest.mark.parametrize(("name", "old", "new", "code"), BROKEN.values(), ids=BROKEN)
def test_a_fault_in_a_template_is_told_with_its_name(name: str, old: str, new: str, code: str) -> None:
    issues = builders.everything()
    text = issues.library.templates[name]
    assert old in text

    with pytest.raises(TemplateFailedError) as failed:
        builders.email(issues, 1, {name: text.replace(old, new)})

    assert failed.value.diagnostic.code == code
    assert failed.value.diagnostic.location.path == f"templates/{name}"
    if code == "PW601" and name == HEADING:
        assert failed.value.diagnostic.location.line == text[: text.index(old)].count("\n") + 1


def test_a_colour_may_be_printed_where_a_tag_reads_it() -> None:
    issues = builders.everything()
    text = issues.library.templates[PROSE].replace(
        "<mj-column", '<mj-column background-color="{{ look.light.wash }}"'
    )
    safe = text.replace("look.light.wash", "publication.accent | safe")

    assert 'background-color="pw7k' not in builders.email(issues, 1, {PROSE: text}).html
    assert "background-color:#2f6f5e" in builders.email(issues, 1, {PROSE: safe}).html


def test_words_are_free_in_conditions_and_filters() -> None:
    issues = builders.everything()
    text = (
        "<mj-section><mj-column><mj-text>{{ part.title | upper }}{% if 'itle' in part.title %}!{% endif %}"
        "{{ section.html | striptags | truncate(30) }}{% if section.html | length > 100 %}?{% endif %}"
    )
    changed = {PROSE: text + "</mj-text></mj-column></mj-section>"}

    assert ">TITLE 2!A paragraph with emphasis,...?</div>" in builders.email(issues, 2, changed).html


@pytest.mark.parametrize(
    "condition",
    [
        '{% if part.number > 1 %}<mj-column width="30%"><mj-text>a</mj-text></mj-column>{% endif %}',
        "{% for n in range(part.number) %}<mj-column><mj-text>{{ n }}</mj-text></mj-column>{% endfor %}",
        "<mj-column css-class=\"{{ ('odd' if part.number % 2 else 'even') | safe }}\"><mj-text>a</mj-text></mj-column>",
        '<mj-column><mj-image src="x" alt="" width="{{ (part.number * 20) | safe }}px" /></mj-column>',
    ],
)
def test_what_is_built_differently_is_compiled_by_itself(condition: str) -> None:
    issues = builders.everything()
    changed = {PROSE: f"<mj-section>{condition}<mj-column><mj-text>b</mj-text></mj-column></mj-section>"}
    made, whole = (builders.room(issues.library, changed, way) for way in (Way.COMPILED, Way.WHOLE))
    for issue in issues.all:
        assert nodes_of(made.render(issue).html) == nodes_of(whole.render(issue).html)
