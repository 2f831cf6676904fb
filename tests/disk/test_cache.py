"""The cache keeps what it is given, believes nothing that was cut short, and is never in the way."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.making.cache import Cache, HiddenFolder

KEY = "picture-1"


def entries(root: Path) -> list[Path]:
    return sorted((root / ".partwork/cache").glob("??/*"))


def test_what_is_put_is_got_by_another_build(tmp_path: Path) -> None:
    Cache(tmp_path).put(KEY, b"content")

    assert Cache(tmp_path).get(KEY) == b"content"
    assert Cache(tmp_path).get("another") is None


@pytest.mark.parametrize("broken", [b"", b"x", bytes(32), bytes(32) + b"content"])
def test_what_was_cut_short_or_changed_is_not_believed(tmp_path: Path, broken: bytes) -> None:
    cache = Cache(tmp_path)
    cache.put(KEY, b"content")
    (entry,) = entries(tmp_path)
    entry.write_bytes(broken)

    assert cache.get(KEY) is None


def test_the_folder_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    import shutil

    cache = Cache(tmp_path)
    cache.put(KEY, b"content")
    shutil.rmtree(tmp_path / ".partwork")

    assert cache.get(KEY) is None
    cache.put(KEY, b"content")
    assert cache.get(KEY) == b"content"


@pytest.mark.parametrize("use", [Cache.sweep, lambda cache: cache.put(KEY, b"content")])
def test_git_never_sees_it_whatever_is_kept_first(tmp_path: Path, use: Callable[[Cache], None]) -> None:
    use(Cache(tmp_path))

    assert (tmp_path / ".partwork/.gitignore").read_text() == "*\n"


def test_a_gitignore_of_ones_own_stays(tmp_path: Path) -> None:
    (tmp_path / ".partwork").mkdir()
    (tmp_path / ".partwork/.gitignore").write_text("cache\n")
    Cache(tmp_path).put(KEY, b"content")

    assert (tmp_path / ".partwork/.gitignore").read_text() == "cache\n"


def test_a_cache_that_leads_elsewhere_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".partwork").symlink_to(tmp_path / "elsewhere")
    cache = Cache(tmp_path)
    cache.sweep()
    cache.put(KEY, b"content")

    assert cache.get(KEY) is None
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_in_the_folders_place_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / ".partwork").write_text("mine")
    cache = Cache(tmp_path)
    cache.sweep()
    cache.put(KEY, b"content")

    assert cache.get(KEY) is None
    assert (tmp_path / ".partwork").read_text() == "mine"


def test_a_folder_that_cannot_even_be_looked_at_is_no_trouble(tmp_path: Path) -> None:
    folder = HiddenFolder(tmp_path, "x" * 300)  # longer than any disk takes
    folder.put("name", b"content")

    assert folder.is_ours


def test_two_builds_at_once_leave_whole_entries_and_nothing_else(tmp_path: Path) -> None:
    def work() -> None:
        cache = Cache(tmp_path)
        for k in range(50):
            cache.put(f"key-{k}", b"%d" % k * 1000)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(Cache(tmp_path).get(f"key-{k}") == b"%d" % k * 1000 for k in range(50))
    assert len(entries(tmp_path)) == 50


def test_what_no_build_has_used_for_sixty_days_goes_and_what_is_used_stays(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.sweep()
    for key in ("old", "used"):
        cache.put(key, b"content")
    long_ago = (tmp_path / ".partwork/cache/used").stat().st_mtime - 61 * 86_400
    for entry in entries(tmp_path):
        os.utime(entry, (long_ago, long_ago))
    assert cache.get("used") == b"content"
    yesterday = long_ago + 59 * 86_400
    os.utime(tmp_path / ".partwork/cache/used", (yesterday, yesterday))
    Cache(tmp_path).sweep()

    assert Cache(tmp_path).get("old") is None
    assert Cache(tmp_path).get("used") == b"content"
