"""The files around the program: locks, Makefile, the example workflow, the licence."""

import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from pipeline.cli import main

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKED = re.compile(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*")


def locked(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    return {canonical(pin.split("==")[0]): pin.split("==")[1] for pin in pins}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def program(name: str) -> str:
    """Where a program is. Without it the test is skipped, except where everything must be there."""
    found = shutil.which(name)
    if found is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(f"needs {name}")
    return found


@pytest.mark.parametrize("name", ["build", "run", "dev"])
def test_a_lock_holds_exact_versions_and_nothing_of_a_machine(name):
    lines = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()
    for line in lines:
        assert line.startswith("#") or LOCKED.fullmatch(line), line
    names = [canonical(line.partition("==")[0]) for line in lines if not line.startswith("#")]
    assert len(names) == len(set(names))


def test_the_locks_agree_with_one_another():
    everything = locked("dev")
    for name in ("run", "build"):
        assert locked(name).items() <= everything.items()


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("run", PROJECT["dependencies"]),
        ("dev", [line for extra in ("test", "lint") for line in PROJECT["optional-dependencies"][extra]]),
    ],
)
def test_the_locks_give_what_the_project_asks_for(lock, wanted):
    pins = locked(lock)
    for line in wanted:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[canonical(requirement.name)]), line


@pytest.mark.program
def test_make_help_lists_every_target():
    make = program("make")
    done = subprocess.run([make, "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = [line.split()[1] for line in done.stdout.splitlines()]
    assert {"build", "check", "test", "golden", "lint", "bench", "serve", "clean", "help"} <= set(listed)


@pytest.mark.program
def test_make_says_which_python_it_needs(tmp_path):
    make = program("make")
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    done = subprocess.run(
        [make, f"PYTHON={old}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 2
    assert "partwork needs Python 3.11 or newer" in done.stderr
    assert f"Looked for: {old}. Name one: make PYTHON=/path/to/python3" in done.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.program
@pytest.mark.parametrize("script", [".ci/run", "requirements/lock"])
def test_a_script_can_be_run_and_is_sound(script):
    path = ROOT / script
    shell = program(re.split(r"[/ ]", path.read_text("utf-8").splitlines()[0])[-1])
    assert path.stat().st_mode & 0o111 == 0o111
    subprocess.run([shell, "-n", path], check=True)


def example() -> dict:
    # YAML 1.1 reads the key `on` as true, as everybody who has read a workflow in Python knows.
    return yaml.safe_load((ROOT / "docs" / "examples" / "ci.yml").read_text("utf-8"))


def steps(job: str) -> list[dict]:
    return example()["jobs"][job]["steps"]


def test_the_example_workflow_runs_on_push_and_every_week():
    triggers = example()[True]
    assert {"push", "pull_request", "schedule"} <= set(triggers)
    assert all(re.fullmatch(r"[\d* ]+ \d", when["cron"]) for when in triggers["schedule"])


def test_the_example_workflow_publishes_only_what_is_meant_for_the_public():
    (upload,) = (step for step in steps("build") if step.get("uses", "").startswith("actions/upload-pages"))
    assert upload["with"]["path"] == "public/site"
    assert upload["if"] == "github.event_name != 'pull_request'"
    assert example()["jobs"]["publish"]["if"] == "github.event_name != 'pull_request'"
    assert example()["permissions"] == {"contents": "read"}


def test_the_commands_of_the_example_workflow_work(tmp_path, monkeypatch, capsys):
    assert main(["init", str(tmp_path)]) == 0
    monkeypatch.chdir(tmp_path)
    commands = [step["run"] for step in steps("build") if step.get("run", "").startswith("partwork ")]
    assert len(commands) == 2
    for command in commands:
        assert main(shlex.split(command)[1:]) == 0
    capsys.readouterr()
    assert (tmp_path / "public" / "site" / "index.html").exists()
    assert (tmp_path / "public" / "email").is_dir()


def test_the_licence_is_mit():
    assert PROJECT["license"] == "MIT"
    assert (
        (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License\n\nCopyright (c) 2026 The partwork authors")
    )
