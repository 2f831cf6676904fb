"""A part that nobody wrote, with all that a body can hold: what a theme is tried on before it is trusted.

Its sections are those that any part can have, in every form; its words hold what markup is made of.
"""

from dataclasses import replace
from functools import cache

from markupsafe import Markup

from pipeline.issue import ReferenceEntry
from pipeline.model import Author, Channel
from pipeline.parse.markdown import parse_body
from pipeline.render.html import HtmlRenderer
from pipeline.render.surroundings import Surroundings
from pipeline.render.views import (
    CtaView,
    DisclaimerView,
    LinkView,
    NotesView,
    PartView,
    PictureView,
    ProseView,
    RecapView,
    ReferencesView,
    RelatedView,
    RoundUpItemView,
    RoundUpView,
    SectionView,
    TeaserView,
)

_BODY = """\
A paragraph with *emphasis*, **strong *both* words**, ~~struck~~, `code < & >`, a [link](https://example.org/?a=1&b=2),
one with [*a title*](https://example.org/é "It says & <so>"), a note[^1] and a citation [@one; @two, p. 7],\\
and H<sub>2</sub>O, x<sup>2</sup>, <kbd>Esc</kbd>, <mark>marked</mark>, <small>small</small> and <q>quoted</q>.

## A heading with `code` and a [link](#on)

![A picture, "close up"](https://example.org/a.png "Its caption")

![No caption](https://example.org/b.png)

- one
- two with **words**
  - inner
    1. innermost `code`
    2. and *again*
  - inner

3. third

   in two paragraphs

   > and a quotation

4. fourth

> A quotation with `code`, *emphasis* and a [link](https://example.org/)
>
> - with a list
>
> > and one inside

### A smaller heading

#### And a smaller one

```python
def f(x):
    return x < 1 and "&amp;"
```

| Left | Centre | *Right* | None |
|:-----|:------:|--------:|------|
| a    | **b**  | `c`     | [d](https://example.org/) |

Term with *words*
:   What it means.

:   And again:

    - in a list

***

<p dir="rtl" lang="ar">قصة <b>الزونولين</b> بين الفكرة والاختبار</p>

<details open><summary>More</summary><p>Hidden <u>words</u></p><ul><li>and a list</li></ul></details>

<table><caption>Unruled</caption><tr><th align="right">a</th><td colspan="2">b<br>c</td></tr></table>

<ol start="3" type="a"><li value="7">seventh</li></ol>

<section><pre>  kept
 as it is</pre><dl><dt>T</dt><dd><p>D</p></dd></dl><figure><img src="c.png" alt=""></figure></section>

[^1]: A note with a [link](https://example.org/note) and `code`.
"""
_WORDING = """\
## A heading

Wording with *emphasis*, **strong words**, `code` and a [link](mailto:us@example.org):

- one
- two

> A quotation

| a | b |
|---|---|
| c | d |
"""
_TITLE = 'A "title" with <marks> & signs'
_URL = "https://weekly.example.org/specimen/"


def specimen_part(label: str = "Part 2 of 8") -> PartView:
    """The part as templates see it."""
    picture = PictureView(f"{_URL}picture.png", _TITLE, 640, 320)
    return PartView(
        title=_TITLE,
        subtitle=_TITLE,
        summary=_TITLE,
        number=2,
        of=8,
        label=label,
        url=_URL,
        web_url=_URL,
        series_title=_TITLE,
        series_url=_URL,
        authors=(Author("Ada", credentials="PhD"), Author("Bo", _URL)),
        date="10 November 2026",
        date_iso="2026-11-10T09:00:00+00:00",
        updated="11 November 2026",
        updated_iso="2026-11-11",
        reading_minutes=4,
        image=picture,
        sections=_sections(),
    )


def specimen_roundup() -> PartView:
    """A round-up as templates see it."""
    first = RoundUpItemView("Part 1", _TITLE, _TITLE, f"{_URL}?a=1&b=2", "Tuesday 3 November", 4)
    second = replace(first, label="Part 2", url=_URL)
    roundup = RoundUpView((second, replace(second, label="Part 3", summary="")), first)
    disclaimers = (section for section in _sections() if isinstance(section, DisclaimerView))
    part = specimen_part("Round-up")
    return replace(part, number=0, of=None, image=None, sections=(roundup, *disclaimers))


@cache
def _sections() -> tuple[SectionView, ...]:
    body = parse_body(_BODY, "series/specimen/02-specimen.md").body
    html = HtmlRenderer(Surroundings(Channel.EMAIL, _URL, "", citations={"one": 1, "two": 2}))
    prose = ProseView(_markup(html.blocks(body.blocks)))
    notes = NotesView(_markup(html.notes(body.footnotes)))
    entries = (ReferenceEntry(1, "one", "Ada (2026). <i>The first</i>.", ""), ReferenceEntry(2, "two", "Bo.", ""))
    wording = _markup(html.blocks(parse_body(_WORDING, "templates/blocks/specimen.md").body.blocks))
    first, second = LinkView(_TITLE, _URL, 1, _TITLE), LinkView(_TITLE, f"{_URL}?a=1&b=2", 2, "", _TITLE)
    return (
        RecapView(second, first),
        prose,
        CtaView("specimen", _TITLE, wording, _TITLE, f"{_URL}?a=1&b=2"),
        *(_teaser(mode) for mode in ("scheduled", "coming", "last")),
        RelatedView((first, second)),
        notes,
        ReferencesView(_markup(html.references(entries))),
        DisclaimerView("specimen", _TITLE, wording),
    )


def _teaser(mode: str) -> TeaserView:
    onward = LinkView(_TITLE, _URL) if mode == "last" else None
    return TeaserView(mode, 3, _TITLE, _TITLE, "Next week", "17 November", "", _URL, _TITLE, onward)


def _markup(html: str) -> Markup:
    return Markup(html)  # noqa: S704
