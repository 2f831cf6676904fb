"""Drawings, made: what a build ordered comes out of the cache, or is drawn now and put into it.

A build that changes no picture opens neither Pillow nor resvg: not even their import is paid for. Both let other
threads run while they work. resvg draws text from font files alone, without the system's fonts, its shaper or its
hints, so a card is the same on every machine.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import rules
from pipeline.check.pictures import MAX_PIXELS
from pipeline.edition import Artifact, Card, Drawing, Resizing
from pipeline.errors import Diagnostic, Location
from pipeline.making.cache import Cache
from pipeline.model import Library
from pipeline.render.web.card_sheet import card_svg
from pipeline.render.web.responsive import WIDTHS
from pipeline.render.web.typeface import Typefaces, card_fonts

if TYPE_CHECKING:
    from PIL import Image

_WORKERS = 2
_QUALITY = {"webp": 80, "avif": 60}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pictures that were ordered, by path, and those that cannot be made."""

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...]


def draw(drawings: Sequence[Drawing], cache: Cache) -> Drawn:
    """Make everything that was ordered and is not in the cache."""
    made = {drawing.path: data for drawing in drawings if (data := cache.get(drawing.key)) is not None}
    missing = [drawing for drawing in drawings if drawing.path not in made]
    told: list[Diagnostic] = []
    if missing:
        for pictures, broken in _drawn(missing):
            told += broken
            for drawing, data in pictures:
                cache.put(drawing.key, data)
                made[drawing.path] = data
    artifacts = tuple(Artifact(path, data) for path, data in sorted(made.items()))
    return Drawn(artifacts, tuple(sorted(told)))


_Done = tuple[list[tuple[Drawing, bytes]], list[Diagnostic]]


def _drawn(drawings: Iterable[Drawing]) -> list[_Done]:
    """Cards one by one; pictures by their source, which is decoded once for all its sizes."""
    cards: list[tuple[Drawing, Card]] = []
    pictures: dict[str, list[tuple[Drawing, Resizing]]] = defaultdict(list)
    for drawing in drawings:
        match drawing.order:
            case Card() as card:
                cards.append((drawing, card))
            case Resizing() as order:
                pictures[order.source].append((drawing, order))
    with ThreadPoolExecutor(_WORKERS) as workers:
        resized = [workers.submit(_resized, orders) for orders in pictures.values()]
        if not cards:
            return [each.result() for each in resized]
        with tempfile.TemporaryDirectory(prefix="partwork-fonts-") as folder:
            press = _CardPress(cards[0][1].fonts, Path(folder))
            finished = list(workers.map(press.drawn, cards))
            return [(finished, []), *(each.result() for each in resized)]


class _CardPress:
    """Draws cards with one set of fonts, laid out in a folder of their own."""

    def __init__(self, fonts: tuple[bytes, ...], folder: Path) -> None:
        self._faces = Typefaces(fonts)
        self._files = []
        for number, font in enumerate(fonts):
            file = folder / f"{number}.ttf"
            file.write_bytes(font)
            self._files.append(str(file))

    def drawn(self, ordered: tuple[Drawing, Card]) -> tuple[Drawing, bytes]:
        """A card as PNG."""
        import resvg_py

        drawing, card = ordered
        png = resvg_py.svg_to_bytes(
            svg_string=card_svg(card, self._faces),
            skip_system_fonts=True,
            font_files=self._files,
            serif_family=self._faces.faces[0].family,
        )
        return drawing, bytes(png)


def _resized(orders: list[tuple[Drawing, Resizing]]) -> _Done:
    """One picture in all the sizes that were ordered."""
    from PIL import Image

    source = orders[0][1].source
    try:
        picture = _decoded(orders[0][1].data)
        return _in_sizes(picture, orders), []
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = str(error).partition(" (")[0].partition(" <")[0] or type(error).__name__
        message = f"this picture cannot be decoded: {reason}"
        return [], [rules.BROKEN_PICTURE.at(Location(source), message, "export it again, or copy it anew")]


def _decoded(data: bytes) -> "Image.Image":
    """The picture, upright, in a mode that can be made smaller."""
    import io

    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data)) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise ValueError(f"it has {opened.width} by {opened.height} pixels")
        upright = ImageOps.exif_transpose(opened)
        has_alpha = "A" in upright.getbands() or "transparency" in upright.info
        colours = upright.info.get("icc_profile") if upright.mode in ("RGB", "RGBA") else None
        picture = upright.convert("RGBA" if has_alpha else "RGB")
        picture.info = {"icc_profile": colours or b"", "is_drawn": opened.format == "PNG"}
        return picture


def _in_sizes(picture: "Image.Image", orders: list[tuple[Drawing, Resizing]]) -> list[tuple[Drawing, bytes]]:
    """Each size, and none heavier than the widest: fine patterns grow when they are made smaller."""
    widest: dict[str, bytes] = {}
    done = []
    for drawing, order in orders:
        if order.form not in widest:
            widest[order.form] = _encoded(picture, WIDTHS[-1], order.form)
        data = _encoded(picture, order.width, order.form)
        done.append((drawing, min(data, widest[order.form], key=len)))
    return done


def _encoded(picture: "Image.Image", width: int, form: str) -> bytes:
    """The picture in one size and format. What was drawn comes out smaller without loss, photographs with it."""
    import io

    from PIL import Image

    width = min(width, picture.width)
    size = (width, max(1, round(picture.height * width / picture.width)))
    smaller = picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    colours = picture.info["icc_profile"]
    options = {"quality": _QUALITY[form], "icc_profile": colours}
    options |= {"speed": 6, "max_threads": 1} if form == "avif" else {"method": 4}
    file = io.BytesIO()
    smaller.save(file, form.upper(), **options)
    if form == "webp" and picture.info["is_drawn"]:
        whole = io.BytesIO()
        smaller.save(whole, "WEBP", lossless=True, quality=60, method=4, icc_profile=colours)
        return min(whole.getvalue(), file.getvalue(), key=len)
    return file.getvalue()


# --- orders on their way from one process to another ------------------------------------------------------


def light(drawing: Drawing) -> Drawing:
    """An order without what every process has: pictures and fonts."""
    match drawing.order:
        case Card() as card:
            return replace(drawing, order=replace(card, fonts=()))
        case Resizing() as order:
            return replace(drawing, order=replace(order, data=b""))


def filled(drawing: Drawing, library: Library) -> Drawing:
    """The order again, with what belongs to it."""
    match drawing.order:
        case Card() as card:
            return replace(drawing, order=replace(card, fonts=card_fonts(library)))
        case Resizing() as order:
            return replace(drawing, order=replace(order, data=library.assets[order.source].data))
