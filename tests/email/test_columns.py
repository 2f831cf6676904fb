"""Text in columns, as wide as it is shown."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.render.email.columns import padded, table, underlined, width, wrap

WORDS = st.lists(st.text("abc é’–中あ。（e\u0301", min_size=1, max_size=12), max_size=30).map(" ".join)


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert width("plain") == 5
    assert width("“quoted” – é") == 12
    assert width("中文") == 4
    assert width("e\u0301") == 1
    assert width("🎉") == 2


@given(WORDS, st.integers(12, 72))
def test_no_line_is_wider_than_it_may_be_unless_one_word_is(text: str, columns: int) -> None:
    for line in wrap(text, columns, "- ", "  "):
        assert width(line) <= columns or len(line[2:].split()) == 1


@given(WORDS, st.integers(12, 72))
def test_wrapping_loses_no_letter(text: str, columns: int) -> None:
    assert "".join("".join(wrap(text, columns)).split()) == "".join(text.split())


@given(st.text("ab c’", max_size=200), st.integers(8, 40))
def test_lines_are_as_full_as_they_can_be(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    for line, following in pairwise(lines):
        assert len(line) + 1 + len(following.split(" ")[0]) > columns


def test_a_long_address_has_a_line_to_itself() -> None:
    address = "https://example.org/" + "a" * 90

    assert wrap(f"See {address} now", 40) == ["See", address, "now"]


def test_chinese_breaks_between_characters_and_not_before_a_full_stop() -> None:
    lines = wrap("中文没有空格所以必须在字之间换行。真的。", 10)

    assert all(width(line) <= 12 for line in lines)
    assert not any(line.startswith("。") for line in lines)
    assert "".join(lines) == "中文没有空格所以必须在字之间换行。真的。"


def test_a_no_break_space_holds() -> None:
    assert wrap("one two (ref.\u00a04)", 14) == ["one two", "(ref.\u00a04)"]


def test_a_hard_line_end_stays() -> None:
    assert wrap("one\ntwo", 40, "- ", "  ") == ["- one", "  two"]


def test_an_underline_is_as_wide_as_its_heading() -> None:
    assert underlined("中文", "=", 72) == ["中文", "===="]
    assert underlined("", "=", 72) == []


def test_padding_counts_columns() -> None:
    assert padded("中", 4, "right") == "  中"
    assert padded("a", 4, "center") == " a  "


def test_a_table_is_aligned() -> None:
    rows = [["Name", "Count"], ["one", "1"], ["three", "12"]]

    assert table(rows, ["left", "right"], 40) == [
        "Name   Count",
        "-----  -----",
        "one        1",
        "three     12",
    ]


def test_a_wide_table_gives_way_where_it_is_widest() -> None:
    lines = table([["A", "B"], ["short", "a long text that must be broken " * 2]], ["left", "left"], 30)

    assert lines is not None
    assert all(width(line) <= 30 for line in lines)
    assert lines[2].startswith("short  a long")


def test_a_table_that_cannot_fit_is_told() -> None:
    rows = [["x" * 12] * 6, ["y" * 12] * 6]

    assert table(rows, ["left"] * 6, 40) is None
