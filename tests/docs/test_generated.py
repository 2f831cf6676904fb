"""What is made from the program and from the disk is up to date, and so is what is said of them."""

import importlib.util
import os
import re
import subprocess
import sys
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.build import build
from pipeline.read import read_sources
from tests.docs.console import sample_day
from tests.docs.pages import DOCS, ROOT, blocks, read


@pytest.mark.parametrize("script", ["make_tree.py", "make_reference.py"])
def test_what_is_made_is_up_to_date(script: str) -> None:
    done = subprocess.run(
        [sys.executable, DOCS / script, "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), *sys.path))},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def make_tree() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_tree", DOCS / "make_tree.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown_in(tree: str) -> set[str]:
    """The paths of the files and folders in the tree."""
    shown, folders = set(), [""]
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        path = folders[depth] + line.split()[0]
        shown.add(path)
        folders[depth + 1 :] = [path]
    return shown


def test_the_tree_leaves_no_file_out() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("needs a git repository")
    made = make_tree()
    shown = shown_in(made.tree())
    whole = {path for path in shown if any(fnmatch(path, pattern) for pattern in made.FOLDED)}
    files = {file for file in done.stdout.splitlines() if (ROOT / file).exists()}
    files = {file for file in files if not file.endswith("/__init__.py")}  # a folder's line is this one's
    assert {file for file in files - shown if not file.startswith(tuple(whole))} == set()


def test_the_tree_speaks_of_nothing_that_is_gone() -> None:
    made = make_tree()
    shown = shown_in(made.tree())
    assert [pattern for pattern in made.PURPOSES if not any(fnmatch(path, pattern) for path in shown)] == []


def test_the_layers_on_the_page_are_those_that_are_tested() -> None:
    from tests.house.test_layers import LAYERS

    page = read(DOCS / "architecture.md").partition("## The layers")[2].partition("\n## ")[0]
    (block,) = blocks(page)
    shown = {word for line in block.text.splitlines() for word in re.split(r"\s{3,}", line)[0].split()}
    assert shown == {word for row in LAYERS for word in row}


def test_the_readme_shows_everything_that_comes_out() -> None:
    text = next(block.text for block in blocks(read(ROOT / "README.md")) if block.text.startswith("build/\n"))
    patterns = {re.compile(pattern): pattern for pattern in shown_patterns(text)}
    day = date.fromisoformat(sample_day())
    built = build(read_sources(ROOT), day, has_search=True)
    made = [each.path for each in (*built.artifacts, *built.drawings)]
    made += [".partwork-manifest.json", "site/pagefind/pagefind.js"]
    assert [path for path in made if not any(pattern.fullmatch(path) for pattern in patterns)] == []
    assert [shown for pattern, shown in patterns.items() if not any(map(pattern.fullmatch, made))] == []


def shown_patterns(text: str) -> list[str]:
    """The paths of the README's tree as patterns: `<series>` is any name."""
    found, folder = [], ""
    for line in text.splitlines()[1:]:
        depth = (len(line) - len(line.lstrip())) // 2
        path = re.split(r"\s{2,}", line.strip())[0]
        if depth == 1:
            folder = path if path.endswith("/") else ""
        if not path.endswith("/"):
            whole = (folder if depth > 1 else "") + path
            found.append(re.sub(r"<[^>]+>", "[^/]+", whole.replace(".", r"\.")))
    return found


def test_the_picture_in_the_readme_is_there() -> None:
    assert (ROOT / "docs" / "pictures" / "overview.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_is_said_of_the_machine_that_this_was_written_on() -> None:
    home = re.compile(r"/(?:home|Users|work|tmp|root)/\w")
    pages = [path for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")) if path.is_file()]
    assert [path.name for path in pages if home.search(path.read_text("utf-8"))] == []


def test_scripts_say_when_something_is_out_of_date(tmp_path: Path) -> None:
    made = make_tree()
    page = tmp_path / "architecture.md"
    page.write_text(f"# A\n\n{made.BEGIN}\n{made.END}\n", "utf-8")
    made.PAGE = page
    assert made.main(["--check"]) == 1
    assert made.main([]) == 0
    assert made.main(["--check"]) == 0
