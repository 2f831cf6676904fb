"""Related articles: text similarity (TF-IDF over each part's heaviest terms) and shared tags.

Pure, deterministic, and frozen: a part is compared with what was out at its own slot, and how rare a word is
counts over those parts alone, so its list never changes when later parts are written.

On Hugo's documentation pages, TF-IDF by the 150 heaviest terms finds 0.57 of what authors linked by hand among the
first five, scikit-learn's full one 0.59, tags alone 0.02.
"""

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from struct import pack, unpack
from typing import NamedTuple

from pipeline.memo import Memo, key_of

TERMS = 150  # the heaviest terms of a part that are asked for
TITLE_WEIGHT = 3  # a word of the title counts so often
TAG_WEIGHT = 0.2  # what a shared tag adds to a similarity between 0 and 1
COMMON = 0.5  # a term in more than this share of the parts says nothing …
FEW = 10  # … unless there are so few parts that a share says nothing either
LEAST = 0.05  # below this, two parts have nothing to say to each other
BUDGET = 1500  # places looked at for one part, heaviest terms first: what keeps 5,000 parts near-linear
KEPT = 12  # of the most similar, so many are known: authors name some of them themselves
NEWEST = 100  # of the parts with a tag, so many count
_WORD = re.compile(r"[^\W\d_]{3,}")
MANY = 8  # parts whose terms have changed: with more, all are compared anew
_TIE = 2e-9  # scores that are no further apart may be rounded to the same
_KIND = "related"  # in the memo
_MOST = 255  # mentions that are counted: what a byte holds
# The tenth mention of a word counts less than the first.
_DAMPED = (0.0, *(1 + math.log(count) for count in range(1, _MOST + 1)))


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of a text, each once, in one ``line``, and how often each is mentioned. ``key`` digests both."""

    line: str = ""
    counts: bytes = b""
    key: bytes = b""

    @property
    def words(self) -> list[str]:
        """The words, one by one."""
        return self.line.split()


def terms_of(title: str, text: str) -> Terms:
    """The terms of a text with its title."""
    counted = Counter(_WORD.findall(text.lower()))
    for word in _WORD.findall(title.lower()):
        counted[word] += TITLE_WEIGHT
    line = " ".join(counted)
    counts = bytes(min(count, _MOST) for count in counted.values())
    return Terms(line, counts, key_of(line, counts))


@dataclass(frozen=True, slots=True)
class Document:
    """What similarity sees of a part. ``out_at`` is its slot; ``series`` and ``number`` tell neighbours."""

    address: str
    series: str
    number: int
    terms: Terms
    tags: tuple[str, ...]
    out_at: datetime

    @property
    def face(self) -> bytes:
        """A digest of all this but for its terms."""
        return key_of(self.address, str(self.number), self.out_at.isoformat(), *self.tags)


class Compared(NamedTuple):
    """How a part was compared, and what was found, best first; plain, so that it can be kept.

    By a digest of how many parts use each of its words, and by the words that were asked for, with their weights.
    """

    frequencies: bytes
    words: str
    weights: bytes
    found: tuple[tuple[float, str], ...]


class Similarity:
    """Every part's most similar parts, asked for one part at a time.

    What comes out at one moment is compared with what was out by then, and with nothing else. A comparison is kept
    with the terms that it was made from. Where few have changed, most lists are known (``_Index.compared_again``).
    """

    def __init__(self, documents: Sequence[Document], memo: Memo | None = None) -> None:
        memo = memo or Memo()
        ordered = sorted(documents, key=lambda document: (document.out_at, document.address))
        terms = tuple([document.terms.key for document in ordered])
        key = key_of(*[document.face for document in ordered])
        known_terms, known = memo.get(_KIND, key) or ((), ())
        changed = [place for place, pair in enumerate(zip(terms, known_terms, strict=False)) if pair[0] != pair[1]]
        if len(known) != len(ordered) or len(changed) > MANY:
            changed, known = list(range(len(ordered))), ()
        compared = _compared(ordered, [Compared(*each) for each in known], changed) if changed else known
        if changed:
            memo.put(_KIND, key, (terms, tuple(map(tuple, compared))))
        self._nearest = {
            document.address: tuple([address for _, address in each[-1]])
            for document, each in zip(ordered, compared, strict=True)
        }

    def nearest(self, address: str, limit: int, without: Collection[str] = ()) -> list[str]:
        """The addresses most similar to a part, best first.

        Only what was out at that part's own slot, and never a neighbour in its series. Ties go to the newer
        part, then to the address that sorts first, so the same input gives the same list. None for a part that
        was not compared.
        """
        return [other for other in self._nearest.get(address, ()) if other not in without][:limit]


def _compared(ordered: Sequence[Document], known: Sequence[Compared], changed: Sequence[int]) -> list[Compared]:
    """Each part compared with those that were out by then; what is known stands where it can."""
    index = _Index()
    compared: list[Compared] = []
    for _, moment in groupby(ordered, key=lambda document: document.out_at):
        places = [index.add(document) for document in moment]
        since = [place for place in changed if place <= places[-1]]
        for place in places:
            found = known[place] if known and place not in since else None
            if found and since:
                found = index.compared_again(place, found, since)
            compared.append(found or index.compare(place))
    return compared


class _Index:
    """The parts that are out so far, each with its place: who uses which term how much, and who has which tag."""

    def __init__(self) -> None:
        self._documents: list[Document] = []
        self._places: dict[str, int] = {}  # by address
        self._ages: list[float] = []
        self._damped: list[list[float]] = []
        self._shares: list[float] = []  # one by the length of each part's vector
        self._logs: list[float] = [0.0]  # of 1 and a count, for each count there can be
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._tagged: dict[str, list[int]] = defaultdict(list)
        self._used: dict[int, dict[str, float]] = {}

    def add(self, document: Document) -> int:
        place = len(self._documents)
        self._documents.append(document)
        self._places[document.address] = place
        self._ages.append(-document.out_at.timestamp())
        damped = [_DAMPED[count] for count in document.terms.counts]
        self._damped.append(damped)
        self._shares.append(1 / (math.hypot(*damped) or 1.0))
        self._logs.append(math.log(2 + place))
        postings = self._postings
        for word, weight in zip(document.terms.words, damped, strict=True):
            postings[word].append((place, weight))
        for tag in document.tags:
            self._tagged[tag].append(place)
        return place

    def compare(self, place: int) -> Compared:
        """Compare a part with all others."""
        documents, document, shares = self._documents, self._documents[place], self._shares
        asked = self._asked(place)
        scored = [(score * shares[other], other) for other, score in self._by_words(asked).items()]
        if document.tags:
            scored = self._with_tags(document, scored)
        good: list[tuple[float, float, str]] = []
        least = LEAST
        for score, other in sorted([each for each in scored if each[0] >= LEAST], reverse=True):
            if score < least:
                break
            if not _is_neighbour(documents[other], document):
                good.append((-round(score, 9), self._ages[other], documents[other].address))
                if len(good) == KEPT:
                    least = score - _TIE  # what is further behind is no tie
        found = tuple([(-score, address) for score, _, address in sorted(good)[:KEPT]])
        weights = pack(f"<{len(asked)}d", *[weight for weight, _ in asked])
        return Compared(self._frequencies(place), " ".join([word for _, word in asked]), weights, found)

    def compared_again(self, place: int, known: Compared, changed: Sequence[int]) -> Compared | None:
        """What a comparison comes to, now that some others have other terms; none where that cannot be told.

        Where the part's words are as rare as they were, the same are asked for with the same weights, and only the
        scores of the changed parts are others. It can be told as long as none comes into the list, or falls as far
        as its end.
        """
        if known.frequencies != self._frequencies(place):
            return None
        document = self._documents[place]
        found = {address: score for score, address in known.found}
        end, least = (known.found[-1][1], known.found[-1][0]) if len(found) == KEPT else ("", LEAST)
        for other in changed:
            changed_one = self._documents[other]
            if _is_neighbour(changed_one, document):
                continue
            score = round(self._score(document, known, other), 9)
            address = changed_one.address
            is_in_doubt = score <= least + _TIE if address in found else score >= least - _TIE
            if is_in_doubt or address == end:
                return None
            if address in found:
                found[address] = score
        best = sorted(found, key=lambda address: (-found[address], self._ages[self._places[address]], address))
        return known._replace(found=tuple([(found[address], address) for address in best]))

    def _score(self, document: Document, known: Compared, other: int) -> float:
        """How similar another part is, by the words that were asked for; added up in the order of ``compare``."""
        words = known.words.split()
        uses = self._uses(other)
        score = 0.0
        for word, weight in zip(words, unpack(f"<{len(words)}d", known.weights), strict=True):
            if word in uses:
                score += weight * uses[word]
        score *= self._shares[other]
        for tag in document.tags:
            if other in self._tagged[tag][-NEWEST:]:
                score += TAG_WEIGHT
        return score

    def _uses(self, place: int) -> dict[str, float]:
        if place not in self._used:
            self._used[place] = dict(zip(self._documents[place].terms.words, self._damped[place], strict=True))
        return self._used[place]

    def _frequencies(self, place: int) -> bytes:
        """How many parts use each of a part's words, as a digest."""
        postings = self._postings
        return key_of(array("L", [len(postings[word]) for word in self._documents[place].terms.words]).tobytes())

    def _asked(self, place: int) -> list[tuple[float, str]]:
        """A part's heaviest terms, as many as the budget has places for."""
        budget = BUDGET
        asked = []
        for weight, word in self._heaviest(place):
            budget -= len(self._postings[word])
            if budget < 0:
                break
            asked.append((weight, word))
        return asked

    def _by_words(self, asked: Sequence[tuple[float, str]]) -> dict[int, float]:
        """How similar parts are to what is asked for, before their own lengths are taken into account."""
        scores: dict[int, float] = defaultdict(float)
        for weight, word in asked:
            for other, count in self._postings[word]:
                scores[other] += weight * count
        return scores

    def _with_tags(self, document: Document, scored: list[tuple[float, int]]) -> list[tuple[float, int]]:
        scores = defaultdict(float, {other: score for score, other in scored})
        for tag in document.tags:
            for other in self._tagged[tag][-NEWEST:]:
                scores[other] += TAG_WEIGHT
        return [(score, other) for other, score in scores.items()]

    def _heaviest(self, place: int) -> list[tuple[float, str]]:
        """A part's terms that others share and that say something, each with its weight, heaviest first."""
        total = len(self._documents)
        most = max(FEW, COMMON * total)
        whole, logs = math.log(1 + total) + 1, self._logs
        words = self._documents[place].terms.words
        frequencies = map(len, map(self._postings.__getitem__, words))
        weighted = [
            (-damped * (whole - logs[frequency]), word, whole - logs[frequency])
            for word, damped, frequency in zip(words, self._damped[place], frequencies, strict=True)
            if 1 < frequency <= most
        ]
        weighted.sort()
        heaviest = weighted[:TERMS]
        length = math.hypot(*[weight for weight, _, _ in heaviest]) or 1.0
        return [(-weight * rarity / length, word) for weight, word, rarity in heaviest]


def _is_neighbour(other: Document, document: Document) -> bool:
    return other.series == document.series and abs(other.number - document.number) <= 1
