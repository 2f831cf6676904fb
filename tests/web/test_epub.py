"""A finished series as an EPUB: what EPUB 3.3 wants, as far as it can be asked without epubcheck."""

import io
import zipfile
from datetime import date

from lxml import etree

from tests.projects import CONFIG, index, part
from tests.web.builders import png, sample, site
from tests.web.test_book import TEXT

OPF = "{http://www.idpf.org/2007/opf}"
XHTML = "{http://www.w3.org/1999/xhtml}"
PICTURE = png(2, 3)


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def sample_book() -> zipfile.ZipFile:
    return opened(sample()["reading-a-study/reading-a-study.epub"])


def parsed(book: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(book.read(name), etree.XMLParser(resolve_entities=False))


def test_the_first_bytes_say_what_it_is() -> None:
    data = sample()["reading-a-study/reading-a-study.epub"]

    assert data[30:58] == b"mimetypeapplication/epub+zip"[:28]
    assert opened(data).testzip() is None


def test_every_file_is_in_the_manifest_and_every_page_is_well_formed() -> None:
    book = sample_book()
    package = parsed(book, "EPUB/package.opf")
    listed = {f"EPUB/{item.get('href')}" for item in package.iter(f"{OPF}item")}
    there = set(book.namelist()) - {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}

    assert listed == there
    for name in there:
        if name.endswith((".xhtml", ".svg")):
            parsed(book, name)
    spine = [item.get("idref") for item in package.iter(f"{OPF}itemref")]
    assert spine == ["cover", "opening", "nav", "part-1", "part-2", "part-3", "closing"]


def test_every_link_inside_leads_to_a_file_and_an_id_of_the_book() -> None:
    for book in (sample_book(), opened(site(TEXT)["small/small.epub"])):
        pages = {name: parsed(book, name) for name in book.namelist() if name.endswith(".xhtml")}
        inside = 0
        for name, page in pages.items():
            for href in page.xpath("//@href | //@src"):
                target, _, anchor = str(href).partition("#")
                if target.startswith(("http", "mailto:")):
                    continue
                inside += 1
                target = f"EPUB/{target}" if target else name
                assert target in book.namelist(), href
                assert not anchor or anchor in pages[target].xpath("//@id"), href
        assert inside > 10


def test_a_picture_comes_along_and_one_from_elsewhere_becomes_a_link() -> None:
    body = "![A hue](images/hue.png)\n\n![Far](https://pictures.example.org/x.png)\n\n![New](images/new.avif)"
    files = {"series/small/images/hue.png": PICTURE, "series/small/images/new.avif": b"avif"}
    book = opened(site(CONFIG + index() + part(1, body=body) + part(2), **files)["small/small.epub"])
    page = parsed(book, "EPUB/part-1.xhtml")

    assert book.read("EPUB/small/images/hue.png") == PICTURE
    assert [image.get("src") for image in page.iter(f"{XHTML}img")] == ["small/images/hue.png"]
    assert [link.get("href") for link in page.iter(f"{XHTML}a")] == [
        "https://pictures.example.org/x.png",
        "https://weekly.example.org/small/images/new.avif",
    ]


def test_the_opening_has_every_disclaimer_in_full() -> None:
    book = opened(site(TEXT)["small/small.epub"])

    assert b"Nothing in this is advice." in book.read("EPUB/opening.xhtml")


def test_the_same_series_gives_the_same_bytes_whenever_it_is_built() -> None:
    one, other = (site(TEXT, date(2027, month, 1))["small/small.epub"] for month in (1, 6))

    assert one == other
    assert {entry.date_time for entry in opened(one).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b'<meta property="dcterms:modified">2026-11-10T09:00:00Z</meta>' in opened(one).read("EPUB/package.opf")


def test_a_title_with_markup_in_it_stays_text() -> None:
    text = CONFIG + index(title="Salt & <b>Pepper</b>") + part(1, title="1 < 2 & 3") + part(2)
    book = opened(site(text)["small/small.epub"])

    assert parsed(book, "EPUB/package.opf").findtext(".//{http://purl.org/dc/elements/1.1/}title") == (
        "Salt & <b>Pepper</b>"
    )
    assert parsed(book, "EPUB/part-1.xhtml").find(f".//{XHTML}h1").text == "1 < 2 & 3"
    parsed(book, "EPUB/cover.svg")


def test_a_long_title_stays_on_its_cover() -> None:
    for title in (
        "Immunoglobulinforschungsinstitut",
        "A " * 40 + "very long title of many short words indeed",
        "Tea",
    ):
        book = opened(site(CONFIG + index(title=title.strip()) + part(1) + part(2))["small/small.epub"])
        lines = [
            line for line in parsed(book, "EPUB/cover.svg").iter("{*}text") if line.get("letter-spacing") == "-2"
        ]
        size = float(lines[0].get("font-size"))

        assert max(len(line.text) for line in lines) * size * 0.5 <= 960
        assert float(lines[-1].get("y")) < 1500
        assert size <= 124
