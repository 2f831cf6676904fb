"""Imports run one way, and the core knows no disk, clock, network, environment or terminal."""

import ast
from pathlib import Path

import pytest

from tests.projects import ROOT

PIPELINE = ROOT / "pipeline"
# From the bottom up; what stands in one row may import the rows before it, and its own row as it likes where
# the row is one package, and never where it is several modules that should not know of each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "body", "memo", "settings"),
    ("model", "edition"),
    ("issue", "rules"),
    ("quire",),
    ("fences", "urls", "wording", "ical"),
    ("part_links",),
    ("schedule", "citations", "related", "placement"),
    ("gist", "lasting", "pace", "roundup"),
    ("prose",),
    ("parse",),
    ("compose",),
    ("render",),
    ("check",),
    ("examine",),
    ("build",),
    ("trial",),
    ("read",),
    ("making",),
    ("database",),
    ("subscribers",),
    ("ledger",),
    ("sending",),
    ("returns",),
    ("doctor",),
    ("serve",),
    ("cli",),
)
SHELL = {
    "database",
    "doctor",
    "ledger",
    "making",
    "read",
    "returns",
    "sending",
    "serve",
    "subscribers",
    "cli",
    "__main__",
    "__init__",
}
WORLD = {
    "os",
    "pathlib",
    "io.open",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "time",
    "random",
    "secrets",
    "uuid",
}


def modules() -> list[Path]:
    return sorted(PIPELINE.rglob("*.py"))


def name_of(path: Path) -> str:
    """The layer's word: the first part of the path inside `pipeline`."""
    return path.relative_to(PIPELINE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def rank(word: str) -> int | None:
    return next((k for k, row in enumerate(LAYERS) if word in row), None)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PIPELINE).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    own = rank(name_of(path))
    if own is None:
        assert name_of(path) in {"__init__", "__main__"}
        return
    for imported in imports_of(path):
        if not imported.startswith("pipeline."):
            continue
        word = imported.split(".")[1]
        other = rank(word)
        if other is None or word == name_of(path):
            continue

        assert other <= own, f"{path.name} imports {imported}, which stands above it"


def test_every_module_has_its_place_in_the_layers() -> None:
    words = {name_of(path) for path in modules()} - {"__init__", "__main__", "theme"}

    assert words == {word for row in LAYERS for word in row}


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PIPELINE).as_posix())
def test_the_core_imports_nothing_of_the_world(path: Path) -> None:
    if name_of(path) in SHELL:
        return

    assert not {name.split(".")[0] for name in imports_of(path)} & WORLD


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PIPELINE).as_posix())
def test_nobody_but_the_command_line_prints_or_reads_the_clock(path: Path) -> None:
    if name_of(path) == "cli":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)

        assert called not in {"print", "input", "open"} or name_of(path) in SHELL
        assert called not in {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
