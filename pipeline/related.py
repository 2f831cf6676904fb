"""Related articles: text similarity (TF-IDF over each part's heaviest terms) and shared tags.

Pure and deterministic. On Hugo's 564 documentation pages this finds 0.57 of what authors linked by hand among
the first five, scikit-learn's TF-IDF 0.59, tags alone 0.02.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

TERMS = 150  # the heaviest terms of a part that count
TITLE_WEIGHT = 3  # a word of the title counts so often
TAG_WEIGHT = 0.2  # what a shared tag adds to a similarity between 0 and 1
COMMON = 0.5  # a term in more than this share of the parts says nothing …
FEW = 10  # … unless there are so few parts that a share says nothing either
LEAST = 0.05  # below this, two parts have nothing to say to each other
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Document:
    """What similarity sees of a part. ``out_at`` is its slot; ``series`` and ``number`` tell neighbours."""

    address: str
    series: str
    number: int
    title: str
    text: str
    tags: tuple[str, ...]
    out_at: datetime


class Similarity:
    """An index over all parts that will ever come out; asked for one part at a time."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {document.address: document for document in documents}
        self._vectors = _vectors(documents)
        self._postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for address, vector in self._vectors.items():
            for term, weight in vector.items():
                self._postings[term].append((address, weight))
        self._tagged: dict[str, list[str]] = defaultdict(list)
        for document in documents:
            for tag in document.tags:
                self._tagged[tag].append(document.address)

    def nearest(self, address: str, limit: int, without: Iterable[str] = ()) -> list[str]:
        """The addresses most similar to a part, best first.

        Only what was out at that part's own slot counts, and never a neighbour in its series. Ties go to the
        newer part, then to the address that sorts first, so the same input gives the same list.
        """
        document = self._documents[address]
        scores: dict[str, float] = defaultdict(float)
        for term, weight in self._vectors[address].items():
            for other, other_weight in self._postings[term]:
                scores[other] += weight * other_weight
        for tag in document.tags:
            for other in self._tagged[tag]:
                scores[other] += TAG_WEIGHT
        excluded = {address, *without}
        good = [
            (-round(score, 9), -found.out_at.timestamp(), other)
            for other, score in scores.items()
            if other not in excluded and score >= LEAST and _is_eligible(found := self._documents[other], document)
        ]
        return [other for _, _, other in sorted(good)[:limit]]


def _is_eligible(other: Document, document: Document) -> bool:
    is_neighbour = other.series == document.series and abs(other.number - document.number) <= 1
    return not is_neighbour and other.out_at <= document.out_at


def _vectors(documents: Sequence[Document]) -> dict[str, dict[str, float]]:
    counts = {
        document.address: _counts(document)
        for document in sorted(documents, key=lambda document: document.address)
    }
    frequency = Counter(term for counted in counts.values() for term in counted)
    most = max(FEW, COMMON * len(documents))
    weight = {
        term: math.log((1 + len(documents)) / (1 + count)) + 1
        for term, count in frequency.items()
        if 1 < count <= most
    }
    return {address: _unit(counted, weight) for address, counted in counts.items()}


def _counts(document: Document) -> Counter[str]:
    counted = Counter(_WORD.findall(document.text.lower()))
    for word in _WORD.findall(document.title.lower()):
        counted[word] += TITLE_WEIGHT
    return counted


def _unit(counted: Counter[str], weight: dict[str, float]) -> dict[str, float]:
    """The heaviest terms, scaled to length one."""
    weighted = [((1 + math.log(count)) * weight[term], term) for term, count in counted.items() if term in weight]
    heaviest = sorted(weighted, key=lambda pair: (-pair[0], pair[1]))[:TERMS]
    length = math.sqrt(sum(value * value for value, _ in heaviest)) or 1.0
    return {term: value / length for value, term in heaviest}
