"""What benchmarks need of others, installed once into a folder that is kept: ``~/.cache/partwork-bench``."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

NPM_ELEVENTY = (
    "@11ty/eleventy@3.1.7",
    "@11ty/eleventy-plugin-rss@3.0.0",
    "markdown-it@15.0.3",
    "markdown-it-anchor@10.0.0",
    "markdown-it-deflist@4.0.0",
    "markdown-it-footnote@4.0.0",
)
_NO_NAME = str.maketrans("[]@/=", "-----")


def cache_folder() -> Path:
    """Where what benchmarks install is kept from one run to the next."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "partwork-bench"


def python_with(package: str) -> Path | str:
    """A Python in an environment of its own that has a package; otherwise why there is none."""
    home = cache_folder() / package.replace("==", "-").translate(_NO_NAME)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = home / "partwork-done"
    if done.exists():
        return python
    print(f"installing {package} into {home} …", file=sys.stderr)
    try:
        venv.create(home, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no environment for {package} could be made: {error}"
    trouble = _run([str(python), "-m", "pip", "install", "--quiet", "--only-binary=:all:", package])
    if trouble:
        shutil.rmtree(home, ignore_errors=True)
        return f"pip could not install {package}: {trouble}"
    done.touch()
    return python


def node_modules(packages: Sequence[str]) -> Path | str:
    """A folder of npm's with these packages; otherwise why there is none."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "there is no node and npm here"
    home = cache_folder() / packages[0].lstrip("@").translate(_NO_NAME)
    done = home / "partwork-done"
    if not done.exists():
        print(f"installing {', '.join(packages)} into {home} …", file=sys.stderr)
        home.mkdir(parents=True, exist_ok=True)
        trouble = _run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home), *packages])
        if trouble:
            return f"npm could not install {', '.join(packages)}: {trouble}"
        done.touch()
    return home / "node_modules"


def _run(command: Sequence[str]) -> str:
    """What went wrong, or nothing."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stderr.strip().splitlines()
    return "" if done.returncode == 0 else said[-1] if said else "it did not say why"
