"""A real Chromium, and a real server on loopback with what a build of the sample wrote."""

import http.server
import importlib.resources
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.build import build
from pipeline.making.cache import Cache
from pipeline.making.drawing import draw
from pipeline.read import read_sources
from tests.projects import ROOT
from tests.web.builders import AS_OF

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
Open = Callable[..., "Page"]


def missing(what: str) -> Any:
    message = f"{what}; install Chromium (apt-get install chromium) and the test extra (pip install -e .[test])"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build's folder, with ``site/`` and ``email/`` in it."""
    folder = tmp_path_factory.mktemp("build")
    made = build(read_sources(ROOT), AS_OF)
    assert not made.has_errors
    drawn = draw(made.drawings, Cache(folder))
    assert drawn.diagnostics == ()
    for artifact in (*made.artifacts, *drawn.artifacts):
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.data)
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def served(built: Path) -> Iterator[Callable[[str], str]]:
    """Gives the address of the folder ``site`` or ``email``: each is the root of a server of its own."""
    servers: dict[str, http.server.ThreadingHTTPServer] = {}
    for name in ("site", "email"):
        handler = partial(_Quiet, directory=str(built / name))
        servers[name] = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=servers[name].serve_forever, daemon=True).start()
    yield lambda name: f"http://127.0.0.1:{servers[name].server_port}/"
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        missing("there is no Chromium on the PATH")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: "Browser", served: Callable[[str], str]) -> Iterator[Open]:
    """Opens a page of a folder: ``opened("site", "archive/", width=375, scheme="dark", scripts=False)``.

    Nothing but the servers on loopback is ever asked: any other request fails.
    """
    contexts = []

    def open_page(
        folder: str, path: str, *, width: int = 1280, scheme: str = "light", scripts: bool = True
    ) -> "Page":
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.route(lambda address: not address.startswith("http://127.0.0.1:"), lambda route: route.abort())
        page = context.new_page()
        page.goto(served(folder) + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source, from the PyPI package that carries it."""
    try:
        return importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
    except ImportError:
        return str(missing("axe-playwright-python is not installed"))
