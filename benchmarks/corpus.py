"""Publications of any size to measure with: the same parts for partwork and its rivals, bodies byte for byte.

Deterministic: part ``i`` of a seed is the same in a corpus of a hundred and in one of five thousand. Only
``random.random`` is drawn from, whose numbers Python promises to keep from version to version.

Words follow Zipf's law, and each series has a vocabulary of its own. That matters: with a few hundred words
drawn evenly, every word stands in every part, and finding related articles would cost nothing.

    python benchmarks/corpus.py 1000 /tmp/corpus      # makes /tmp/corpus/partwork and /tmp/corpus/hugo
"""

import argparse
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

AS_OF = "2026-01-01"  # after the last slot of any corpus up to some 9,000 parts: everything is out
PARTS_A_SERIES = 10
SEED = 20261103

_FIRST_SLOT = date(2005, 1, 4)
_HERE = Path(__file__).resolve().parent


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SMALL = _words(
    "the a of and to in for with on from by as at into over after before between under that which was is it its "
    "this where when while not only also still more than each every other no one may can will has had"
)
_HEADS = _words(
    "amber ash barley beech birch black blue bone brass bright broad brown candle cedar chalk clay clear clover "
    "cold copper coral crow deep dew dry dusk dust east elder elm ember fair fen fern field flint fog frost glass "
    "gold grain grey hazel heath high hollow honey iron ivy lamp lark leaf lime linen long low maple marsh mist "
    "moon moss night north oak old pale"
)
_TAILS = _words(
    "bank barn bell bend bough bridge brook burn cliff coast cove craft croft dale down fall fell fold ford gate "
    "glen grove hall harbour haven hearth hedge hill holm house keep knot lake land lane light loft loom mark "
    "mead mill moor path pier pond port reed ridge ring road root row sail shore song spring stead stone street "
    "thorn vale ward water way well wharf wood work yard"
)
_TAGS = _words(
    "archives astronomy bees bread bridges canals ceramics cheese cities clocks comets fibre fungi gardens glass "
    "harbours immunity inks islands letters lighthouses maps markets microbes mills museums music orchards paper "
    "printing railways rivers salt sleep soil storms sugar textiles trees weather"
)
_ENDINGS = ("", "s", "er", "ish")
_TOPICS = 24
_TOPIC_WORDS = 100


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """One part as both publications have it."""

    number: int
    slug: str
    title: str
    summary: str
    tags: tuple[str, ...]
    day: date
    body: str

    @property
    def file_name(self) -> str:
        return f"{self.number:02}-{self.slug}.md"

    @property
    def header(self) -> str:
        """The front matter that both have."""
        return f"title: {self.title}\nsummary: {self.summary}\ntags: [{', '.join(self.tags)}]\n"


@dataclass(frozen=True, slots=True)
class CorpusSeries:
    """Ten parts, a week apart; fewer in the last series of a corpus."""

    index: int
    slug: str
    title: str
    summary: str
    start: date
    parts: tuple[CorpusPart, ...]


def series_of(parts: int, seed: int = SEED) -> Iterator[CorpusSeries]:
    """The series of a corpus with so many parts, one at a time."""
    for index in range(math.ceil(parts / PARTS_A_SERIES)):
        first = index * PARTS_A_SERIES
        yield _series(seed, index, min(PARTS_A_SERIES, parts - first))


def partwork_files(parts: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Path and text of each file of the partwork publication."""
    yield "partwork.toml", _CONFIG
    yield from _BLOCKS.items()
    for series in series_of(parts, seed):
        folder = f"series/{series.slug}"
        topic = "health" if series.index % 2 == 0 else "craft"
        header = (
            f"title: {series.title}\nsummary: {series.summary}\nauthor: Ada Writer\ntopics: [{topic}]\n"
            f"cta: discovery-call\nparts_planned: {PARTS_A_SERIES}\n"
            f'schedule: {{start: {series.start}, at: "09:00", every: week}}\n'
        )
        yield f"{folder}/index.md", f"---\n{header}---\n\n{series.summary}\n"
        for part in series.parts:
            yield f"{folder}/{part.file_name}", f"---\n{part.header}---\n{part.body}"


def hugo_files(parts: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Path and text of each file of the Hugo site: pages at the same addresses, without CTAs and disclaimers."""
    yield from _layout("hugo")
    for series in series_of(parts, seed):
        folder = f"content/{series.slug}"
        header = f"title: {series.title}\nsummary: {series.summary}\n"
        yield f"{folder}/_index.md", f"---\n{header}---\n\n{series.summary}\n"
        for part in series.parts:
            place = f"date: {part.day}T09:00:00Z\nweight: {part.number}\nslug: {part.slug}\n"
            yield f"{folder}/{part.file_name}", f"---\n{part.header}{place}---\n{part.body}"


def eleventy_files(parts: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Path and text of each file of the Eleventy site: the same pages and feeds as Hugo's."""
    yield from _layout("eleventy")
    for series in series_of(parts, seed):
        place = f"series: {series.slug}\nseriesTitle: {series.title}\nseriesSummary: {series.summary}\n"
        for part in series.parts:
            header = (
                f"{part.header}{place}date: {part.day}T09:00:00Z\npart: {part.number}\n"
                f"layout: part.njk\npermalink: /{series.slug}/{part.slug}/index.html\n"
            )
            yield f"content/{series.slug}/{part.file_name}", f"---\n{header}---\n{part.body}"


def pelican_files(parts: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Path and text of each file of the Pelican site: the same again; its headers are read by Python-Markdown."""
    yield from _layout("pelican")
    for series in series_of(parts, seed):
        place = f"category: {series.slug}\nseriestitle: {series.title}\nseriessummary: {series.summary}\n"
        for part in series.parts:
            header = (
                f"title: {part.title}\nsummary: {part.summary}\ntags: {', '.join(part.tags)}\n{place}"
                f"date: {part.day} 09:00\npart: {part.number}\nslug: {part.slug}\n"
            )
            yield f"content/{series.slug}/{part.file_name}", f"---\n{header}---\n{part.body}"


def _layout(rival: str) -> Iterator[tuple[str, str]]:
    """A rival's own configuration and templates."""
    for path in sorted((_HERE / rival).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(_HERE / rival).as_posix(), path.read_text(encoding="utf-8")


def write_files(files: Iterable[tuple[str, str]], folder: Path) -> None:
    """Write a corpus, file after file."""
    for path, text in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())


# --- series and parts -------------------------------------------------------------------------------------


def _series(seed: int, index: int, count: int) -> CorpusSeries:
    writer = _Writer(f"{seed}/series/{index}", index % _TOPICS)
    start = _FIRST_SLOT + timedelta(weeks=index)
    seen: set[str] = set()
    parts = []
    for number in range(1, count + 1):
        part = _part(seed, index, number, start, seen)
        seen.add(part.slug)
        parts.append(part)
    title = writer.title(2, 3)
    return CorpusSeries(
        index, f"s{index:04}-{title.split()[0].lower()}", title, writer.blurb(14), start, tuple(parts)
    )


def _part(seed: int, series: int, number: int, start: date, taken: set[str]) -> CorpusPart:
    index = series * PARTS_A_SERIES + number - 1
    writer = _Writer(f"{seed}/part/{index}", series % _TOPICS)
    title = writer.title(2, 4)
    slug = title.lower().replace(" ", "-")
    return CorpusPart(
        number=number,
        slug=f"{slug}-{number}" if slug in taken else slug,
        title=title,
        summary=writer.blurb(15),
        tags=tuple(sorted({writer.one_of(_TAGS) for _ in range(3)})),
        day=start + timedelta(weeks=number - 1),
        body=writer.body(index),
    )


@cache
def _vocabulary() -> tuple[str, ...]:
    """Some twenty thousand words, as a real archive has; the same for every seed, in no order one could see."""
    words = [head + tail + ending for head in _HEADS for tail in _TAILS for ending in _ENDINGS]
    order = random.Random("vocabulary")
    ranked = sorted((order.random(), word) for word in words)
    return tuple(word for _, word in ranked)


class _Writer:
    """Draws words, sentences and bodies from one seed."""

    def __init__(self, seed: str, topic: int) -> None:
        self._draw = random.Random(seed).random
        words = _vocabulary()
        general = len(words) - _TOPICS * _TOPIC_WORDS
        self._general = words[:general]
        self._topic = words[general + topic * _TOPIC_WORDS :][:_TOPIC_WORDS]

    def below(self, limit: int) -> int:
        return int(self._draw() * limit)

    def one_of(self, things: Sequence[str]) -> str:
        return things[self.below(len(things))]

    def _zipf(self, words: Sequence[str]) -> str:
        """The word of rank r about 1/r as often as the first."""
        return words[int(math.exp(self._draw() * math.log(len(words)))) - 1]

    def long_word(self) -> str:
        return self._zipf(self._topic if self._draw() < 0.4 else self._general)

    def word(self) -> str:
        return self._zipf(_SMALL) if self._draw() < 0.45 else self.long_word()

    def words(self, count: int) -> list[str]:
        return [self.word() for _ in range(count)]

    def phrase(self) -> str:
        return " ".join(self.words(2 + self.below(4)))

    def title(self, least: int, most: int) -> str:
        return " ".join(self.long_word().capitalize() for _ in range(least + self.below(most - least + 1)))

    def blurb(self, count: int) -> str:
        """A summary: short enough for a preheader."""
        text = " ".join(self.words(count)).capitalize()
        return (text if len(text) < 135 else text[:135].rpartition(" ")[0]) + "."

    def sentence(self) -> str:
        words = self.words(9 + self.below(11))
        words[0] = words[0].capitalize()
        at = 2 + self.below(len(words) - 4)
        words[at : at + 2] = [self._marked(words[at], words[at + 1])]
        return " ".join(words) + self.one_of("....?!")

    def _marked(self, one: str, two: str) -> str:
        """Two words in the middle of a sentence, often with something about them."""
        marks = (
            f"*{one} {two}*",
            f"**{one}** {two}",
            f"`{one}_{two}()`",
            f"[{one} {two} {self.long_word()}](https://example.org/{one}/{self.below(1000)}?ref=part&x=1)",
            f'"{one} {two}"',
            f"{one} -- {two}",
            f"{one}, {two}",
            f"it's {one}",
            f"[{one} {two} {self.long_word()}][ref{1 + self.below(3)}]",
            *(f"{one} {two}",) * 3,
        )
        return self.one_of(marks)

    def paragraph(self, least: int, most: int) -> str:
        return " ".join(self.sentence() for _ in range(least + self.below(most - least + 1)))

    # -- a body ----------------------------------------------------------------------------------------

    def body(self, index: int) -> str:
        """600 to 800 words of mixed Markdown. Every part has lists, a quotation and a picture; some have more."""
        has_notes = index % 2 == 0
        pieces = [self.paragraph(3, 5) + ("[^first]" if has_notes else ""), self.paragraph(3, 5)]
        end = [self._further_reading(index), self._definitions_of_links(index)]
        if has_notes:
            pieces[1] += "[^2]"
            end.append(f"[^first]: {self.sentence()}\n\n[^2]: {self.sentence()}")
        target = 610 + self.below(80) - _count(end)
        blocks = self._blocks(index)
        section = 0
        while blocks or _count(pieces) < target:
            if section % 2 == 0:
                pieces.append(f"{'##' if section % 4 == 0 else '###'} {self.title(2, 5)}")
            section += 1
            if _count(pieces) < target:
                pieces.append(self.paragraph(2, 3))
            if blocks:
                pieces.append(blocks.pop())
        return "\n\n".join([*pieces, *end]) + "\n"

    def _blocks(self, index: int) -> list[str]:
        blocks = [self._list(), self._steps(), self._nested(), self._quotation(), self._picture(index)]
        if index % 3 == 0:
            blocks.append(self._table())
        if index % 4 == 0:
            blocks.append(self._code())
        if index % 5 == 0:
            blocks.append(f"{self.long_word().capitalize()}\n:   {self.sentence()}")
        ranked = sorted((self._draw(), block) for block in blocks)
        return [block for _, block in ranked]

    def _list(self) -> str:
        return "\n".join(f"- {self.sentence()}" for _ in range(3 + self.below(2)))

    def _steps(self) -> str:
        return "\n".join(f"{number}. {self.sentence()}" for number in range(1, 4))

    def _nested(self) -> str:
        return "\n".join(f"- {self.phrase()}\n    - {self.phrase()}\n    - {self.phrase()}" for _ in range(2))

    def _quotation(self) -> str:
        return f"> {self.sentence()}\n> {self.sentence()}\n>\n> -- *{self.title(2, 2)}*"

    def _picture(self, index: int) -> str:
        return f'![{self.phrase()}](https://pictures.example.org/{index:05}.jpg "{self.phrase()}")'

    def _table(self) -> str:
        head = " | ".join(self.long_word().capitalize() for _ in range(3))
        rows = (f"| {self.phrase()} | {10 + self.below(9990)} | **{self.long_word()}** |" for _ in range(4))
        return f"| {head} |\n|:---|---:|:---:|\n" + "\n".join(rows)

    def _code(self) -> str:
        name, limit = self.long_word(), self.below(99)
        lines = (f"def {name}(x):", f"    # {self.phrase()}", f"    return [x & {limit} < y for y in range(9)]")
        return "\n".join(("```python", *lines, "```"))

    def _further_reading(self, index: int) -> str:
        links = (f"* [{self.title(2, 4)}](https://example.net/{index}/{number})" for number in range(3))
        return "## Further reading\n\n" + "\n".join(links)

    def _definitions_of_links(self, index: int) -> str:
        lines = (f'[ref{k}]: https://example.com/ref/{index}/{k} "{self.title(2, 3)}"' for k in (1, 2, 3))
        return "\n".join(lines)


def _count(pieces: Iterable[str]) -> int:
    return sum(len(piece.split()) for piece in pieces)


# --- what stands around -----------------------------------------------------------------------------------

_CONFIG = """\
[publication]
id = "weekly.example.org,2005"
title = "The Measured Weekly"
description = "A letter that is long enough to measure"
url = "https://weekly.example.org/"
language = "en"
timezone = "Europe/London"

[sender]
name = "The Measured Weekly"
email = "letters@weekly.example.org"
postal_address = "The Measured Weekly, 1 Small Street, Bristol BS1 1AA, United Kingdom"

# The other side draws no pictures, either.
[sharing]
cards = false

[feed]
items = 20
"""
_BLOCKS = {
    "templates/blocks/discovery-call.md": """\
---
kind: cta
title: Talk it through
label: Book a discovery call
url: https://calls.example.org/discovery
placement: [middle, end]
---

Reading raises questions. In a free call of *twenty minutes* we listen, and say plainly whether we can help.
""",
    "templates/blocks/independence.md": """\
---
kind: disclaimer
title: Who pays for this letter
---

Nobody pays us to mention a product. When we get something wrong we correct it: write to
[corrections@weekly.example.org](mailto:corrections@weekly.example.org).
""",
    "templates/blocks/medical.md": """\
---
kind: disclaimer
title: Information, not medical advice
topics: [health]
---

This letter is general information about research. It is **not medical advice**, and it knows nothing about you.
Please speak with a doctor or another qualified clinician about your own health, and do not delay, change or
stop a treatment because of something you read here.
""",
}


def main() -> None:
    """Make both corpora in a folder."""
    parser = argparse.ArgumentParser(
        description="Make a partwork publication and a Hugo site with the same parts."
    )
    parser.add_argument("parts", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    write_files(partwork_files(chosen.parts, chosen.seed), chosen.folder / "partwork")
    write_files(hugo_files(chosen.parts, chosen.seed), chosen.folder / "hugo")


if __name__ == "__main__":
    main()
