"""The pictures of a letter: told in words, as wide as they should be, and of a kind that inboxes show."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pipeline import rules, urls
from pipeline.check.letters.faults import Fault
from pipeline.check.letters.letter import Letter
from pipeline.check.letters.rules import PICTURE
from pipeline.model import Asset
from pipeline.rules import Rule

if TYPE_CHECKING:
    from lxml import etree

HEAVY_KB = 400  # a second and more on a telephone's network, for one picture
_NOT_SHOWN = {"svg": "SVG", "webp": "WebP", "avif": "AVIF", "heic": "HEIC", "tif": "TIFF", "tiff": "TIFF"}
_Trouble = tuple[str, str, Rule | None]  # what is wrong, what to do, and the like rule of the text


def by_address(assets: Mapping[str, Asset], publication_url: str) -> dict[str, Asset]:
    """The publication's own pictures by the addresses that they have in email."""
    return {urls.join(publication_url, urls.asset_path(path)): asset for path, asset in assets.items()}


def picture_faults(letter: Letter, own: Mapping[str, Asset]) -> Iterator[Fault]:
    """What is wrong with each picture. An empty ``alt`` is right for one that only adorns."""
    for image in letter.all("img"):
        address = str(image.get("src", ""))
        name = unquote(urlsplit(address).path.rpartition("/")[2])
        for message, hint, like in (*_attributes(image), *_source(address), *_weight(own.get(address))):
            named = name or address[:40] or "without a source"
            yield Fault(PICTURE, f"the picture {named} {message}", hint, name, like)


def _attributes(image: "etree._Element") -> Iterator[_Trouble]:
    if image.get("alt") is None:
        yield "has no `alt`", 'say what it shows, or alt="" if it only adorns', rules.MISSING_ALT
    if not str(image.get("width", "")).strip():
        yield "has no `width`", "Outlook draws it in its full size: give its width in pixels", None


def _source(address: str) -> Iterator[_Trouble]:
    scheme = urls.scheme_of(address)
    ending = urlsplit(address).path.rpartition(".")[2].lower()
    if scheme == "data":
        yield "stands in the HTML itself (`data:`)", "Gmail and Outlook do not show it: put it in a file", None
    elif scheme not in ("https", "cid"):
        yield "is not fetched by https", "inboxes warn of it or leave it out: give an https address", None
    if ending in _NOT_SHOWN:
        yield (
            f"is {_NOT_SHOWN[ending]}",
            "Gmail or Outlook do not show it: give it as PNG, JPEG or GIF",
            rules.PICTURE_FORMAT,
        )


def _weight(asset: Asset | None) -> Iterator[_Trouble]:
    if asset and len(asset.data) > HEAVY_KB * 1024:
        weight = f"weighs {len(asset.data) / 1024:.0f} KB"
        yield weight, f"a letter's pictures should be under {HEAVY_KB}: 1,200 pixels wide are enough", None
