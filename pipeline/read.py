"""The disk, read: a publication's files and the built-in theme become ``Sources``. Nothing else is read.

Only what is written down in the publication itself can reach a reader. So no symbolic link is followed, not
even one that stays inside: ``series/a/images/logo.png -> ../../../.env`` stays inside, too.
"""

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.model import Sources

CONFIG = "partwork.toml"
FOLDERS = ("series", "templates")
DEMO = "templates/demo"  # where the built-in theme lives, the sample that `init` copies lives beside it
MAX_BYTES = 25_000_000
MAX_DEPTH = 30

# Wording is never inherited: whoever does not write a disclaimer must not get somebody else's.
_NOT_THEME = frozenset({"blocks", "demo"})
_IGNORED_NAMES = frozenset({"__pycache__", "thumbs.db", "desktop.ini", "4913"})
_IGNORED_ENDINGS = ("~", ".bak", ".orig", ".rej", ".tmp", ".swp", ".swo", ".swx")
# Windows has neither flag; a FIFO must not hang the reader, and a link must not win a race.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_OPEN_FLAGS |= getattr(os, "O_BINARY", 0)


def find_root(start: Path) -> Path:
    """The nearest folder with a ``partwork.toml``, from ``start`` upwards; ``start`` when there is none."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    return start


def read_sources(root: Path) -> Sources:
    """Read a publication: ``partwork.toml``, ``series/``, ``templates/``, and the built-in theme.

    Paths are relative to the root, with ``/``, in Unicode's NFC (macOS hands out decomposed names), sorted.
    Dot-files, editors' backups and ``__pycache__`` are passed over. Links, whatever is not a regular file,
    what cannot be read, what is over 25 MB and names that cannot be an address are refused, with a reason.

    Raises:
        ConfigError: the root has no ``partwork.toml``, or it cannot be read.
    """
    root = Path(os.path.realpath(root))
    found = _Found(root)
    found.files[CONFIG] = _read_config(root)
    for name in FOLDERS:
        found.top(name)
    return Sources(
        files=dict(sorted(found.files.items())),
        theme=read_theme(),
        refused=tuple(sorted(found.refused)),
    )


def _read_config(root: Path) -> bytes:
    config = root / CONFIG
    if not os.path.lexists(config):
        raise ConfigError(
            f"There is no {CONFIG} in {root}. Run `partwork init` to start a publication there, "
            "or say where it is with --root DIR."
        )
    data = _link_reason(config, root) if config.is_symlink() else _read_regular(str(config))
    if isinstance(data, str):
        raise ConfigError(f"{config}: {data}.")
    return data


def read_theme() -> dict[str, bytes]:
    """The built-in theme by relative path (``web/part.html.j2``), sorted, without any wording.

    Raises:
        ConfigError: the installation has no theme.
    """
    folder = _theme_folder()
    if folder is None:
        raise ConfigError("The built-in theme is not installed. Install partwork again.")
    theme = {
        path: entry.read_bytes()
        for path, entry in _walk_resources(folder, "")
        if path.split("/", 1)[0] not in _NOT_THEME
    }
    return dict(sorted(theme.items()))


def read_demo() -> dict[str, bytes]:
    """The files of the sample that ``partwork init`` starts from, by relative path, sorted.

    Raises:
        ConfigError: the installation has no sample.
    """
    folder = _theme_folder()
    demo = None if folder is None else folder / "demo"
    if demo is None or not demo.is_dir():
        raise ConfigError("The sample publication is not installed. Install partwork again.")
    return {path: entry.read_bytes() for path, entry in sorted(_walk_resources(demo, ""))}


def _theme_folder() -> Traversable | None:
    """``pipeline/theme`` in an installed wheel, the repository's own ``templates/`` in a checkout."""
    package = resources.files("pipeline")
    installed = package / "theme"
    if installed.is_dir():
        return installed
    checkout = Path(__file__).resolve().parent.parent / "templates"
    return checkout if checkout.is_dir() else None


def _walk_resources(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if _is_ignored(entry.name):
            continue
        if entry.is_dir():
            yield from _walk_resources(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry


def _is_ignored(name: str) -> bool:
    lower = name.lower()
    return (
        name.startswith(".")
        or lower in _IGNORED_NAMES
        or lower.endswith(_IGNORED_ENDINGS)
        or (name.startswith("#") and name.endswith("#"))
    )


@dataclass(slots=True)
class _Found:
    """What a walk over the publication's folders has found so far."""

    root: Path
    files: dict[str, bytes] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def top(self, name: str) -> None:
        """Take in one of the publication's folders, when it is there."""
        path = self.root / name
        if path.is_symlink():
            self.refused.append((name, _link_reason(path, self.root)))
        elif path.is_dir():
            self.walk(path, name)
        elif path.exists():
            self.refused.append((name, "this is a file, and should be a folder"))

    def walk(self, folder: Path, name: str) -> None:
        """Take in everything under a folder; ``name`` is its path from the root."""
        reason = _folder_reason(folder, name)
        if reason:
            self.refused.append((name, reason))
            return
        try:
            with os.scandir(folder) as entries:
                listing = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.refused.append((name, f"this cannot be read: {_words(error)}"))
            return
        for entry in listing:
            if not _is_ignored(entry.name) and f"{name}/{entry.name}" != DEMO:
                self.take(entry, name)

    def take(self, entry: os.DirEntry[str], folder: str) -> None:
        """Take in one entry of a folder: a folder, a file, or something to refuse."""
        name, reason = _clean_name(entry.name)
        path = f"{folder}/{name}"
        if not reason and entry.is_symlink():
            reason = _link_reason(Path(entry.path), self.root)
        elif not reason and path in self.files:
            reason = "another file has the same name, written in other Unicode"
        if reason:
            self.refused.append((path, reason))
        elif entry.is_dir(follow_symlinks=False):
            self.walk(Path(entry.path), path)
        else:
            self.put(path, _read_regular(entry.path))

    def put(self, path: str, data: bytes | str) -> None:
        """Keep a file's bytes, or the reason why there are none."""
        if isinstance(data, str):
            self.refused.append((path, data))
        else:
            self.files[path] = data


def _clean_name(name: str) -> tuple[str, str]:
    """A name as it can be shown and, when it cannot be used, the reason."""
    if name.isascii() and name.isprintable() and "\\" not in name:
        return name, ""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("utf-8", "backslashreplace"), "its name is not UTF-8"
    if "\\" in name or any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in name):
        shown = name.encode("unicode_escape").decode("ascii")
        return shown, "its name has a control character or a backslash"
    return unicodedata.normalize("NFC", name), ""


def _folder_reason(folder: Path, name: str) -> str:
    """Why a folder is not entered, if so."""
    if name.count("/") >= MAX_DEPTH:
        return f"it is more than {MAX_DEPTH} folders deep"
    # A junction on Windows is no symbolic link and leads away all the same.
    return "" if os.path.realpath(folder) == str(folder) else "this folder leads out of the publication"


def _link_reason(path: Path, root: Path) -> str:
    try:
        inside = Path(os.path.realpath(path, strict=True)).is_relative_to(root)
    except OSError:
        return "a symbolic link that leads nowhere"
    return (
        "a symbolic link, and links are not followed"
        if inside
        else "a symbolic link that leads out of the publication"
    )


def _read_regular(path: str) -> bytes | str:
    """A file's bytes, or the reason why it cannot be read."""
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except OSError as error:
        return f"this cannot be read: {_words(error)}"
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return "this is not a regular file"
        if status.st_size > MAX_BYTES:
            return f"this file has {status.st_size / 1e6:.1f} MB; {MAX_BYTES / 1e6:.0f} MB is the most"
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as file:
            return file.read()
    except OSError as error:
        return f"this cannot be read: {_words(error)}"
    finally:
        os.close(descriptor)


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
