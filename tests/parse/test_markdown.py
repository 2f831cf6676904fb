import pytest

from pipeline import body as tree
from pipeline.model import Channel
from pipeline.parse.markdown import parse_body
from pipeline.render.html import HtmlRenderer
from pipeline.render.surroundings import Surroundings


def blocks(text: str) -> tuple[object, ...]:
    parsed = parse_body(text, "a.md")
    assert not parsed.diagnostics
    return parsed.body.blocks


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in parse_body(text, "a.md", 10).diagnostics]


def html(text: str, channel: Channel = Channel.FEED) -> str:
    around = Surroundings(channel, "https://x.org/", "series/s/01-a.md")
    return HtmlRenderer(around).blocks(parse_body(text, "series/s/01-a.md").body.blocks)


def test_every_construct_becomes_its_node() -> None:
    pieces = [
        "## H",
        "p *e* **s** ~~d~~ `c`",
        "- a\n- b",
        "1. x",
        "> q",
        "```py\nx\n```",
        "***",
        "|a|\n|-|\n|1|",
        "t\n: d",
    ]
    text = "\n\n".join(pieces)

    kinds = [type(block) for block in blocks(text)]

    assert kinds == [
        tree.Heading,
        tree.Paragraph,
        tree.List,
        tree.List,
        tree.Quote,
        tree.CodeBlock,
        tree.Rule,
        tree.Table,
        tree.DefinitionList,
    ]


def test_quotes_and_dashes_come_out_as_a_printer_sets_them() -> None:
    (paragraph,) = blocks('"Well" -- it\'s...')

    assert tree.plain((paragraph,)) == "“Well” – it’s…"


def test_a_citation_may_name_several_works_with_locators() -> None:
    (paragraph,) = blocks("So [@a_b; @c, p. 3--4].")

    assert isinstance(paragraph, tree.Paragraph)
    assert paragraph.children[1] == tree.Citation((tree.Cite("a_b"), tree.Cite("c", "p. 3--4")), 1)


def test_a_citation_in_code_or_escaped_is_no_citation() -> None:
    found = [node for node in tree.walk(blocks("`[@a]` and \\[@b\\]")) if isinstance(node, tree.Citation)]

    assert found == []


def test_footnotes_are_numbered_by_first_mention() -> None:
    parsed = parse_body("One[^z] two[^a] again[^z].\n\n[^a]: A.\n\n[^z]: Z.\n")

    assert [(note.label, note.number) for note in parsed.body.footnotes] == [("z", 1), ("a", 2)]
    mentions = [node for node in tree.walk_body(parsed.body) if isinstance(node, tree.FootnoteRef)]
    assert [(mention.label, mention.number) for mention in mentions] == [("z", 1), ("a", 2), ("z", 1)]


def test_a_footnote_without_mention_and_a_mention_without_footnote_are_told() -> None:
    assert codes("One[^a].\n\n[^b]: B.\n") == ["PW314", "PW314"]


def test_a_heading_gets_an_anchor_that_is_unique_and_none_of_ours() -> None:
    anchors = [block.anchor for block in blocks("## Why\n\n## Why\n\n## fn1\n\n## Warum? {#own}\n")]

    assert anchors == ["why", "why-2", "fn1-section", "own"]


def test_an_anchor_keeps_letters_of_every_script() -> None:
    (heading,) = blocks("## مرحبا بالعالم")

    assert isinstance(heading, tree.Heading)
    assert heading.anchor == "مرحبا-بالعالم"


def test_a_picture_alone_in_its_paragraph_is_a_figure() -> None:
    (figure,) = blocks('![Alt *text*](images/x.png "Caption")')

    assert figure == tree.Figure(tree.Image("images/x.png", "Alt text", "Caption", 1))


def test_directives_stand_at_the_top_level_with_their_lines() -> None:
    text = "one\n::: cta call :::\ntwo\n\n::: only email web\n\ninside\n\n:::\n"

    kinds = [type(block) for block in blocks(text)]

    assert kinds == [tree.Paragraph, tree.CtaMark, tree.Paragraph, tree.Only]
    assert blocks(text)[1] == tree.CtaMark("call", 2)


def test_a_directive_in_fenced_code_stays_code() -> None:
    (code,) = blocks("```\n::: cta call :::\n```\n")

    assert code == tree.CodeBlock("::: cta call :::\n")


def test_a_definition_list_under_a_directive_survives() -> None:
    kinds = [type(block) for block in blocks("text\n::: only web\nterm\n: meaning\n:::\n")]

    assert kinds == [tree.Paragraph, tree.Only]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("::: nonsense :::", "PW311"),
        ("::: only television\n\nx\n\n:::\n", "PW311"),
        ("::: only email\n\nx\n", "PW310"),
        ("x\n\n:::\n", "PW310"),
        ("<b>never closed", "PW310"),
        ("text </b>", "PW310"),
        ("<script>alert(1)</script>", "PW309"),
        ("<p onclick='x()'>hi</p>", "PW309"),
        ("<iframe src='https://x'></iframe>", "PW309"),
        ("[x](javascript:alert(1))", "PW315"),
        ("<a href='java&#10;script:alert(1)'>x</a>", "PW315"),
        ("[x](JaVaScRiPt:alert(1))", "PW315"),
        ("![x](data:image/png;base64,xxxx)", "PW315"),
        ("see [this][nowhere]", "PW301"),
        ("[@]", "PW305"),
        (">" * 200 + " deep", "PW319"),
    ],
)
def test_what_is_wrong_in_a_body_has_its_code(text: str, code: str) -> None:
    assert code in codes(text)


def test_a_diagnostic_names_the_line_in_the_file() -> None:
    parsed = parse_body("one\n\ntwo\n\n<script>x</script>\n", "a.md", 10)

    assert [diagnostic.location.line for diagnostic in parsed.diagnostics] == [14]


def test_allowed_html_nests_with_markdown_inside() -> None:
    out = html("<details><summary>More</summary>\n\n*inside*\n\n</details>\n\nH<sub>2</sub>O")

    assert "<details><summary>More</summary><p><em>inside</em></p></details>" in out
    assert "H<sub>2</sub>O" in out


def test_comments_reach_no_reader() -> None:
    assert "secret" not in html("a <!-- secret --> b\n\n<!-- secret -->\n")


@pytest.mark.parametrize("text", ["</script>", "{{ x }}", "]]>", "<3 & > \"'", "\u202egnp.exe", "👩‍🔬"])
def test_text_that_looks_like_markup_is_shown_as_text(text: str) -> None:
    parsed = parse_body("`" + text + "`")
    shown = HtmlRenderer(Surroundings(Channel.WEB, "", "")).blocks(parsed.body.blocks)

    assert "<script" not in shown
    assert tree.plain(parsed.body.blocks) == text
    assert "]]>" not in shown


def test_relative_targets_become_addresses_of_the_site() -> None:
    out = html("[a](02-other.md#why) [b](../else/01-x.md) [c](index.md) [d](#here) ![e](images/p.png)")

    assert 'href="https://x.org/s/other/#why"' in out
    assert 'href="https://x.org/else/x/"' in out
    assert 'href="https://x.org/s/"' in out
    assert 'href="#here"' in out


def test_an_address_in_angle_brackets_is_a_link_to_write_to() -> None:
    assert '<a href="mailto:me@e.org">me@e.org</a>' in html("<me@e.org>")
