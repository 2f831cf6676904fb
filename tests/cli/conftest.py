"""The command line, run in this process, and a publication to run it on."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cli import main

TODAY = "2026-11-18T12:00"
PART = "series/three-evenings/01-where-it-goes.md"


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


Command = Callable[..., Run]


@pytest.fixture
def partwork(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command, as ``partwork ARGUMENTS``."""

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Run(code, out, err)

    return run


@pytest.fixture
def publication(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, partwork: Command) -> Path:
    """A publication fresh from ``partwork init``, as of ``TODAY``; the current folder is in it."""
    root = tmp_path / "letters"
    assert partwork("init", root, "--as-of", TODAY).code == 0
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def environment() -> dict[str, str]:
    """For a ``partwork`` in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI", "TERM")}
    return {**kept, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"}


def spoil(root: Path, old: str, new: str, path: str = PART) -> None:
    """Change one place in a file."""
    file = root / path
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")
