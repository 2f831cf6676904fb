"""The contrast that `check --email` reckons from the cascade is the one that Chromium paints."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import pytest

from pipeline.check.letters.contrast import Scheme, pairs
from pipeline.check.letters.letter import Letter
from pipeline.compose import compose_issues
from pipeline.issue import Issue
from pipeline.model import Library
from pipeline.parse import parse_library
from pipeline.read import read_sources
from tests import projects
from tests.email import builders

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

AS_OF = datetime(2026, 11, 18)  # noqa: DTZ001 - as an author writes it
# Every text that is shown and every picture's alternative text, with its colour and the first ground behind it
# that covers.
PAINTED = """() => {
  const found = new Set();
  const covers = colour => !/^rgba\\(.*, 0\\)$|^transparent$/.test(colour);
  const blank = /[\\s\\u00a0\\u200b-\\u200f\\u034f\\ufeff\\u00ad]/g;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node; (node = walker.nextNode()); ) {
    const holder = node.data === undefined ? node : node.parentElement;
    const words = (node.data ?? node.getAttribute('alt') ?? '').replace(blank, '');
    if (!words || holder.closest('style, script') || !holder.checkVisibility()) continue;
    let ground = holder;
    while (ground && !covers(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
    const behind = ground ? getComputedStyle(ground).backgroundColor : 'canvas';
    found.add(getComputedStyle(holder).color + ' on ' + behind);
  }
  return [...found];
}"""


@cache
def sample() -> Library:
    library = parse_library(read_sources(projects.ROOT)).library
    assert library is not None
    return library


def letter(theme: str, issue: Issue, library: Library) -> Letter:
    own = library.publication
    made = builders.room(library).render(issue)
    html, text = builders.finished(made, own), made.text
    return Letter(issue, html, text, b"", own.url)


def as_hex(painted: str) -> tuple[str, str]:
    ink, ground = painted.split(" on ")
    return _hex(ink), _hex(ground)


def _hex(colour: str) -> str:
    numbers = colour[colour.index("(") + 1 : -1].split(",")
    assert len(numbers) == 3, f"{colour} is not opaque"
    return "#" + "".join(f"{int(number):02x}" for number in numbers)


@pytest.mark.parametrize("theme", builders.themes())
@pytest.mark.parametrize("scheme", list(Scheme))
def test_the_colours_reckoned_are_the_colours_painted(chromium: "Browser", theme: str, scheme: Scheme) -> None:
    library = builders.themed(sample(), theme)
    context = chromium.new_context(color_scheme=scheme.value)
    try:
        page = context.new_page()
        page.route("**/*", lambda route: route.abort())
        for issue in compose_issues(library, AS_OF).issues.all:
            made = letter(theme, issue, library)
            page.set_content(made.html, wait_until="domcontentloaded")
            painted = {as_hex(each) for each in page.evaluate(PAINTED)}

            assert {(pair.ink, pair.paper) for pair in pairs(made, scheme)} == painted
            assert len(painted) > 2
    finally:
        context.close()
