"""Publications made for emails, through the real parse and compose, with the built-in theme."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from types import MappingProxyType

from lxml import etree

from pipeline.compose import compose_issues
from pipeline.edition import EmailEdition
from pipeline.issue import Issue, Issues, Prose
from pipeline.model import Library, Publication, Sources, Theme
from pipeline.parse import parse_library
from pipeline.parse.markdown import parse_body
from pipeline.quire import Printed
from pipeline.render.email import merge
from pipeline.render.email.editions import email_quires
from pipeline.render.email.mime import to_eml
from pipeline.render.email.press import Way
from pipeline.render.email.room import EmailRoom
from pipeline.render.fingerprints import Fingerprints
from pipeline.render.templates import Templates
from tests import projects

NOTHING: Mapping[str, str] = MappingProxyType({})
AS_OF = date(2027, 6, 1)
BLOCKS = """\
-- templates/blocks/medical.md --
---
kind: disclaimer
title: Not advice
topics: [health]
---
This is *information*, and **no** advice. Write to [us](mailto:us@weekly.example.org), please:

- ask a doctor, or
- ask [two](https://example.org/two).
-- templates/blocks/call.md --
---
kind: cta
title: Talk
label: Book a call
url: https://clinic.example.org/call?a=1&b=2
placement: [end]
---
It is *free*.
"""
EVERYTHING = """\
A paragraph with *emphasis*, **strong words**, ~~struck~~, `code <a> & b`,
a [link](https://example.org/?a=1&b=2 "T"), an [own part](01-part-1.md), a mark[^1],
a citation [@one; @two, p. 7] and a line\\
broken by hand.

## A heading

![A seam, "close up"](https://cdn.example.org/seam.png "The seam")

- one
- two
  - inner
  - inner, again

1. first

   with a second paragraph

2. second

> A quotation
>
> in two paragraphs, with `code`.

### A smaller heading

```python
def f(x):
    return x < 1 and "&amp;"
```

| Left | Centre | Right |
|:-----|:------:|------:|
| a    | b      | c     |
| *d*  | `e`    | 12    |

Term
:   What it means.

***

<details><summary>More</summary>Hidden words, and H<sub>2</sub>O, <kbd>Esc</kbd>, <mark>marked</mark>.</details>

[^1]: A note with a [link](https://example.org/note).
"""
REFERENCES = """\
references:
  - {id: one, type: book, title: The First Book, author: [{family: Ada, given: A.}]}
  - {id: two, type: book, title: A Second Book, author: [{family: Bo, given: B.}], URL: "https://example.org/second"}
topics: [health]
cta: call"""


def publication(*parts: str, config: str = "", blocks: str = BLOCKS, of: int = 8) -> str:
    """A publication of one series as text."""
    index = projects.index(more=f"parts_planned: {of}")
    return projects.CONFIG + config + index + "".join(parts) + blocks


def placed(text: str) -> Issues:
    """The issues of a publication in a string; nothing in it may be wrong."""
    parsed = parse_library(Sources(projects.files(text), projects.theme()))
    assert [str(found) for found in parsed.diagnostics if found.is_error] == []
    assert parsed.library is not None
    return compose_issues(parsed.library, AS_OF).issues


def composed(library: Library) -> Issues:
    """A library's issues."""
    return compose_issues(library, AS_OF).issues


@cache
def everything() -> Issues:
    """Three parts, the second with all that a body can hold."""
    first, last = projects.part(1), projects.part(3)
    return placed(publication(first, projects.part(2, more=REFERENCES, body=EVERYTHING), last))


def issue(issues: Issues, number: int = 1) -> Issue:
    """The issue with a number."""
    return next(found for found in issues.all if found.number == number)


def room(library: Library, changed: Mapping[str, str] = NOTHING, way: Way | None = None) -> EmailRoom:
    """A room with the built-in templates, some of them replaced by their names; ``way`` makes it go one way."""
    return EmailRoom(library, templates(library, changed), way)


def skeletons_of(made_in: EmailRoom) -> int:
    """How many ways of being built a room has met, its specimens' own aside."""
    return len(made_in._press._skeletons) - 1


def templates(library: Library, changed: Mapping[str, str] = NOTHING) -> Templates:
    """The built-in templates, some of them replaced by their names."""
    assert changed.keys() <= library.templates.keys()
    return Templates({**library.templates, **changed})


def email(issues: Issues, number: int = 1, changed: Mapping[str, str] = NOTHING) -> EmailEdition:
    """One issue of a publication as email."""
    return room(issues.library, changed).render(issue(issues, number))


def gathered(
    issue: Issue, library: Library, changed: Mapping[str, str] = NOTHING, way: Way | None = None
) -> EmailEdition:
    """A round-up as email."""
    return EmailRoom(library, templates(library, changed), way, for_roundups=True).render(issue)


def printed(issues: Issues, changed: Mapping[str, str] = NOTHING) -> Printed:
    """All that a publication's emails come to: files by channel, and what is wrong with them."""
    quires = email_quires(issues, templates(issues.library, changed), Fingerprints(issues))
    made = [quire.make() for quire in quires]
    return Printed(
        tuple(artifact for each in made for artifact in each.artifacts),
        tuple(told for each in made for told in each.diagnostics),
    )


def finished(edition: EmailEdition, own: Publication) -> str:
    """An edition's HTML as the sample reader gets it."""
    return merge.fill(edition.html, merge.html_values(own, merge.sample_reader(own)))


def message(edition: EmailEdition, own: Publication, reader: merge.Reader | None = None) -> EmailMessage:
    """A copy, as Python's own parser reads it."""
    return read(to_eml(edition, own, reader or merge.sample_reader(own)))


def read(data: bytes) -> EmailMessage:
    """A message as Python's own parser reads it."""
    found = message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def plain(found: EmailMessage) -> str:
    """The plain text of a message as a mail program shows it."""
    part = found.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html(found: EmailMessage) -> str:
    """The HTML of a message as a mail program shows it."""
    part = found.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def of_body(body: str, more: str = "") -> EmailEdition:
    """A part with this body as email."""
    return email(placed(publication(projects.part(1, body=body, more=more))))


def of_body_with_trouble(body: str) -> EmailEdition:
    """A part whose body may hold what a check would tell its author of."""
    issues = everything()
    found = issue(issues, 1)
    parsed_body = parse_body(body, found.part.path).body
    sections = (Prose(parsed_body.blocks), *(s for s in found.sections if not isinstance(s, Prose)))
    return room(issues.library).render(replace(found, sections=sections))


def titled(title: str) -> EmailEdition:
    """A part with this title as email, past what a parser would refuse in it."""
    issues = everything()
    found = issue(issues, 2)
    return room(issues.library).render(replace(found, part=replace(found.part, title=title)))


def with_theme(issues: Issues, theme: Theme) -> Library:
    """The library with another look."""
    return replace(issues.library, publication=replace(issues.publication, theme=theme))


def themes() -> list[str]:
    """The built-in email themes: the folders that have an email."""
    return sorted(
        path.split("/")[1] for path in projects.theme() if re.fullmatch(r"email/[^/]+/part\.mjml\.j2", path)
    )


def themed(library: Library, theme: str) -> Library:
    """The library with an email theme."""
    own = library.publication
    return replace(library, publication=replace(own, theme=replace(own.theme, email=theme)))


def in_language(issues: Issues, language: str) -> Library:
    """The library in another language."""
    return replace(issues.library, publication=replace(issues.publication, language=language))


def served(own: Publication, public_url: str = "https://weekly.example.org/people/") -> Publication:
    """The publication with pages for its subscribers."""
    return replace(own, public_url=public_url)


def parsed(html: str) -> "etree._Element":
    """HTML as a tree."""
    return etree.fromstring(html, etree.HTMLParser())
