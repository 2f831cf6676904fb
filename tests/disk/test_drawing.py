"""Pictures in the sizes that pages need: upright, without what they tell of their making, made once."""

import io
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from pipeline.edition import Drawing, Resizing
from pipeline.making.cache import Cache
from pipeline.making.drawing import draw
from pipeline.model import Asset
from pipeline.parse.library import _asset
from pipeline.parse.metadata import without_metadata
from pipeline.render.web.responsive import Responsive, is_resizable
from tests.projects import ROOT

GPS = "51 deg 27' N"


def photograph(width: int = 800, height: int = 600, form: str = "JPEG", **more: object) -> bytes:
    """A picture whose upper half is red, and which is no plain ground."""
    picture = Image.new("RGB", (width, height), "#fff")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, width, height // 2), fill="#c00")
    file = io.BytesIO()
    picture.save(file, form, **more)
    return file.getvalue()


def with_exif(orientation: int = 1, width: int = 800, height: int = 600) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A telephone"
    exif.get_ifd(0x8825)[2] = (51.0, 27.0, 0.0)
    exif.get_ifd(0x8825)[29] = GPS
    return photograph(width, height, exif=exif.tobytes(), comment=b"a comment")


def asset(data: bytes, name: str = "plan.jpg") -> Asset:
    return _asset(f"series/small/images/{name}", data)


def ordered(picture: Asset, *, avif: bool = False) -> tuple[Drawing, ...]:
    responsive = Responsive(avif=avif)
    responsive.sources(picture, "")
    return responsive.taken()


def made(picture: Asset, root: Path, *, avif: bool = False) -> dict[str, Image.Image]:
    drawn = draw(ordered(picture, avif=avif), Cache(root))
    assert drawn.diagnostics == ()
    return {artifact.path: Image.open(io.BytesIO(artifact.data)) for artifact in drawn.artifacts}


def test_a_picture_comes_in_the_widths_that_pages_need_and_never_larger_than_it_is(tmp_path: Path) -> None:
    for own, wanted in ((2400, [480, 960, 1600]), (1200, [480, 960, 1200]), (300, [300])):
        pictures = made(asset(photograph(own, own // 2)), tmp_path)
        assert sorted(picture.width for picture in pictures.values()) == wanted
        assert all(picture.format == "WEBP" for picture in pictures.values())
        assert all(abs(picture.width / picture.height - 2) < 0.01 for picture in pictures.values())


def test_avif_is_made_only_where_it_is_asked_for(tmp_path: Path) -> None:
    picture = asset(photograph(300, 200))

    assert [drawing.path.rpartition(".")[2] for drawing in ordered(picture)] == ["webp"]
    formats = {found.format for found in made(picture, tmp_path, avif=True).values()}
    assert formats == {"AVIF", "WEBP"}


def test_where_a_photograph_was_taken_is_told_by_no_copy_and_not_by_the_original(tmp_path: Path) -> None:
    data = with_exif()
    assert GPS.encode() in data
    picture = asset(data)

    for told in (GPS.encode(), b"A telephone", b"a comment"):
        assert told not in picture.data
    assert Image.open(io.BytesIO(picture.data)).tobytes() == Image.open(io.BytesIO(data)).tobytes()
    for copy in made(picture, tmp_path).values():
        assert not copy.getexif()
        assert "exif" not in copy.info


def test_a_film_behind_a_photograph_goes_too() -> None:
    data = photograph() + b"ftypmp42 and where it was taken"

    assert without_metadata(data) == without_metadata(photograph())


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_formats_tell_nothing_either(form: str) -> None:
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Comment", "a comment")
    exif = Image.Exif()
    exif[0x010F] = "A telephone"
    more = {"pnginfo": text} if form == "PNG" else {"xmp": b"<x>a comment</x>"}
    data = photograph(form=form, exif=exif.tobytes(), **more)
    assert b"A telephone" in data
    cleaned = without_metadata(data)

    assert b"A telephone" not in cleaned
    assert b"a comment" not in cleaned
    assert Image.open(io.BytesIO(cleaned)).tobytes() == Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_and_its_size_is_that_of_what_is_seen(tmp_path: Path, orientation: int) -> None:
    picture = asset(with_exif(orientation, 800, 400))
    is_turned = orientation > 4

    assert (picture.width, picture.height) == ((400, 800) if is_turned else (800, 400))
    assert Image.open(io.BytesIO(picture.data)).getexif().get(0x0112, 1) == orientation
    largest = max(made(picture, tmp_path).values(), key=lambda found: found.width)
    assert largest.size == ((400, 800) if is_turned else (800, 400))
    # The upper half was red before it was turned.
    middle = {1: "top", 2: "top", 3: "bottom", 4: "bottom", 5: "left", 6: "right", 7: "right", 8: "left"}
    at = {"top": (0.5, 0.1), "bottom": (0.5, 0.9), "left": (0.1, 0.5), "right": (0.9, 0.5)}[middle[orientation]]
    red, green, _ = largest.convert("RGB").getpixel((int(at[0] * largest.width), int(at[1] * largest.height)))
    assert (red, green) > (150, 0)
    assert green < 60


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_kind_are_made_smaller(tmp_path: Path, mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (600, 300)).save(file, "JPEG" if mode == "CMYK" else "PNG")
    pictures = made(asset(file.getvalue()), tmp_path)

    assert sorted(picture.width for picture in pictures.values()) == [480, 600]


def test_films_and_drawings_in_lines_are_left_as_they_are() -> None:
    frames = [Image.new("RGB", (600, 300), colour) for colour in ("#c00", "#00c")]
    for form in ("GIF", "PNG", "WEBP"):
        file = io.BytesIO()
        frames[0].save(file, form, save_all=True, append_images=frames[1:])
        assert ordered(asset(file.getvalue(), f"film.{form.lower()}")) == ()
    assert not is_resizable(asset(b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"/>', "a.svg"))


def test_a_picture_that_is_cut_short_is_told_with_its_place(tmp_path: Path) -> None:
    data = photograph(form="PNG")
    picture = asset(data[: len(data) // 2], "half.png")
    drawn = draw(ordered(picture), Cache(tmp_path))

    (told,) = drawn.diagnostics
    assert str(told).startswith("series/small/images/half.png:1:1: error PW331: this picture cannot be decoded")
    assert drawn.artifacts == ()


def test_a_picture_whose_head_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    data = bytearray(photograph(form="PNG"))
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    order = Resizing("series/small/images/bomb.png", bytes(data), 480, "webp")
    drawn = draw([Drawing("a.webp", "picture-bomb", order)], Cache(tmp_path))

    assert [told.code for told in drawn.diagnostics] == ["PW331"]


def test_no_size_is_heavier_than_the_widest(tmp_path: Path) -> None:
    picture = Image.new("RGB", (1200, 800), "#fff")
    pen = ImageDraw.Draw(picture)
    for x in range(0, 1200, 12):
        for y in range(0, 800, 12):
            pen.ellipse((x, y, x + 6, y + 6), fill="#2f6f5e")
    file = io.BytesIO()
    picture.save(file, "PNG")
    drawn = draw(ordered(asset(file.getvalue(), "dots.png")), Cache(tmp_path))
    weights = {artifact.path.split("-")[1]: len(artifact.data) for artifact in drawn.artifacts}

    assert max(weights.values()) == weights["1200"]


def test_the_same_order_is_the_same_bytes(tmp_path: Path) -> None:
    orders = ordered(asset(photograph()))

    assert draw(orders, Cache(tmp_path / "a")) == draw(orders, Cache(tmp_path / "b"))


def test_what_is_in_the_cache_is_not_made_again_and_neither_library_is_even_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import date\n"
        "from pipeline.build import build; from pipeline.read import read_sources\n"
        "from pipeline.making.cache import Cache; from pipeline.making.drawing import draw\n"
        "built = build(read_sources(Path(sys.argv[1])), date(2026, 11, 18))\n"
        "drawn = draw(built.drawings, Cache(Path(sys.argv[2])))\n"
        "assert len(drawn.artifacts) == len(built.drawings) > 20\n"
        "print(*sorted({'PIL', 'resvg_py'} & set(sys.modules)))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program, str(ROOT), str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]

    assert runs == [["PIL", "resvg_py"], []]
