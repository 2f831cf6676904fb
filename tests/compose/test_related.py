from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.memo import Memo
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


@given(DOCUMENTS, DOCUMENTS)
def test_what_is_known_of_other_terms_changes_nothing(before: list[Document], after: list[Document]) -> None:
    memo = Memo()
    Similarity(before, memo)
    changed = [replace(old, terms=new.terms) for old, new in zip(before, after, strict=False)]
    changed += before[len(changed) :]

    assert lists(changed, Memo(memo.used)) == lists(changed)
    assert lists(after, Memo(memo.used)) == lists(after)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_after_an_edit_most_lists_stand_and_all_are_right(seed: int) -> None:
    random = Random(seed)
    texts = [" ".join(zipf(random) for _ in range(60)) for _ in range(80)]
    memo = Memo()
    for _ in range(4):
        documents = [
            document(f"{'abc'[n % 3]}/{n}", text, n // 2, ("tea", "x")[: n % 3]) for n, text in enumerate(texts)
        ]
        memo = Memo(memo.used)
        assert lists(documents, memo) == lists(documents)
        edited = random.randrange(len(texts))
        words = texts[edited].split()
        words[random.randrange(60)] = zipf(random)
        texts[edited] = " ".join(words)


def zipf(random: Random) -> str:
    """A word of a few hundred, the first ones often and the last ones seldom."""
    number = int(300 ** random.random())
    return "x" + "".join(chr(97 + int(digit)) for digit in f"{number:03}")


def lists(documents: list[Document], memo: Memo | None = None) -> list[list[str]]:
    similarity = Similarity(documents, memo)
    return [similarity.nearest(found.address, 12) for found in documents]


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
