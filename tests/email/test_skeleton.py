"""What is remembered from one email to the next changes nothing in any of them; and a bad template is told."""

import random
from dataclasses import replace

import pytest

from pipeline.issue import Prose
from pipeline.parse.markdown import parse_body
from pipeline.render.email.stylist import is_learnable
from pipeline.render.templates import TemplateFailedError
from tests import projects
from tests.email import builders

SEED = 20261103
PART = "email/part.mjml.j2"
STYLES = "email/styles.css.j2"
PROSE = "email/sections/prose.mjml.j2"
BODIES = 150

INLINES = (
    "plain words",
    "*emphasis* and **strong *both***",
    "`code <x> & y`",
    "[link](https://e.org/?a=1&b=2)",
    "~~gone~~",
    "![picture](https://e.org/p.png)",
    "H<sub>2</sub>O, <kbd>K</kbd>, <mark>m</mark>, <small>s</small>",
    "<https://e.org/é?q=a b>",
    "emoji 🎉, “quotes”, قصة",
    '[a "quoted" one](<https://e.org/?q=a"b> "t & \'u\'")',
)
BLOCKS = (
    "{0}",
    "## {0}",
    "### {0}\n\n#### {1}",
    "- {0}\n- {1}\n  - {2}\n    1. {0}",
    "1. {0}\n\n   {1}\n\n2. {2}",
    "> {0}\n>\n> - {1}\n>\n> > {2}",
    "```py\nx < 1 && y\n```",
    "| {0} | b |\n|:--:|--:|\n| {1} | {2} |",
    "Term\n: {0}\n\n: {1}\n\n  {2}",
    '![Alone](https://e.org/p.png "A caption")',
    "***",
    "<details open><summary>{0}</summary><div><p>{1}</p></div></details>",
    "<table><caption>c</caption><tr><th align='right'>a</th><td colspan='2'>b</td></tr></table>",
    '<ol start="3" type="a"><li value="7">{0}</li></ol>',
    '<p id="own" title="t" dir="rtl" lang="ar">{0}<br>{1}</p>',
    "<section><blockquote>{0}<hr>{1}</blockquote><pre>  kept\n as it is</pre></section>",
)


def bodies() -> list[str]:
    """Every block by itself, then mixtures; the same ones in every run."""
    dice = random.Random(SEED)
    alone = [block.format(*dice.sample(INLINES, 3)) for block in BLOCKS]
    mixed = [
        "\n\n".join(block.format(*dice.sample(INLINES, 3)) for block in dice.sample(BLOCKS, 6))
        for _ in range(BODIES - len(alone))
    ]
    return alone + mixed


def dom(html: str) -> list[tuple[str, tuple[tuple[str, str], ...], str, str]]:
    """Every node of a document with its attributes and texts, in order."""
    return [
        (str(node.tag), tuple(sorted((str(k), str(v)) for k, v in node.items())), node.text or "", node.tail or "")
        for node in builders.parsed(html).iter()
    ]


def test_learned_styles_are_those_that_premailer_gives_on_every_body() -> None:
    issues = builders.everything()
    found = builders.issue(issues, 2)
    rest = tuple(section for section in found.sections if not isinstance(section, Prose))
    learning, whole = builders.room(issues.library), builders.room(issues.library, is_learning=False)
    different = []
    for number, body in enumerate(bodies()):
        tree = parse_body(body, found.part.path).body
        issue = replace(found, sections=(Prose(tree.blocks), *rest))
        if dom(learning.render(issue).html) != dom(whole.render(issue).html):
            different.append((number, body))

    assert different == []


@pytest.mark.parametrize(
    "rule",
    [
        ".prose p + p { color: red }",
        ".prose h2 ~ p { color: red }",
        ".prose li:first-child { color: red }",
        ".prose a[href='https://e.org/'] { color: red }",
        "#own { color: red }",
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
    assert html == builders.room(issues.library, changed, is_learning=False).render(issues.all[0]).html


def test_rules_about_tags_classes_and_attributes_can_be_learned() -> None:
    assert is_learnable("/* a + b */ .prose > p, th[align=right] .x { content: '#+~' } a:hover { color: red }")
    assert is_learnable("@media (min-width: 1px) { .prose p { color: red } }")


def test_issues_that_are_built_alike_share_one_skeleton() -> None:
    parts = [projects.part(number, title=f"A title of its own {number}") for number in range(1, 9)]
    issues = builders.placed(builders.publication(*parts))
    room = builders.room(issues.library)
    for issue in issues.all:
        room.render(issue)

    # The first has no recap, the second nothing related yet, then come one, two and three; the last has no next.
    assert len(room._skeletons) == 6
    assert len(room._stylists) == 1


COLUMN, END = "<mj-section><mj-column>", "</mj-column></mj-section></mj-body>"
FAULTS = {
    "unclosed": ("</mj-body>", "", "PW604"),
    "bare ampersand": ("</mj-body>", "<mj-text>a <b</mj-text></mj-body>", "PW604"),
    "a value in a style attribute": (
        "</mj-body>",
        '<mj-raw><p style="color:{{ publication.accent }}">x</p></mj-raw></mj-body>',
        "PW604",
    ),
    "a value in a style sheet": ("{{ screens }}", "p { color: {{ publication.accent }} }", "PW604"),
    "a value in a width": (
        "</mj-body>",
        f'{COLUMN}<mj-image src="x" width="{{{{ part.number }}}}px" />{END}',
        "PW604",
    ),
    "a value that MJML drops": (
        "</mj-body>",
        f'{COLUMN}<mj-button title="{{{{ part.title }}}}">x</mj-button>{END}',
        "PW604",
    ),
    "unknown name": ("{{ preheader }}", "{{ prehaeder }}", "PW601"),
    "unknown template": ("email/masthead", "email/mastodon", "PW601"),
    "jinja syntax": ("{% endfor %}", "{% endfro %}", "PW601"),
}


@pytest.mark.parametrize(("old", "new", "code"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_template_is_told_with_its_name(old: str, new: str, code: str) -> None:
    issues = builders.everything()
    text = issues.library.templates[PART]
    assert old in text

    with pytest.raises(TemplateFailedError) as failed:
        builders.email(issues, 1, {PART: text.replace(old, new)})

    assert failed.value.diagnostic.code == code
    assert failed.value.diagnostic.location.path == "templates/email/part.mjml.j2"


def test_mjml_s_own_message_comes_with_the_line_it_means() -> None:
    issues = builders.everything()
    text = issues.library.templates[PART]

    with pytest.raises(TemplateFailedError, match="of what the template printed") as failed:
        builders.email(issues, 1, {PART: text.replace("</mj-head>", "<mj-oops")})

    assert "<mj-oops" in failed.value.diagnostic.message


def test_a_colour_may_be_printed_where_a_tag_reads_it() -> None:
    issues = builders.everything()
    text = issues.library.templates[PROSE].replace(
        "<mj-column>", '<mj-column background-color="{{ look.light.wash }}">'
    )
    safe = text.replace("look.light.wash", "publication.accent | safe")

    assert 'background-color="pw7k' not in builders.email(issues, 1, {PROSE: text}).html
    assert "background-color:#2f6f5e" in builders.email(issues, 1, {PROSE: safe}).html


def test_words_are_free_in_conditions_and_filters() -> None:
    issues = builders.everything()
    text = "<mj-section><mj-column><mj-text>{{ part.title | upper }}{% if 'itle' in part.title %}!{% endif %}"
    changed = {PROSE: text + "</mj-text></mj-column></mj-section>"}

    assert ">TITLE 2!</div>" in builders.email(issues, 2, changed).html
