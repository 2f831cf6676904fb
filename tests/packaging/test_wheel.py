"""The wheel, in an environment of its own with no checkout near: what a stranger installs."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AS_OF = "2026-11-18T12:00"


def run(*command: object, cwd: Path, **environment: str) -> str:
    words = [str(word) for word in command]
    kept = {"PATH": os.defpath, "HOME": str(cwd), "LANG": "C.UTF-8", **environment}
    done = subprocess.run(words, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without network."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-cache-dir"]
    run(*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it; the libraries are lent by the one that runs the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    packages = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "lent.pth").write_text("\n".join(sorted(lent)))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=folder)
    return folder


def test_it_has_the_theme_and_the_sample_and_nothing_of_the_sample_publication(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.split("/")[2] for name in names if name.startswith("pipeline/theme/")}
    assert folders == {"csl", "demo", "email", "feed", "notices", "serve", "text", "web"}
    assert {name.split("/")[0] for name in names} == {
        "pipeline",
        wheel.name.replace("-py3-none-any.whl", ".dist-info"),
    }
    assert "pipeline/theme/demo/partwork.toml" in names
    assert "pipeline/theme/demo/gitignore" in names
    assert "pipeline/cli/__init__.py" in names
    assert not [name for name in names if "__pycache__" in name or "gut-and-immunity" in name]
    assert [name for name in names if name.endswith("licenses/LICENSE")]


def test_init_and_build_work_with_no_checkout_near(installed, tmp_path):
    partwork = installed / "bin" / "partwork"
    where = run(installed / "bin" / "python", "-c", "import pipeline; print(pipeline.__file__)", cwd=tmp_path)
    assert where.startswith(str(installed))
    run(partwork, "init", "demo", "--as-of", AS_OF, cwd=tmp_path)
    demo = tmp_path / "demo"
    assert run(partwork, "check", "--strict", "--as-of", AS_OF, cwd=demo) == "no problems in 7 files\n"
    run(partwork, "build", "--as-of", AS_OF, cwd=demo)
    assert (demo / "build" / "site" / "three-evenings" / "where-it-goes" / "index.html").exists()


def test_it_builds_the_same_bytes_as_the_checkout(installed, tmp_path):
    run(installed / "bin" / "partwork", "init", "demo", "--as-of", AS_OF, cwd=tmp_path)
    demo = tmp_path / "demo"
    run(installed / "bin" / "partwork", "build", "--as-of", AS_OF, cwd=demo)
    checkout = {"PYTHONPATH": str(ROOT)}
    report = run(sys.executable, "-m", "pipeline", "build", "--as-of", AS_OF, cwd=demo, **checkout)
    assert ": 0 written, " in report
    assert " 0 removed" in report
