from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.related import Document, Similarity, terms_of

START = datetime(2026, 1, 6, 9, tzinfo=UTC)
WORDS = ["bread", "oven", "yeast", "flour", "bone", "calcium", "river", "harbour", "clock", "comet"]


def document(address: str, text: str, week: int = 0, tags: tuple[str, ...] = ()) -> Document:
    series, _, number = address.partition("/")
    return Document(address, series, int(number), terms_of("", text), tags, START + timedelta(weeks=week))


DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.lists(st.sampled_from(WORDS), min_size=3, max_size=12), st.integers(0, 6)
    ),
    max_size=12,
).map(
    lambda rows: [
        document(f"{series}/{number}", " ".join(words), week, tuple(words[:1]))
        for number, (series, words, week) in enumerate(rows, 1)
    ]
)


@given(DOCUMENTS)
def test_a_list_holds_only_what_was_out_and_no_neighbour(documents: list[Document]) -> None:
    by_address = {found.address: found for found in documents}
    similarity = Similarity(documents)

    for found in documents:
        for other in (by_address[address] for address in similarity.nearest(found.address, 5)):
            assert other.out_at <= found.out_at
            assert other.address != found.address
            assert other.series != found.series or abs(other.number - found.number) > 1


@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_the_order_of_the_files_changes_nothing(documents: list[Document], random: object) -> None:
    shuffled = list(documents)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    for found in documents:
        assert Similarity(documents).nearest(found.address, 5) == Similarity(shuffled).nearest(found.address, 5)


@given(DOCUMENTS, st.integers(0, 6))
def test_a_list_never_changes_when_later_parts_are_written(documents: list[Document], week: int) -> None:
    early = [found for found in documents if found.out_at <= START + timedelta(weeks=week)]
    before, after = Similarity(early), Similarity(documents)

    for found in early:
        assert before.nearest(found.address, 5) == after.nearest(found.address, 5)


def test_the_part_on_the_same_subject_comes_first() -> None:
    documents = [
        document("a/1", "bread oven yeast flour"),
        document("b/1", "river harbour comet clock"),
        document("c/1", "flour yeast bread bread river"),
        document("d/1", "yeast flour bread oven", 1),
    ]

    assert Similarity(documents).nearest("d/1", 2) == ["a/1", "c/1"]


def test_what_is_left_out_makes_room_for_the_next() -> None:
    documents = [document(f"{name}/1", "bread oven") for name in "abcd"]

    assert Similarity(documents).nearest("a/1", 2, without=("b/1",)) == ["c/1", "d/1"]
