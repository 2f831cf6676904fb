"""Takes the picture in the README: a part as a page, on a phone in the dark, and as an email, by Chromium.

python docs/pictures/take.py build    after `make`

It needs playwright, Pillow and a Chromium (CHROMIUM=/path); nothing else here needs Pillow.
"""  # noqa: INP001

import io
import mimetypes
import os
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Route, sync_playwright

HERE = Path(__file__).resolve().parent
SERIES, SLUG = "gut-and-immunity", "the-quiet-border"
EMAIL = "01-the-quiet-border.html"
SITE = "https://weekly.example.org/"  # where the sample's emails have their pictures
COLOURS = 200  # flat colours and one drawing: a palette makes the file a third as large

# Three frames side by side, as on a desk. Sizes are those of the windows that are shown in them.
DESK = """
<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: 1560px; height: 900px; background: #e9e3d6; position: relative; overflow: hidden; }}
figure {{ margin: 0; position: absolute; overflow: hidden; border-radius: 10px;
  box-shadow: 0 1px 3px #0003, 0 18px 40px #0003; }}
img {{ display: block; width: 100%; }}
#page {{ left: 48px; top: 56px; width: 820px; height: 800px; }}
#email {{ left: 1004px; top: 56px; width: 508px; height: 800px; }}
#phone {{ left: 676px; top: 236px; width: 290px; height: 600px; border-radius: 34px; border: 9px solid #1b1a18; }}
</style>
<figure id="page"><img src="{page}"></figure>
<figure id="email"><img src="{email}"></figure>
<figure id="phone"><img src="{phone}"></figure>
"""


def serve(folder: Path) -> str:
    """The built site at a local address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


def shot(
    browser: Browser, address: str, site: Path, width: int, height: int, *, dark: bool, scale: float
) -> bytes:
    """A window of a given size; what it asks of the sample's own address comes from the built site."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        device_scale_factor=scale,
    )
    page = context.new_page()

    def answer(route: Route) -> None:
        file = site / urlsplit(route.request.url).path.lstrip("/")
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        route.fulfill(body=file.read_bytes(), content_type=kind)

    page.route(f"{SITE}**", answer)
    page.goto(address, wait_until="networkidle")
    data = page.screenshot()
    context.close()
    return data


def main(build: Path) -> None:
    """Take the three, put them side by side, and write a small PNG."""
    site = build / "site"
    home = serve(build)
    part = f"{home}site/{SERIES}/{SLUG}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        shots = {
            "page": shot(browser, part, site, 1280, 1249, dark=False, scale=1),
            "phone": shot(browser, part, site, 375, 776, dark=True, scale=2),
            "email": shot(browser, f"{home}email/{SERIES}/{EMAIL}", site, 660, 1056, dark=False, scale=1.5),
        }
        page = browser.new_page(viewport={"width": 1560, "height": 900})
        page.route("https://desk.example/**", lambda route: route.fulfill(body=shots[route.request.url[21:-4]]))
        names = {name: f"https://desk.example/{name}.png" for name in shots}
        desk = DESK.format(**names)
        page.route("https://desk.example/", lambda route: route.fulfill(body=desk, content_type="text/html"))
        page.goto("https://desk.example/", wait_until="networkidle")
        whole = page.screenshot()
        browser.close()
    picture = Image.open(io.BytesIO(whole)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(HERE / "overview.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
