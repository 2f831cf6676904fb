from hypothesis import given
from hypothesis import strategies as st

from pipeline import body as tree
from pipeline import placement
from pipeline.parse.markdown import parse_body

PARAGRAPH = "Some words that make a paragraph of an ordinary length here."
PIECES = {
    "paragraph": PARAGRAPH,
    "short": "Yes.",
    "heading": "## A heading",
    "list": "- one\n- two\n- three",
    "quote": "> Somebody said this.",
    "table": "|a|b|\n|-|-|\n|1|2|",
    "code": "```\ncode\n```",
    "rule": "***",
    "colon": "What follows is:",
    "cta": "::: cta call :::",
    "only": "::: only web\n\nFor the web.\n\n:::",
}
TEXTS = st.lists(st.sampled_from(sorted(PIECES)), max_size=30)


def blocks_of(names: list[str]) -> tuple[tree.BlockNode, ...]:
    return parse_body("\n\n".join(PIECES[name] for name in names)).body.blocks


def middle_break(blocks: tree.Blocks) -> int | None:
    return placement.middle_break(blocks, [tree.plain((block,)) for block in blocks])


@given(TEXTS)
def test_a_break_keeps_its_distance_and_splits_nothing_that_belongs_together(names: list[str]) -> None:
    blocks = blocks_of(names)
    index = middle_break(blocks)

    if index is None:
        return
    before, after = blocks[:index], blocks[index:]
    text = [
        [b for b in side if not isinstance(b, tree.Heading | tree.Rule | tree.CtaMark)] for side in (before, after)
    ]
    assert len(text[0]) >= 2
    assert len(text[1]) >= 2
    assert not isinstance(before[-1], tree.Heading | tree.Only | tree.CtaMark)
    assert not tree.plain((before[-1],)).endswith(":")


@given(TEXTS)
def test_the_same_text_is_broken_in_the_same_place(names: list[str]) -> None:
    assert middle_break(blocks_of(names)) == middle_break(blocks_of(names))


def test_the_break_nearest_the_middle_of_the_reading_is_taken() -> None:
    assert middle_break(blocks_of(["paragraph"] * 10)) == 5


def test_a_heading_near_the_middle_is_the_natural_break() -> None:
    names = ["paragraph"] * 4 + ["heading"] + ["paragraph"] * 6

    assert middle_break(blocks_of(names)) == 4


def test_a_short_text_has_no_middle() -> None:
    assert middle_break(blocks_of(["paragraph"] * 3)) is None
    assert middle_break(()) is None


def test_a_call_to_action_keeps_two_paragraphs_from_one_set_by_hand() -> None:
    names = ["paragraph"] * 5 + ["cta"] + ["paragraph"] * 5
    blocks = blocks_of(names)
    index = middle_break(blocks)

    assert index is not None
    assert abs(index - 5) >= 2
