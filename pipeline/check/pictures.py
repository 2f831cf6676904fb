"""Pictures: they are there, can be told in words, come from a safe place, and are shown by email."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from urllib.parse import unquote

from pipeline import rules, urls
from pipeline.check.catalogue import Catalogue, written_from
from pipeline.errors import Diagnostic, Location
from pipeline.gist import EVERYWHERE, Channels
from pipeline.model import Channel, Part

CONFIG = "partwork.toml"
_NOT_IN_EMAIL = {
    ".svg": "SVG",
    ".webp": "WebP",
    ".avif": "AVIF",
    ".heic": "HEIC",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".ico": "an icon file",
}
_WITH_PIXELS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
MAX_PIXELS = 80_000_000  # a camera has 50 million
_FILE_NAME = re.compile(r"[\w .()-]+\.(png|jpe?g|gif|webp|svg|avif|heic|tiff?)\Z", re.IGNORECASE)
_EMPTY_SOURCE = re.compile(r"!\[[^\]]*\]\(\s*(<>)?\s*\)|<img\b(?![^>]*\ssrc=[\"']?[^\s\"'>])", re.IGNORECASE)
_TELL_IT = "say what it shows, as you would on the telephone"


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture somewhere: as written, and as a path from the root (or an address).

    ``alt`` is none where it is not asked for here. The place is looked up when there is something to tell.
    """

    file: str
    written: str
    path: str
    alt: str | None
    channels: Channels
    in_body: bool
    place: Callable[[], Location]


def _pictures(catalogue: Catalogue) -> Iterator[_Picture]:
    """Every picture: in bodies, in front matter, and the logo."""
    for found in catalogue.bodies:
        for image in found.images:
            source = image.source
            path = source if urls.is_external(source) else urls.file_of(source, found.path)
            place = partial(catalogue.places.find, found.path, image.line, source, image.nth)
            yield _Picture(found.path, source, path, image.alt, image.channels, in_body=True, place=place)
        if isinstance(found.owner, Part) and found.owner.image:
            yield _lead_picture(found.owner)
    theme = catalogue.library.publication.theme
    for key, logo in (("logo", theme.logo), ("logo_dark", theme.logo_dark)):
        if logo:
            place = partial(catalogue.places.key, CONFIG, key)
            yield _Picture(CONFIG, logo, logo, None, EVERYWHERE, in_body=False, place=place)


def _lead_picture(part: Part) -> _Picture:
    """A part's own. That it has an alternative text is seen to where front matter is read."""
    source = part.image.source if part.image else ""
    written = source if urls.is_external(source) else written_from(part.path, source)
    alt = (part.image.alt if part.image else "") or None
    place = part.keys.get("image.src") or part.at("image")
    return _Picture(part.path, written, source, alt, EVERYWHERE, in_body=False, place=lambda: place)


def pictures(catalogue: Catalogue) -> Iterator[Diagnostic]:
    """The rules about pictures, one picture after the other."""
    for picture in _pictures(catalogue):
        yield from _missing(catalogue, picture)
        yield from _without_alt(picture)
        yield from _unsafe(picture)
        yield from _format(catalogue, picture)
        yield from _broken(catalogue, picture)


def _missing(catalogue: Catalogue, picture: _Picture) -> Iterator[Diagnostic]:
    """A picture that is named by a path must be a file of the publication."""
    assets = catalogue.library.assets
    if not picture.written:
        # A source that was not safe is empty too, and has been told.
        place = picture.place()
        if _EMPTY_SOURCE.search(catalogue.places.line(picture.file, place.line)):
            hint = "name it: `![what it shows](images/some-picture.png)`"
            yield rules.MISSING_IMAGE.at(place, "the picture has no file", hint)
        return
    if urls.is_external(picture.path) or picture.path in assets:
        return
    named = f"the picture `{picture.written}`"
    if not picture.path or picture.path.startswith("../"):
        message = f"{named} leads out of the publication"
        hint = "put the picture beside the text, in `images/`"
    elif unquote(picture.path) in assets:
        message = f"{named} is not there: no picture is at `{picture.path}`"
        hint = f"write it as the file is called: `<{unquote(picture.written)}>`"
    else:
        message = f"{named} is not there: no picture is at `{picture.path}`"
        hint = _similar(picture, assets)
    yield rules.MISSING_IMAGE.at(picture.place(), message, hint)


def _similar(picture: _Picture, assets: Iterable[str]) -> str:
    """A picture with nearly the same name, wherever it is."""
    names = {path.rpartition("/")[2]: path for path in sorted(assets, reverse=True)}
    close = get_close_matches(picture.path.rpartition("/")[2], names, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{written_from(picture.file, names[close[0]])}`?"
    example = "`series/logo.png`" if picture.file == CONFIG else "`images/some-picture.png`"
    return f"its path counts from {picture.file}: {example}"


def _without_alt(picture: _Picture) -> Iterator[Diagnostic]:
    """A picture must be told in words. The name of its file tells nothing."""
    if picture.alt is None:
        return
    alt = picture.alt.strip()
    example = f"![Three folds of the gut lining]({picture.written})"
    hint = f"{_TELL_IT}: `{example}`" if picture.in_body else f"{_TELL_IT}: `alt: Three folds of the gut lining`"
    named = f"the picture `{picture.written}`" if picture.written else "the picture"
    if not alt:
        yield rules.MISSING_ALT.at(picture.place(), f"{named} has no alternative text", hint)
    elif _FILE_NAME.match(alt):
        message = f"{named} has the name of a file for its alternative text: “{alt}”"
        yield rules.MISSING_ALT.at(picture.place(), message, hint)


def _unsafe(picture: _Picture) -> Iterator[Diagnostic]:
    scheme = urls.scheme_of(picture.path)
    if scheme not in ("", "http", "https"):
        yield rules.UNSAFE_LINK.at(
            picture.place(),
            f"a picture from `{picture.written[:40]}`: the scheme `{scheme}:` is not allowed",
            "put the picture beside the text, in `images/`, or name it by https",
        )


def _format(catalogue: Catalogue, picture: _Picture) -> Iterator[Diagnostic]:
    """What goes by email is PNG, JPEG or GIF: by its name, and by its first bytes."""
    if Channel.EMAIL not in picture.channels:
        return
    asset = catalogue.library.assets.get(picture.path)
    path = picture.path.partition("#")[0].partition("?")[0]
    ending = path[path.rfind(".") :].lower() if "." in path else ""
    kind = (_kind_of(asset.data) if asset else "") or _NOT_IN_EMAIL.get(ending, "")
    if kind:
        fence = ", or put it into an `::: only web` fence" if picture.in_body else ""
        yield rules.PICTURE_FORMAT.at(
            picture.place(),
            f"the picture `{picture.written}` is {kind}, which Gmail and Outlook do not show",
            f"give it as PNG or JPEG{fence}",
        )


def _broken(catalogue: Catalogue, picture: _Picture) -> Iterator[Diagnostic]:
    """What says by its name that it has pixels must have a size, and one that a computer can hold.

    A few kilobytes can hold a picture of a million rows (a decompression bomb): the limit is in pixels. Whether
    all of it can be decoded is seen when smaller copies are made.
    """
    asset = catalogue.library.assets.get(picture.path)
    if asset is None or not asset.path.lower().endswith(_WITH_PIXELS):
        return
    named = f"the picture `{picture.written}`"
    if not asset.width:
        message = f"{named} cannot be decoded: it has no size"
        yield rules.BROKEN_PICTURE.at(picture.place(), message, "export it again, or copy it anew")
    elif asset.width * asset.height > MAX_PIXELS:
        size = f"{asset.width} by {asset.height} pixels"
        message = f"{named} has {size}; {MAX_PIXELS // 1_000_000} million is the most"
        yield rules.BROKEN_PICTURE.at(picture.place(), message, "make it smaller: 3,000 pixels across are plenty")


def _kind_of(data: bytes) -> str:
    """The format that a file's first bytes speak of, when it is one that email cannot show."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "AVIF"
    if data[4:11] == b"ftyphei":
        return "HEIC"
    return "SVG" if data.lstrip()[:4] == b"<svg" else ""
