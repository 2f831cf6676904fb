"""The Containerfile of docs/examples: what it copies, starts and asks is there; where it can be, it is built."""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipeline.cli import partwork
from tests.projects import ROOT

FILE = ROOT / "docs" / "examples" / "Containerfile"
BASE = "docker.io/library/python:3.13-slim"


def instructions() -> list[tuple[str, str]]:
    """Each with its words; lines that go on are joined, as the builder does."""
    text = "\n".join(line for line in FILE.read_text().splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", "", text)
    return [(name, words) for name, _, words in (line.partition(" ") for line in joined.splitlines() if line)]


def words_of(name: str) -> list[str]:
    return [words for each, words in instructions() if each == name]


def argv(name: str) -> list[str]:
    (words,) = words_of(name)
    found = json.loads(words.partition("CMD ")[2] if name == "HEALTHCHECK" else words)
    assert isinstance(found, list)
    return found


def test_what_is_copied_is_there_and_gets_past_the_ignore_file() -> None:
    ignored = [line for line in (ROOT / ".containerignore").read_text().splitlines() if not line.startswith("#")]
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    copied = [word for words in words_of("COPY") if "--from" not in words for word in words.split()[:-1]]

    assert ignored[0] == "*"
    assert {path.partition("/")[0] for path in copied} == set(let_in)
    assert all((ROOT / path).exists() for path in copied)
    for secret in ("partwork.key", "partwork.db", ".env", ".git", "outbox", "dkim", ".venv"):
        assert not any(fnmatch.fnmatch(secret, pattern) for pattern in let_in)


def test_it_asks_for_extras_that_exist_and_for_exact_versions() -> None:
    (install,) = (words for words in words_of("RUN") if "pip install" in words)
    (target,) = re.findall(r"'\.\[(.+)\]'", install)
    project = (ROOT / "pyproject.toml").read_text()
    assert all(re.search(rf"^{extra} = \[", project, re.MULTILINE) for extra in target.split(","))
    constraint = install.partition("--constraint ")[2].split()[0]
    pinned = (ROOT / constraint).read_text()
    assert all(f"\n{name}==" in pinned for name in ("starlette", "uvicorn", "python-multipart", "pg8000"))


def test_it_runs_as_nobody_in_particular_and_keeps_one_folder() -> None:
    (user,) = words_of("USER")
    (added,) = (words for words in words_of("RUN") if "useradd" in words)
    assert int(user) >= 1000
    assert f"--uid {user} " in added
    assert words_of("VOLUME") == words_of("WORKDIR")[-1:] == ["/srv/letters"]
    assert [name for name, _ in instructions()].index("USER") < [name for name, _ in instructions()].index("CMD")


def test_no_secret_is_baked_in() -> None:
    assert not re.search(r"PARTWORK_|PASSWORD|SECRET|TOKEN", " ".join(words_of("ENV") + words_of("ARG")))


def test_what_it_starts_is_a_command_with_options_that_exist() -> None:
    assert argv("ENTRYPOINT") == ["partwork"]
    name, *options = argv("CMD")
    command = partwork.get_command(click.Context(partwork), name)
    assert command is not None
    context = command.make_context(name, list(options))
    assert context.params["port"] == int(words_of("EXPOSE")[0])
    assert (context.params["host"], "10.88.3.4" in context.params["proxies"]) == ("0.0.0.0", True)


def test_the_health_check_asks_without_curl_and_fails_where_nobody_answers() -> None:
    program, *arguments = argv("HEALTHCHECK")
    assert program == "python"
    assert f":{words_of('EXPOSE')[0]}/health" in arguments[-1]
    nobody = [word.replace(":8025/", ":1/") for word in arguments]
    done = subprocess.run([sys.executable, *nobody], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"Connection refused" in done.stderr


def test_its_comment_says_options_that_podman_has() -> None:
    comment = " ".join(re.findall(r"^#   +(.*?)\\?$", FILE.read_text(), re.MULTILINE))
    build, run = comment.partition("podman run")[::2]
    assert shlex.split(build)[-1] == "."
    assert "docs/examples/Containerfile" in build
    for option in ("--read-only", "--cap-drop all", "--security-opt no-new-privileges", "127.0.0.1:8025:8025"):
        assert option in run


@pytest.mark.program
def test_the_image_is_built_and_serves(tmp_path: Path) -> None:
    """Only where the image that it starts from is on this machine already: nothing is fetched by a test."""
    buildah = shutil.which("buildah")
    if not buildah or subprocess.run([buildah, "inspect", BASE], capture_output=True, check=False).returncode:
        pytest.skip(f"needs buildah, and {BASE} on this machine (buildah pull {BASE})")
    tag = f"partwork-test-{os.getpid()}"
    environment = {**os.environ, "BUILDAH_ISOLATION": "chroot"}

    def told(*arguments: str) -> str:
        done = subprocess.run(
            [buildah, *arguments], capture_output=True, text=True, check=False, cwd=ROOT, env=environment
        )
        if done.returncode and "NewConnectionError" in done.stdout + done.stderr:
            pytest.skip("needs the package index, to build the image")
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    told("bud", "--network", "host", "--format", "docker", "--pull-never", "-t", tag, "-f", str(FILE), ".")
    container = told("from", "--pull-never", f"localhost/{tag}")
    try:
        shown = told("run", "--network", "host", container, "--", *argv("ENTRYPOINT"), argv("CMD")[0], "--help")
        assert "--forwarded-allow-ips" in shown
        assert told("run", container, "--", "id", "-u") == words_of("USER")[0]
        assert json.loads(told("inspect", tag))["Docker"]["config"]["Healthcheck"]["Test"][1:] == argv(
            "HEALTHCHECK"
        )
    finally:
        told("rm", container)
        told("rmi", tag)
