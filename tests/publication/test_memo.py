"""With a memo of anything that came before, a publication is read, placed and told of as without."""

import marshal
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.body import Body
from pipeline.build import build
from pipeline.examine import examine
from pipeline.memo import Memo
from pipeline.model import Sources
from tests.projects import CONFIG, files, index, part, theme

WHEN = date(2026, 11, 25)
BODIES = (
    "One paragraph.",
    "Some words.\n\n## A heading\n\nMore words, and [a link](02-part-2.md#a-heading).\n\nAnd more.\n\nThe end.",
    "Cited [@ada, p. 3] and [@nobody].[^1]\n\n[^1]: A note with [[02]].",
    "::: only email\n\nFor inboxes.\n\n::: cta call :::\n\n:::\n\nFor all.\n\n::: cta call :::\n\nThe rest.",
    "A picture:\n\n![What it shows](images/one.png)\n\n![](images/two.png)\n\n<div>\n<tr>a row</tr>\n</div>",
    "[here](https://) {{ name }} and [another](../other/01-part-1.md), [[other/01|there]].\n\nA \x01 control.",
    "",
)
HEADERS = (
    "",
    "tags: [bread, oven]",
    "draft: true",
    "date: 2026-11-12 07:30",
    "updated: 2026-11-20\ntopics: [health]\ncta: none",
    "references:\n- {id: ada, type: book, title: A book, URL: 'ftp://x'}",
    "related: [other/part-1, {title: Elsewhere, url: 'https://example.org/'}]\naliases: [old]",
    "image: {src: images/one.png, alt: One}\ndisclaimers: {remove: [medical]}",
    "sumary: misspelled",
)
BLOCKS = """\
-- templates/blocks/call.md --
---
kind: cta
label: Book a call
url: https://example.org/
placement: [middle, end]
---
Come and talk.
-- templates/blocks/medical.md --
---
kind: disclaimer
topics: [health]
---
No advice.
"""
PART = st.tuples(st.sampled_from(HEADERS), st.sampled_from(BODIES), st.sampled_from(["", "Bread and oven"]))
STATE = st.tuples(
    st.lists(PART, min_size=1, max_size=4),
    st.lists(PART, max_size=2),
    st.sampled_from(["", "cta: call", "parts_planned: 5\nnext_series: other", "schedule: soon"]),
    st.booleans(),
    st.integers(0, 30),
)
State = tuple[list[tuple[str, str, str]], list[tuple[str, str, str]], str, bool, int]


def sources_of(state: State) -> Sources:
    small, other, more, has_references, _ = state
    text = CONFIG + index(more=more) + index("other", "Other things") + BLOCKS
    for series, parts in (("small", small), ("other", other)):
        for number, (header, body, title) in enumerate(parts, 1):
            text += part(number, more=header, body=body, series=series, title=title)
    if has_references:
        text += "-- series/small/references.yaml --\n- {id: ada, type: book, title: Another}\n"
    return Sources({**files(text), "series/small/images/one.png": b"\x89PNG"}, theme())


def kept(memo: Memo) -> Memo:
    """What the next build gets of it, after a stay on the disk."""
    return Memo(marshal.loads(marshal.dumps({kind: dict(results) for kind, results in memo.used.items()})))


@settings(max_examples=60, deadline=None)
@given(st.lists(STATE, min_size=2, max_size=4), st.booleans())
def test_the_same_is_found_with_a_memo_and_without(states: list[State], drafts: bool) -> None:
    memo = Memo()
    for state in (*states, states[-1]):
        sources, when = sources_of(state), WHEN + timedelta(days=state[-1])
        memo = kept(memo)
        found = examine(sources, when, drafts=drafts, memo=memo)
        anew = examine(sources, when, drafts=drafts)

        assert found == anew
        assert found.issues is not None
        assert anew.issues is not None
        for issue, other in zip(found.issues.all, anew.issues.all, strict=True):
            assert Body(issue.part.body.blocks, issue.part.body.footnotes) == Body(
                other.part.body.blocks, other.part.body.footnotes
            )
            assert issue.part.keys == dict(other.part.keys)
    assert not memo.has_news


def test_what_is_built_with_a_memo_is_the_same_byte_for_byte() -> None:
    memo = Memo()
    edits = (
        ("", ""),
        ("Some words.", "Other words."),
        ("What part 2 says.", "What it says now."),
        ("Come and talk.", "Come, and talk."),
    )
    text = CONFIG + index(more="cta: call") + BLOCKS
    body = "Some words.\n\n## A heading\n\nMore words, and a note.[^1]\n\nAnd more.\n\nThe end.\n\n[^1]: This one."
    text += part(1, body=body) + part(2, body=body, more="tags: [bread]") + part(3, more=HEADERS[1])
    for old, new in edits:
        text = text.replace(old, new)
        memo = kept(memo)
        sources = Sources(files(text), theme())

        assert build(sources, WHEN, memo=memo) == build(sources, WHEN)
        assert build(sources, WHEN, memo=kept(memo)).artifacts
