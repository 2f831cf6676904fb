"""A build that still stands is not made again; one that does not in any way is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PART, spoil
from tests.cli.test_build import WHEN, differences

PAGE = "site/three-evenings/where-it-goes/index.html"
HEAVY = ("jinja2", "lxml", "pyromark", "premailer", "feedgen", "pipeline.build", "pipeline.compose", "subprocess")
IN_A_PROCESS = """\
import json, sys
from pipeline.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]))
"""


def loaded(environment, *arguments) -> set[str]:
    """The modules that a build in a process of its own has imported."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, "build", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    return set(modules)


def test_a_second_build_loads_nothing_that_builds(publication, environment) -> None:
    assert set(HEAVY) <= loaded(environment, *WHEN)
    assert not set(HEAVY) & loaded(environment, *WHEN)


def test_git_never_sees_what_a_build_without_pictures_remembers(partwork, publication) -> None:
    config = publication / "partwork.toml"
    config.write_text(config.read_text() + "\n[sharing]\ncards = false\n")
    assert partwork("build", *WHEN).code == 0
    assert {path.name for path in (publication / ".partwork").iterdir()} >= {".gitignore", "built"}


def touch(publication: Path) -> None:
    os.utime(publication / "build" / PAGE)


def damage(publication: Path) -> None:
    page = publication / "build" / PAGE
    data, status = page.read_bytes(), page.stat()
    page.write_bytes(data.replace(b"Where", b"Wherx", 1))
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))


def take_away(publication: Path) -> None:
    (publication / "build" / PAGE).unlink()


def leave_staging(publication: Path) -> None:
    (publication / "build" / ".partwork-new").mkdir()


def forget_the_manifest(publication: Path) -> None:
    (publication / "build" / ".partwork-manifest.json").unlink()


def forget(publication: Path) -> None:
    for path in (publication / ".partwork" / "built").iterdir():
        path.unlink()


def write_nonsense(publication: Path) -> None:
    for path in (publication / ".partwork" / "built").iterdir():
        path.write_text('{"key": 1, "span": ["x"]}')


def damage_the_record(publication: Path) -> None:
    for path in (publication / ".partwork" / "built").iterdir():
        path.write_bytes(path.read_bytes().replace(b'"timezone"', b'"timezome"'))


def edit(publication: Path) -> None:
    spoil(publication, "tags: [budget, habits]", "tags: [budget]")


def add_a_template(publication: Path) -> None:
    (publication / "templates" / "web").mkdir()
    (publication / "templates" / "web" / "footer.html.j2").write_text("Mine")


def configure(publication: Path) -> None:
    spoil(publication, 'title = "The Kitchen Table"', 'title = "The Kitchen Chair"', "partwork.toml")


def rename(publication: Path) -> None:
    last = "series/three-evenings/03-deciding-once.md"
    (publication / last).rename(publication / last.replace("deciding", "choosing"))


CHANGES = (touch, damage, take_away, leave_staging, forget_the_manifest, forget, write_nonsense, damage_the_record)
EDITS = (edit, add_a_template, configure, rename)


@pytest.mark.parametrize("change", [*CHANGES, *EDITS])
def test_whatever_is_changed_the_next_build_is_as_a_first_one(partwork, publication, tmp_path, change) -> None:
    partwork("build", *WHEN)
    change(publication)
    code = partwork("build", *WHEN).code
    fresh = partwork("build", *WHEN, "--out", tmp_path / "fresh")

    assert code == fresh.code == 0
    assert differences(publication / "build", tmp_path / "fresh") == []


def test_a_moment_after_the_next_slot_is_built_anew(partwork, publication) -> None:
    partwork("build", *WHEN)
    assert ": 0 written, " in partwork("build", "--as-of", "2026-11-18T12:30").out
    page = publication / "build" / "site" / "three-evenings" / "a-place-for-it" / "index.html"
    partwork("build", "--as-of", "2026-12-01")
    assert page.exists()
    partwork("build", *WHEN)
    assert not page.exists()


def test_drafts_and_another_folder_are_other_builds(partwork, publication, tmp_path) -> None:
    spoil(publication, "tags: [saving, habits]", "draft: true", "series/three-evenings/03-deciding-once.md")
    late = ("--as-of", "2026-12-25")
    page = publication / "build" / "site" / "three-evenings" / "deciding-once" / "index.html"
    for drafts in (True, False, True):
        partwork("build", *late, *(["--drafts"] if drafts else []))
        assert page.exists() is drafts
    assert ", 0 unchanged, " in partwork("build", *late, "--out", tmp_path / "other").out
    assert ": 0 written, " in partwork("build", *late, "--drafts").out


def test_what_the_last_build_said_is_said_again(partwork, publication) -> None:
    spoil(publication, "tags: [budget, habits]", 'tags: [budget]\nsubject: "Hello *|FNAME|*"')
    first, second = partwork("build", *WHEN), partwork("build", *WHEN)

    assert f"{PART}:6:1: warning PW312" in first.err
    assert second.err == first.err
    assert second.out.splitlines()[-1] == first.out.splitlines()[-1]
    both = [json.loads(partwork("build", "--json", *WHEN).out) for _ in range(2)]
    assert both[0] == both[1]
    assert both[0]["diagnostics"]


def test_timings_say_where_the_time_went(partwork, publication) -> None:
    lines = partwork("build", "--timings", *WHEN).out.splitlines()
    names = [line.split("  ")[0] or line.split()[0] for line in lines[5:]]

    assert names[1:] == [
        *("Reading", "Comparing", "Planning", "parse", "compose", "check", "plan"),
        *(name for name in names if name.startswith("Rendering")),
        *("web", "email", "feed"),
        *(name for name in names if name.startswith("Drawing")),
        "Indexing",
        *(name for name in names if name.startswith("Writing")),
        "all",
    ]
    assert "Rendering" not in partwork("build", "--timings", *WHEN).out
