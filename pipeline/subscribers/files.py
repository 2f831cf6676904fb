"""A file of subscribers, opened as text whatever program wrote it."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from pipeline.errors import SubscriberError

_CHUNK = 1 << 20
LONGEST_LINE = 1_000_000
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Text:
    """An open file as text. ``encoding`` is how it is read; ``is_guessed`` says that it could be another one."""

    stream: io.TextIOWrapper
    encoding: str
    is_guessed: bool = False

    def lines(self) -> Iterator[str]:
        """Its lines with their ends, one at a time.

        Raises:
            SubscriberError: a line is so long that this can be no list.
        """
        for line in iter(partial(self.stream.readline, LONGEST_LINE), ""):
            if len(line) == LONGEST_LINE:
                raise SubscriberError(f"a line has more than {LONGEST_LINE:,} characters: this is no list")
            yield line


def open_text(file: BinaryIO) -> Text:
    """Find out how a file is encoded: by its first bytes, else UTF-8 if all of it is, else Windows-1252.

    A spreadsheet on Windows writes the last without saying so; nothing in the bytes tells it from its cousins.
    The file must be one that can be read twice; it is left to the caller to close.

    Raises:
        SubscriberError: it is a ZIP archive or a spreadsheet, or not text at all.
    """
    start = file.read(4096)
    if start.startswith(b"PK\x03\x04"):
        raise SubscriberError("this is a ZIP archive or a spreadsheet: unpack it, or save it as CSV")
    encoding = next((name for bom, name in _BOMS if start.startswith(bom)), "") or _utf_16(start)
    if not encoding:
        encoding = "utf-8" if _is_utf_8(file, start) else "cp1252"
    if encoding in ("utf-8", "cp1252") and start.count(0) * 10 > len(start):
        raise SubscriberError("this is no text: it holds NUL bytes")
    file.seek(0)
    # What Windows-1252 leaves undefined becomes a mark that no address can hold.
    stream = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    return Text(stream, encoding, is_guessed=encoding == "cp1252")


def _utf_16(start: bytes) -> str:
    """UTF-16 without its mark: every other byte of an English header is zero."""
    if len(start) > 3 and start[1] == start[3] == 0 != start[0]:
        return "utf-16-le"
    return "utf-16-be" if len(start) > 3 and start[0] == start[2] == 0 != start[1] else ""


def _is_utf_8(file: BinaryIO, start: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = start
    try:
        while chunk:
            decoder.decode(chunk)
            chunk = file.read(_CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
