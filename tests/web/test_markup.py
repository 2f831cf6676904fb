"""What every page must be, as HTML."""

from collections import Counter
from itertools import pairwise

import pytest

from tests.web.builders import pages, sample

PAGES = pages(sample())


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_page_has_one_title_and_headings_without_gaps(path: str) -> None:
    levels = [int(node.tag[1]) for node in PAGES[path].xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", sorted(PAGES))
def test_ids_are_unique_and_what_labels_a_thing_exists(path: str) -> None:
    page = PAGES[path]
    ids = Counter(page.xpath("//@id"))

    assert [name for name, count in ids.items() if count > 1] == []
    assert set(page.xpath("//@aria-labelledby")) <= set(ids)


@pytest.mark.parametrize("path", sorted(PAGES))
def test_landmarks_let_one_skip_to_the_text(path: str) -> None:
    page = PAGES[path]

    assert page.xpath("//body/*[1]/@href") == ["#pw-main"]
    assert len(page.xpath("//main[@id='pw-main']")) == 1
    assert len(page.xpath("//body/header")) == len(page.xpath("//body/footer")) == 1
    labels = Counter(page.xpath("//nav/@aria-label | //nav/@aria-labelledby"))
    assert len(labels) == len(page.xpath("//nav"))
