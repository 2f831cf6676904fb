"""A finished series as an EPUB 3.3 file, made here: a ZIP of XHTML files, with the same bytes each time.

Nothing in it is compressed. What a deflate makes differs from one zlib to the next, and then the same series would
not give the same file on two machines; pictures, which are most of it, are compressed already (decision 9).
"""

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, time

from pipeline import urls
from pipeline.edition import Artifact
from pipeline.issue import Issue, SeriesIssues
from pipeline.model import Library
from pipeline.render.palette import palette_of
from pipeline.render.templates import Templates
from pipeline.render.web.book import Binder, media_type, pictures_of

FOLDER = "EPUB/"
OPENING_TEMPLATE = "web/epub/opening.xhtml.j2"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # where ZIP's calendar begins
_CONTAINER = """\
<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


@dataclass(frozen=True, slots=True)
class BookPicture:
    """A picture in an EPUB: its name in the package, its address in it, and its media type."""

    name: str
    url: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Epub:
    """An EPUB, and the XHTML of its opening, where its disclaimers stand."""

    artifact: Artifact
    opening: str


def epub(placed: SeriesIssues, library: Library, templates: Templates) -> Epub:
    """The EPUB of a finished series.

    Raises:
        TemplateFailedError: a template could not be read or run.
    """
    publication, series = library.publication, placed.series
    book = Binder(library, publication.url, is_epub=True).book(placed)
    carried = pictures_of(placed, library)
    context: dict[str, object] = {
        "publication": publication,
        "series": series,
        "book": book,
        "palette": palette_of(publication.theme.accent),
        "title_lines": _lines(series.title),
        "identifier": urls.entry_id(publication, series.slug),
        "changed": f"{_changed(placed.out):%Y-%m-%dT%H:%M:%SZ}",
        "published": placed.out[0].slot.local.date().isoformat(),
        "pictures": [_picture(path, number) for number, path in enumerate(carried, 1)],
    }
    files = [("META-INF/container.xml", _CONTAINER.encode())]
    names = ["package.opf", "nav.xhtml", "style.css", "cover.svg", "cover.xhtml"]
    files += [(FOLDER + name, _rendered(templates, f"web/epub/{name}.j2", context)) for name in names]
    opening = templates.render(OPENING_TEMPLATE, **context)
    files.append((f"{FOLDER}opening.xhtml", opening.encode()))
    if book.ctas:
        files.append((f"{FOLDER}closing.xhtml", _rendered(templates, "web/epub/closing.xhtml.j2", context)))
    for chapter in book.chapters:
        data = _rendered(templates, "web/epub/part.xhtml.j2", {**context, "chapter": chapter})
        files.append((f"{FOLDER}{chapter.anchor}.xhtml", data))
    files += [(FOLDER + urls.asset_path(path), library.assets[path].data) for path in carried]
    return Epub(Artifact(urls.epub_path(series.slug), _zip(files)), opening)


def _rendered(templates: Templates, name: str, context: dict[str, object]) -> bytes:
    return templates.render(name, **context).encode()


def _picture(path: str, number: int) -> BookPicture:
    return BookPicture(f"picture-{number}", urls.join("", urls.asset_path(path)), media_type(path))


def _changed(out: tuple[Issue, ...]) -> datetime:
    """When the text last changed: as its last part came out, or at an author's later ``updated`` (UTC)."""
    moments = [issue.slot.utc for issue in out]
    for issue in out:
        updated = issue.part.updated
        if isinstance(updated, datetime):
            zone = updated.tzinfo or issue.slot.local.tzinfo
            moments.append(updated.replace(tzinfo=zone).astimezone(UTC))
        elif updated:
            moments.append(datetime.combine(updated, time(), UTC))
    return max(moments)


def _lines(title: str, room: int = 16) -> list[str]:
    """A title in lines for a cover, which cannot break them by itself."""
    lines = [""]
    for word in title.split():
        fits = not lines[-1] or len(lines[-1]) + 1 + len(word) <= room
        lines[-1:] = [f"{lines[-1]} {word}".strip()] if fits else [lines[-1], word]
    return lines


def _zip(files: list[tuple[str, bytes]]) -> bytes:
    """A ZIP as EPUB wants it: ``mimetype`` first and bare, for those who look at the first bytes (OCF 3.3)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, data in (("mimetype", b"application/epub+zip"), *files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return made.getvalue()
