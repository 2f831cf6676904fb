"""Makes ``pipeline/check/letters/caniemail.py`` from the data of https://www.caniemail.com.

npm pack caniemail && tar xzf caniemail-*.tgz package/data/caniemail.json
python docs/make_caniemail.py package/data/caniemail.json

The npm package carries the data as JSON; there is no such package on PyPI. Only what the usual inboxes lack is
kept, and only what can be told from a letter's HTML and CSS. Run it again when the data are newer, or MJML is.
"""  # noqa: INP001

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.check.letters.bare import bare_signs  # noqa: E402

TABLE = ROOT / "pipeline" / "check" / "letters" / "caniemail.py"
CLIENTS = {
    "gmail/desktop-webmail": "Gmail",
    "gmail/ios": "Gmail on iOS",
    "gmail/android": "Gmail on Android",
    "apple-mail/macos": "Apple Mail on macOS",
    "apple-mail/ios": "Apple Mail on iOS",
    "outlook/windows": "Outlook on Windows",
    "outlook/macos": "Outlook on macOS",
    "outlook/outlook-com": "Outlook.com",
    "outlook/ios": "Outlook on iOS",
    "outlook/android": "Outlook on Android",
    "yahoo/desktop-webmail": "Yahoo",
    "yahoo/ios": "Yahoo on iOS",
    "yahoo/android": "Yahoo on Android",
    "thunderbird/macos": "Thunderbird",
}
# Titles that do not say it in a form to be read.
SIGNS = {
    "css-variables": "function:var prop:--",
    "css-unit-calc": "function:calc",
    "css-modern-color": "function:lch function:oklch function:lab function:oklab",
    "css-pseudo-class-lang": "pseudo:lang",
    "css-pseudo-class-not": "pseudo:not",
    "css-at-media-hover": "media:hover media:any-hover",
    "css-at-media-device-pixel-ratio": "media:-webkit-min-device-pixel-ratio media:min-resolution",
    "css-grid-template": "prop:grid-template prop:grid-template-columns prop:grid-template-rows "
    "prop:grid-template-areas",
    "css-column-layout-properties": "prop:columns prop:column-width prop:column-rule prop:column-span",
    "css-intrinsic-size": "value:width:fit-content value:width:min-content value:width:max-content",
    "css-scroll-snap": "prop:scroll-snap-type prop:scroll-snap-align",
    "css-margin-inline-block": "prop:margin-inline prop:margin-block",
    "css-padding-inline-block": "prop:padding-inline prop:padding-block",
    "css-border-inline-block-longhand": "prop:border-inline-width prop:border-inline-style "
    "prop:border-inline-color prop:border-block-width prop:border-block-style prop:border-block-color",
    "css-border-inline-block-individual": "prop:border-inline-start prop:border-inline-end "
    "prop:border-block-start prop:border-block-end",
    "css-border-radius-logical": "prop:border-start-start-radius prop:border-start-end-radius "
    "prop:border-end-start-radius prop:border-end-end-radius",
    "html-anchor-links": "link:anchor",
    "html-image-maps": "tag:map attr:usemap",
    "html-meta-color-scheme": "meta:color-scheme",
    "html-semantics": "tag:article tag:aside tag:details tag:figcaption tag:figure tag:footer tag:header tag:main "
    "tag:mark tag:nav tag:section tag:summary tag:time",
    "html-srcset": "attr:srcset attr:sizes",
    "html-svg": "tag:svg",
    "html-base": "tag:base",
    "image-base64": "image:data",
    "image-svg": "image:svg",
    "image-tiff": "image:tiff image:tif",
    "image-heif": "image:heic image:heif",
    "image-mp4": "image:mp4",
}
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*\Z")


def signs(slug: str, title: str) -> str:
    """The signs of a feature (``pipeline/check/letters/signs.py``), parted by blanks; none where none is known."""
    if slug in SIGNS:
        return SIGNS[slug]
    if slug.startswith("image-"):
        return f"image:{slug.removeprefix('image-')}"
    return " ".join(_of_title(slug, title.strip()))


def _of_title(slug: str, title: str) -> Iterator[str]:
    if match := re.match(r"@media \(([a-z-]+)\)\Z", title):
        yield f"media:{match[1]}"
    elif match := re.match(r"@([a-z-]+)\Z", title):
        yield f"at:{match[1]}"
    elif match := re.match(r"(::?)([a-z-]+)(?:\(\))?\Z", title):
        yield f"{'element' if match[1] == '::' else 'pseudo'}:{match[2]}"
    elif match := re.match(r"([a-z-]+)\(\)\Z", title):
        yield f"function:{match[1]}"
    elif match := re.match(r"([a-z]+) unit\Z", title):
        yield f"unit:{match[1]}"
    elif match := re.match(r"([a-z-]+): ?([a-z-]+)\Z", title):
        yield f"value:{match[1]}:{match[2]}"
    elif match := re.match(r"<([a-z]+)[^>]*> element\Z", title):
        yield f"tag:{match[1]}"
    elif match := re.match(r"([a-z-]+) attribute\Z", title):
        yield f"attr:{match[1]}"
    elif slug.startswith("css-"):
        names = re.split(r", | & ", re.sub(r"( CSS)? property\Z", "", title))
        if all(_NAME.match(name) for name in names):
            yield from (f"prop:{name}" for name in names)


def lacking(stats: dict[str, Any]) -> list[str]:
    """The inboxes whose newest version does not have a feature."""
    found = []
    for key in CLIENTS:
        family, _, platform = key.partition("/")
        versions = list(stats.get(family, {}).get(platform, {}).values())
        if versions and str(versions[-1]).startswith("n"):
            found.append(key)
    return found


def table(data: dict[str, Any]) -> str:
    """The module's text."""
    keys = list(CLIENTS)
    rows = []
    for feature in data["data"]:
        missing, found = lacking(feature["stats"]), signs(feature["slug"], feature["title"])
        if missing and found and feature["category"] in ("css", "html", "image"):
            letters = "".join(chr(ord("a") + keys.index(key)) for key in missing)
            rows.append(f"{feature['slug']} | {feature['title'].strip()} | {letters} | {found}")
    known = {sign for row in rows for sign in row.rpartition(" | ")[2].split()}
    bare = sorted(bare_signs() & known)
    clients = "\n".join(f'    "{chr(ord("a") + k)}": "{name}",' for k, name in enumerate(CLIENTS.values()))
    return f'''"""What inboxes do not have, by caniemail.com. Made by ``docs/make_caniemail.py``; do not edit.

Source: https://www.caniemail.com (github.com/hteumeuleu/caniemail), as carried by the npm package caniemail.
Data of {data["last_update_date"][:10]}, under the MIT License:

Copyright (c) 2019 HTeuMeuLeu; copyright © Avi Goldman, © Andrew Powell (the npm package)

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of
the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
DEALINGS IN THE SOFTWARE.
"""

# ruff: noqa: E501 (rows of a table)

DATE = "{data["last_update_date"][:10]}"

CLIENTS = {{
{clients}
}}

# A feature's name on caniemail.com | what it is called | the inboxes that lack it | its signs in a letter.
FEATURES = """\\
{chr(10).join(rows)}
"""

# What MJML writes by itself, and every letter made with it has.
BARE = """\\
{chr(10).join(bare)}
"""
'''


def main(arguments: list[str]) -> int:
    """Write the module from a JSON file; the exit code is 2 when none is named."""
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    data = json.loads(Path(arguments[0]).read_text("utf-8"))
    TABLE.write_text(table(data), "utf-8")
    sys.stdout.write(f"{TABLE.relative_to(ROOT)} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
