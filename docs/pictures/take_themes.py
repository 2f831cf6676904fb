"""Takes the picture of the two email themes: the same part, on a computer in the light and a phone in the dark.

python docs/pictures/take_themes.py

It needs playwright, Pillow and a Chromium (CHROMIUM=/path); nothing else here needs Pillow.
"""  # noqa: INP001

import io
import os
import re
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Route, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.build import build  # noqa: E402 - this checkout's, installed or not
from pipeline.model import Sources  # noqa: E402
from pipeline.read import read_sources  # noqa: E402

EMAIL = "email/gut-and-immunity/01-the-quiet-border.html"
AS_OF = date(2026, 11, 18)
THEMES = ("letter", "magazine")
COLOURS = 255  # flat colours and one drawing: a palette makes the file a third as large

DESK = """
<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: 1560px; height: 900px; background: #e9e3d6; position: relative; overflow: hidden; }}
figure {{ margin: 0; position: absolute; overflow: hidden; border-radius: 10px;
  box-shadow: 0 1px 3px #0003, 0 18px 40px #0003; }}
img {{ display: block; width: 100%; }}
.light {{ top: 48px; width: 520px; height: 804px; }}
.dark {{ top: 236px; width: 262px; height: 560px; border-radius: 32px; border: 8px solid #1b1a18; }}
</style>
<figure class="light" style="left: 44px"><img src="{letter_light}"></figure>
<figure class="dark" style="left: 480px"><img src="{letter_dark}"></figure>
<figure class="light" style="left: 806px"><img src="{magazine_light}"></figure>
<figure class="dark" style="left: 1242px"><img src="{magazine_dark}"></figure>
"""


def made(theme: str) -> dict[str, bytes]:
    """What a build of the sample gives with a theme, by path."""
    sources = read_sources(ROOT)
    config = sources.files["partwork.toml"].decode()
    config = re.sub(r'(?m)^email = "(letter|magazine)"$', f'email = "{theme}"', config)
    whole = build(Sources({**sources.files, "partwork.toml": config.encode()}, sources.theme), AS_OF)
    return {artifact.path: artifact.data for artifact in whole.artifacts}


def shot(browser: Browser, files: dict[str, bytes], width: int, height: int, *, dark: bool, scale: float) -> bytes:
    """A window of a given size; what it asks of the sample's own address comes from the build."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        device_scale_factor=scale,
    )

    def answer(route: Route) -> None:
        route.fulfill(body=files[f"site{urlsplit(route.request.url).path}"], content_type="image/png")

    context.route("**/*", answer)
    page = context.new_page()
    page.set_content(files[EMAIL].decode(), wait_until="load")
    data = page.screenshot()
    context.close()
    return data


def main() -> None:
    """Take the four, put them side by side, and write a small PNG."""
    shots = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        for theme in THEMES:
            files = made(theme)
            shots[f"{theme}_light"] = shot(browser, files, 664, 1027, dark=False, scale=1.5)
            shots[f"{theme}_dark"] = shot(browser, files, 375, 802, dark=True, scale=1.5)
        page = browser.new_page(viewport={"width": 1560, "height": 900})
        page.route("https://desk.example/**", lambda route: route.fulfill(body=shots[route.request.url[21:-4]]))
        desk = DESK.format(**{name: f"https://desk.example/{name}.png" for name in shots})
        page.route("https://desk.example/", lambda route: route.fulfill(body=desk, content_type="text/html"))
        page.goto("https://desk.example/", wait_until="networkidle")
        whole = page.screenshot()
        browser.close()
    picture = Image.open(io.BytesIO(whole)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(HERE / "email-themes.png", optimize=True)


if __name__ == "__main__":
    main()
