"""What is fenced off from a channel takes its notes and its works along, and the others keep their numbers."""

import re
from datetime import date
from functools import cache

from lxml import html

from pipeline.build import build
from tests.projects import CONFIG, index, part, sources

REFERENCES = """\
references:
  - {id: one, type: book, title: First Work, author: [{family: Ada}]}
  - {id: two, type: book, title: Second Work, author: [{family: Bea}]}
  - {id: three, type: book, title: Third Work, author: [{family: Cleo}]}
"""
BODY = """\
For all[^all] by [@one].

::: only email
Mailed[^mail] and [@two].
:::

::: only web feed
On the site[^site].
:::

For all again[^again] by [@three].

[^all]: Note for all.
[^mail]: Note in the mail, with a note of its own[^own].
[^site]: Note on the site.
[^again]: Another note for all.
[^own]: Own note of the mail's.
"""


@cache
def files() -> dict[str, str]:
    made = build(sources(CONFIG + index() + part(1, more=REFERENCES, body=BODY)), date(2026, 11, 5))
    assert [str(each) for each in made.diagnostics if each.is_error] == []
    return {artifact.path: artifact.data.decode("utf-8", "replace") for artifact in made.artifacts}


def listed(text: str, kind: str) -> dict[int, str]:
    """The items of a list of notes or works, by the number that is shown."""
    items: dict[int, str] = {}
    for item in html.document_fromstring(text).xpath(f"//li[re:test(@id, '^{kind}[0-9]+$')]", namespaces=RE):
        number = int(item.get("value") or max(items, default=0) + 1)
        assert item.get("id") == f"{kind}{number}"
        items[number] = " ".join(item.text_content().split())
    return items


RE = {"re": "http://exslt.org/regular-expressions"}


def test_a_page_lists_what_it_mentions_and_nothing_of_the_mail() -> None:
    page = files()["site/small/part-1/index.html"]
    notes, works = listed(page, "fn"), listed(page, "ref-")

    assert [note.split(".")[0] for note in notes.values()] == [
        "Note for all",
        "Note on the site",
        "Another note for all",
    ]
    assert [title for work in works.values() for title in re.findall(r"\w+ Work", work)] == [
        "First Work",
        "Third Work",
    ]
    assert "in the mail" not in page
    for number in notes:
        assert f'href="#fn{number}"' in page


def test_the_mail_lists_its_own_and_nothing_of_the_site() -> None:
    letter, text = files()["email/small/01-part-1.html"], files()["email/small/01-part-1.txt"]

    assert len(listed(letter, "fn")) == 4
    for said in (letter, text):
        assert "Note in the mail" in said
        assert "Own note of the mail" in said
        assert "Second Work" in said
        assert "Note on the site" not in said


def test_the_feed_is_as_the_page() -> None:
    feed = files()["site/feed.json"]

    assert "Note on the site" in feed
    assert "Third Work" in feed
    for said in ("Note in the mail", "Own note", "Second Work"):
        assert said not in feed
