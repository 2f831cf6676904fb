"""What the whole promises, on the sample publication: nothing early, nothing missing, nothing changed by time."""

import email
import email.policy
import json
import re
from datetime import date, datetime, timedelta
from functools import cache
from html import unescape

import pytest

from pipeline.build import Build, build
from pipeline.issue import Issue
from pipeline.model import Sources
from pipeline.read import read_sources
from pipeline.render import promises
from tests.projects import ROOT, THEME_FOLDERS

AS_OF = date(2026, 11, 18)
OVERLAID = tuple(f"templates/{folder}/" for folder in (*THEME_FOLDERS, "demo"))
LATE = date(2027, 6, 1)


@cache
def sample_sources() -> Sources:
    """The sample, with the repository's templates as the built-in theme alone."""
    found = read_sources(ROOT)
    own = {path: data for path, data in found.files.items() if not path.startswith(OVERLAID)}
    return Sources(own, found.theme)


@cache
def sample(as_of: date | datetime) -> Build:
    made = build(sample_sources(), as_of)

    assert {diagnostic.code for diagnostic in made.diagnostics} <= {"PW403"}  # the draft's slot passes one day
    return made


def files(as_of: date | datetime) -> dict[str, bytes]:
    return {artifact.path: artifact.data for artifact in sample(as_of).artifacts}


def issues(as_of: date | datetime = AS_OF) -> tuple[Issue, ...]:
    placed = sample(as_of).issues
    assert placed is not None
    return placed.all


def texts(as_of: date | datetime, under: str = "site/") -> dict[str, str]:
    """Texts by path: calendars with their lines whole, EPUBs as they lie there, as nothing in one is packed."""
    found = files(as_of).items()
    return {
        path: data.decode(errors="replace" if path.endswith(".epub") else "strict").replace("\r\n ", "")
        for path, data in found
        if path.startswith(under) and not path.endswith(".png")
    }


def letters(text: str) -> str:
    """Words alone: no markup, blanks, numbers of links or entities (twice: JSON and feeds hold escaped HTML)."""
    return "".join(re.sub(r"<[^>]*>|\[\d+\]", " ", unescape(unescape(text))).split())


def parts() -> list[str]:
    return [issue.address for issue in build(sample_sources(), AS_OF).issues.all]  # type: ignore[union-attr]


@pytest.mark.parametrize("address", parts())
def test_before_its_slot_nothing_of_a_part_is_on_the_site(address: str) -> None:
    issue = next(issue for issue in issues() if issue.address == address)
    before = issue.slot.utc - timedelta(seconds=1)
    sentences = [
        s
        for s in re.split(r"(?<=[.?!]) ", issue.part.body and promises.shown_text(_body_text(issue)))
        if len(s) > 40
    ]
    assert len(sentences) > 5

    allowed = {f"site/{issue.series.slug}/index.html"}
    previous = issue.previous.address if issue.previous else None
    for path, text in texts(before).items():
        shown = letters(text)
        assert not [s for s in sentences if letters(s) in shown], path
        assert f"{address}/" not in text, path
        if letters(issue.part.title) in shown:
            is_feed = "feed" in path or "atom" in path or re.search(r"/start/\d{4}-W\d\d\.", path)
            is_teaser = previous is not None and (previous in path or is_feed or path.endswith("calendar.ics"))
            assert path in allowed or is_teaser, path


def _body_text(issue: Issue) -> str:
    from pipeline.body import plain

    return plain(issue.part.body.blocks)


def test_a_draft_is_nowhere_at_any_time() -> None:
    draft = next(p for s in sample(LATE).issues.library.series for p in s.parts if p.draft)  # type: ignore[union-attr]

    for path, data in files(LATE).items():
        assert draft.slug not in path
        assert draft.title.encode() not in data, path


def test_every_disclaimer_is_whole_in_every_channel_of_every_part() -> None:
    made = files(LATE)
    feeds = {name: made[f"site/{name}"].decode() for name in ("feed.xml", "atom.xml", "feed.json")}
    checked = 0
    for issue in issues(LATE):
        stem = f"email/{issue.series.slug}/{issue.number:02d}-{issue.part.slug}"
        message = email.message_from_bytes(made[f"{stem}.eml"], policy=email.policy.default)
        editions = {
            "email": made[f"{stem}.html"].decode(),
            "text": made[f"{stem}.txt"].decode(),
            "eml html": message.get_body(("html",)).get_content(),  # type: ignore[union-attr]
            "eml text": message.get_body(("plain",)).get_content(),  # type: ignore[union-attr]
            "page": made[f"site/{issue.address}/index.html"].decode(),
            "browser copy": made[f"site/{issue.address}/email.html"].decode(),
            **{name: entry_of(name, text, issue.address) for name, text in feeds.items()},
        }
        for block in issue.disclaimers:
            for sentence in re.split(r"(?<=[.?!]) ", promises.wordings_of(issue, block)[0]):
                for name, text in editions.items():
                    assert letters(sentence) in letters(text), f"{block.slug} in {name} of {issue.address}"
                    checked += 1

    assert checked > 100


def entry_of(name: str, feed: str, address: str) -> str:
    identifier = f"tag:weekly.example.org,2026:{address}"
    if name.endswith(".json"):
        return next(item["content_html"] for item in json.loads(feed)["items"] if item["id"] == identifier)
    pieces = re.findall(r"<(?:item|entry)\b.*?</(?:item|entry)>", feed, re.DOTALL)
    return next(piece for piece in pieces if identifier in piece)


def test_email_and_feed_entry_never_change_by_the_passing_of_time() -> None:
    early, late = files(AS_OF), files(LATE)
    emails = [path for path in early if path.startswith("email/")]

    assert [path for path in emails if early[path] != late[path]] == []
    for issue in issues(AS_OF):
        if issue.is_out:
            for name in ("feed.xml", "atom.xml", "feed.json"):
                feed, later = early[f"site/{name}"].decode(), late[f"site/{name}"].decode()
                assert entry_of(name, feed, issue.address) == entry_of(name, later, issue.address)


def test_an_entry_id_survives_a_new_title_number_and_date() -> None:
    path = "series/reading-a-study/03-what-the-headline-left-out.md"
    found = dict(sample_sources().files)
    text = found.pop(path).decode()
    text = re.sub(r"^title: .*$", "title: Renamed\ndate: 2026-10-10", text, count=1, flags=re.MULTILINE)
    found["series/reading-a-study/04-what-the-headline-left-out.md"] = text.encode()
    found["series/reading-a-study/03-between.md"] = b"---\ntitle: Between\nsummary: S.\n---\nText.\n"
    index = found["series/reading-a-study/index.md"].replace(b"parts_planned: 3", b"parts_planned: 4")
    found["series/reading-a-study/index.md"] = index
    made = build(Sources(found, sample_sources().theme), LATE)

    assert [str(diagnostic) for diagnostic in made.diagnostics if diagnostic.is_error] == []
    before = json.loads(files(LATE)["site/feed.json"])["items"]
    after = json.loads(next(a.data for a in made.artifacts if a.path == "site/feed.json"))["items"]
    assert {item["id"] for item in before} <= {item["id"] for item in after}
    renamed = next(item for item in after if item["title"] == "Renamed")
    assert renamed["id"].endswith("reading-a-study/what-the-headline-left-out")


@pytest.mark.parametrize(
    ("template", "channel"),
    [
        ("email/letter/part.mjml.j2", "email"),
        ("web/part.html.j2", "web"),
        ("feed/entry.html.j2", "feed"),
    ],
)
def test_a_template_that_leaves_a_disclaimer_out_stops_the_build(template: str, channel: str) -> None:
    """Every section but the disclaimers is shown."""
    theme = dict(sample_sources().theme)
    pattern = re.compile(rb"(for section in [\w.]*sections)( %\})")
    touched = [name for name in theme if name.startswith(f"{channel}/") and pattern.search(theme[name])]
    assert touched, f"no loop over sections in {template}"
    for name in touched:
        theme[name] = pattern.sub(rb"\1 if section.kind != 'disclaimer'\2", theme[name])
    made = build(Sources(sample_sources().files, theme), AS_OF)

    assert made.artifacts == ()
    assert {diagnostic.code for diagnostic in made.diagnostics} == {"PW603"}
    assert len(made.diagnostics) > 5
