import pytest

from tests.check.told import BLOCKS, of_library
from tests.projects import CONFIG, index, part


def told(body: str, more: str = "", files: str = "") -> list[str]:
    return of_library(CONFIG + index() + BLOCKS + part(1, "one", body=body, more=more) + files)


@pytest.mark.parametrize(
    "body",
    [
        "In code: `{{ name }}` and ``%%NAME%%``.",
        "```\n{{ name }}\n```",
        "~~~jinja\n{% if x %}\n~~~",
        "    {{ indented }}",
        "<!-- {{ not shown }} -->Text.",
        "5% of 10% and 20 % too; 100%.",
        "*Words* | and | *more*",
        "A set {a}, a {{ and a % sign.",
        r"\{\{ is how it begins.",
        "Dear {{ first_name | reader }}, *dear {{first_name|dear reader}}*.",
    ],
)
def test_what_is_no_token_or_is_code_is_left_alone(body: str) -> None:
    assert told(body) == []


@pytest.mark.parametrize(
    ("body", "column"),
    [
        ("Dear {{ first_name }},", 6),
        ("Dear *|FNAME|*,", 6),
        ('Dear **{{ name | default: "you" }}**,', 8),
        ("- Dear {{ name }}", 8),
        ("> Dear %%name%%", 8),
        ("`{{ code }}` and {{ words }}", 18),
        ("Dear {% if name %}you{% endif %}", 6),
        ("See [your page](https://example.org/?id={{id}}).", 41),
        ("![A cup for {{ name }}](https://example.org/cup.png)", 13),
        ("Dear %recipient.first_name%", 6),
    ],
)
def test_a_token_is_told_where_it_stands(body: str, column: int) -> None:
    assert f"PW312 6:{column}" in told(body)


def test_tokens_are_told_in_every_word_of_front_matter() -> None:
    keys = ("subtitle", "subject", "preheader", "teaser")
    found = told("Text.", "\n".join(f'{key}: "{{{{ x }}}}"' for key in keys))
    assert found == [f"PW312 {line}:1" for line in range(4, 8)]


def test_a_name_may_stand_in_an_email_s_own_words_and_nowhere_else_in_front_matter() -> None:
    place = "{{ first_name | Reader }}"
    found = told("Text.", "\n".join(f'{key}: "{place}"' for key in ("subject", "preheader", "subtitle", "teaser")))
    assert found == ["PW312 6:1", "PW312 7:1"]


def test_headings_may_go_up_by_any_step() -> None:
    assert told("## A\n\n### B\n\n#### C\n\n## D\n\n### E") == []


def test_headings_are_counted_as_each_channel_shows_them() -> None:
    assert told("## A\n\n::: only web\n\n### B\n\n:::\n\n#### C") == ["PW307 14:1"]
    assert told("::: only web\n\n## A\n\n:::\n\n::: only email feed\n\n## B\n\n:::\n\n### C") == []


def test_a_block_may_begin_at_level_three() -> None:
    block = "-- templates/blocks/more.md --\n---\nkind: disclaimer\ntitle: More\n---\n### A\n\nText.\n"
    assert told("Text.", files=block) == []


@pytest.mark.parametrize(
    "body",
    [
        "<details>\n<summary>More</summary>\n\nA paragraph.\n\n- A list.\n\n</details>",
        "<table>\n<tr><th>a</th><td>b</td></tr>\n</table>",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><p>b</p></td></tr></tbody></table>",
        "<ul><li>a <b>b</b></li></ul>",
        "<dl><dt>a</dt><dd>b</dd></dl>",
        "A <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> H<sub>2</sub>O, <kbd>Ctrl</kbd>.",
        "<div>\n\n## A heading\n\nAnd [a page](https://example.org).\n\n</div>",
        "One.\n\n<hr>\n\nTwo.",
        "<figure><img src='https://example.org/a.png' alt='A cup'><figcaption>A <i>cup</i>.</figcaption></figure>",
        "A line<br>and another.",
    ],
)
def test_elements_where_they_belong_are_left_alone(body: str) -> None:
    assert told(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "<i>\n\n- A list.\n\n</i>",
        "<s>\n\n> A quotation.\n\n</s>",
        "Words <ul><li>and a list</li></ul>",
        "<li>alone</li>",
        "<dt>alone</dt>",
        "<div><td>alone</td></div>",
        "**bold <hr> bold**",
        "[a <a href='https://example.org'>b</a>](https://example.org)",
    ],
)
def test_elements_elsewhere_are_told_once(body: str) -> None:
    assert [code[:5] for code in told(body)] == ["PW309"]
