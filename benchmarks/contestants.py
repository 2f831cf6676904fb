"""Who is measured: how each one builds its corpus, and how to tell that it did."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus import AS_OF, eleventy_files, hugo_files, partwork_files, pelican_files, write_files
from installed import NPM_ELEVENTY, node_modules, python_with

HUGO_VERSION = "0.168.0"
PELICAN_VERSION = "4.12.0"
ROOT = Path(__file__).resolve().parent.parent
_FOOTER = "templates/web/footer.html.j2"


class Contestant(Protocol):
    """A program that makes a site of a corpus."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def makes(self) -> str:
        """What it makes of a part."""

    @property
    def template(self) -> str:
        """A template of the corpus that stands on every page, by its path."""

    def write_corpus(self, folder: Path, parts: int) -> None:
        """Put so many parts into a folder."""

    def part_files(self, folder: Path) -> list[Path]:
        """The files of the parts there, in order."""

    def command(self, folder: Path, out: Path) -> list[str]:
        """What builds them into ``out``."""

    def environment(self) -> dict[str, str]:
        """What the command finds in its environment."""

    def count(self, out: Path) -> int:
        """How many parts stand there finished."""


_WITHOUT_SEARCH = """\
import sys
sys.modules["pagefind_bin"] = None
from pipeline.cli import main
sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Partwork:
    """This program, as its command, in the Python that runs the benchmark.

    Without ``has_search`` as it is installed without that extra: no rival makes a search index.
    """

    has_search: bool = False
    name: str = "partwork"
    makes: str = "pages, RSS, Atom, JSON Feed, email as HTML, text and .eml"
    template: str = _FOOTER

    def write_corpus(self, folder: Path, parts: int) -> None:
        write_files(partwork_files(parts), folder)
        # The publication's own copy of a built-in template, so that it can be edited.
        write_files([(_FOOTER, (ROOT / _FOOTER).read_text(encoding="utf-8"))], folder)

    def part_files(self, folder: Path) -> list[Path]:
        return sorted(folder.glob("series/*/[0-9]*.md"))

    def command(self, folder: Path, out: Path) -> list[str]:
        where = ["--root", str(folder), "--out", str(out), "--as-of", AS_OF]
        program = ["-m", "pipeline"] if self.has_search else ["-c", _WITHOUT_SEARCH]
        return [sys.executable, *program, "build", *where]

    def environment(self) -> dict[str, str]:
        # Without its byte code Python would compile the whole program at every start.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "PYTHONPATH": str(ROOT)}

    def count(self, out: Path) -> int:
        pages = len(list(out.glob("site/s0*/*/index.html")))
        letters = min(len(list(out.glob(f"email/s0*/*.{kind}"))) for kind in ("html", "txt", "eml"))
        return min(pages, letters)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another program with layouts of our own: the same pages, and RSS."""

    name: str
    template: str
    files: Callable[[int], Iterator[tuple[str, str]]]
    arguments: Callable[[Path, Path], list[str]]  # corpus and output folder
    modules: Path | None = None  # what Node finds beside the corpus
    makes: str = "pages and RSS"

    def write_corpus(self, folder: Path, parts: int) -> None:
        write_files(self.files(parts), folder)
        if self.modules is not None:
            (folder / "node_modules").symlink_to(self.modules, target_is_directory=True)

    def part_files(self, folder: Path) -> list[Path]:
        return sorted(folder.glob("content/s*/[0-9]*.md"))

    def command(self, folder: Path, out: Path) -> list[str]:
        return self.arguments(folder, out)

    def environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def count(self, out: Path) -> int:
        return len(list(out.glob("s0*/*/index.html")))


def find_hugo() -> Rival | str:
    """Hugo from PyPI's package, installed once into an environment of its own; otherwise why there is none."""
    python = python_with(f"hugo=={HUGO_VERSION}")
    if isinstance(python, str):
        return python
    binary = next(_binaries(python.parent.parent), None)
    if binary is None:
        return f"the package hugo {HUGO_VERSION} holds no binary for this machine"

    def arguments(folder: Path, out: Path) -> list[str]:
        return [str(binary), "--quiet", "--noBuildLock", "--source", str(folder), "--destination", str(out)]

    return Rival("Hugo", "layouts/baseof.html", hugo_files, arguments)


def _binaries(home: Path) -> Iterator[Path]:
    """The program itself: the wheel's own wrapper would add the start of a Python."""
    for pattern in ("lib/python*/site-packages/hugo/binaries/hugo*", "Lib/site-packages/hugo/binaries/hugo*"):
        yield from sorted(home.glob(pattern))


def find_eleventy() -> Rival | str:
    """Eleventy from npm, installed once; otherwise why there is none."""
    modules = node_modules(NPM_ELEVENTY)
    if isinstance(modules, str):
        return modules

    def arguments(_: Path, out: Path) -> list[str]:
        return ["node", str(modules / "@11ty" / "eleventy" / "cmd.cjs"), "--quiet", f"--output={out}"]

    return Rival("Eleventy", "_includes/base.njk", eleventy_files, arguments, modules)


def find_pelican() -> Rival | str:
    """Pelican from PyPI, installed once into an environment of its own; otherwise why there is none.

    It keeps what it has read, as it can be told to; each output folder has a cache of its own, or no build after
    the first would be a cold one.
    """
    python = python_with(f"pelican[markdown]=={PELICAN_VERSION}")
    if isinstance(python, str):
        return python

    def arguments(_: Path, out: Path) -> list[str]:
        cache = f'CACHE_PATH="{out}-cache"'
        return [str(python), "-m", "pelican", "-q", "-s", "pelicanconf.py", "-o", str(out), "-e", cache]

    return Rival("Pelican", "theme/templates/base.html", pelican_files, arguments)


RIVALS: dict[str, Callable[[], Rival | str]] = {
    "Hugo": find_hugo,
    "Eleventy": find_eleventy,
    "Pelican": find_pelican,
}
