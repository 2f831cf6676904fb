"""The corpora that builds are measured with: the same for everybody, and fair to both sides."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from benchmarks.corpus import AS_OF, eleventy_files, hugo_files, partwork_files, pelican_files, series_of
from pipeline.build import build
from pipeline.model import Sources
from tests.projects import theme

# Of the first 30 parts. When it changes, figures from before and after cannot be compared.
DIGEST = "574b5be792d178ce414b4733d593fed9e1448419cba34878ea5aa3d1454003f6"


def test_the_corpus_is_the_same_on_every_machine_and_with_every_python() -> None:
    drawn = hashlib.sha256()
    for path, text in partwork_files(30):
        drawn.update(f"{path}\0{text}\0".encode())
    assert drawn.hexdigest() == DIGEST


def test_a_larger_corpus_has_all_of_a_smaller_one() -> None:
    small, large = dict(partwork_files(25)), dict(partwork_files(40))
    assert small.items() <= large.items()


def test_another_seed_makes_other_words() -> None:
    assert dict(partwork_files(10, seed=1)) != dict(partwork_files(10, seed=2))


@pytest.mark.parametrize("rival_files", [hugo_files, eleventy_files, pelican_files])
def test_all_get_the_same_bodies_byte_for_byte(rival_files: Callable[[int], Iterator[tuple[str, str]]]) -> None:
    ours = [_body(text) for path, text in partwork_files(40) if _is_part(path)]
    theirs = [_body(text) for path, text in rival_files(40) if _is_part(path)]
    assert len(ours) == 40
    assert ours == theirs


def test_a_body_has_between_600_and_800_words() -> None:
    counts = [len(part.body.split()) for series in series_of(300) for part in series.parts]
    assert min(counts) >= 600
    assert max(counts) <= 800


@pytest.mark.parametrize("parts", [1, 40])
def test_the_corpus_is_a_publication_without_fault(parts: int) -> None:
    built = build(Sources(_bytes(parts), theme()), date.fromisoformat(AS_OF))
    assert built.diagnostics == ()
    assert built.issues is not None
    assert len(built.issues.out) == parts


def _bytes(parts: int) -> dict[str, bytes]:
    return {path: text.encode() for path, text in sorted(partwork_files(parts))}


def _is_part(path: str) -> bool:
    return path.rpartition("/")[2][:1].isdigit()


def _body(text: str) -> str:
    return text.split("---\n", 2)[2]
