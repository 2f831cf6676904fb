"""A build over the last one is byte for byte what a cold one would be, whatever was changed in between."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.build import Build, Plan, build, plan
from pipeline.cli.build_scratch import scratch_folder
from pipeline.errors import Diagnostic
from pipeline.lasting import span_of
from pipeline.making.gathering import Gathering
from pipeline.making.manifest import MANIFEST, STAGING
from pipeline.making.spool import Spool
from pipeline.model import Sources
from tests.projects import CONFIG, ROOT, files, index, part, theme
from tests.publication.indexing import index_documents

STEPS = int(os.environ.get("QUIRE_STEPS", "6"))
EXAMPLES = int(os.environ.get("QUIRE_EXAMPLES", "4"))
BEGIN = datetime(2026, 11, 18, 12, 0)  # noqa: DTZ001 - wall-clock time, as an author writes it
BODY = """\
A first paragraph, with a note[^1] and a work [@one].

## A heading

![A dot](images/dot.png) See [[{see}]].

- one
- two

Another paragraph.

Still another one.

[^1]: The note.
"""
REFERENCES = """\
-- series/small/references.yaml --
- {id: one, type: book, title: A work, issued: {date-parts: [[2001]]}, author: [{family: Able, given: Ann}]}
"""
BLOCKS = """\
-- templates/blocks/advice.md --
---
kind: disclaimer
topics: [health]
---
This is **no advice**.
-- templates/blocks/talk.md --
---
kind: cta
label: Talk
url: https://weekly.example.org/talk
placement: [middle, end]
---
Let us talk about [small things](../../series/small/index.md).
"""


def picture(shade: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (20, 10), (shade % 256, 90, 120)).save(file, "PNG")
    return file.getvalue()


def first_files() -> dict[str, bytes]:
    text = CONFIG + "\n[sharing]\ncards = false\n[feed]\nitems = 2\n"
    text += index("small", more="topics: [health]\ncta: talk\nnext_series: other\nparts_planned: 5") + REFERENCES
    for number in range(1, 5):
        more = f"tags: [a, t{number % 2}]\nupdated: 2026-11-{16 + number}"
        text += part(number, more=more, body=BODY.format(see=number % 4 + 1))
    text += index("other", "Other things") + BLOCKS
    for number in range(1, 4):
        text += part(number, series="other", more="tags: [a]", body="Words.\n\nSee [[small/1]].\n")
    return {**files(text), "series/small/images/dot.png": picture(1)}


@dataclass
class Desk:
    """A publication on which somebody works, and the folder that it is built into."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=first_files)
    as_of: datetime = BEGIN
    drafts: bool = False
    theme: dict[str, bytes] = field(default_factory=lambda: dict(theme()))
    made: int = 0  # quires, in the last build
    compiled: dict[str, bytes] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.folder / "build"

    def sources(self) -> Sources:
        return Sources(self.files, self.theme)

    def parts(self) -> list[str]:
        return sorted(path for path in self.files if path.endswith(".md") and path.split("/")[2:][0][:2].isdigit())

    def edit(self, path: str, old: str, new: str) -> None:
        self.files[path] = self.files[path].decode().replace(old, new, 1).encode()

    def cold(self, *, has_search: bool = False) -> Build:
        return build(self.sources(), self.as_of, drafts=self.drafts, has_search=has_search, compiled=self.compiled)

    def many(self) -> "Desk":
        """With so many parts that several hands are of use."""
        text = ""
        for slug in ("one", "two", "three", "four"):
            text += index(slug, f"Series {slug}", "topics: [health]\ncta: talk")
            body = "Words of {slug}.\n\n## A heading\n\nMore words, see [[1]].\n"
            parts = (
                part(n, series=slug, more=f"tags: [t{n % 3}]", body=body.format(slug=slug)) for n in range(1, 12)
            )
            text += "".join(parts)
        self.files |= files(text)
        self.as_of += timedelta(days=60)
        return self

    def incremental(self, *, hands: int = 1, has_search: bool = False) -> tuple[Diagnostic, ...]:
        """Build over what is there, as the command does."""
        with scratch_folder() as scratch:
            spool = Spool(scratch)
            planned = plan(
                self.sources(),
                self.as_of,
                drafts=self.drafts,
                has_search=has_search,
                ground="p",
                kept=spool,
                compiled=self.compiled,
            )
            if planned.issues is None or any(each.is_error for each in planned.diagnostics):
                return planned.diagnostics
            return self._gathered(planned, spool, scratch, hands)

    def _gathered(self, planned: Plan, spool: Spool, scratch: Path, hands: int) -> tuple[Diagnostic, ...]:
        assert planned.issues is not None
        with Gathering(planned, self.folder, self.out, spool, scratch) as gathering:
            gathering.print(hands, lambda *_: None)
            self.made = len(gathering.missing)
            if not gathering.has_errors:
                gathering.draw()
            if not gathering.has_errors:
                gathering.index()
                gathering.settle("key", span_of(planned.issues), lambda written: {"changed": written.changed})
            return gathering.diagnostics


def tree(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def expected(made: Build, there: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a cold build. Drawings come from their orders, which their names tell apart."""
    drawn = {drawing.path: there.get(drawing.path, b"") for drawing in made.drawings}
    index = {artifact.path: artifact.data for artifact in index_documents(made.search)}
    return {artifact.path: artifact.data for artifact in made.artifacts} | drawn | index


def compare(desk: Desk, before: dict[str, bytes], told: tuple[Diagnostic, ...], cold: Build) -> dict[str, bytes]:
    assert told == cold.diagnostics
    there = tree(desk.out) if desk.out.exists() else {}
    wanted = before if cold.has_errors else expected(cold, there)
    assert sorted(there) == sorted(wanted)
    assert [path for path, data in wanted.items() if there[path] != data] == []
    return there


# --- edits ------------------------------------------------------------------------------------------------


def in_part(old: str, new: str) -> Callable[[Desk, int], None]:
    """The same replacement in some part's file; ``#`` in what is new stands for a number."""

    def edit(desk: Desk, number: int) -> None:
        parts = desk.parts()
        desk.edit(parts[number % len(parts)], old, new.replace("#", str(number)))

    return edit


def in_file(path: str, old: str, new: str) -> Callable[[Desk, int], None]:
    def edit(desk: Desk, number: int) -> None:
        desk.edit(path, old, new.replace("#", str(number)))

    return edit


def toggle_draft(desk: Desk, number: int) -> None:
    path = desk.parts()[number % len(desk.parts())]
    text = desk.files[path].decode()
    has_it = "draft: true\n" in text
    desk.edit(path, "draft: true\n" if has_it else "summary:", "" if has_it else "draft: true\nsummary:")


def rename(desk: Desk, number: int) -> None:
    path = desk.parts()[number % len(desk.parts())]
    folder, _, name = path.rpartition("/")
    desk.files[f"{folder}/{name[:2]}-renamed-{number}.md"] = desk.files.pop(path)


def remove_the_last(desk: Desk, number: int) -> None:
    series = "small" if number % 2 else "other"
    mine = [path for path in desk.parts() if path.startswith(f"series/{series}/")]
    if len(mine) > 1:
        del desk.files[mine[-1]]


def add_one(desk: Desk, number: int) -> None:
    series = "small" if number % 2 else "other"
    after = len([path for path in desk.parts() if path.startswith(f"series/{series}/")]) + 1
    if after < 6:
        desk.files |= files(part(after, series=series, body=f"New words {number}."))


def repaint(desk: Desk, number: int) -> None:
    desk.files["series/small/images/dot.png"] = picture(number * 7)


def move_on(desk: Desk, number: int) -> None:
    desk.as_of += timedelta(days=number - 5, hours=number % 3)


def look_at_drafts(desk: Desk, _: int) -> None:
    desk.drafts = not desk.drafts


def override(name: str, more: str) -> Callable[[Desk, int], None]:
    def edit(desk: Desk, number: int) -> None:
        path = f"templates/{name}"
        if path in desk.files:
            del desk.files[path]
        else:
            desk.files[path] = desk.theme[name] + more.replace("#", str(number)).encode()

    return edit


def touch(desk: Desk, number: int) -> None:
    found = sorted(path for path in desk.out.rglob("*") if path.is_file())
    if found:
        found[number * 37 % len(found)].touch()


def damage(desk: Desk, number: int) -> None:
    found = sorted(path for path in desk.out.rglob("*") if path.is_file() and path.name != MANIFEST)
    if found:
        found[number * 53 % len(found)].write_bytes(b"mine")


def take_away(desk: Desk, number: int) -> None:
    found = sorted(path for path in desk.out.rglob("*") if path.is_file() and path.name != MANIFEST)
    if found:
        found[number * 71 % len(found)].unlink()


def forget(desk: Desk, number: int) -> None:
    for path in sorted((desk.folder / ".partwork" / "built").glob("*"))[number % 2 :]:
        path.unlink()


def damage_the_record(desk: Desk, number: int) -> None:
    for path in sorted((desk.folder / ".partwork" / "built").glob("*"))[number % 2 :]:
        path.write_bytes(path.read_bytes()[: 100 * number])


def nothing(_: Desk, __: int) -> None:
    pass


EDITS: tuple[Callable[[Desk, int], None], ...] = (
    in_part("---\nA first", "---\nNow # first"),
    in_part("Words.", "Words, # of them. ![Dot](../small/images/dot.png)\n\n## New # heading\n\nMore."),
    in_part("title: Title", "title: Other # title"),
    in_part("summary: What", "summary: So # what"),
    in_part("summary:", "subtitle: Sub #\nsummary:"),
    in_part("summary:", "teaser: Tease #\nsummary:"),
    in_part("tags: [a", "tags: [new#"),
    in_part("summary:", "topics: [topic#]\nsummary:"),
    in_part("summary:", "aliases: [old#]\nsummary:"),
    in_part("summary:", "date: 2026-12-1#\nsummary:"),
    in_part("summary:", "cta: none\nsummary:"),
    in_part("summary:", "image: {src: ../small/images/dot.png, alt: A dot}\nsummary:"),
    in_part("summary:", "related: [small/part-1]\nsummary:"),
    in_part("summary:", "disclaimers: {remove: [advice], because: no need}\nsummary:"),
    in_part("[@one]", "[^2]\n\n[^2]: Second.\n\n"),
    in_part("updated: 2026-11", "updated: 2026-12"),
    in_file("series/small/index.md", "title: Small", "title: Tiny #"),
    in_file("series/small/index.md", "summary: What", "summary: Now # what"),
    in_file("series/small/index.md", "author: Ada", "author: Ada #"),
    in_file("series/small/index.md", 'at: "09:00"', 'at: "1#:00"'),
    in_file("series/small/index.md", "Welcome.", "Welcome #. ![A dot](images/dot.png)"),
    in_file("series/small/index.md", "parts_planned: 5", "parts_planned: 4"),
    in_file("series/other/index.md", "title: Other", "title: Another #"),
    in_file("series/other/index.md", "every: week", "every: day"),
    in_file("series/small/references.yaml", "A work", "A # work"),
    in_file("templates/blocks/advice.md", "no advice", "no # advice"),
    in_file("templates/blocks/talk.md", "label: Talk", "label: Talk #"),
    in_file("partwork.toml", 'title = "The Weekly"', 'title = "The # Weekly"'),
    in_file("partwork.toml", "items = 2", "items = 3"),
    in_file("partwork.toml", "cards = false", "cards = false\nllms_txt = true"),
    in_file("partwork.toml", "items = ", "paced = false\nitems = "),
    in_file("partwork.toml", "[sharing]", '[roundup]\nevery = "month"\nat = "0#:00"\n[sharing]'),
    override("web/footer.html.j2", "<!-- # -->"),
    override("feed/entry.html.j2", "<p>#</p>"),
    override("text/part.txt.j2", "#"),
    *(toggle_draft, rename, remove_the_last, add_one, repaint, move_on, move_on, look_at_drafts),
    *(touch, damage, take_away, forget, damage_the_record, nothing),
)


# --- the property -----------------------------------------------------------------------------------------


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="QUIRE_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 9)), min_size=STEPS, max_size=STEPS))
def test_any_edits_later_a_build_is_what_a_cold_one_would_be(
    steps: list[tuple[Callable[[Desk, int], None], int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for edit, number in ((nothing, 0), *steps):
            edit(desk, number)
            before = tree(desk.out) if desk.out.exists() else {}
            told = desk.incremental()
            compare(desk, before, told, desk.cold())


# --- what is made -----------------------------------------------------------------------------------------


def test_nothing_changed_makes_nothing_but_the_map(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.incremental()
    desk.incremental()
    assert desk.made == 1


def test_an_edited_text_makes_only_what_shows_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path).many()
    desk.incremental()
    desk.edit("series/two/05-part-5.md", "Words of two", "Other words of two")
    desk.incremental()
    # Its page, its email, its series' pages and feeds, and the feeds of the publication that hold it.
    assert desk.made < 25
    compare(desk, {}, (), desk.cold())


def test_a_picture_is_in_what_shows_it_and_nothing_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path).many()
    desk.incremental()
    whole = desk.made
    repaint(desk, 5)
    told = desk.incremental()
    assert desk.made < whole / 2
    compare(desk, {}, told, desk.cold())


def test_the_moment_alone_makes_nothing_until_something_comes_of_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.incremental()
    desk.as_of += timedelta(hours=3)
    desk.incremental()
    assert desk.made == 1


def test_a_round_up_is_made_again_with_what_it_tells_of(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.edit("partwork.toml", "[sharing]", '[roundup]\nevery = "month"\n[sharing]')
    desk.incremental()
    was = tree(desk.out)["email/small/roundup-2026-11.html"]
    desk.edit("series/small/02-part-2.md", "title: Title", "title: Another")
    told = desk.incremental()
    there = compare(desk, {}, told, desk.cold())
    assert there["email/small/roundup-2026-11.html"] != was
    assert b"Another 2" in there["email/small/roundup-2026-11.html"]


# --- hands ------------------------------------------------------------------------------------------------

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@needs_fork
@pytest.mark.parametrize("has_search", [False, pytest.param(True, marks=pytest.mark.program)])
def test_however_many_hands_there_are_the_same_bytes_come_out(tmp_path: Path, has_search: bool) -> None:
    trees = []
    for hands in (1, 2, 3):
        desk = Desk(tmp_path / str(hands)).many()
        desk.folder.mkdir()
        told = desk.incremental(hands=hands, has_search=has_search)
        trees.append((told, tree(desk.out), (desk.out / MANIFEST).read_bytes()))
    assert trees[0] == trees[1] == trees[2]
    cold = desk.cold(has_search=has_search)
    compare(desk, {}, told, cold)


@needs_fork
@pytest.mark.parametrize("name", ["web/part.html.j2", "text/part.txt.j2", "feed/entry.html.j2"])
def test_a_template_that_fails_in_a_hand_is_told_as_it_is_alone(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path).many()
    desk.files[f"templates/{name}"] = b"{{ part.nothing }}"
    told = [desk.incremental(hands=hands) for hands in (1, 2, 3)]
    assert told[0] == told[1] == told[2] == desk.cold().diagnostics
    assert [each.code for each in told[0] if each.is_error] == ["PW601"]
    assert not desk.out.exists()


# --- whatever happens -------------------------------------------------------------------------------------


def command(desk: Desk, *more: str) -> list[str]:
    moment = desk.as_of.isoformat()
    return [sys.executable, "-m", "pipeline", "build", "--root", str(desk.folder), "--as-of", moment, *more]


def on_disk(folder: Path) -> Desk:
    """A publication with many parts, as files."""
    desk = Desk(folder).many()
    for path, data in desk.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return desk


def ran(desk: Desk, *more: str) -> None:
    subprocess.run(command(desk, *more), cwd=ROOT, check=True, capture_output=True)


@needs_fork
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_build_that_is_stopped_leaves_the_last_one_and_no_process(
    tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    desk = on_disk(tmp_path / "publication")
    ran(desk)
    before = tree(desk.out)
    for path in (tmp_path / "publication" / "series").rglob("*.md"):
        path.write_text(path.read_text().replace("ords of", "ord after word of"))
    build = subprocess.Popen(command(desk), cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    while build.poll() is None and not (desk.out / STAGING).exists():
        time.sleep(0.01)
    # From a terminal, Ctrl-C goes to all processes; a kill to one.
    (os.killpg if sent == signal.SIGINT else os.kill)(build.pid, sent)
    assert build.wait(30) == code
    assert {path: data for path, data in tree(desk.out).items() if not path.startswith(".partwork-")} == before
    until = time.monotonic() + 30
    while is_there(build.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_there(build.pid)
    ran(desk)
    ran(desk, "--out", str(tmp_path / "fresh"))
    assert tree(desk.out) == tree(tmp_path / "fresh") != before


def is_there(group: int) -> bool:
    """Whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_two_builds_at_once_leave_what_one_would(tmp_path: Path) -> None:
    desk = on_disk(tmp_path / "publication")
    builds = [subprocess.Popen(command(desk), cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [each.wait(120) for each in builds] == [0, 0]
    ran(desk, "--out", str(tmp_path / "fresh"))
    assert tree(desk.out) == tree(tmp_path / "fresh")
    ran(desk)
    assert tree(desk.out) == tree(tmp_path / "fresh")
