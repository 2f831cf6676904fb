"""Staged files to their places in the output folder: what is new before what changes, each in one step."""

import errno
import shutil
from pathlib import Path

from pipeline.making.manifest import STAGING
from pipeline.making.out_folder import status_of


def move(staging: Path, out: Path) -> None:
    """Move everything staged to its place: first what is new, whole folders at once, then what changes."""
    replacements: list[tuple[Path, Path]] = []
    _move_new(staging, out, replacements)
    for staged, target in replacements:
        replace(staged, target)


def _move_new(staging: Path, target: Path, replacements: list[tuple[Path, Path]]) -> None:
    for staged in sorted(staging.iterdir()):
        place = target / staged.name
        status = status_of(place)
        if status is None:
            replace(staged, place)
        elif staged.is_dir():
            _move_new(staged, place, replacements)
        else:
            replacements.append((staged, place))


def replace(staged: Path, target: Path) -> None:
    """Put one staged file, or a whole folder, in its place: in one step wherever the disk can."""
    try:
        staged.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _carry_over(staged, target)


def _carry_over(staged: Path, target: Path) -> None:
    """Move to another disk: a folder of the output may be a mounted volume."""
    if staged.is_dir():
        target.mkdir()
        for inner in sorted(staged.iterdir()):
            _carry_over(inner, target / inner.name)
        return
    beside = target.parent / f"{STAGING}-file"
    try:
        shutil.copyfile(staged, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
